/* SPDX-License-Identifier: MIT */
#include "platform/thread.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"
#include "platform/lock.h"

static _Thread_local struct ls_thread *mine
    __attribute__((tls_model("initial-exec")));

/* Threads are never taken off the list. */
static _Atomic(struct ls_thread *) first;

static uint64_t self(void) {
  return (uint64_t)syscall(SYS_getpid) << 32 | (uint32_t)syscall(SYS_gettid);
}

/* One of another process is not asked about: in a child that was made without
   handlers of fork, the thread that goes on in it still has its parent's id. */
static int is_gone(uint64_t owner, uint64_t now) {
  if (owner >> 32 != now >> 32) return 0;
  if (owner == now) return 1; /* the kernel gave its id to us */
  return syscall(SYS_tgkill, owner >> 32, (uint32_t)owner, 0) == -1 &&
         errno == ESRCH;
}

static struct ls_thread *take_over(uint64_t now) {
  struct ls_thread *thread = atomic_load(&first);
  for (; thread; thread = thread->next) {
    uint64_t owner = atomic_load(&thread->owner);
    if (is_gone(owner, now) &&
        atomic_compare_exchange_strong(&thread->owner, &owner, now))
      return thread;
  }
  return NULL;
}

/* Most programs have few threads: the first ones' cost no page. */
static struct ls_thread *allocate(void) {
  enum { POOL = 64 };
  static struct ls_thread pool[POOL];
  static _Atomic unsigned used;
  unsigned at = atomic_load(&used);
  while (at < POOL && !atomic_compare_exchange_weak(&used, &at, at + 1))
    ;
  return at < POOL ? &pool[at] : ls_pages_map(sizeof(struct ls_thread), 0);
}

static struct ls_thread *add(uint64_t now) {
  struct ls_thread *thread = allocate();
  if (!thread) return NULL;
  atomic_store(&thread->owner, now);
  struct ls_thread *next = atomic_load(&first);
  if (next) ls_lock_watch_forks();
  do thread->next = next;
  while (!atomic_compare_exchange_weak(&first, &next, thread));
  return thread;
}

struct ls_thread *ls_thread_mine(void) {
  if (mine) return mine;
  int saved = errno;
  uint64_t now = self();
  struct ls_thread *thread = take_over(now);
  mine = thread ? thread : add(now);
  errno = saved;
  return mine;
}

uint32_t ls_thread_process(void) {
  const struct ls_thread *thread = ls_thread_mine();
  return (uint32_t)(thread ? atomic_load(&thread->owner) >> 32 : self() >> 32);
}

struct ls_thread *ls_thread_first(void) {
  return atomic_load(&first);
}

void ls_thread_after_fork(void) {
  if (mine) atomic_store(&mine->owner, self());
}
