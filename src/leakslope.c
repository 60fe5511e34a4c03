/* SPDX-License-Identifier: MIT */
/*
 * The public functions and the life of the library in a process.
 *
 * Every function marks its thread as ours while it runs, so that what it
 * allocates is in no count.
 */
#include "leakslope.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accept/accept.h"
#include "callsite/callsite.h"
#include "interpose/hooks.h"
#include "interpose/new_hooks.h"
#include "interpose/owner.h"
#include "interpose/sanitizer_hooks.h"
#include "platform/arena.h"
#include "platform/file.h"
#include "platform/guard.h"
#include "platform/options.h"
#include "platform/own_libc.h"
#include "platform/text.h"
#include "report/model.h"
#include "snapshot/on_signal.h"
#include "snapshot/snapshot.h"
#include "tracker/tracker.h"

_Static_assert((int)LEAKSLOPE_NOT_ARMED == (int)LS_NOT_ARMED &&
                   (int)LEAKSLOPE_NOT_GATED == (int)LS_NOT_GATED &&
                   (int)LEAKSLOPE_NOT_REPEATABLE == (int)LS_NOT_REPEATABLE &&
                   (int)LEAKSLOPE_INCONCLUSIVE == (int)LS_INCONCLUSIVE &&
                   (int)LEAKSLOPE_SATURATING == (int)LS_SATURATING,
               "the two tables of outcomes are one");
_Static_assert((int)LEAKSLOPE_DOMAIN_FD == (int)LS_DOMAIN_FD &&
                   (int)LEAKSLOPE_DOMAIN_MMAP == (int)LS_DOMAIN_MMAP &&
                   (int)LEAKSLOPE_DOMAIN_THREAD == (int)LS_DOMAIN_THREAD &&
                   (int)LEAKSLOPE_DOMAIN_TIMER == (int)LS_DOMAIN_TIMER &&
                   (int)LEAKSLOPE_DOMAIN_GAUGE == (int)LS_DOMAIN_GAUGE,
               "the two lists of domains are one");

static struct {
  const char *cause; /* why nothing is traced, NULL if it could be */
  int off;           /* CK_LEAK=no, or LEAKSLOPE=0 */
} library;

/* ---- life ------------------------------------------------------------------
 */

/* Valgrind replaces malloc itself: it announces itself by its preload. */
static int under_valgrind(void) {
  const char *preload = getenv("LD_PRELOAD");
  return preload &&
         (strstr(preload, "/valgrind/") || strstr(preload, "vgpreload"));
}

static int under_rr(void) { return getenv("RUNNING_UNDER_RR") != NULL; }

int leakslope_stands_down(const char **why) {
  const char *reason = under_valgrind() ? "Valgrind runs this program"
                       : under_rr()     ? "rr records this program"
                       : ls_sanitizer_is_behind_us()
                           ? "preloaded in front of a sanitizer's malloc: "
                             "link the program with leakslope instead"
                           : NULL;
  if (why) *why = reason;
  return reason != NULL;
}

/* LEAKSLOPE, as PYTHONTRACEMALLOC: the frames wanted, 0 for no tracing; -1
   where it is not set, -2 where it is not valid. */
static int start_wanted(void) {
  const char *text = getenv("LEAKSLOPE");
  int n = 0;
  if (!text || !*text) return -1;
  for (; *text >= '0' && *text <= '9' && n <= 252; text++)
    n = 10 * n + (*text - '0');
  return *text || n > 252 ? -2 : n;
}

static unsigned nframe_wanted(void) {
  int n = start_wanted();
  if (n > 0) return (unsigned)n;
  double option = ls_options_number("CK_LEAK_NFRAME", 64);
  return option >= 1 && option <= 252 ? (unsigned)option : 64;
}

/* Which source events come from is decided here, once: the hooks, or the
   runtime of a sanitizer whose malloc is in front of them. */
static int start_tracing(unsigned nframe) {
  /* Nothing would be seen; and ThreadSanitizer's runtime starts a thread where
     the tracer's locks are held, between the halves of a fork. */
  if (ls_sanitizer_name() && !ls_sanitizer_tells()) {
    library.cause = ls_malloc_owner();
    return -ENOTSUP;
  }
  int rc = ls_tracker_start(nframe, &library.cause);
  if (!rc && ls_sanitizer_tells()) {
    rc = ls_sanitizer_install(&library.cause);
    if (rc) ls_tracker_stop();
  }
  return rc;
}

