/* SPDX-License-Identifier: MIT */
/*
 * The domain thread: a thread is there until its stack can be used again,
 * which is after it was joined, or was detached and has ended.
 *
 *   created    under the number of its start, by the thread that creates it
 *   runs       from here on under its own number, with its tid
 *   joined     gone
 *   detached   gone once the kernel knows no such tid any more
 *
 * Nothing is read of what pthread_create gave back: a detached thread may have
 * freed the place where that lay.
 */
#include "tracker/threads.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interpose/sink.h"
#include "tracker/count.h"
#include "tracker/object_table.h"

enum space { STARTING, RUNNING };
enum { DETACHED = 1 };

static struct ls_objects threads;
static uint32_t peak;
static int starting; /* threads that were created and do not run yet */
static int detached; /* threads that are to be looked after */

static void released(const struct ls_object *thread) {
  if (thread->flags & DETACHED)
    __atomic_sub_fetch(&detached, 1, __ATOMIC_RELAXED);
  if (thread->site) ls_count(thread->site, -1, 0);
}

static int put(struct ls_object thread) {
  struct ls_object old;
  if (!ls_objects_put(&threads, thread, &old)) {
    ls_count_drop();
    return 0;
  }
  if (old.used) released(&old);
  uint32_t n = (uint32_t)threads.n;
  if (n > peak) peak = n; /* of two at once the larger may be missed */
  if (thread.flags & DETACHED)
    __atomic_add_fetch(&detached, 1, __ATOMIC_RELAXED);
  return 1;
}

int ls_sink_thread_created(uintptr_t start, int is_detached,
                           const uintptr_t *record) {
  int saved = errno;
  struct ls_object thread = {.key = start,
                             .space = STARTING,
                             .site = ls_count_site(LS_DOMAIN_THREAD, record),
                             .birth = ls_count_birth(),
                             .flags = is_detached ? DETACHED : 0};
  int known = thread.site && put(thread);
  if (known) {
    ls_count(thread.site, 1, 0);
    __atomic_add_fetch(&starting, 1, __ATOMIC_RELAXED);
  }
  errno = saved;
  return known;
}

void ls_sink_thread_failed(uintptr_t start) {
  struct ls_object thread =
      ls_objects_take(&threads, STARTING, start, UINT64_MAX);
  if (!thread.used) return;
  __atomic_sub_fetch(&starting, 1, __ATOMIC_RELAXED);
  released(&thread);
}

void ls_sink_thread_runs(uintptr_t start, uintptr_t number) {
  struct ls_object thread =
      ls_objects_take(&threads, STARTING, start, UINT64_MAX);
  if (!thread.used) return; /* the table was cleared meanwhile */
  __atomic_sub_fetch(&starting, 1, __ATOMIC_RELAXED);
  if (thread.flags & DETACHED)
    __atomic_sub_fetch(&detached, 1, __ATOMIC_RELAXED);
  /* One that was detached before it ran has left word under its number; any
     other with that number is gone without our having seen it. */
  struct ls_object word =
      ls_objects_take(&threads, RUNNING, number, UINT64_MAX);
  if (word.used) released(&word);
  if (word.used && !word.site) thread.flags |= word.flags;
  thread.key = number;
  thread.space = RUNNING;
  thread.tid = (int32_t)syscall(SYS_gettid);
  if (!put(thread)) ls_count(thread.site, -1, 0);
}

uint64_t ls_sink_thread_now(void) { return ls_objects_now(&threads); }

void ls_sink_thread_joined(uintptr_t number, uint64_t before) {
  struct ls_object thread = ls_objects_take(&threads, RUNNING, number, before);
  if (thread.used) released(&thread);
}

void ls_sink_thread_detached(uintptr_t number) {
  struct ls_object *known = ls_objects_lock(&threads, RUNNING, number);
  int is_new = known && !(known->flags & DETACHED);
  if (is_new) {
    known->flags |= DETACHED;
    __atomic_add_fetch(&detached, 1, __ATOMIC_RELAXED);
  }
  ls_objects_unlock(&threads);
  /* None is detached twice: what is known by this number has ended, and the one
     that is meant has not begun. */
  if (!is_new && __atomic_load_n(&starting, __ATOMIC_RELAXED) > 0)
    (void)put(
        (struct ls_object){.key = number, .space = RUNNING, .flags = DETACHED});
}

/* ---- life and reading: context runner -------------------------------------
 */

static pid_t here;

static int has_ended(const struct ls_object *thread) {
  return (thread->flags & DETACHED) && thread->tid &&
         syscall(SYS_tgkill, here, thread->tid, 0) == -1 && errno == ESRCH;
}

void ls_threads_reap(void) {
  if (__atomic_load_n(&detached, __ATOMIC_RELAXED) <= 0) return;
  int saved = errno;
  here = getpid();
  ls_objects_take_all(&threads, has_ended, released);
  errno = saved;
}

uint32_t ls_threads_peak(void) { return peak; }

static int any(const struct ls_object *thread) { return thread->used != 0; }

void ls_threads_before_fork(void) { (void)ls_lock_take(&threads.lock); }

void ls_threads_after_fork(void) { ls_lock_release(&threads.lock); }

void ls_threads_gone(void) {
  if (!threads.n) return;
  ls_objects_take_all(&threads, any, released);
  starting = detached = 0;
}

void ls_threads_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                     void *arg) {
  ls_objects_walk(&threads, visit, arg);
}

void ls_threads_clear(void) {
  ls_objects_clear(&threads);
  starting = detached = 0;
}
