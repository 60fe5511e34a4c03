/* SPDX-License-Identifier: MIT */
/* Takes and releases our locks, by the kernel's futexes with inheritance of
   priority where somebody waits. */
#include "platform/lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "platform/arena.h"
#include "platform/thread.h"

static _Thread_local struct ls_lock *held_quickly
    __attribute__((tls_model("initial-exec")));

static long futex(struct ls_lock *lock, int operation, uint32_t value,
                  const struct timespec *timeout) {
  return syscall(SYS_futex, &lock->holder, operation | FUTEX_PRIVATE_FLAG,
                 value, timeout);
}

/* In a child that was made without handlers of fork: what its thread has is
   its parent's still. */
static int is_stray(void) {
  return (uint32_t)syscall(SYS_getpid) != ls_thread_process();
}

/* Of this process, and alive. */
static int is_here(uint32_t thread) {
  return syscall(SYS_tgkill, ls_thread_process(), thread, 0) == 0 ||
         errno != ESRCH;
}

static int take_free(struct ls_lock *lock, uint32_t self) {
  enum { LOOKS = 64 };
  for (int i = 0; i < LOOKS; i++) {
    uint32_t nobody = 0;
    if (atomic_compare_exchange_weak_explicit(&lock->holder, &nobody, self,
                                              memory_order_acquire,
                                              memory_order_relaxed))
      return 1;
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
  }
  return 0;
}

/* From a thread that is gone; or from this one, that left it without being seen
   to. */
static int take_over(struct ls_lock *lock, uint32_t self) {
  uint32_t found = atomic_load(&lock->holder);
  uint32_t holder = found & FUTEX_TID_MASK;
  if (holder == self) return 1;
  return holder && !is_here(holder) &&
         atomic_compare_exchange_strong(&lock->holder, &found, self);
}

static void sleep_a_little(struct ls_lock *lock) {
  static const struct timespec soon = {0, 1000000};
  uint32_t found = atomic_load(&lock->holder);
  if (found) (void)futex(lock, FUTEX_WAIT, found, &soon);
}

/* 1: it is ours. */
static int wait_for(struct ls_lock *lock) {
  if (!futex(lock, FUTEX_LOCK_PI, 0, NULL) || errno == EDEADLK) return 1;
  /* The kernel has no such call: asleep, so that others can go on. */
  if (errno != EAGAIN && errno != EINTR && errno != ESRCH) sleep_a_little(lock);
  return 0;
}

static int take_slowly(struct ls_lock *lock, uint32_t self) {
  while (!take_free(lock, self)) {
    if (is_stray()) return 0;
    if (take_over(lock, self) || wait_for(lock)) break;
  }
  return 1;
}

static int take(struct ls_lock *lock) {
  uint32_t self = ls_thread_id(), nobody = 0;
  if (atomic_compare_exchange_strong_explicit(&lock->holder, &nobody, self,
                                              memory_order_acquire,
                                              memory_order_relaxed))
    return 1;
  int saved = errno;
  int taken = take_slowly(lock, self);
  errno = saved;
  return taken;
}

static void release(struct ls_lock *lock) {
  uint32_t self = ls_thread_id();
  if (atomic_compare_exchange_strong_explicit(
          &lock->holder, &self, 0, memory_order_release, memory_order_relaxed))
    return;
  /* It was not to be had. */
  if ((self & FUTEX_TID_MASK) != ls_thread_id()) return;
  int saved = errno;
  /* In a forked child those who wait are the parent's threads. */
  if (futex(lock, FUTEX_UNLOCK_PI, 0, NULL)) atomic_store(&lock->holder, 0);
  errno = saved;
}

/* ---- signals ------------------------------------------------------------- */

enum { SET = sizeof(uint64_t) }; /* of signals, as the kernel has it */

/* Where a filter of system calls stands they are not held back. */
static int may_hold_back(void) { return ls_pages_may_advise(); }

static uint64_t hold_back(void) {
  static const uint64_t all = ~(uint64_t)0;
  uint64_t before = all;
  (void)syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, &before, SET);
  return before;
}

/* All of them held back before: there is nothing to be undone. */
static void let_through(uint64_t before) {
  if (before != ~(uint64_t)0)
    (void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, SET);
}

int ls_lock_take(struct ls_lock *lock) {
  uint64_t before = may_hold_back() ? hold_back() : ~(uint64_t)0;
  int taken = take(lock);
  if (taken)
    lock->signals = before;
  else
    let_through(before);
  return taken;
}

void ls_lock_release(struct ls_lock *lock) {
  uint64_t before = lock->signals;
  release(lock);
  let_through(before);
}

/* ---- quickly ------------------------------------------------------------- */

int ls_lock_take_quickly(struct ls_lock *lock) {
  held_quickly = lock;
  atomic_signal_fence(memory_order_seq_cst);
  int taken = take(lock);
  if (!taken) held_quickly = NULL;
  return taken;
}

void ls_lock_release_quickly(struct ls_lock *lock) {
  release(lock);
  atomic_signal_fence(memory_order_seq_cst);
  held_quickly = NULL;
}

void ls_lock_jumped(void) {
  struct ls_lock *lock = held_quickly;
  if (lock && (atomic_load(&lock->holder) & FUTEX_TID_MASK) == ls_thread_id())
    release(lock);
  held_quickly = NULL;
}
