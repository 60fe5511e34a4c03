/* SPDX-License-Identifier: MIT */
/* Builds the report in memory: cases, and copies of what was measured. */
#include "report/model/model.h"

#include <errno.h>
#include <string.h>

#include "report/words/place.h"

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

/* ---- programs ------------------------------------------------------------ */

struct ls_program *ls_report_add_program(struct leakslope_report *report,
                                         const char *name) {
  size_t n = report->nprograms;
  struct ls_program *all =
      ls_arena_alloc(&report->arena, (n + 1) * sizeof *all);
  const char *copy = ls_arena_string(&report->arena, name);
  if (!all || !copy) return NULL;
  if (n) memcpy(all, report->programs, n * sizeof *all);
  all[n].name = copy;
  report->programs = all;
  report->nprograms = n + 1;
  return &all[n];
}

int ls_report_add_setting(struct leakslope_report *report, const char *name,
                          const char *value) {
  struct ls_setting one = {name, value};
  struct ls_program *program = &report->programs[report->nprograms - 1];
  size_t n = program->nsettings;
  struct ls_setting *all =
      ls_arena_alloc(&report->arena, (n + 1) * sizeof *all);
  if (!all || !own(&report->arena, &one.name) ||
      !own(&report->arena, &one.value))
    return -ENOMEM;
  if (n) memcpy(all, program->settings, n * sizeof *all);
  all[n] = one;
  program->settings = all;
  program->nsettings = n + 1;
  return 0;
}

const char *ls_case_program(const struct leakslope_report *report,
                            const struct ls_case *c) {
  return c->program < report->nprograms ? report->programs[c->program].name
                                        : report->program;
}

/* ---- cases --------------------------------------------------------------- */

static int own_case(struct ls_arena *arena, struct leakslope_case *test) {
  return own(arena, &test->suite) && own(arena, &test->tcase) &&
         own(arena, &test->name) && own(arena, &test->file) &&
         own(arena, &test->message) && own(arena, &test->message_file) &&
         own(arena, &test->repeat) && own(arena, &test->failure_type);
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
  *c = (struct ls_case){.test = copy, .unmeasured = LS_NOT_GATED};
  report->summary = NULL;
  return c;
}

int ls_measured_fails(const struct ls_measured *m, int strict) {
  return m->reason == LS_REASON_STALE || ls_outcome_fails(m->outcome, strict);
}

enum ls_outcome ls_case_outcome(const struct ls_case *c) {
  return c->is_measured ? c->measured.outcome : c->unmeasured;
}

int ls_case_has_lost(const struct ls_case *c) {
  return c->test.result != LEAKSLOPE_PASSED && c->test.failure_type &&
         !strcmp(c->test.failure_type, LS_LOST);
}

int ls_case_failed_by_measure(const struct ls_case *c) {
  /* strict: whether it was in force, the result says already */
  return c->test.result == LEAKSLOPE_FAILED && c->is_measured &&
         ls_measured_fails(&c->measured, 1);
}

/* ---- measurements -------------------------------------------------------- */

/* Copies *at, of n frames, with their strings. */
static int own_frames(struct ls_arena *arena, const struct leakslope_frame **at,
                      size_t n) {
  struct leakslope_frame *frames = ls_arena_copy(arena, *at, n * sizeof **at);
  if (!frames) return 0;
  for (size_t i = 0; i < n; i++) {
    if (!own(arena, &frames[i].function) || !own(arena, &frames[i].filename) ||
        !own(arena, &frames[i].module))
      return 0;
  }
  *at = frames;
  return 1;
}

static int own_paths(struct ls_arena *arena, struct ls_report_site *site) {
  size_t size = site->npaths * sizeof *site->paths;
  struct ls_report_path *paths = ls_arena_copy(arena, site->paths, size);
  if (!paths) return 0;
  for (size_t i = 0; i < site->npaths; i++)
    if (!own_frames(arena, &paths[i].frames, paths[i].nframes)) return 0;
  site->paths = paths;
  return 1;
}

static int own_points(struct ls_arena *arena, const struct ls_checkpoint **at,
                      size_t n) {
  *at = ls_arena_copy(arena, *at, n * sizeof **at);
  return *at != NULL;
}

static int own_frame(struct ls_arena *arena, struct leakslope_frame *frame) {
  return own(arena, &frame->function) && own(arena, &frame->filename) &&
         own(arena, &frame->module);
}

