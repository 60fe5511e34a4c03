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
#include <sys/syscall.h>
#include <unistd.h>

struct ls_lock {
  _Atomic int held;
};

static inline void ls_lock_take(struct ls_lock *lock) {
  while (atomic_exchange_explicit(&lock->held, 1, memory_order_acquire))
    (void)syscall(SYS_sched_yield);
}

static inline void ls_lock_release(struct ls_lock *lock) {
  atomic_store_explicit(&lock->held, 0, memory_order_release);
}

#endif
