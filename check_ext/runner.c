/* SPDX-License-Identifier: MIT */
/* Prepares a run of a runner, has Check do it, and concludes it. */
#include "runner.h"

#include <leakslope.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "budget.h"
#include "check_leak.h"
#include "coverage.h"
#include "gate.h"
#include "github.h"
#include "heap.h"
#include "killed.h"
#include "list.h"
#include "outputs.h"
#include "page.h"
#include "progress.h"
#include "real.h"
#include "registry.h"
#include "rerun.h"
#include "results.h"
#include "scope.h"
#include "texts.h"

static struct {
  struct ck_outputs outputs; /* of the program: all its runners */
  int checked;               /* options and report paths were */
  int narrowed;              /* a filter left tests out */
} program;

static int option_is(const char *name, const char *word) {
  const char *value = leakslope_option(name);
  return value && !strcmp(value, word);
}

int ck_runner_on(void) {
  static int known = -1;
  if (known < 0) known = !option_is("CK_LEAK", "no");
  return known;
}

int ck_runner_notes(void) { return ck_runner_on() && !ck_run.runner; }

void ck_runner_refuse(const char *format, ...) {
  va_list args;
  if (!ck_killed_writes()) fflush(stdout);
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  fputc('\n', stderr);
  if (ck_killed_writes()) _exit(2);
  exit(2);
}

/* ---- Check's time limits ------------------------------------------------- */

/* A number in the environment, read as Check reads it. */
static double environment(const char *name, double otherwise) {
  const char *text = getenv(name);
  char *end;
  double value = text ? strtod(text, &end) : -1;
  return text && value >= 0 && end != text && !*end ? value : otherwise;
}

static double multiplier(void) {
  return environment("CK_TIMEOUT_MULTIPLIER", 1);
}

double ck_runner_timeout(double seconds) { return seconds * multiplier(); }

double ck_runner_default_timeout(void) {
  /* Four seconds are compiled into Check. */
  return ck_runner_timeout(environment("CK_DEFAULT_TIMEOUT", 4));
}

static void set_timeout(struct ck_tcase *tcase, double seconds) {
  double factor = multiplier();
  /* Check multiplies once more. */
  if (factor > 0) __real_tcase_set_timeout(tcase->handle, seconds / factor);
}

/* What the gate may need for any test of the test case. */
static double allowance(const struct ck_tcase *tcase) {
  double most = 0;
  for (const struct ck_test *test = tcase->tests; test; test = test->next) {
    struct leakslope_plan plan;
    ck_gate_plan(test, &plan);
    double seconds = ck_gate_allowance(&plan, tcase->timeout);
    if (seconds > most) most = seconds;
  }
  return most;
}

static void widen(void *arg, struct ck_test *test) {
  struct ck_tcase *tcase = test->tcase;
  (void)arg;
  /* Once for each test case, at its first test; no limit stays no limit. */
  if (tcase->tests != test || tcase->timeout <= 0) return;
  set_timeout(tcase, 2 * tcase->timeout + allowance(tcase));
}

static void narrow(void *arg, struct ck_test *test) {
  (void)arg;
  if (test->tcase->tests == test && test->tcase->timeout > 0)
    set_timeout(test->tcase, test->tcase->timeout);
}

/* ---- before the first test ----------------------------------------------- */

static void count_slots(void *arg, struct ck_test *test) {
  unsigned *n = arg;
  test->first_slot = *n;
  if (test->end > test->start) *n += (unsigned)(test->end - test->start);
}

static struct leakslope_report *new_report(void) {
  struct leakslope_report *report = NULL;
  if (leakslope_report_new(ck_reports_program(), &report))
    ck_runner_refuse("leakslope: no memory for a report");
  return report;
}

/* Report paths are tried before the first test. */
static void prepare_reports(struct ck_runner *runner) {
  struct ck_outputs *own = runner ? &runner->outputs : NULL;
  if (own && !own->report && ck_reports_given(own)) own->report = new_report();
  ck_reports_prepare(&program.outputs, own);
}

/* The library sees only what the program exports. */
extern const char *__lsan_default_suppressions(void) __attribute__((weak));

static void check_program(void) {
  const char *message;
  if (program.checked) return;
  program.checked = 1;
  if (leakslope_options_check(&message)) ck_runner_refuse("%s", message);
  if (__lsan_default_suppressions &&
      leakslope_suppress(__lsan_default_suppressions(), &message))
    ck_runner_refuse("%s", message);
  program.outputs.report = new_report();
  extern const char __start_leakslope_outer[], __stop_leakslope_outer[];
  (void)leakslope_set_outermost(__start_leakslope_outer,
                                __stop_leakslope_outer);
}

/* ---- not armed ----------------------------------------------------------- */

static void not_armed(int i) {
  (void)i;
  __real__ck_assert_failed(__FILE__, __LINE__, NULL, "not armed: %s",
                           ck_run.off);
}

