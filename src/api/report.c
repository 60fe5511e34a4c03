/* SPDX-License-Identifier: MIT */
/*
 * The public functions on reports.  As in life.c, each marks its thread as
 * ours while it runs.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "accept/accept.h"
#include "leakslope.h"
#include "platform/file.h"
#include "platform/guard.h"
#include "platform/options.h"
#include "report/model/model.h"

/* ---- what is in them ----------------------------------------------------- */

const char *leakslope_outcome_name(enum leakslope_outcome o) {
  return ls_outcome_name((enum ls_outcome)o);
}

/* Where reports go says nothing about what is in them. */
static int add_settings(struct leakslope_report *report, const char *program) {
  if (!ls_report_add_program(report, program)) return -ENOMEM;
  for (size_t i = 0; i < ls_options_count; i++) {
    const char *value = ls_options_value(ls_options[i].name);
    if (!value || !strcmp(ls_options[i].allowed, "path")) continue;
    if (ls_report_add_setting(report, ls_options[i].name, value))
      return -ENOMEM;
  }
  return 0;
}

int leakslope_report_new(const char *program,
                         struct leakslope_report **report) {
  int before = ls_guard_enter();
  *report = ls_report_new(program);
  if (*report && add_settings(*report, program)) {
    ls_report_free(*report);
    *report = NULL;
  }
  ls_guard_leave(before);
  return *report ? 0 : -ENOMEM;
}

int leakslope_report_add(struct leakslope_report *report,
                         const struct leakslope_case *test,
                         const struct leakslope_report *measured,
                         const char *reason) {
  int before = ls_guard_enter();
  int rc = 0;
  struct ls_case *added = ls_report_add_case(report, test);
  if (!added) {
    rc = -ENOMEM;
  } else if (measured && measured->ncases) {
    added->is_measured = 1;
    rc = ls_report_copy_measured(report, &added->measured,
                                 &measured->cases[0].measured);
  } else {
    added->reason = ls_arena_string(&report->arena, reason);
  }
  ls_guard_leave(before);
  return rc;
}

int leakslope_report_add_unmeasured(struct leakslope_report *report,
                                    const struct leakslope_case *test,
                                    enum leakslope_outcome outcome,
                                    const char *reason) {
  if (outcome != LEAKSLOPE_NOT_GATED && outcome != LEAKSLOPE_NOT_ARMED &&
      outcome != LEAKSLOPE_INCONCLUSIVE)
    return -EINVAL;
  int rc = leakslope_report_add(report, test, NULL, reason);
  if (!rc)
    report->cases[report->ncases - 1].unmeasured = (enum ls_outcome)outcome;
  return rc;
}

void leakslope_report_free(struct leakslope_report *report) {
  ls_report_free(report);
}

static const struct ls_measured *measured_of(
    const struct leakslope_report *report) {
  return report->ncases ? &report->cases[0].measured : NULL;
}

enum leakslope_outcome leakslope_report_outcome(
    const struct leakslope_report *report) {
  const struct ls_measured *m = measured_of(report);
  return m ? (enum leakslope_outcome)m->outcome : LEAKSLOPE_NOT_GATED;
}

int leakslope_report_fails(const struct leakslope_report *report, int strict) {
  const struct ls_measured *m = measured_of(report);
  return m && ls_measured_fails(m, strict);
}

unsigned leakslope_report_step(const struct leakslope_report *report) {
  const struct ls_measured *m = measured_of(report);
  return m ? m->step : 0;
}

unsigned leakslope_report_iterations(const struct leakslope_report *report) {
  const struct ls_measured *m = measured_of(report);
  return m ? m->iterations : 0;
}

/* A text about a report, made once and kept in its arena. */
static const char *keep(const struct leakslope_report *report,
                        const char *const *slot,
                        void (*words)(struct ls_text *,
                                      const struct ls_measured *)) {
  struct leakslope_report *owner = (struct leakslope_report *)report;
  if (*slot) return *slot;
  if (!report->ncases) return "";
  int before = ls_guard_enter();
  struct ls_text text = {.arena = &owner->arena};
  words(&text, &report->cases[0].measured);
  *(const char **)slot = ls_text_string(&text);
  ls_guard_leave(before);
  return *slot;
}

const char *leakslope_report_message(const struct leakslope_report *report) {
  return keep(report, &report->message, ls_words_message);
}

const char *leakslope_report_details(const struct leakslope_report *report) {
  return keep(report, &report->details, ls_words_details);
}

const char *leakslope_report_summary(const struct leakslope_report *report) {
  struct leakslope_report *owner = (struct leakslope_report *)report;
  int before = ls_guard_enter();
  struct ls_text text = {.arena = &owner->arena};
  ls_words_summary(&text, report);
  ls_guard_leave(before);
  return ls_text_string(&text);
}

const char *leakslope_report_places(const struct leakslope_report *report) {
  struct leakslope_report *owner = (struct leakslope_report *)report;
  int before = ls_guard_enter();
  struct ls_text text = {.arena = &owner->arena};
  ls_words_causes(&text, report);
  ls_guard_leave(before);
  return ls_text_string(&text);
}

unsigned leakslope_report_accepted(const struct leakslope_report *report) {
  return ls_report_accepted(report);
}

