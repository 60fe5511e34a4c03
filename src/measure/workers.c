/* SPDX-License-Identifier: MIT */
/*
 * Waits for threads that fall behind the passes: a queue that is never empty
 * looks like a leak, and a leak in a thread that did not get to run like none.
 *
 *   running      it has the processor, or waits for it on a busy machine, or is
 *                about to end: it has something to do
 *   asleep       it has nothing to do, unless it sleeps between two jobs: where
 *                it did something since the last time, it is given a while to
 *                go on
 *
 * A thread that never sleeps is no reason to wait: it is noticed by the time of
 * the processor's that it takes while nothing comes of it.
 */
#include "measure/workers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "measure/limits.h"
#include "platform/clock.h"
#include "tracker/tracker.h"

enum {
  MOST_LOOKED_AT = 64, /* threads, at each look */
  LOOKS = 2,           /* at rest: one may hand on to another between them */
  SHORTEST_PAUSE_NS = 20 * 1000, /* while they run */
  LONGEST_PAUSE_NS = 1000 * 1000,
  REST_PAUSE_NS = 100 * 1000,
  SLEEP_NS = 700 * 1000, /* of a thread between two jobs */
  SLEEPS_NS = 20 * 1000 * 1000,
  BUSY_NS = 10 * 1000 * 1000, /* of the processor's time, for nothing */
  BUSY_AGAIN_NS = 100 * 1000, /* the same after VAIN_NS of that in all */
  VAIN_NS = 40 * 1000 * 1000,
  WAIT_NS = 250 * 1000 * 1000
};

/* ---- what they do -------------------------------------------------------- */

/* The text after "(name) " in a stat file of /proc; NULL without one. */
static const char *after_name(const char *path, char *text, size_t size) {
  if (!ls_limits_read(path, text, size)) return NULL;
  const char *at = strrchr(text, ')');
  return at && at[1] ? at + 2 : NULL;
}

static int64_t field_of_self(int fields_after_the_state) {
  char text[1024];
  const char *at = after_name("/proc/self/stat", text, sizeof text);
  for (int i = 0; at && i < fields_after_the_state; i++) {
    at = strchr(at, ' ');
    if (at) at++;
  }
  return at ? strtoll(at, NULL, 10) : 0;
}

int ls_workers_exist(void) {
  enum { NUM_THREADS = 17, DIRECTORY_LINKS = 2 };
  struct statx about = {0};
  /* Cheaper: a directory of threads is linked to once for each. */
  long rc =
      syscall(SYS_statx, AT_FDCWD, "/proc/self/task", 0, STATX_NLINK, &about);
  if (!rc && about.stx_nlink > DIRECTORY_LINKS)
    return about.stx_nlink > DIRECTORY_LINKS + 1;
  return field_of_self(NUM_THREADS) > 1;
}

/* Has the processor or waits for it, or for a disk. */
static int is_running(const char *thread) {
  char path[64] = "/proc/self/task/", text[512];
  size_t n = strlen(path), length = strnlen(thread, 16);
  memcpy(path + n, thread, length);
  memcpy(path + n + length, "/stat", sizeof "/stat");
  const char *state = after_name(path, text, sizeof text);
  return state && (*state == 'R' || *state == 'D');
}

/* Whether any of them is running, of those in a piece of /proc/self/task. */
static int any_runs(const char *piece, long size, int *looked_at) {
  long own = syscall(SYS_gettid);
  for (long at = 0; at < size && *looked_at < MOST_LOOKED_AT;) {
    const struct dirent64 *entry = (const void *)(piece + at);
    at += entry->d_reclen;
    long thread = strtol(entry->d_name, NULL, 10);
    if (thread <= 0 || thread == own) continue;
    ++*looked_at;
    if (is_running(entry->d_name)) return 1;
  }
  return 0;
}

static int others_run(void) {
  _Alignas(struct dirent64) char piece[2048];
  int looked_at = 0, run = 0;
  long size;
  int directory = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/task",
                               O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (directory < 0) return 0;
  while (!run && looked_at < MOST_LOOKED_AT &&
         (size = syscall(SYS_getdents64, directory, piece, sizeof piece)) > 0)
    run = any_runs(piece, size, &looked_at);
  (void)syscall(SYS_close, directory);
  return run;
}

/* The processor's time that they have taken so far. */
static uint64_t others_took(void) {
  uint64_t all = ls_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  uint64_t own = ls_clock_ns(CLOCK_THREAD_CPUTIME_ID);
  return all > own ? all - own : 0;
}

/* ---- waiting ------------------------------------------------------------- */

struct wait {
  uint64_t begin;
  uint64_t seen, taken; /* when something came of it last, and what they had
                           taken by then */
  size_t memory;        /* the least so far */
  int may_sleep;        /* between two jobs */
  int looks;            /* in a row at which they were at rest */
};

static void look_for_progress(struct wait *wait, uint64_t now, uint64_t took) {
  size_t memory;
  ls_tracker_memory(&memory, NULL);
  if (memory >= wait->memory) return;
  wait->memory = memory;
  wait->seen = now;
  wait->taken = took;
}

static int rests(struct wait *wait, uint64_t now) {
  if (++wait->looks < LOOKS) return 0;
  return !wait->may_sleep || now - wait->seen >= SLEEP_NS ||
         now - wait->begin >= SLEEPS_NS;
}

static int is_in_vain(struct leakslope_measurement *m, struct wait *wait,
                      uint64_t took) {
  uint64_t least = m->vain_ns < VAIN_NS ? BUSY_NS : BUSY_AGAIN_NS;
  wait->looks = 0;
  /* The difference of two clocks may go back a little. */
  if (took < wait->taken + least) return 0;
  m->vain_ns += took - wait->taken;
  return 1;
}

static int is_over(struct leakslope_measurement *m, struct wait *wait) {
  int run = others_run();
  uint64_t now = ls_clock_ns(CLOCK_MONOTONIC), took = others_took();
  look_for_progress(wait, now, took);
  if (now - wait->begin >= WAIT_NS) return 1;
  return run ? is_in_vain(m, wait, took) : rests(wait, now);
}

static void pause_for(long ns) {
  struct timespec left = {0, ns};
  while (syscall(SYS_nanosleep, &left, &left) == -1 && errno == EINTR) {
  }
}

/* Before the next look. */
static void pause_between(const struct wait *wait, long *running_ns) {
  if (wait->looks && !wait->may_sleep) {
    (void)syscall(SYS_sched_yield);
  } else if (wait->looks) {
    pause_for(REST_PAUSE_NS);
  } else {
    pause_for(*running_ns);
    if (*running_ns < LONGEST_PAUSE_NS) *running_ns *= 2;
  }
}

void ls_workers_await(struct leakslope_measurement *m) {
  long running_ns = SHORTEST_PAUSE_NS;
  if (!ls_workers_exist()) return;
  uint64_t now = ls_clock_ns(CLOCK_MONOTONIC), took = others_took();
  struct wait wait = {now, now, took, SIZE_MAX, 0, 0};
  wait.may_sleep = ls_tracker_others_epoch() > m->awaited_epoch;
  while (!is_over(m, &wait)) pause_between(&wait, &running_ns);
  m->awaited_epoch = ls_tracker_others_epoch();
  m->waited_ns += ls_clock_ns(CLOCK_MONOTONIC) - now;
}
