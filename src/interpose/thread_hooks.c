/* SPDX-License-Identifier: MIT */
/*
 * Threads: forward, then tell the sink.
 *
 * A new thread first says its number, by a function of ours that is started in
 * place of the program's and ends in a jump to it: no frame of ours stays on
 * its stack, and nothing is registered that would run when it ends.  The end
 * of a detached thread is asked of the kernel, at leisure.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <threads.h>

#include "interpose/descriptors.h"
#include "platform/arena.h"

/* The last call of a function as a jump, at any level of optimization. */
#if defined(__clang__)
#define LS_JUMPS
#define LS_JUMP __attribute__((musttail)) return
#else
#define LS_JUMPS __attribute__((optimize("O2", "optimize-sibling-calls")))
#define LS_JUMP return
#endif

/* What a thread is to run.  In use from its creation until it has begun, so a
   few do; where all are taken the thread is started untraced. */
struct start {
  _Atomic int used;
  union {
    void *(*posix)(void *);
    int (*c11)(void *);
  } routine;
  void *arg;
  size_t stack; /* bytes of its stack that can surely be read; 0: not known */
};

/* Each block has as many as all before it. */
enum { FIRST_STARTS = 64, BLOCKS = 16, LOOKS = 16 };
static struct start first_starts[FIRST_STARTS];
static _Atomic(struct start *) start_blocks[BLOCKS] = {first_starts};
static _Atomic unsigned nblocks = 1;

static struct start *start_at(unsigned at) {
  unsigned block = 0, begin = 0, size = FIRST_STARTS;
  while (at - begin >= size) {
    begin += size;
    if (block++) size *= 2;
  }
  return &atomic_load(&start_blocks[block])[at - begin];
}

static unsigned number_of_starts(void) {
  return (unsigned)FIRST_STARTS << (atomic_load(&nblocks) - 1);
}

/* 0 where there is no memory, or no end of threads that do not begin. */
static int more_starts(unsigned have) {
  unsigned n = atomic_load(&nblocks);
  if (number_of_starts() != have) return 1; /* another thread did it */
  if (n == BLOCKS) return 0;
  struct start *none = NULL, *fresh = ls_pages_map(have * sizeof *fresh, 0);
  if (!fresh) return 0;
  if (atomic_compare_exchange_strong(&start_blocks[n], &none, fresh))
    atomic_store(&nblocks, n + 1);
  else
    ls_pages_unmap(fresh, have * sizeof *fresh);
  return 1;
}

static struct start *look_for_start(unsigned n) {
  static _Atomic unsigned next;
  for (unsigned tries = 0; tries < LOOKS; tries++) {
    struct start *start = start_at(atomic_fetch_add(&next, 1) % n);
    int is_free = 0;
    if (atomic_compare_exchange_strong(&start->used, &is_free, 1)) return start;
  }
  return NULL;
}

/* As long as a few looks find one that is free there are enough. */
static struct start *take_start(void) {
  if (!ls_descriptors_wanted()) return NULL;
  for (;;) {
    unsigned n = number_of_starts();
    struct start *start = look_for_start(n);
    if (start) return start;
    if (!more_starts(n)) break;
  }
  ls_sink_missed();
  return NULL;
}

static void release_start(struct start *start) {
  atomic_store(&start->used, 0);
}

/* The thread's descriptor lies at the end of its stack, with less than a page
   behind it.  A walk need not ask the kernel then what it may read. */
static void note_stack(const struct start *start) {
  enum { PAGE = 4096 };
  uintptr_t end = (uintptr_t)__builtin_thread_pointer();
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  uintptr_t low = end + PAGE - start->stack;
  if (start->stack <= PAGE || here < low || here >= end) return;
  ls_own.stack_low = low;
  ls_own.stack_end = end;
}

/* In the new thread. */
static __attribute__((noinline)) void begins(struct start *start) {
  ls_owner = LS_OWNER_HOOK;
  note_stack(start);
  ls_sink_thread_runs((uintptr_t)start, (uintptr_t)pthread_self());
  ls_owner = LS_OWNER_HOST;
  release_start(start);
}

LS_JUMPS static void *enter_posix(void *arg) {
  struct start *start = arg;
  void *(*routine)(void *) = start->routine.posix;
  void *its = start->arg;
  begins(start);
  LS_JUMP routine(its);
}

LS_JUMPS static int enter_c11(void *arg) {
  struct start *start = arg;
  int (*routine)(void *) = start->routine.c11;
  void *its = start->arg;
  begins(start);
  LS_JUMP routine(its);
}

static int creates(struct start *start, int detached, const uintptr_t *record) {
  ls_owner = LS_OWNER_HOOK;
  int known = ls_sink_thread_created((uintptr_t)start, detached, record);
  ls_owner = LS_OWNER_HOST;
  return known;
}

static void created(struct start *start, int failed) {
  if (!failed) return;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_thread_failed((uintptr_t)start);
  ls_owner = LS_OWNER_HOST;
  release_start(start);
}

