/* SPDX-License-Identifier: MIT */
/*
 * What a thread has of its own, and what becomes of it when the thread is gone.
 *
 * The tables of a thread (its verified stacks, its counters) outlive it: what
 * it counted still counts.  A new thread takes them over and goes on with them,
 * but not before the kernel says that the former owner is gone: an exit handler
 * of ours could run before another that frees.
 * Context: hook.
 */
#ifndef LS_PLATFORM_THREAD_H
#define LS_PLATFORM_THREAD_H

#include <stdatomic.h>
#include <stdint.h>

/* Never unmapped, never moved. */
struct ls_thread {
  _Alignas(64) struct ls_thread *next;
  unsigned number;          /* from 0, in the order in which they were made */
  _Atomic uint64_t owner;   /* process << 32 | thread, as the kernel has them */
  _Atomic(void *) stacks;   /* of traceback/, NULL until there are some */
  _Atomic(void *) counters; /* of tracker/, likewise */
};

/* The calling thread's, made or taken over at its first call; NULL when there
   is no memory. */
struct ls_thread *ls_thread_mine(void);

/* The process, by what is known of the calling thread: it was a child's that
   was made without handlers of fork, it is still the parent's. */
uint32_t ls_thread_process(void);

/* The calling thread's id, as the kernel has it; in a child that was made
   without handlers of fork, its parent's. */
uint32_t ls_thread_id(void);

/* How many there are. */
unsigned ls_thread_count(void);

/* All of them, by ->next. */
struct ls_thread *ls_thread_first(void);

/* In the child of a fork: its one thread has another id. */
void ls_thread_after_fork(void);

#endif
