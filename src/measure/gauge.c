/* SPDX-License-Identifier: MIT */
/* Reads the gauges of the program (leakslope_gauge) between iterations. */
#include "measure/gauge.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "measure/measurement.h"
#include "platform/guard.h"

enum { NAME = 64 };

/* FREE -> TAKEN -> READY; who finds one READY and makes it TAKEN may change
   it.  No lock: a fork in the middle would leave it held in the child. */
enum state { FREE, TAKEN, READY };

static struct gauge {
  _Atomic int state;
  char name[NAME];
  long (*read)(void *arg);
  void *arg;
} gauges[LS_GAUGES];

static _Atomic unsigned used; /* gauges from here on never were READY */

static int claim(struct gauge *gauge, int from) {
  return atomic_compare_exchange_strong(&gauge->state, &from, TAKEN);
}

/* The gauge of this name, or a free one, taken; NULL where there is none. */
static struct gauge *take(const char *name) {
  for (unsigned i = 0; i < LS_GAUGES; i++)
    if (atomic_load(&gauges[i].state) == READY &&
        !strcmp(gauges[i].name, name) && claim(&gauges[i], READY))
      return &gauges[i];
  for (unsigned i = 0; i < LS_GAUGES; i++)
    if (claim(&gauges[i], FREE)) return &gauges[i];
  return NULL;
}

int leakslope_gauge(const char *name, long (*read)(void *arg), void *arg) {
  if (!name || !*name || strlen(name) >= NAME) return -EINVAL;
  struct gauge *gauge = take(name);
  if (!gauge) return -ENOSPC;
  memcpy(gauge->name, name, strlen(name) + 1);
  gauge->read = read;
  gauge->arg = arg;
  unsigned end = (unsigned)(gauge - gauges) + 1, before = atomic_load(&used);
  while (before < end && !atomic_compare_exchange_weak(&used, &before, end)) {
  }
  atomic_store(&gauge->state, read ? READY : FREE);
  return 0;
}

/* The program's own code: what it does there is counted. */
static int64_t value_of(const struct gauge *gauge) {
  int before = ls_owner;
  ls_guard_leave(LS_OWNER_HOST);
  long value = gauge->read(gauge->arg);
  ls_owner = before;
  return value;
}

void ls_gauges_baseline(struct leakslope_measurement *m) {
  for (unsigned i = 0; i < LS_GAUGES; i++) {
    struct ls_gauge_seen *seen = &m->gauges[i];
    memset(seen, 0, sizeof *seen);
    if (atomic_load(&gauges[i].state) != READY) continue;
    seen->known = 1;
    seen->base = seen->last = value_of(&gauges[i]);
  }
}

static void change(struct leakslope_measurement *m, const struct gauge *gauge,
                   struct ls_gauge_seen *seen, int64_t value) {
  if (!seen->record) {
    seen->record =
        ls_records_new(m, LS_LEVEL_TRACEBACK, LS_DOMAIN_GAUGE, seen->base, 0);
    if (!seen->record) return;
    struct ls_record *fresh = &m->records[seen->record - 1];
    snprintf(fresh->label, sizeof fresh->label, "of gauge '%s'", gauge->name);
  }
  ls_series_record(&m->records[seen->record - 1].series, m->iterations, value,
                   0);
  seen->last = value;
}

void ls_gauges_boundary(struct leakslope_measurement *m) {
  unsigned n = atomic_load(&used);
  for (unsigned i = 0; i < n; i++) {
    struct ls_gauge_seen *seen = &m->gauges[i];
    if (atomic_load(&gauges[i].state) != READY) continue;
    int64_t value = value_of(&gauges[i]);
    if (!seen->known) { /* registered in the loop */
      seen->known = 1;
      seen->base = seen->last = value;
    }
    if (value != seen->last) change(m, &gauges[i], seen, value);
  }
}
