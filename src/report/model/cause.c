/* SPDX-License-Identifier: MIT */
/* Tells which leaks have one cause, in a report and between reports. */
#include "report/model/cause.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/words/place.h"

/* ---- one way ------------------------------------------------------------- */

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t n) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < n; i++) {
    hash ^= at[i];
    hash *= UINT64_C(0x100000001b3);
  }
  return hash;
}

static uint64_t mix_text(uint64_t hash, const char *text) {
  return mix(hash, text, strlen(text) + 1);
}

/* Without a name there is only the address in its module. */
static uint64_t mix_caller(uint64_t hash, const struct leakslope_frame *frame) {
  if (frame->function) {
    hash = mix(hash, frame->function, ls_place_stem(frame->function));
    return mix(hash, "", 1);
  }
  hash = mix_text(hash, ls_place_module(frame));
  return mix(hash, &frame->offset, sizeof frame->offset);
}

/* The blamed place itself with its line: a function may lose blocks in two. */
static uint64_t mix_place(uint64_t hash, const struct leakslope_frame *frame) {
  if (frame->filename) {
    hash = mix_text(hash, frame->filename);
    hash = mix(hash, &frame->lineno, sizeof frame->lineno);
  }
  return mix_caller(hash, frame);
}

/* Check's START_TEST(put) defines put_fn. */
static int is_function_of(const struct leakslope_frame *frame,
                          const char *test) {
  if (!test || !frame->function) return 0;
  size_t stem = ls_place_stem(frame->function), n = strlen(test);
  if (stem < n || strncmp(frame->function, test, n)) return 0;
  return stem == n ||
         (stem == n + 3 && !strncmp(frame->function + n, "_fn", 3));
}

static int is_same_function(const struct leakslope_frame *a,
                            const struct leakslope_frame *b) {
  if (!a->function || !b->function)
    return !a->function && !b->function && a->offset == b->offset;
  size_t n = ls_place_stem(a->function);
  return n == ls_place_stem(b->function) &&
         !strncmp(a->function, b->function, n);
}

/* Where the blamed frame of the site is in this way. */
static size_t blamed_in(const struct ls_report_site *site,
                        const struct ls_report_path *way) {
  const struct leakslope_frame *blamed = ls_place_blamed(site);
  if (way->frames == site->frames) return site->named;
  for (size_t i = 0; blamed && i < way->nframes; i++)
    if (way->frames[i].lineno == blamed->lineno &&
        is_same_function(&way->frames[i], blamed))
      return i;
  return 0;
}

uint64_t ls_cause_of_way(const struct ls_report_site *site,
                         const struct ls_report_path *way, const char *test) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  const unsigned char domain = (unsigned char)site->domain;
  const size_t begin = blamed_in(site, way);
  hash = mix(hash, &domain, 1);
  if (site->label) hash = mix_text(hash, site->label);
  for (size_t i = begin; i < way->nframes; i++) {
    const struct leakslope_frame *frame = &way->frames[i];
    if (i == begin) {
      hash = mix_place(hash, frame);
      continue;
    }
    if (is_function_of(frame, test)) break;
    /* a recursion may be of any depth */
    if (!is_same_function(frame, frame - 1)) hash = mix_caller(hash, frame);
  }
  return hash ? hash : 1;
}

/* ---- a site -------------------------------------------------------------- */

struct ls_report_path ls_cause_shown(const struct ls_report_site *site) {
  return (struct ls_report_path){site->law, site->nframes, site->frames,
                                 site->truncated};
}

size_t ls_cause_ways(const struct ls_report_site *site, const char *test,
                     uint64_t ways[LS_PATHS]) {
  const struct ls_report_path shown = ls_cause_shown(site);
  size_t n = site->npaths < LS_PATHS ? site->npaths : LS_PATHS;
  if (!n) {
    ways[0] = ls_cause_of_way(site, &shown, test);
    return 1;
  }
  for (size_t i = 0; i < n; i++)
    ways[i] = ls_cause_of_way(site, &site->paths[i], test);
  return n;
}

const char *ls_cause_test(const struct ls_measured *m, char *name,
                          size_t size) {
  const char *slash = m->name ? strrchr(m->name, '/') : NULL;
  if (!slash) return NULL;
  size_t n = strcspn(slash + 1, "[#");
  if (!n || n >= size) return NULL;
  memcpy(name, slash + 1, n);
  name[n] = '\0';
  return name;
}

/* ---- a report ------------------------------------------------------------ */

/* One way that leads to a cause. */
struct way {
  uint64_t hash;
  size_t cause;
};

struct finder {
  struct ls_causes *to;
  struct way *ways;
  size_t nways;
};

