/* SPDX-License-Identifier: MIT */
#include "report/model.h"

#include <errno.h>
#include <string.h>

struct leakslope_report *ls_report_new(const char *program) {
  struct ls_arena arena = {0};
  struct leakslope_report *report = ls_arena_alloc(&arena, sizeof *report);
  const char *name = ls_arena_string(&arena, program ? program : "");
  if (!report || !name) {
    ls_arena_release(&arena);
    return NULL;
  }
  report->program = name;
  report->arena = arena; /* last: it holds the report itself */
  return report;
}

void ls_report_free(struct leakslope_report *report) {
  if (!report) return;
  struct ls_arena arena = report->arena;
  ls_arena_release(&arena);
}

/* Copies *string into the arena; 0 when there was no memory. */
static int own(struct ls_arena *arena, const char **string) {
  if (!*string) return 1;
  *string = ls_arena_string(arena, *string);
  return *string != NULL;
}

/* ---- cases --------------------------------------------------------------- */

static int own_case(struct ls_arena *arena, struct leakslope_case *test) {
  return own(arena, &test->suite) && own(arena, &test->tcase) &&
         own(arena, &test->name) && own(arena, &test->file) &&
         own(arena, &test->message) && own(arena, &test->message_file) &&
         own(arena, &test->failure_type);
}

static int has_room(struct leakslope_report *report) {
  if (report->ncases < report->capacity) return 1;
  size_t capacity = report->capacity ? 2 * report->capacity : 16;
  struct ls_case *cases =
      ls_arena_alloc(&report->arena, capacity * sizeof *cases);
  if (!cases) return 0;
  if (report->ncases)
    memcpy(cases, report->cases, report->ncases * sizeof *cases);
  report->cases = cases;
  report->capacity = capacity;
  return 1;
}

struct ls_case *ls_report_add_case(struct leakslope_report *report,
                                   const struct leakslope_case *test) {
  struct leakslope_case copy = *test;
  if (!own_case(&report->arena, &copy) || !has_room(report)) return NULL;
  struct ls_case *c = &report->cases[report->ncases++];
  *c = (struct ls_case){.test = copy};
  report->summary = NULL;
  return c;
}

enum ls_outcome ls_case_outcome(const struct ls_case *c) {
  if (c->is_measured) return c->measured.outcome;
  return c->not_armed ? LS_NOT_ARMED : LS_NOT_GATED;
}

int ls_case_failed_by_measure(const struct ls_case *c) {
  /* strict: whether it was in force, the result says already */
  return c->test.result == LEAKSLOPE_FAILED && c->is_measured &&
         ls_outcome_fails(c->measured.outcome, 1);
}

/* ---- measurements -------------------------------------------------------- */

static int own_frames(struct ls_arena *arena, struct ls_report_site *site) {
  size_t size = site->nframes * sizeof *site->frames;
  struct leakslope_frame *frames = ls_arena_copy(arena, site->frames, size);
  if (!frames) return 0;
  for (size_t i = 0; i < site->nframes; i++) {
    if (!own(arena, &frames[i].function) || !own(arena, &frames[i].filename) ||
        !own(arena, &frames[i].module))
      return 0;
  }
  site->frames = frames;
  return 1;
}

static int own_site(struct ls_arena *arena, struct ls_report_site *site) {
  size_t size = site->ncheckpoints * sizeof *site->checkpoints;
  site->checkpoints = ls_arena_copy(arena, site->checkpoints, size);
  return site->checkpoints && own_frames(arena, site);
}

int ls_report_copy_measured(struct leakslope_report *report,
                            struct ls_measured *to,
                            const struct ls_measured *from) {
  struct ls_arena *arena = &report->arena;
  struct ls_measured copy = *from;
  struct ls_report_site *sites =
      ls_arena_copy(arena, from->sites, from->nsites * sizeof *sites);
  if (!sites || !own(arena, &copy.note)) return -ENOMEM;
  for (size_t i = 0; i < copy.nsites; i++) {
    if (!own_site(arena, &sites[i])) return -ENOMEM;
  }
  copy.sites = sites;
  *to = copy;
  return 0;
}
