/* SPDX-License-Identifier: MIT */
/*
 * A lock for the slow path of a hook: no libc lock may be taken there.
 *
 * A thread that waits lends its priority to the one that holds the lock, so a
 * real-time thread waits for a few dozen instructions and no longer.  The word
 * is the kernel's id of the thread that holds the lock: a lock of a thread that
 * is gone is taken over.  In a process that was made without handlers of fork
 * (_Fork, the system call itself) a lock may belong to a thread of the
 * parent's, which will never release it there and has left the table half done:
 * the lock is not taken then, and the call that wanted it does without.
 *
 * Signals are held back meanwhile, so that no handler can leave a table half
 * changed by a jump.  _quickly does without the calls of the kernel that this
 * takes, where each step leaves the table whole: a jump then gives the lock
 * back (ls_lock_jumped).
 *
 * Context: anywhere but a signal handler of a thread that may hold it (the
 * guard sees to that).
 */
#ifndef LS_PLATFORM_LOCK_H
#define LS_PLATFORM_LOCK_H

#include <stdatomic.h>
#include <stdint.h>

/* All zero is a free lock. */
struct ls_lock {
  _Atomic uint32_t holder; /* with the kernel's bit if somebody waits */
  uint64_t signals;        /* held back before, of the one who holds it */
};

/* 1; 0: it cannot be had, and nothing is to be released. */
int ls_lock_take(struct ls_lock *lock);
void ls_lock_release(struct ls_lock *lock);

int ls_lock_take_quickly(struct ls_lock *lock);
void ls_lock_release_quickly(struct ls_lock *lock);

/* The thread has left a hook by a jump out of a signal handler. */
void ls_lock_jumped(void);

#endif