static size_t leaks_of(const struct ls_case *c) {
  return c->is_measured && c->measured.outcome == LS_LEAK ? c->measured.nsites
                                                          : 0;
}

static const struct way *find_way(const struct finder *finder, uint64_t hash) {
  for (size_t i = 0; i < finder->nways; i++)
    if (finder->ways[i].hash == hash) return &finder->ways[i];
  return NULL;
}

/* A test has a cause once, by however many sites: they come in a row. */
static void count_test(struct ls_causes *to, size_t cause, size_t test) {
  for (size_t i = to->nleaks; i-- > 0 && to->leaks[i].test == test;)
    if (to->leaks[i].cause == cause) return;
  to->all[cause].tests++;
}

static void add_leak(struct finder *finder, const struct ls_case *c,
                     size_t test, size_t site) {
  struct ls_causes *to = finder->to;
  uint64_t ways[LS_PATHS];
  size_t n = ls_cause_ways(&c->measured.sites[site], c->test.name, ways);
  size_t cause = to->n, known = 0;
  for (size_t i = 0; i < n; i++) {
    const struct way *way = find_way(finder, ways[i]);
    known += way != NULL;
    if (way && cause == to->n) cause = way->cause;
  }
  if (cause == to->n) to->all[to->n++] = (struct ls_cause){to->nleaks, 0};
  for (size_t i = 0; i < n; i++)
    if (!find_way(finder, ways[i]))
      finder->ways[finder->nways++] = (struct way){ways[i], cause};
  count_test(to, cause, test);
  to->leaks[to->nleaks++] = (struct ls_caused){test, site, cause, known == n};
}

static int by_tests(const void *a, const void *b) {
  const struct ls_cause *x = a, *y = b;
  if (x->tests != y->tests) return x->tests < y->tests ? 1 : -1;
  return (x->first > y->first) - (x->first < y->first);
}

/* Those of most tests first; the leaks are told of it. */
static int sort(struct ls_causes *to, struct ls_arena *arena) {
  size_t *moved = ls_arena_alloc(arena, (to->n + 1) * sizeof *moved);
  if (!moved) return -ENOMEM;
  qsort(to->all, to->n, sizeof *to->all, by_tests);
  for (size_t i = 0; i < to->n; i++)
    moved[to->leaks[to->all[i].first].cause] = i;
  for (size_t i = 0; i < to->nleaks; i++)
    to->leaks[i].cause = moved[to->leaks[i].cause];
  return 0;
}

int ls_causes_find(const struct leakslope_report *report,
                   struct ls_arena *arena, struct ls_causes *causes) {
  struct finder finder = {.to = causes};
  size_t most = 0;
  memset(causes, 0, sizeof *causes);
  for (size_t i = 0; i < report->ncases; i++)
    most += leaks_of(&report->cases[i]);
  causes->leaks = ls_arena_alloc(arena, (most + 1) * sizeof *causes->leaks);
  causes->all = ls_arena_alloc(arena, (most + 1) * sizeof *causes->all);
  finder.ways =
      ls_arena_alloc(arena, (most * LS_PATHS + 1) * sizeof *finder.ways);
  if (!causes->leaks || !causes->all || !finder.ways) return -ENOMEM;
  for (size_t i = 0; i < report->ncases; i++) {
    size_t n = leaks_of(&report->cases[i]);
    causes->tests += ls_case_outcome(&report->cases[i]) == LS_LEAK;
    for (size_t k = 0; k < n; k++) add_leak(&finder, &report->cases[i], i, k);
  }
  return sort(causes, arena);
}

const struct ls_caused *ls_causes_of(const struct ls_causes *causes,
                                     size_t test, int *all_known) {
  const struct ls_caused *first = NULL;
  *all_known = 1;
  for (size_t i = 0; i < causes->nleaks; i++) {
    if (causes->leaks[i].test != test) continue;
    if (!first) first = &causes->leaks[i];
    *all_known &= causes->leaks[i].is_known;
  }
  return first;
}

const struct ls_case *ls_causes_teller(const struct leakslope_report *report,
                                       const struct ls_causes *causes,
                                       size_t test) {
  int all_known;
  const struct ls_caused *worst = ls_causes_of(causes, test, &all_known);
  if (!worst || !all_known) return NULL;
  const struct ls_caused *first =
      &causes->leaks[causes->all[worst->cause].first];
  const struct ls_case *teller = &report->cases[first->test];
  /* one that is only reported has no failure */
  int same = ls_case_failed_by_measure(teller) ==
             ls_case_failed_by_measure(&report->cases[test]);
  return same && first->test != test ? teller : NULL;
}