static int is_detached(const pthread_attr_t *attributes) {
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes) (void)pthread_attr_getdetachstate(attributes, &state);
  return state == PTHREAD_CREATE_DETACHED;
}

/* A guard page may be among them. */
static size_t readable_stack(const pthread_attr_t *attributes) {
  pthread_attr_t usual;
  size_t size = 0, guard = 0;
  int own = !attributes;
  if (own && pthread_attr_init(&usual)) return 0;
  if (own) attributes = &usual;
  if (pthread_attr_getstacksize(attributes, &size) ||
      pthread_attr_getguardsize(attributes, &guard) || guard > size)
    size = guard = 0;
  if (own) (void)pthread_attr_destroy(&usual);
  return size - guard;
}

LS_HOOK int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                           void *(*routine)(void *), void *arg) {
  ls_hooks_resolve();
  if (!ls_real.pthread_create) return EAGAIN;
  struct start *start = take_start();
  if (!start || !creates(start, is_detached(attributes), LS_RECORD)) {
    if (start) release_start(start);
    return ls_real.pthread_create(thread, attributes, routine, arg);
  }
  start->routine.posix = routine;
  start->arg = arg;
  start->stack = readable_stack(attributes);
  int rc = ls_real.pthread_create(thread, attributes, enter_posix, start);
  created(start, rc != 0);
  return rc;
}

LS_HOOK int thrd_create(thrd_t *thread, thrd_start_t routine, void *arg) {
  ls_hooks_resolve();
  if (!ls_real.thrd_create) return thrd_error;
  struct start *start = take_start();
  if (!start || !creates(start, 0, LS_RECORD)) {
    if (start) release_start(start);
    return ls_real.thrd_create(thread, routine, arg);
  }
  start->routine.c11 = routine;
  start->arg = arg;
  start->stack = readable_stack(NULL);
  int rc = ls_real.thrd_create(thread, enter_c11, start);
  created(start, rc != thrd_success);
  return rc;
}

/* ---- join ---------------------------------------------------------------- */

static int joined(int rc, pthread_t thread, uint64_t before) {
  if (rc || !ls_descriptors_wanted()) return rc;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_thread_joined((uintptr_t)thread, before);
  ls_owner = LS_OWNER_HOST;
  return rc;
}

LS_HOOK int pthread_join(pthread_t thread, void **result) {
  ls_hooks_resolve();
  if (!ls_real.pthread_join) return EINVAL;
  uint64_t before = ls_sink_thread_now();
  return joined(ls_real.pthread_join(thread, result), thread, before);
}

LS_HOOK int pthread_tryjoin_np(pthread_t thread, void **result) {
  ls_hooks_resolve();
  if (!ls_real.pthread_tryjoin_np) return EINVAL;
  uint64_t before = ls_sink_thread_now();
  return joined(ls_real.pthread_tryjoin_np(thread, result), thread, before);
}

LS_HOOK int pthread_timedjoin_np(pthread_t thread, void **result,
                                 const struct timespec *until) {
  ls_hooks_resolve();
  if (!ls_real.pthread_timedjoin_np) return EINVAL;
  uint64_t before = ls_sink_thread_now();
  return joined(ls_real.pthread_timedjoin_np(thread, result, until), thread,
                before);
}

LS_HOOK int pthread_clockjoin_np(pthread_t thread, void **result,
                                 clockid_t clock,
                                 const struct timespec *until) {
  ls_hooks_resolve();
  if (!ls_real.pthread_clockjoin_np) return EINVAL;
  uint64_t before = ls_sink_thread_now();
  return joined(ls_real.pthread_clockjoin_np(thread, result, clock, until),
                thread, before);
}

LS_HOOK int thrd_join(thrd_t thread, int *result) {
  ls_hooks_resolve();
  if (!ls_real.thrd_join) return thrd_error;
  uint64_t before = ls_sink_thread_now();
  int rc = ls_real.thrd_join(thread, result);
  if (rc == thrd_success) (void)joined(0, thread, before);
  return rc;
}

/* ---- detach -------------------------------------------------------------- */

/* Said before: afterwards the number may be another thread's.  The call fails
   only where there is nothing to detach any more. */
static void detaches(pthread_t thread) {
  if (!ls_descriptors_wanted()) return;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_thread_detached((uintptr_t)thread);
  ls_owner = LS_OWNER_HOST;
}

LS_HOOK int pthread_detach(pthread_t thread) {
  ls_hooks_resolve();
  if (!ls_real.pthread_detach) return EINVAL;
  detaches(thread);
  return ls_real.pthread_detach(thread);
}

LS_HOOK int thrd_detach(thrd_t thread) {
  ls_hooks_resolve();
  if (!ls_real.thrd_detach) return thrd_error;
  detaches(thread);
  return ls_real.thrd_detach(thread);
}
