/* SPDX-License-Identifier: MIT */
/* Merges the reports of many programs, and of parts of one program, into one
   report. */
#include "cli/report/merge.h"

#include <stdlib.h>
#include <string.h>

/* A test as one of the reports has it. */
struct entry {
  const struct ls_case *c;
  unsigned program; /* in the merged report */
  size_t report;
  size_t place;      /* among all entries, as they were given */
  unsigned namesake; /* how many of its report, named alike, are before it */
};

/* ---- programs ------------------------------------------------------------ */

static struct ls_setting *setting_of(struct ls_program *program,
                                     const char *name) {
  for (size_t i = 0; i < program->nsettings; i++)
    if (!strcmp(program->settings[i].name, name)) return &program->settings[i];
  return NULL;
}

/* Parts may have been measured differently: "2, 8". */
static int join_setting(struct leakslope_report *report,
                        struct ls_program *program,
                        const struct ls_setting *more) {
  struct ls_setting *known = setting_of(program, more->name);
  if (!known) return 0;
  for (const char *at = known->value; at; at = strchr(at, ' ')) {
    at += *at == ' ';
    size_t n = strlen(more->value);
    if (!strncmp(at, more->value, n) && (!at[n] || at[n] == ',')) return 0;
  }
  struct ls_text text = {.arena = &report->arena};
  ls_text_addf(&text, "%s, %s", known->value, more->value);
  if (text.truncated) return -1;
  known->value = ls_text_string(&text);
  return 0;
}

/* The index of the program in the merged report, or -1. */
static int add_program(struct leakslope_report *to,
                       const struct leakslope_report *from) {
  const struct ls_program *program = &from->programs[0];
  for (size_t i = 0; i < to->nprograms; i++) {
    if (strcmp(to->programs[i].name, program->name)) continue;
    for (size_t k = 0; k < program->nsettings; k++)
      if (join_setting(to, &to->programs[i], &program->settings[k])) return -1;
    return (int)i;
  }
  if (!ls_report_add_program(to, program->name)) return -1;
  for (size_t k = 0; k < program->nsettings; k++)
    if (ls_report_add_setting(to, program->settings[k].name,
                              program->settings[k].value))
      return -1;
  return (int)to->nprograms - 1;
}

/* "a", or "3 programs". */
static int name_report(struct leakslope_report *report) {
  struct ls_text text = {.arena = &report->arena};
  if (report->nprograms == 1)
    ls_text_add(&text, report->programs[0].name);
  else
    ls_text_addf(&text, "%zu programs", report->nprograms);
  report->program = ls_text_string(&text);
  return text.truncated ? -1 : 0;
}

/* ---- which test it is ---------------------------------------------------- */

static int compare_texts(const char *a, const char *b) {
  if (!a || !b) return (a != NULL) - (b != NULL);
  return strcmp(a, b);
}

static int compare_names(const struct entry *a, const struct entry *b) {
  const struct leakslope_case *x = &a->c->test, *y = &b->c->test;
  int order = a->program < b->program ? -1 : a->program > b->program;
  if (!order) order = compare_texts(x->suite, y->suite);
  if (!order) order = compare_texts(x->tcase, y->tcase);
  if (!order) order = compare_texts(x->name, y->name);
  if (!order) order = x->index < y->index ? -1 : x->index > y->index;
  return order;
}

static int by_name_and_place(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  int order = compare_names(x, y);
  return order ? order : x->place < y->place ? -1 : x->place > y->place;
}

static int by_name_and_namesake(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  int order = compare_names(x, y);
  if (order) return order;
  if (x->namesake != y->namesake) return x->namesake < y->namesake ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}

static int by_position(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  if (x->program != y->program) return x->program < y->program ? -1 : 1;
  unsigned p = x->c->test.position, q = y->c->test.position;
  if (p != q) return p < q ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}

static void number_namesakes(struct entry *entries, size_t n) {
  qsort(entries, n, sizeof *entries, by_name_and_place);
  for (size_t i = 1; i < n; i++)
    if (entries[i].report == entries[i - 1].report &&
        !compare_names(&entries[i], &entries[i - 1]))
      entries[i].namesake = entries[i - 1].namesake + 1;
}

/* ---- which of several is taken ------------------------------------------- */

static int weight(const struct ls_case *c) {
  static const int weights[] = {
      [LS_LEAK] = 6,         [LS_SATURATING] = 5,     [LS_CLEAN] = 4,
      [LS_INCONCLUSIVE] = 3, [LS_NOT_REPEATABLE] = 2, [LS_NOT_ARMED] = 1,
      [LS_NOT_GATED] = 0};
  enum ls_outcome outcome = ls_case_outcome(c);
  if (outcome != LS_LEAK && c->test.result != LEAKSLOPE_PASSED)
    return 10 + (c->test.result == LEAKSLOPE_ERROR);
  return outcome == LS_LEAK ? 20 : weights[outcome];
}

/* Of each test the weightiest, in front; returns how many there are. */
static size_t choose(struct entry *entries, size_t n) {
  size_t kept = 0;
  qsort(entries, n, sizeof *entries, by_name_and_namesake);
  for (size_t i = 0; i < n; i++) {
    struct entry *last = kept ? &entries[kept - 1] : NULL;
    if (!last || last->namesake != entries[i].namesake ||
        compare_names(last, &entries[i]))
      entries[kept++] = entries[i];
    else if (weight(entries[i].c) > weight(last->c))
      *last = entries[i];
  }
  return kept;
}

/* ---- all of it ----------------------------------------------------------- */

static size_t list(struct entry *entries, const struct leakslope_report *from,
                   unsigned program, size_t report, size_t place) {
  for (size_t i = 0; i < from->ncases; i++)
    entries[i] = (struct entry){&from->cases[i], program, report, place + i, 0};
  return from->ncases;
}

static int fill(struct leakslope_report *to, struct entry *entries, size_t n) {
  number_namesakes(entries, n);
  n = choose(entries, n);
  qsort(entries, n, sizeof *entries, by_position);
  to->cases = ls_arena_alloc(&to->arena, n * sizeof *to->cases + 1);
  if (!to->cases) return -1;
  for (size_t i = 0; i < n; i++) {
    to->cases[i] = *entries[i].c;
    to->cases[i].program = entries[i].program;
  }
  to->ncases = to->capacity = n;
  return 0;
}

struct leakslope_report *cli_merge(struct leakslope_report *const *reports,
                                   size_t n) {
  size_t total = 0, at = 0;
  int bad = 0;
  for (size_t i = 0; i < n; i++) total += reports[i]->ncases;
  struct leakslope_report *to = ls_report_new("");
  struct entry *entries = calloc(total + 1, sizeof *entries);
  for (size_t i = 0; to && entries && !bad && i < n; i++) {
    int program = add_program(to, reports[i]);
    bad = program < 0;
    if (!bad) at += list(entries + at, reports[i], (unsigned)program, i, at);
  }
  if (!to || !entries || bad || name_report(to) || fill(to, entries, at)) {
    ls_report_free(to);
    to = NULL;
  }
  free(entries);
  return to;
}
