/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML, as common CI services read it: each of them shows another part of
 * a failure (only the message, only the text, both), so message and text each
 * say the whole, and a test case has one failure at most.
 *
 *   testsuites
 *     testsuite          one per suite, in order of first appearance
 *       testcase
 *         properties     what the gate measured, for machines
 *         failure|error  where it did not pass
 *         system-out     the gate's state, in one line; for GitLab a file to
 *                        be shown with what failed
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/words/measure_text.h"
#include "report/words/number.h"
#include "report/words/utf8.h"
#include "report/words/words.h"

struct junit {
  enum ls_junit_schema schema;
  struct ls_text *out;
  const struct leakslope_report *report;
  struct ls_text scratch; /* text not yet escaped */
  struct ls_causes causes;
};

/* Counts of a suite or of all. */
struct totals {
  size_t tests, failures, errors;
  uint64_t micros;
};

/* ---- pieces -------------------------------------------------------------- */

static void attribute(struct junit *j, const char *name, const char *value) {
  ls_text_addf(j->out, " %s=\"", name);
  ls_utf8_add(j->out, value, LS_UTF8_XML_VALUE);
  ls_text_add(j->out, "\"");
}

/* Scratch, emptied. */
static struct ls_text *fresh(struct junit *j) {
  j->scratch.length = 0;
  if (j->scratch.data) j->scratch.data[0] = '\0';
  return &j->scratch;
}

/* Whole microseconds, so that the sums are exact and no locale's decimal point
   gets in. */
static uint64_t micros_of(double seconds) {
  if (!(seconds > 0)) return 0; /* Check says -1 of a failed test */
  return (uint64_t)((seconds < 1e12 ? seconds : 1e12) * 1e6 + 0.5);
}

static void time_attribute(struct junit *j, uint64_t micros) {
  if (j->schema == LS_JUNIT_10) { /* three decimals at most */
    uint64_t millis = (micros + 500) / 1000;
    ls_text_addf(j->out, " time=\"%" PRIu64 ".%03" PRIu64 "\"", millis / 1000,
                 millis % 1000);
    return;
  }
  ls_text_addf(j->out, " time=\"%" PRIu64 ".%06" PRIu64 "\"", micros / 1000000,
               micros % 1000000);
}

static const char *suite_of(const struct junit *j, size_t i) {
  const char *suite = j->report->cases[i].test.suite;
  return suite ? suite : j->report->program;
}

static int same_suite(const struct junit *j, size_t a, size_t b) {
  return j->report->cases[a].program == j->report->cases[b].program &&
         strcmp(suite_of(j, a), suite_of(j, b)) == 0;
}

/* Suites of several programs may be named alike, and a service takes two tests
   of one name for one. */
static void add_suite(const struct junit *j, struct ls_text *text, size_t i) {
  if (j->report->nprograms > 1) {
    ls_text_add(text, ls_case_program(j->report, &j->report->cases[i]));
    ls_text_add(text, ".");
  }
  ls_text_add(text, suite_of(j, i));
}

/* ---- properties ---------------------------------------------------------- */

static void property(struct junit *j, const char *name, const char *value) {
  ls_text_addf(j->out, "        <property name=\"%s\"", name);
  attribute(j, "value", value);
  ls_text_add(j->out, "/>\n");
}

static void count_property(struct junit *j, const char *name, uint64_t n) {
  struct ls_text *text = fresh(j);
  ls_text_addf(text, "%" PRIu64, n);
  property(j, name, ls_text_string(text));
}

static void rate_property(struct junit *j, const char *name, double rate) {
  struct ls_text *text = fresh(j);
  ls_number_add(text, rate, LS_NUMBER_DECIMALS);
  property(j, name, ls_text_string(text));
}

static void site_properties(struct junit *j, const struct ls_measured *m) {
  const struct ls_report_site *worst = &m->sites[0];
  char fingerprint[17];
  ls_fingerprint(worst, fingerprint);
  count_property(j, "leak.sites", m->nsites);
  rate_property(j, "leak.blocks_per_iteration",
                worst->law.blocks_per_iteration);
  rate_property(j, "leak.bytes_per_iteration", worst->law.bytes_per_iteration);
  property(j, "leak.fingerprint", fingerprint);
  if (!worst->nholders) return;
  ls_words_holder(fresh(j), &worst->holders[0]);
  property(j, "leak.holder", ls_text_string(&j->scratch));
}

