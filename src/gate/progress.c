/* SPDX-License-Identifier: MIT */
/* Shows on a terminal how far a repetition is. */
#include "gate/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gate/clock.h"
#include "gate/run.h"

enum { WIDEST = 200, DEFAULT_WIDTH = 80 };

/* Seconds between two looks: more often only flickers. */
static const double EVERY = 0.1;

static struct {
  int on;
  dev_t terminal;
  unsigned all;      /* tests of this run */
  char which[64];    /* "test 3 of 41, " */
  char what[WIDEST]; /* is repeated: the end of the line, that may be cut */
  double shown_at;   /* 0: nothing is shown */
} progress;

static int terminal_of(int fd, dev_t *terminal) {
  struct stat st;
  if (!isatty(fd) || fstat(fd, &st)) return 0;
  *terminal = st.st_rdev;
  return 1;
}

void lsg_progress_begin(void) {
  const char *kind = getenv("TERM");
  progress.on = lsg_run.armed && kind && *kind && strcmp(kind, "dumb") &&
                terminal_of(STDERR_FILENO, &progress.terminal);
  progress.all = lsg_run_taken(lsg_run.of.ntests);
}

/* Names may hold anything, and the line must stay one. */
static void clean(char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < ' ' || *text == 0x7f) *text = '?';
}

void lsg_progress_test(unsigned n) {
  const struct ls_gate_test *test = &lsg_run.of.tests[n];
  if (!progress.on) return;
  snprintf(progress.which, sizeof progress.which, "test %u of %u, ",
           lsg_run_taken(n) + 1, progress.all);
  snprintf(progress.what, sizeof progress.what, "%s:%s", test->group->name,
           test->name);
  clean(progress.what);
}

void lsg_progress_scope(const char *name) {
  if (!progress.on) return;
  progress.which[0] = '\0';
  snprintf(progress.what, sizeof progress.what, "%s", name);
  clean(progress.what);
}

static size_t width(void) {
  struct winsize size;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
    return DEFAULT_WIDTH;
  return size.ws_col;
}

/* No wider than the terminal, where it would begin a second line, and without
   half of a character. */
static size_t fitting(const char *text) {
  size_t n = strlen(text), most = width() - 1;
  if (most > WIDEST) most = WIDEST;
  if (n <= most) return n;
  while (most && ((unsigned char)text[most] & 0xc0) == 0x80) most--;
  return most;
}

/* In one write. */
static void put(const char *text) {
  char line[2 * WIDEST];
  int n = snprintf(line, sizeof line, "\r%.*s\x1b[K", (int)fitting(text), text);
  if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
    progress.on = 0; /* there is nobody to tell */
}

static int is_same_terminal(void) {
  dev_t now;
  return terminal_of(STDERR_FILENO, &now) && now == progress.terminal;
}

void lsg_progress_show(const struct leakslope_measurement *m) {
  struct leakslope_progress at;
  char text[2 * WIDEST], left[32] = "";
  double now = lsg_now();
  if (!progress.on || now - progress.shown_at < EVERY) return;
  if (!is_same_terminal()) return;
  leakslope_measure_progress(m, &at);
  if (at.seconds_left >= 0)
    snprintf(left, sizeof left, ", %.0f s left", at.seconds_left);
  if (at.planned)
    snprintf(text, sizeof text,
             "leakslope: %siteration %u of %u, %u suspect%s%s: %s",
             progress.which, at.iterations, at.planned, at.suspects,
             at.suspects == 1 ? "" : "s", left, progress.what);
  else
    snprintf(text, sizeof text, "leakslope: %swarm-up: %s", progress.which,
             progress.what);
  put(text);
  progress.shown_at = now;
}

void lsg_progress_end(void) {
  if (progress.shown_at > 0 && is_same_terminal()) put("");
  progress.shown_at = 0;
}