/* Before main, and before the constructors of what was linked before us: a
   queue that is filled there and only rotated later must be known whole. */
__attribute__((constructor(101))) static void begin(void) {
  int before = ls_guard_enter();
  ls_hooks_resolve();
  if (!ls_new_is_behind()) ls_new_withdraw();
  library.off = ls_options_is("CK_LEAK", "no") || start_wanted() == 0;
#ifdef LEAKSLOPE_STATIC
  library.cause = "statically linked: the tracer needs the dynamic linker";
#else
  if (!ls_real.malloc || !ls_real.malloc_usable_size)
    library.cause = "the C library's malloc was not found";
#endif
  if (!library.cause && !library.off && !leakslope_stands_down(NULL)) {
    if (!ls_sanitizer_name()) ls_hooks_examine();
    if (!start_tracing(nframe_wanted())) ls_snapshot_on_signal();
  }
  ls_guard_leave(before);
}

int leakslope_start(unsigned nframe) {
  if (nframe > 252) return -EINVAL;
  if (library.cause) return -ENOTSUP;
  int before = ls_guard_enter();
  int rc = start_tracing(nframe);
  if (!rc) library.off = 0;
  ls_guard_leave(before);
  return rc;
}

void leakslope_stop(void) {
  int before = ls_guard_enter();
  ls_tracker_stop();
  ls_guard_leave(before);
}

int leakslope_is_tracing(void) { return ls_tracker_is_tracing(); }

void leakslope_clear_traces(void) {
  int before = ls_guard_enter();
  ls_tracker_clear();
  ls_guard_leave(before);
}

unsigned leakslope_get_traceback_limit(void) { return ls_tracker_nframe(); }

void leakslope_get_traced_memory(size_t *current, size_t *peak) {
  ls_tracker_memory(current, peak);
}

void leakslope_reset_peak(void) { ls_tracker_reset_peak(); }

#ifndef LEAKSLOPE_STATIC
/* What is called must be somewhere, if not in libc. */
void *leakslope_libc_function(const char *name) {
  void *own = ls_libc_function(name);
  return own ? own : dlsym(RTLD_DEFAULT, name);
}
#endif

unsigned leakslope_calls_mark(void) { return ls_tracker_sites() + 1; }

size_t leakslope_get_tracer_memory(void) { return ls_pages_total(); }

int leakslope_set_outermost(const void *begin_code, const void *end_code) {
  return ls_tracker_outermost(begin_code, end_code);
}

/* ---- armed ------------------------------------------------------------------
 */

static const char *why_unseen(void) {
  if (library.cause) return library.cause;
  if (!ls_tracker_is_tracing())
    return library.off ? "tracing was not started: CK_LEAK=no or LEAKSLOPE=0"
                       : "tracing was stopped";
  return ls_malloc_owner();
}

int leakslope_armed(void *(*allocate)(size_t), void (*release)(void *),
                    const char **cause) {
  /* Volatile: a compiler that sees malloc and free in a row removes both. */
  void *(*volatile get)(size_t) = allocate;
  void (*volatile put)(void *) = release;
  int armed = 0;
  if (ls_tracker_is_tracing()) {
    void *volatile canary = get(97);
    uint32_t site = ls_tracker_site_of(canary);
    int64_t alive = site ? ls_tracker_live(site).count : 0;
    put(canary);
    armed = site && alive == ls_tracker_live(site).count + 1 &&
            !ls_tracker_site_of(canary);
  }
  if (cause) *cause = armed ? NULL : why_unseen();
  return armed ? 0 : -ENOTSUP;
}

/* ---- tracebacks -------------------------------------------------------------
 */

/* What the caller holds, in an arena that goes with it. */
struct owned_traceback {
  struct leakslope_traceback traceback; /* first: the handle is its address */
  struct ls_arena arena;
};