const char *leakslope_report_suppressions(const struct leakslope_report *report,
                                          int whole) {
  struct leakslope_report *owner = (struct leakslope_report *)report;
  int before = ls_guard_enter();
  struct ls_text text = {.arena = &owner->arena};
  const struct ls_suppression *all;
  size_t n = ls_suppressions(&all);
  ls_words_suppressions(&text, report, all, n, whole);
  ls_guard_leave(before);
  return ls_text_string(&text);
}

unsigned leakslope_report_count(const struct leakslope_report *report,
                                enum leakslope_outcome outcome) {
  unsigned n = 0;
  for (size_t i = 0; i < report->ncases; i++) {
    enum ls_outcome is = ls_case_outcome(&report->cases[i]);
    n += is == (enum ls_outcome)outcome;
  }
  return n;
}

const struct leakslope_frame *leakslope_report_place(
    const struct leakslope_report *report) {
  return ls_report_place(report);
}

int leakslope_report_attach(struct leakslope_report *report, const char *file) {
  int before = ls_guard_enter();
  int rc = ls_report_attach(report, file);
  ls_guard_leave(before);
  return rc;
}

int leakslope_report_add_note(struct leakslope_report *report,
                              const char *note) {
  int before = ls_guard_enter();
  int rc = ls_report_add_note(report, note);
  ls_guard_leave(before);
  return rc;
}

unsigned leakslope_report_discount(struct leakslope_report *report,
                                   const struct leakslope_report *earlier) {
  int before = ls_guard_enter();
  unsigned n = ls_report_discount(report, earlier);
  ls_guard_leave(before);
  return n;
}

unsigned leakslope_report_causes(const struct leakslope_report *report,
                                 uint64_t *causes, unsigned n) {
  int before = ls_guard_enter();
  size_t found = ls_report_ways(report, causes, n);
  ls_guard_leave(before);
  return (unsigned)found;
}

unsigned leakslope_report_retell(struct leakslope_report *report,
                                 const uint64_t *causes, unsigned n,
                                 const char *where) {
  int before = ls_guard_enter();
  size_t told = ls_report_retell(report, causes, n, where);
  ls_guard_leave(before);
  return (unsigned)told;
}

int leakslope_report_confirm(struct leakslope_report *first,
                             const struct leakslope_report *second) {
  if (!first->ncases || !second->ncases) return 0;
  if (leakslope_report_outcome(second) == LEAKSLOPE_LEAK)
    ls_report_take_holders(first, second);
  if (leakslope_report_outcome(second) != LEAKSLOPE_CLEAN) return 0;
  struct ls_measured *m = &first->cases[0].measured;
  /* One that time cut short says nothing of what needs more. */
  const struct ls_measured *again = &second->cases[0].measured;
  if (again->iterations < again->planned) return 0;
  m->outcome = LS_INCONCLUSIVE;
  m->reason = LS_REASON_UNCONFIRMED;
  first->message = first->details = NULL;
  return 1;
}

/* ---- written ------------------------------------------------------------- */

static void write_as(struct ls_text *text,
                     const struct leakslope_report *report,
                     enum leakslope_format format) {
  switch (format) {
    case LEAKSLOPE_FORMAT_JUNIT:
      ls_write_junit(text, report, LS_JUNIT_ALL);
      break;
    case LEAKSLOPE_FORMAT_JSON:
      ls_write_json(text, report);
      break;
    case LEAKSLOPE_FORMAT_HTML:
      ls_write_html(text, report, NULL);
      break;
    case LEAKSLOPE_FORMAT_GITHUB:
      ls_write_annotations(text, report);
      break;
    case LEAKSLOPE_FORMAT_MARKDOWN:
      ls_write_markdown(text, report);
      break;
    default:
      ls_write_text(text, report);
  }
}

/* To `path` where there is one, else to `fd`. */
static int write_to(const struct leakslope_report *report,
                    enum leakslope_format format, const char *path, int fd) {
  int before = ls_guard_enter();
  struct ls_arena arena = {0};
  struct ls_text text = {.arena = &arena};
  int rc = -ENOMEM;
  write_as(&text, report, format);
  if (!text.truncated && path)
    rc = ls_file_replace(path, ls_text_string(&text), text.length);
  else if (!text.truncated)
    rc = ls_file_write_all(fd, ls_text_string(&text), text.length);
  ls_arena_release(&arena);
  ls_guard_leave(before);
  return rc;
}

int leakslope_report_write(const struct leakslope_report *report,
                           enum leakslope_format format, const char *path) {
  return write_to(report, format, strcmp(path, "-") ? path : NULL,
                  STDOUT_FILENO);
}

int leakslope_report_write_fd(const struct leakslope_report *report,
                              enum leakslope_format format, int fd) {
  return write_to(report, format, NULL, fd);
}

size_t leakslope_report_encode(const struct leakslope_report *report,
                               void *buffer, size_t size) {
  int before = ls_guard_enter();
  size_t n = ls_report_encode(report, buffer, size);
  ls_guard_leave(before);
  return n;
}

int leakslope_report_decode(const void *buffer, size_t size,
                            struct leakslope_report **report) {
  int before = ls_guard_enter();
  *report = ls_report_decode(buffer, size);
  ls_guard_leave(before);
  return *report ? 0 : -EINVAL;
}
