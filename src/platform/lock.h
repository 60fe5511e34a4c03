/* SPDX-License-Identifier: MIT */
/*
 * A lock for the slow path of a hook: no libc lock may be taken there.
 *
 * It spins and yields; the sections it protects are a few dozen instructions.
 * Context: anywhere but a signal handler of a thread that may hold it (the
 * guard sees to that).
 */
#ifndef LS_PLATFORM_LOCK_H
#define LS_PLATFORM_LOCK_H

#include <stdatomic.h>

struct ls_lock {
  _Atomic int held; /* LS_LOCK_BROKEN for good, once that is so */
};

enum { LS_LOCK_FREE, LS_LOCK_HELD, LS_LOCK_BROKEN };

/* The lock was not free: waits until it is. */
int ls_lock_wait(struct ls_lock *lock);

/*
 * 1, or 0 where nobody will ever release it: a child that was made without
 * handlers of fork (_Fork, the system call itself) has the lock as another
 * thread of its parent held it at that moment, and the table as half done.
 */
static inline int ls_lock_take(struct ls_lock *lock) {
  int was = LS_LOCK_FREE;
  return atomic_compare_exchange_strong_explicit(
             &lock->held, &was, LS_LOCK_HELD, memory_order_acquire,
             memory_order_relaxed) ||
         ls_lock_wait(lock);
}

/* Nothing where it could not be taken. */
static inline void ls_lock_release(struct ls_lock *lock) {
  int was = LS_LOCK_HELD;
  (void)atomic_compare_exchange_strong_explicit(&lock->held, &was, LS_LOCK_FREE,
                                                memory_order_release,
                                                memory_order_relaxed);
}

/* Called when a process gets its second thread, or is about to shut itself off
   from the calls that this needs: from then on a child that no handler of fork
   prepared is known. */
void ls_lock_watch_forks(void);

/* In the child of a fork whose handlers took all locks. */
void ls_lock_after_fork(void);

#endif