struct leakslope_traceback *leakslope_get_object_traceback(const void *ptr) {
  int before = ls_guard_enter();
  struct ls_arena arena = {0};
  struct owned_traceback *owned = NULL;
  uintptr_t pcs[252];
  uint32_t site = ptr ? ls_tracker_site_of(ptr) : 0;
  size_t n = site ? ls_tracker_path(site, pcs, 252) : 0;
  if (n) owned = ls_arena_alloc(&arena, sizeof *owned);
  if (owned && ls_traceback_make(&arena, pcs, n, &owned->traceback)) {
    ls_arena_release(&arena);
    owned = NULL;
  }
  if (owned) owned->arena = arena;
  ls_guard_leave(before);
  return owned ? &owned->traceback : NULL;
}

void leakslope_traceback_free(struct leakslope_traceback *tb) {
  if (!tb) return;
  struct ls_arena arena = ((struct owned_traceback *)(void *)tb)->arena;
  ls_arena_release(&arena);
}

/* ---- snapshots
 * --------------------------------------------------------------- */

struct leakslope_snapshot *leakslope_take_snapshot(void) {
  if (!ls_tracker_is_tracing()) return NULL;
  int before = ls_guard_enter();
  struct leakslope_snapshot *snapshot = ls_snapshot_take();
  ls_guard_leave(before);
  return snapshot;
}

void leakslope_snapshot_free(struct leakslope_snapshot *snapshot) {
  ls_snapshot_free(snapshot);
}

int leakslope_snapshot_statistics(struct leakslope_snapshot *snapshot,
                                  enum leakslope_key key, int cumulative,
                                  const struct leakslope_statistic **out,
                                  size_t *n) {
  int before = ls_guard_enter();
  int rc = ls_snapshot_statistics(snapshot, key, cumulative, out, n);
  ls_guard_leave(before);
  return rc;
}

int leakslope_snapshot_compare_to(struct leakslope_snapshot *after,
                                  struct leakslope_snapshot *baseline,
                                  enum leakslope_key key, int cumulative,
                                  const struct leakslope_statistic_diff **out,
                                  size_t *n) {
  int before = ls_guard_enter();
  int rc = ls_snapshot_compare(after, baseline, key, cumulative, out, n);
  ls_guard_leave(before);
  return rc;
}

/* ---- options
 * ------------------------------------------------------------------ */

static int refuse_start(char *message, size_t size) {
  snprintf(message, size,
           "leakslope: LEAKSLOPE='%.80s' is not valid; allowed: number 0..252",
           getenv("LEAKSLOPE"));
  return -EINVAL;
}

int leakslope_options_check(const char **message) {
  static char text[512];
  int before = ls_guard_enter();
  int rc = ls_options_check(text, sizeof text);
  if (!rc && start_wanted() == -2) rc = refuse_start(text, sizeof text);
  if (!rc) rc = ls_accept_load(text, sizeof text);
  ls_guard_leave(before);
  if (message) *message = rc ? text : NULL;
  return rc;
}

int leakslope_suppress(const char *given, const char **message) {
  static char text[512];
  int before = ls_guard_enter();
  int rc = ls_accept_load(text, sizeof text);
  if (!rc) rc = ls_suppress(given, text, sizeof text);
  ls_guard_leave(before);
  if (message) *message = rc ? text : NULL;
  return rc;
}

int leakslope_bound(const char *pattern, size_t count) {
  int before = ls_guard_enter();
  int rc = ls_bound_set(pattern, count);
  ls_guard_leave(before);
  return rc;
}

const char *leakslope_option(const char *name) {
  return ls_options_value(name);
}

/* ---- measuring in one call
 * ------------------------------------------------------ */

/* In a section of its own: tracebacks end with the operation. */
__attribute__((section("leakslope_outer"), noinline)) static void call(
    void (*op)(void *), void *arg) {
  op(arg);
  __asm__ volatile(""); /* no tail call: this frame marks the end */
}

int leakslope_measure(void (*op)(void *), void *arg,
                      const struct leakslope_plan *plan,
                      struct leakslope_report **report) {
  extern const char __start_leakslope_outer[]
      __attribute__((visibility("hidden")));
  extern const char __stop_leakslope_outer[]
      __attribute__((visibility("hidden")));
  struct leakslope_measurement *m;
  int rc =
      leakslope_set_outermost(__start_leakslope_outer, __stop_leakslope_outer);
  if (!rc) rc = leakslope_measure_begin(plan, &m);
  if (rc) return rc;
  while (leakslope_measure_iteration(m) > 0) call(op, arg);
  return leakslope_measure_end(m, report);
}
