/* SPDX-License-Identifier: MIT */
/* Counts child processes that nobody waits for, as a gauge. */
#include "measure/children.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure/limits.h"
#include "measure/measurement.h"

enum {
  TEXT = 4096,
  STOP = 48, /* of a user's processes */
  LEAST = 8, /* iterations: what a judgement on them needs */
  MOST = 256,
  SHARE = 4 /* whatever there may be at most, a quarter of it is enough */
};

/* Whether there is any: one system call, and nothing is taken from those that
   may yet wait for it. */
static int has_any(void) {
  siginfo_t about;
  return !waitid(P_ALL, 0, &about, WEXITED | WNOHANG | WNOWAIT);
}

/* Those of this thread; 0 where the kernel does not tell. */
static int64_t number(void) {
  char text[TEXT];
  int64_t n = 0;
  if (!has_any()) return 0;
  size_t size = ls_limits_read("/proc/thread-self/children", text, sizeof text);
  for (size_t i = 0; i < size; i++) n += text[i] == ' ';
  return n;
}

void ls_children_baseline(struct leakslope_measurement *m) {
  m->children = (struct ls_gauge_seen){.known = 1};
  m->children.base = m->children.last = number();
}

static uint32_t begin(struct leakslope_measurement *m) {
  uint32_t record = ls_records_new(m, LS_LEVEL_TRACEBACK, LS_DOMAIN_GAUGE,
                                   m->children.base, 0);
  if (!record) return 0;
  char *label = m->records[record - 1].label;
  snprintf(label, LS_LABEL_SIZE, "of child processes that nobody waits for");
  return record;
}

void ls_children_boundary(struct leakslope_measurement *m) {
  struct ls_gauge_seen *seen = &m->children;
  if (!(m->plan.domains & 1u << LS_DOMAIN_THREAD)) return;
  int64_t now = number();
  if (now == seen->last) return;
  if (!seen->record) seen->record = begin(m);
  if (!seen->record) return;
  ls_series_record(&m->records[seen->record - 1].series, m->iterations, now, 0);
  seen->last = now;
}

void ls_children_settle(struct leakslope_measurement *m) {
  struct ls_gauge_seen *seen = &m->children;
  if (!seen->record) return;
  int64_t now = number();
  if (now >= seen->last) return;
  ls_series_settle(&m->records[seen->record - 1].series, now, 0);
  seen->last = now;
}

int ls_children_left(const struct leakslope_measurement *m) {
  return m->children.last > m->children.base;
}

int ls_children_stop(const struct leakslope_measurement *m) {
  int64_t left = m->children.last - m->children.base;
  int64_t share = m->limits[LS_DOMAIN_THREAD] / SHARE;
  int64_t most = share > 0 && share < MOST ? share : MOST;
  return left >= STOP && (m->iterations >= LEAST || left >= most);
}

/* ---- who made them ------------------------------------------------------- */

enum { FORKS = 16 }; /* of different sites; further ones are not counted */

struct forks {
  unsigned n;
  uint32_t site[FORKS];
  unsigned children[FORKS];
};

static void add_fork(struct forks *forks, uint32_t site) {
  unsigned i = 0;
  while (i < forks->n && forks->site[i] != site) i++;
  if (!site || i == FORKS) return;
  if (i == forks->n) forks->site[forks->n++] = site;
  forks->children[i]++;
}

static uint32_t fork_of_most(void) {
  char text[TEXT + 1];
  struct forks forks = {0};
  uint32_t site = 0;
  unsigned most = 0;
  size_t size = ls_limits_read("/proc/thread-self/children", text, TEXT);
  text[size] = '\0';
  char *at = text, *end;
  for (;; at = end) {
    long child = strtol(at, &end, 10);
    if (end == at) break;
    add_fork(&forks, ls_tracker_fork_of((int)child));
  }
  for (unsigned i = 0; i < forks.n; i++) {
    if (forks.children[i] <= most) continue;
    most = forks.children[i];
    site = forks.site[i];
  }
  return site;
}

void ls_children_blame(struct leakslope_measurement *m) {
  if (!m->children.record || m->owner != getpid()) return;
  struct ls_record *record = &m->records[m->children.record - 1];
  uint32_t site = fork_of_most();
  if (!site) return;
  record->npcs = (uint32_t)ls_tracker_path(site, record->pcs, LS_RECORD_FRAMES);
}