static void accepted_properties(struct junit *j, const struct ls_measured *m) {
  static const char *const names[] = {[LS_SUPPRESSED] = "leak.suppressed",
                                      [LS_IN_BASELINE] = "leak.in_baseline",
                                      [LS_WITHIN_BOUND] = "leak.within_bound"};
  for (size_t i = 0; i < m->naccepted; i++) {
    ls_words_accepted(fresh(j), &m->accepted[i]);
    property(j, names[m->accepted[i].by], ls_text_string(&j->scratch));
  }
}

static void properties(struct junit *j, const struct ls_case *c) {
  if (j->schema == LS_JUNIT_10) return;
  ls_text_add(j->out, "      <properties>\n");
  property(j, "leak.verdict", ls_case_outcome_name(c));
  count_property(j, "leak.iterations",
                 c->is_measured ? c->measured.iterations : 0);
  if (ls_case_outcome(c) == LS_CLEAN) {
    ls_words_least_ruled_out(fresh(j), &c->measured);
    if (j->scratch.length)
      property(j, "leak.rules_out", ls_text_string(&j->scratch));
  }
  if (c->is_measured && c->measured.nsites) site_properties(j, &c->measured);
  accepted_properties(j, &c->measured);
  ls_text_add(j->out, "      </properties>\n");
}

/* ---- failure ------------------------------------------------------------- */

/* What an ordinary failure or error says: "file:line: text". */
static void add_assertion(struct ls_text *text,
                          const struct leakslope_case *test,
                          const char *message) {
  if (test->message_file) {
    ls_text_add(text, test->message_file);
    if (test->message_line > 0) ls_text_addf(text, ":%d", test->message_line);
    ls_text_add(text, ": ");
  }
  ls_text_add(text, message);
}

static void problem(struct junit *j, const char *element, const char *type,
                    const char *message) {
  ls_text_addf(j->out, "      <%s type=\"%s\"", element, type);
  attribute(j, "message", message);
  ls_text_add(j->out, ">");
}

static void end_problem(struct junit *j, const char *element) {
  ls_utf8_add(j->out, ls_text_string(&j->scratch), LS_UTF8_XML_TEXT);
  ls_text_addf(j->out, "</%s>\n", element);
}

/* The test whose failure has told of all that leaks in this one; NULL where
   there is more to tell. */
static const char *told_in(struct junit *j, const struct ls_case *c) {
  const struct ls_case *teller =
      ls_causes_teller(j->report, &j->causes, (size_t)(c - j->report->cases));
  if (!teller) return NULL;
  ls_words_test(fresh(j), j->report, teller, ".");
  return ls_arena_string(j->scratch.arena, ls_text_string(&j->scratch));
}

static void measured_failure(struct junit *j, const struct ls_case *c) {
  const struct ls_measured *m = &c->measured;
  const char *where = told_in(j, c);
  ls_words_message(fresh(j), m);
  problem(j, "failure",
          m->reason == LS_REASON_STALE ? "stale" : ls_outcome_name(m->outcome),
          ls_text_string(&j->scratch));
  ls_measure_text(fresh(j), c, where);
  end_problem(j, "failure");
}

static void ordinary_failure(struct junit *j, const struct ls_case *c) {
  int is_error = c->test.result == LEAKSLOPE_ERROR;
  const char *element = is_error ? "error" : "failure";
  const char *message = c->test.message;
  if (!message) message = is_error ? "the test ended early" : "failed";
  const char *type = is_error ? "error" : "assertion";
  if (ls_case_outcome(c) == LS_NOT_ARMED) type = ls_outcome_name(LS_NOT_ARMED);
  if (c->test.failure_type) {
    /* the line alone; all of it is in the text */
    ls_text_add_bytes(fresh(j), message, strcspn(message, "\n"));
    problem(j, element, c->test.failure_type, ls_text_string(&j->scratch));
  } else {
    problem(j, element, type, message);
  }
  add_assertion(fresh(j), &c->test, message);
  end_problem(j, element);
}

/* ---- test cases and suites ----------------------------------------------- */