/* Whether a word of `words` is among those to be left out. */
static int holds_word(const char *words, const char *word, size_t n) {
  while (words && *words) {
    size_t length = strcspn(words, " ");
    if (length == n && !memcmp(words, word, n)) return 1;
    words += length;
    words += *words == ' ';
  }
  return 0;
}

/* Check takes a test case that has one of the tags to include and none of
   those to exclude. */
static void tag_to_run(TCase *tcase, const char *include, const char *exclude) {
  char tag[256];
  while (include && *include) {
    size_t n = strcspn(include, " ");
    if (n && n < sizeof tag && !holds_word(exclude, include, n)) {
      memcpy(tag, include, n);
      tag[n] = '\0';
      __real_tcase_set_tags(tcase, tag);
      return;
    }
    include += n;
    include += *include == ' ';
  }
}

static const char not_armed_name[] = "leakslope:not_armed";
enum { PREFIX = sizeof "leakslope:" - 1 };

/* In full where the test case has to be named as a filter says. */
static const TTest not_armed_there = {not_armed_name, not_armed, __FILE__,
                                      __LINE__};
static const TTest not_armed_here = {not_armed_name + PREFIX, not_armed,
                                     __FILE__, __LINE__};

int ck_is_not_armed(const char *name) {
  return name == not_armed_there.name || name == not_armed_here.name;
}

/* The verdicts of a gate that sees nothing would all be good: so a failed
   check says that it is off, in whatever way the program counts failures.  It
   is named so that no filter of the user's leaves it out. */
static void add_not_armed(SRunner *sr, const struct ck_filter *filter) {
  const char *name = filter->tcase;
  Suite *suite =
      __real_suite_create(filter->suite ? filter->suite : "leakslope");
  TCase *tcase = __real_tcase_create(name ? name : "leakslope");
  tag_to_run(tcase, filter->include, filter->exclude);
  __real__tcase_add_test(tcase, name ? &not_armed_there : &not_armed_here, 0, 0,
                         0, 1);
  __real_suite_add_tcase(suite, tcase);
  __real_srunner_add_suite(sr, suite);
}

/* 1 armed, 0 stands down, -1 not armed. */
static int arm(void) {
  static char text[256];
  const char *cause = NULL;
  int result = -1;
  if (leakslope_stands_down(&cause)) {
    fprintf(stderr, "leakslope: off: %s\n", cause);
    if (!ck_run.strict) result = 0;
  } else if (!ck_run.page) {
    cause = "there is no memory for the results";
  } else if (!leakslope_armed(ck_program_malloc, ck_program_free, &cause)) {
    result = 1;
  }
  snprintf(text, sizeof text, "%s", cause ? cause : "");
  if (result < 0) fprintf(stderr, "leakslope: not armed: %s\n", text);
  ck_run.off = text;
  return result;
}

/* ---- the run ------------------------------------------------------------- */

static void say_tally(struct ck_tally tally) {
  if (tally.through_us < tally.results)
    fprintf(stderr,
            "leakslope: the gate sees %d of %d tests: the others are "
            "registered in a shared library, which relinking the program does "
            "not reach; build with `leakslope shim`, or where libcheck is "
            "shared, link the program as it was and use `leakslope run`\n",
            tally.through_us, tally.results);
}

static void say_lines(const char *lines) {
  while (*lines) {
    size_t n = strcspn(lines, "\n");
    fprintf(stderr, "leakslope: %.*s\n", (int)n, lines);
    lines += n + (lines[n] == '\n');
  }
}

/* Whether each test was judged, so that what matched nothing never will. */
static int is_whole(struct ck_tally tally) {
  return !program.narrowed && (ck_run.scopes & LEAK_SCOPE_TEST) &&
         tally.through_us == tally.results;
}

static void say_budget(void) {
  double would_do;
  unsigned n = ck_budget_short(&would_do);
  if (!n) return;
  fprintf(stderr,
          "leakslope: CK_LEAK_TOTAL_BUDGET (%s s) was too little for %u %s; "
          "CK_LEAK_TOTAL_BUDGET=%u would do\n",
          leakslope_option("CK_LEAK_TOTAL_BUDGET"), n,
          n == 1 ? "test" : "tests", (unsigned)would_do + 1);
}

static void say(struct ck_runner *runner, struct ck_tally tally) {
  if (runner) ck_results_say(runner, ck_run.page, ck_run.strict);
  say_tally(tally);
  say_lines(
      leakslope_report_suppressions(program.outputs.report, is_whole(tally)));
  fprintf(stderr, "leakslope: %s\n",
          leakslope_report_summary(program.outputs.report));
  say_budget();
}

static int wants_github(int armed) { return armed && ck_github_wanted(); }

static void finish(SRunner *sr, int first, int armed) {
  ck_page_open(ck_run.page);
  struct ck_runner *runner = ck_registry_runner(sr);
  struct ck_outputs *own = runner ? &runner->outputs : NULL;
  struct leakslope_report *run = wants_github(armed) ? new_report() : NULL;
  struct ck_tally tally =
      ck_results_add(program.outputs.report, run, sr, first, runner);
  fflush(stdout);
  if (armed) say(runner, tally);
  ck_reports_write(&program.outputs, own);
  if (run) ck_github_tell(sr, run, &program.outputs, own);
  leakslope_report_free(run);
}

