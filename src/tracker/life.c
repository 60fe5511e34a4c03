/* SPDX-License-Identifier: MIT */
/* Starts, stops and clears the tracer, takes it over a fork, and walks over
   what is alive. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/single_threaded.h>

#include "interpose/sink.h"
#include "platform/guard.h"
#include "platform/lent.h"
#include "platform/thread.h"
#include "traceback/intern.h"
#include "traceback/unwind.h"
#include "traceback/young.h"
#include "tracker/blocks.h"
#include "tracker/counters.h"
#include "tracker/early.h"
#include "tracker/fd_table.h"
#include "tracker/kernel_objects.h"
#include "tracker/object_table.h"
#include "tracker/quickly.h"
#include "tracker/range_table.h"
#include "tracker/shadow.h"
#include "tracker/state.h"
#include "tracker/threads.h"
#include "tracker/tracked.h"
#include "tracker/tracker.h"
#include "tracker/unloads.h"

static const uint32_t *quits_when;

static void say_wanted(int yes) {
  __atomic_store_n(&ls_sink_wanted, yes, __ATOMIC_RELEASE);
  ls_unusual_set(LS_UNUSUAL_OFF, !yes);
}

/* By this thread, for its fork: not where nothing was ever traced. */
static _Thread_local int locked __attribute__((tls_model("initial-exec")));

/* A fork in a handler that interrupted a hook of this thread finds the lock
   taken by itself; it goes on in both processes and releases it there.  Where
   there is one thread nobody else can hold a lock, and no page is written. */
static void before_fork(void) {
  const uint32_t *flag = quits_when;
  if (flag && LS_LOAD(flag) == LS_TRACKER_QUITS) say_wanted(0);
  locked = ls_owner != LS_OWNER_HOOK &&
           LS_LOAD(&ls_tracker_state.was_started) && !__libc_single_threaded;
  if (!locked) return;
  ls_intern_before_fork();
  ls_ranges_before_fork();
  ls_threads_before_fork();
  ls_kernel_objects_before_fork();
  ls_tracked_before_fork();
}

static void release_after_fork(void) {
  if (!locked) return;
  ls_tracked_after_fork();
  ls_kernel_objects_after_fork();
  ls_threads_after_fork();
  ls_ranges_after_fork();
  ls_intern_after_fork();
}

static void after_fork(void) {
  release_after_fork();
  if (LS_LOAD(&ls_tracker_state.was_started)) ls_young_forked();
}

/* A runtime that tells of its blocks goes by the map. */
static void begin_young(void) {
  ls_young_begin();
  int is_measured =
      LS_LOAD(&ls_counters_epoch) || LS_LOAD(&ls_tracker_state.birth);
  if (ls_tracker_is_tracing() && !is_measured && !ls_tracker_is_told() &&
      ls_is_young_child())
    ls_early_begin();
}

static void after_fork_in_child(void) {
  release_after_fork();
  if (ls_objects_ever) {
    ls_threads_gone();
    ls_kernel_objects_gone();
  }
  ls_thread_after_fork();
  if (LS_LOAD(&ls_tracker_state.was_started)) begin_young();
  ls_lent_after_fork();
}

void ls_sink_fork_handlers(void) {
  /* It comes back here where pthread_atfork is ours too. */
  if (!__atomic_exchange_n(&ls_tracker_state.has_fork_handlers, 1,
                           __ATOMIC_RELAXED))
    pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

static void set_wanted(int yes) {
  ls_early_end();
  say_wanted(yes);
}

int ls_tracker_start(unsigned nframe, const char **cause) {
  if (nframe > LS_UNWIND_MAX) return -EINVAL;
  if (nframe && nframe != ls_tracker_state.nframe) {
    ls_tracker_state.nframe = nframe;
    ls_unwind_flush(); /* what was remembered ends elsewhere */
  }
  int rc = ls_unwind_init(cause);
  if (rc) return rc;
  ls_unloads_look();
  ls_sink_fork_handlers();
  ls_blocks_tracing_begins();
  ls_tracker_state.was_started = 1;
  set_wanted(1);
  return 0;
}

void ls_tracker_clear(void) {
  ls_early_end();
  ls_shadow_clear();
  ls_fd_table_clear();
  ls_ranges_clear();
  ls_threads_clear();
  ls_kernel_objects_clear();
  ls_tracked_clear();
  ls_counters_clear();
}

void ls_tracker_stop(void) {
  set_wanted(0);
  ls_tracker_clear();
}

void ls_tracker_clean(int yes) { ls_unusual_set(LS_UNUSUAL_CLEAN, yes); }

void ls_tracker_quit(void) { say_wanted(0); }

void ls_tracker_quit_when(const uint32_t *flag) { quits_when = flag; }

int ls_tracker_is_tracing(void) {
  return __atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED);
}

unsigned ls_tracker_nframe(void) { return ls_tracker_state.nframe; }

void ls_tracker_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                     void *arg) {
  ls_early_end();
  ls_shadow_walk(visit, arg);
  ls_fd_table_walk(visit, arg);
  ls_ranges_walk(visit, arg);
  ls_threads_walk(visit, arg);
  ls_kernel_objects_walk(visit, arg);
  ls_tracked_walk(visit, arg);
}