static int own_steps(struct ls_arena *arena, struct ls_report_holder *one) {
  struct ls_report_step *steps =
      ls_arena_copy(arena, one->steps, one->nsteps * sizeof *steps);
  if (!steps) return 0;
  for (size_t i = 0; i < one->nsteps; i++)
    if (!own_frame(arena, &steps[i].frame) || !own(arena, &steps[i].offsets))
      return 0;
  one->steps = steps;
  return 1;
}

static int own_holders(struct ls_arena *arena, struct ls_report_site *site) {
  struct ls_report_holder *all =
      ls_arena_copy(arena, site->holders, site->nholders * sizeof *all);
  if (!all) return 0;
  for (size_t i = 0; i < site->nholders; i++)
    if (!own(arena, &all[i].path) || !own(arena, &all[i].root) ||
        !own_frame(arena, &all[i].place) || !own_frame(arena, &all[i].from) ||
        !own_steps(arena, &all[i]))
      return 0;
  site->holders = all;
  return 1;
}

static int own_site(struct ls_arena *arena, struct ls_report_site *site) {
  return own_holders(arena, site) &&
         own_points(arena, &site->checkpoints, site->ncheckpoints) &&
         own_points(arena, &site->curve, site->ncurve) &&
         own_frames(arena, &site->frames, site->nframes) &&
         own_paths(arena, site) && own(arena, &site->fingerprint) &&
         own(arena, &site->also) && own(arena, &site->label) &&
         own(arena, &site->by);
}

static int own_accepted(struct ls_arena *arena, struct ls_measured *m) {
  struct ls_accepted *all =
      ls_arena_copy(arena, m->accepted, m->naccepted * sizeof *all);
  if (!all) return 0;
  for (size_t i = 0; i < m->naccepted; i++) {
    if (!own(arena, &all[i].rule) || !own_site(arena, &all[i].site)) return 0;
  }
  m->accepted = all;
  return 1;
}

void ls_report_forget_calls(struct leakslope_report *report) {
  for (size_t i = 0; i < report->ncases; i++) {
    report->cases[i].measured.knows_calls = 0;
    report->cases[i].measured.ncalls = 0;
  }
}

void ls_report_forget_holders(struct leakslope_report *report) {
  for (size_t i = 0; i < report->ncases; i++) {
    struct ls_measured *m = &report->cases[i].measured;
    /* The arena is the report's own, so its sites may be changed. */
    struct ls_report_site *sites = (struct ls_report_site *)m->sites;
    for (size_t k = 0; k < m->nsites; k++) sites[k].nholders = 0;
  }
}

void ls_report_take_holders(struct leakslope_report *report,
                            const struct leakslope_report *second) {
  struct ls_measured *m = &report->cases[0].measured;
  const struct ls_measured *again = &second->cases[0].measured;
  /* The arena is the report's own, so its sites may be changed. */
  struct ls_report_site *sites = (struct ls_report_site *)m->sites;
  for (size_t i = 0; i < m->nsites; i++)
    for (size_t k = 0; k < again->nsites && !sites[i].nholders; k++) {
      if (!ls_place_same(&sites[i], &again->sites[k])) continue;
      struct ls_report_site copy = again->sites[k];
      if (!own_holders(&report->arena, &copy)) return;
      sites[i].holders = copy.holders;
      sites[i].nholders = copy.nholders;
    }
  report->message = report->details = NULL;
}

void ls_report_forget_paths(struct leakslope_report *report) {
  for (size_t i = 0; i < report->ncases; i++) {
    struct ls_measured *m = &report->cases[i].measured;
    /* The arena is the report's own, so its sites may be changed. */
    struct ls_report_site *sites = (struct ls_report_site *)m->sites;
    for (size_t k = 0; k < m->nsites; k++) sites[k].npaths = 0;
  }
}

int ls_report_copy_measured(struct leakslope_report *report,
                            struct ls_measured *to,
                            const struct ls_measured *from) {
  struct ls_arena *arena = &report->arena;
  struct ls_measured copy = *from;
  struct ls_report_site *sites =
      ls_arena_copy(arena, from->sites, from->nsites * sizeof *sites);
  if (!sites || !own(arena, &copy.note) || !own(arena, &copy.name) ||
      !own(arena, &copy.advice) || !own_accepted(arena, &copy))
    return -ENOMEM;
  for (size_t i = 0; i < copy.nsites; i++) {
    if (!own_site(arena, &sites[i])) return -ENOMEM;
  }
  copy.sites = sites;
  if (ls_calls_copy(arena, &copy.ncalls, &copy.calls)) return -ENOMEM;
  *to = copy;
  return 0;
}
