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

/* From a thread that will never release it; or from this one, that left it
   without being seen to. */
static int take_over(struct ls_lock *lock, uint32_t self, int is_lost) {
  uint32_t found = atomic_load(&lock->holder);
  uint32_t holder = found & FUTEX_TID_MASK;
  if (holder == self) return 1;
  return holder && (is_lost || !is_here(holder)) &&
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

/* In a stray process the holder may be a thread of the parent's, which shares
   no memory with it and will never be heard of. */
static void take_as_stray(struct ls_lock *lock, uint32_t self) {
  enum { TURNS = 100 };
  for (int i = 0; !take_free(lock, self); i++) {
    if (i >= TURNS && take_over(lock, self, 1)) return;
    sleep_a_little(lock);
  }
}

static void take_slowly(struct ls_lock *lock, uint32_t self) {
  if (is_stray()) {
    take_as_stray(lock, self);
    return;
  }
  while (!take_free(lock, self) && !take_over(lock, self, 0) && !wait_for(lock))
    ;
}

static void take(struct ls_lock *lock) {
  uint32_t self = ls_thread_id(), nobody = 0;
  if (atomic_compare_exchange_strong_explicit(&lock->holder, &nobody, self,
                                              memory_order_acquire,
                                              memory_order_relaxed))
    return;
  int saved = errno;
  take_slowly(lock, self);
  errno = saved;
}

static void release(struct ls_lock *lock) {
  uint32_t self = ls_thread_id();
  if (atomic_compare_exchange_strong_explicit(
          &lock->holder, &self, 0, memory_order_release, memory_order_relaxed))
    return;
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

/* All of them held back: there is nothing to be undone. */
void ls_lock_take(struct ls_lock *lock) {
  uint64_t before = may_hold_back() ? hold_back() : ~(uint64_t)0;
  take(lock);
  lock->signals = before;
}

void ls_lock_release(struct ls_lock *lock) {
  uint64_t before = lock->signals;
  release(lock);
  if (before != ~(uint64_t)0)
    (void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, SET);
}

/* ---- quickly ------------------------------------------------------------- */

void ls_lock_take_quickly(struct ls_lock *lock) {
  held_quickly = lock;
  atomic_signal_fence(memory_order_seq_cst);
  take(lock);
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
