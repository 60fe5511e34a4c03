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
#include "api/life.h"
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
#include "report/model/model.h"
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
                   (int)LEAKSLOPE_DOMAIN_TRACKED == (int)LS_DOMAIN_TRACKED &&
                   (int)LEAKSLOPE_DOMAIN_GAUGE == (int)LS_DOMAIN_GAUGE &&
                   (int)LEAKSLOPE_DOMAIN_SHM == (int)LS_DOMAIN_SHM,
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
int ls_life_start_wanted(void) {
  const char *text = getenv("LEAKSLOPE");
  int n = 0;
  if (!text || !*text) return -1;
  for (; *text >= '0' && *text <= '9' && n <= 252; text++)
    n = 10 * n + (*text - '0');
  return *text || n > 252 ? -2 : n;
}

static unsigned nframe_wanted(void) {
  int n = ls_life_start_wanted();
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
  library.off = ls_options_is("CK_LEAK", "no") || ls_life_start_wanted() == 0;
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

void leakslope_quit(void) { ls_tracker_quit(); }

_Static_assert((int)LEAKSLOPE_QUITS == (int)LS_TRACKER_QUITS, "one number");

void leakslope_quit_when(const uint32_t *flag) { ls_tracker_quit_when(flag); }

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
