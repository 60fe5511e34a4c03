/* SPDX-License-Identifier: MIT */
/*
 * Waits for a lock, unless its holder was left behind by a fork: a word that
 * the kernel wipes in every child says so.
 */
#include "platform/lock.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"
#include "platform/own_pages.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18 /* Linux 4.14 */
#endif

/* 1 in a process that was prepared; where the kernel wipes nothing, in all. */
static _Atomic int everywhere = 1;
static _Atomic(_Atomic int *) prepared = &everywhere;

int ls_lock_wait(struct ls_lock *lock) {
  for (;;) {
    int was = LS_LOCK_FREE;
    if (atomic_compare_exchange_weak_explicit(&lock->held, &was, LS_LOCK_HELD,
                                              memory_order_acquire,
                                              memory_order_relaxed))
      return 1;
    if (was == LS_LOCK_BROKEN) return 0;
    if (!atomic_load(atomic_load(&prepared))) {
      atomic_store(&lock->held, LS_LOCK_BROKEN);
      return 0;
    }
    (void)syscall(SYS_sched_yield);
  }
}

void ls_lock_watch_forks(void) {
  enum { PAGE = 4096 };
  _Atomic int *before = &everywhere;
  if (atomic_load(&prepared) != before || !ls_pages_may_advise()) return;
  int saved = errno;
  _Atomic int *word = ls_own_pages_map(PAGE, MAP_PRIVATE);
  if (word) {
    atomic_store(word, 1);
    if (syscall(SYS_madvise, word, PAGE, MADV_WIPEONFORK) ||
        !atomic_compare_exchange_strong(&prepared, &before, word))
      ls_own_pages_unmap(word, PAGE);
  }
  errno = saved;
}

void ls_lock_after_fork(void) { atomic_store(atomic_load(&prepared), 1); }