static void case_names(struct junit *j, size_t i) {
  const struct ls_case *c = &j->report->cases[i];
  struct ls_text *text = fresh(j);
  add_suite(j, text, i);
  if (c->test.tcase) {
    ls_text_add(text, ".");
    ls_text_add(text, c->test.tcase);
  }
  attribute(j, "classname", ls_text_string(text));
  text = fresh(j);
  ls_text_add(text, c->test.name ? c->test.name : j->report->program);
  if (c->test.index >= 0) ls_text_addf(text, "[%d]", c->test.index);
  attribute(j, "name", ls_text_string(text));
}

static void system_out(struct junit *j, const struct ls_case *c) {
  const char *attachment = j->report->attachment;
  ls_words_case(fresh(j), c);
  if (attachment && c->test.result != LEAKSLOPE_PASSED)
    ls_text_addf(&j->scratch, "\n[[ATTACHMENT|%s]]\n", attachment);
  ls_text_add(j->out, "      <system-out>");
  ls_utf8_add(j->out, ls_text_string(&j->scratch), LS_UTF8_XML_TEXT);
  ls_text_add(j->out, "</system-out>\n");
}

static void testcase(struct junit *j, size_t i) {
  const struct ls_case *c = &j->report->cases[i];
  ls_text_add(j->out, "    <testcase");
  case_names(j, i);
  if (c->test.file && j->schema != LS_JUNIT_10) {
    attribute(j, "file", c->test.file);
    if (c->test.line > 0) ls_text_addf(j->out, " line=\"%d\"", c->test.line);
  }
  time_attribute(j, micros_of(c->test.seconds));
  ls_text_add(j->out, ">\n");
  properties(j, c);
  if (ls_case_failed_by_measure(c))
    measured_failure(j, c);
  else if (c->test.result != LEAKSLOPE_PASSED)
    ordinary_failure(j, c);
  system_out(j, c);
  ls_text_add(j->out, "    </testcase>\n");
}

static void count(struct totals *t, const struct ls_case *c) {
  t->tests++;
  t->failures += c->test.result == LEAKSLOPE_FAILED;
  t->errors += c->test.result == LEAKSLOPE_ERROR;
  t->micros += micros_of(c->test.seconds);
}

static void totals_attributes(struct junit *j, const struct totals *t) {
  ls_text_addf(j->out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"",
               t->tests, t->failures, t->errors);
}

/* The suite that begins with case `first`. */
static void testsuite(struct junit *j, size_t first) {
  struct totals t = {0};
  for (size_t i = first; i < j->report->ncases; i++)
    if (same_suite(j, first, i)) count(&t, &j->report->cases[i]);
  ls_text_add(j->out, "  <testsuite");
  add_suite(j, fresh(j), first);
  attribute(j, "name", ls_text_string(&j->scratch));
  totals_attributes(j, &t);
  /* none is: what was not gated has run and passed */
  ls_text_add(j->out, " skipped=\"0\"");
  time_attribute(j, t.micros);
  ls_text_add(j->out, ">\n");
  for (size_t i = first; i < j->report->ncases; i++)
    if (same_suite(j, first, i)) testcase(j, i);
  ls_text_add(j->out, "  </testsuite>\n");
}

/* Backwards, because the tests of a suite mostly come one after another. */
static int is_first_of_suite(const struct junit *j, size_t i) {
  for (size_t earlier = i; earlier-- > 0;)
    if (same_suite(j, earlier, i)) return 0;
  return 1;
}

void ls_write_junit(struct ls_text *out, const struct leakslope_report *report,
                    enum ls_junit_schema schema) {
  struct ls_arena arena = {0};
  struct junit j = {schema, out, report, {.arena = &arena}, {0}};
  struct totals all = {0};
  if (ls_causes_find(report, &arena, &j.causes)) out->truncated = 1;
  for (size_t i = 0; i < report->ncases; i++) count(&all, &report->cases[i]);
  ls_text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
  attribute(&j, "name", report->program);
  totals_attributes(&j, &all);
  time_attribute(&j, all.micros);
  ls_text_add(out, ">\n");
  for (size_t i = 0; i < report->ncases; i++)
    if (is_first_of_suite(&j, i)) testsuite(&j, i);
  ls_text_add(out, "</testsuites>\n");
  if (j.scratch.truncated) out->truncated = 1;
  ls_arena_release(&arena);
}