/* Of the run that is going on. */
static struct {
  SRunner *sr;
  int first;
  int armed;
  struct ck_filter filter;
} now;

/* In a process of its own, while the runner may be anywhere in the run. */
static void finish_early(const char *by, int asks_check) {
  struct ck_runner *runner = ck_registry_runner(now.sr);
  struct ck_outputs *own = runner ? &runner->outputs : NULL;
  __fsetlocking(stderr, FSETLOCKING_BYCALLER);
  ck_page_open(ck_run.page);
  ck_rerun_speak();
  ck_progress_end();
  struct leakslope_report *run = wants_github(now.armed) ? new_report() : NULL;
  struct ck_tally tally =
      ck_results_add(program.outputs.report, run, asks_check ? now.sr : NULL,
                     now.first, runner);
  unsigned n =
      ck_results_add_open(program.outputs.report, run, runner, &now.filter, by);
  program.narrowed = 1; /* tests are left out */
  fprintf(stderr, "leakslope: ended by %s: %u %s not judged\n", by, n,
          n == 1 ? "test was" : "tests were");
  if (now.armed) say(runner, tally);
  ck_reports_write(&program.outputs, own);
  if (run) ck_github_tell(now.sr, run, &program.outputs, own);
}

static void prepare_run(struct ck_runner *runner) {
  unsigned slots = 0;
  ck_page_open(ck_run.page);
  struct ck_spending spending = {0};
  if (ck_run.page) spending = *ck_page_spending(ck_run.page);
  spending.scoped = 0; /* of this run */
  ck_page_free(ck_run.page);
  if (runner) {
    ck_registry_each(runner, count_slots, &slots);
    slots = ck_scope_number(runner, slots);
  }
  ck_run.before += ck_run.tests;
  ck_run.tests = slots;
  ck_run.page = ck_texts_prepare() ? ck_page_new(slots) : NULL;
  if (ck_run.page) *ck_page_spending(ck_run.page) = spending;
}

/* Environment and default; the runner's own setting goes before. */
static int scopes_of(const struct ck_runner *runner) {
  const char *option = leakslope_option("CK_LEAK_SCOPE");
  int scopes = 0;
  if (runner && runner->scopes) return runner->scopes;
  if (strstr(option, "test")) scopes |= LEAK_SCOPE_TEST;
  if (strstr(option, "suite")) scopes |= LEAK_SCOPE_SUITE;
  if (strstr(option, "session")) scopes |= LEAK_SCOPE_SESSION;
  return scopes;
}

/* Which calls were made is looked at with what gcov counts. */
static int writes_json(const struct ck_runner *runner) {
  return program.outputs.of[CK_REPORT_JSON].file ||
         (runner && runner->outputs.of[CK_REPORT_JSON].file);
}

static void set_up_run(struct ck_runner *runner) {
  struct leakslope_plan plan;
  (void)leakslope_plan_init(&plan);
  ck_run.report_only = option_is("CK_LEAK", "report");
  ck_run.strict = plan.strict;
  ck_run.scopes = scopes_of(runner);
  prepare_reports(runner);
  ck_run.calls = writes_json(runner) && ck_coverage_counts();
  prepare_run(runner);
}

void ck_runner_run(SRunner *sr, const struct ck_filter *given,
                   enum print_output mode) {
  struct ck_runner *runner = ck_registry_runner(sr);
  const struct ck_filter filter = ck_filter_in_force(given);
  check_program();
  program.narrowed |= ck_filter_narrows(&filter);
  if (option_is("CK_LEAK_LIST", "yes")) {
    ck_list(runner, &filter);
    return;
  }
  set_up_run(runner);
  int armed = arm();
  ck_run.armed = armed > 0;
  if (armed < 0) add_not_armed(sr, &filter);
  if (runner && ck_run.armed) {
    ck_registry_each(runner, widen, NULL);
    ck_scope_add(runner, ck_filter_narrows(&filter) ? 0 : ck_run.scopes);
  }
  /* The answer is found here, before any test: it takes a while. */
  if (ck_run.armed) (void)ck_coverage_counts();
  ck_budget_begin(runner, &filter,
                  ck_filter_narrows(&filter) ? ck_run.scopes & LEAK_SCOPE_TEST
                                             : ck_run.scopes);
  ck_progress_begin(ck_run.armed ? runner : NULL, &filter);
  now.sr = sr;
  now.first = srunner_ntests_run(sr);
  now.armed = armed;
  now.filter = filter;
  ck_run.runner = getpid();
  ck_killed_begin(finish_early);
  __real_srunner_run_tagged(sr, filter.suite, filter.tcase, filter.include,
                            filter.exclude, mode);
  ck_killed_end();
  ck_run.runner = 0;
  if (runner && ck_run.armed) ck_registry_each(runner, narrow, NULL);
  finish(sr, now.first, armed);
  ck_killed_let_go();
}
