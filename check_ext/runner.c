/* SPDX-License-Identifier: MIT */
#include "runner.h"

#include <errno.h>
#include <leakslope.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gate.h"
#include "page.h"
#include "real.h"
#include "registry.h"
#include "rerun.h"
#include "results.h"

static struct {
  struct leakslope_report *report; /* of the program: all its runners */
  char junit[4096];                /* "" where none is wanted */
  int checked;                     /* options and report paths were */
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

/* ---- Check's time limits
 * ------------------------------------------------------------- */

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

static void widen(void *arg, struct ck_test *test) {
  const struct leakslope_plan *plan = arg;
  struct ck_tcase *tcase = test->tcase;
  /* Once for each test case, at its first test; no limit stays no limit. */
  if (tcase->tests != test || tcase->timeout <= 0) return;
  set_timeout(tcase,
              2 * tcase->timeout + ck_gate_allowance(plan, tcase->timeout));
}

static void narrow(void *arg, struct ck_test *test) {
  (void)arg;
  if (test->tcase->tests == test && test->tcase->timeout > 0)
    set_timeout(test->tcase, test->tcase->timeout);
}

/* ---- before the first test
 * --------------------------------------------------------------- */

static void count_slots(void *arg, struct ck_test *test) {
  unsigned *n = arg;
  test->first_slot = *n;
  if (test->end > test->start) *n += (unsigned)(test->end - test->start);
}

/* The program's name as users know it: libtool runs its wrappers as lt-x. */
static const char *program_name(void) {
  const char *name = program_invocation_short_name;
  return strncmp(name, "lt-", 3) ? name : name + 3;
}

static int is_folder(const char *path) {
  struct stat st;
  size_t n = strlen(path);
  return (n && path[n - 1] == '/') ||
         (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

static void refuse(const char *message) {
  fflush(stdout);
  fprintf(stderr, "%s\n", message);
  exit(2);
}

/* Report paths are tried before the first test. */
static void prepare_junit(void) {
  const char *path = leakslope_option("CK_JUNIT_LOG_FILE_NAME");
  if (!path) return;
  int n = snprintf(program.junit, sizeof program.junit, "%s", path);
  if (is_folder(path)) {
    if (mkdir(path, 0777) && errno != EEXIST) n = -1;
    if (n > 0)
      n = snprintf(program.junit, sizeof program.junit, "%s%sTEST-%s.xml", path,
                   path[strlen(path) - 1] == '/' ? "" : "/", program_name());
  }
  int rc = n < 0 || (size_t)n >= sizeof program.junit
               ? -errno
               : leakslope_report_write(program.report, LEAKSLOPE_FORMAT_JUNIT,
                                        program.junit);
  if (rc) {
    char message[5000];
    snprintf(message, sizeof message,
             "leakslope: CK_JUNIT_LOG_FILE_NAME='%s' cannot be written: %s",
             path, strerror(rc < 0 ? -rc : ENAMETOOLONG));
    refuse(message);
  }
}

static void check_program(void) {
  const char *message;
  if (program.checked) return;
  program.checked = 1;
  if (leakslope_options_check(&message)) refuse(message);
  if (leakslope_report_new(program_name(), &program.report))
    refuse("leakslope: no memory for a report");
  prepare_junit();
  extern const char __start_leakslope_outer[], __stop_leakslope_outer[];
  (void)leakslope_set_outermost(__start_leakslope_outer,
                                __stop_leakslope_outer);
}

/* ---- not armed
 * ------------------------------------------------------------------------------
 */

static char not_armed_cause[256];

static void not_armed(int i) {
  (void)i;
  __real__ck_assert_failed(__FILE__, __LINE__, NULL, "not armed: %s",
                           not_armed_cause);
}

/* The verdicts of a gate that sees nothing would all be good: so a failed
   check says that it is off, in whatever way the program counts failures. */
static void fail_not_armed(SRunner *sr, enum print_output mode) {
  static const TTest test = {"not_armed", not_armed, __FILE__, __LINE__};
  Suite *suite = __real_suite_create("leakslope");
  TCase *tcase = __real_tcase_create("leakslope");
  __real__tcase_add_test(tcase, &test, 0, 0, 0, 1);
  __real_suite_add_tcase(suite, tcase);
  __real_srunner_add_suite(sr, suite);
  /* By itself: a filter of the user's must not leave it out. */
  char *include = getenv("CK_INCLUDE_TAGS"),
       *exclude = getenv("CK_EXCLUDE_TAGS");
  include = include ? strdup(include) : NULL;
  exclude = exclude ? strdup(exclude) : NULL;
  unsetenv("CK_INCLUDE_TAGS");
  unsetenv("CK_EXCLUDE_TAGS");
  __real_srunner_run_tagged(sr, "leakslope", "leakslope", NULL, NULL, mode);
  if (include) setenv("CK_INCLUDE_TAGS", include, 1);
  if (exclude) setenv("CK_EXCLUDE_TAGS", exclude, 1);
  free(include);
  free(exclude);
}

/* 1 armed, 0 stands down, -1 not armed. */
static int arm(void) {
  const char *cause;
  if (leakslope_stands_down(&cause)) {
    fprintf(stderr, "leakslope: off: %s\n", cause);
    if (!ck_run.strict) return 0;
  } else if (!leakslope_armed(malloc, free, &cause)) {
    return 1;
  }
  snprintf(not_armed_cause, sizeof not_armed_cause, "%s", cause);
  fprintf(stderr, "leakslope: not armed: %s\n", cause);
  return -1;
}

/* ---- the run
 * ----------------------------------------------------------------------------------
 */

static void say_tally(struct ck_tally tally) {
  if (tally.results && !tally.through_us)
    fprintf(stderr,
            "leakslope: 0 of %d tests registered through us: they are "
            "registered in a shared library, which relinking the program does "
            "not reach\n",
            tally.results);
  else if (tally.through_us < tally.results)
    fprintf(stderr, "leakslope: %d of %d tests registered through us\n",
            tally.through_us, tally.results);
}

static void finish(SRunner *sr, int first) {
  struct ck_tally tally =
      ck_results_add(program.report, sr, first, ck_run.page);
  struct ck_runner *runner = ck_registry_runner(sr);
  fflush(stdout);
  if (runner) ck_results_say(runner, ck_run.page, ck_run.strict);
  say_tally(tally);
  fprintf(stderr, "leakslope: %s\n", leakslope_report_summary(program.report));
  if (!program.junit[0]) return;
  int rc = leakslope_report_write(program.report, LEAKSLOPE_FORMAT_JUNIT,
                                  program.junit);
  if (rc)
    fprintf(stderr, "leakslope: %s cannot be written: %s\n", program.junit,
            strerror(-rc));
}

void ck_runner_run(SRunner *sr, const char *sname, const char *tcname,
                   const char *include_tags, const char *exclude_tags,
                   enum print_output mode) {
  struct ck_runner *runner = ck_registry_runner(sr);
  struct leakslope_plan plan;
  unsigned slots = 0;
  double spent = ck_run.page ? *ck_page_spent(ck_run.page) : 0;
  check_program();
  (void)leakslope_plan_init(&plan);
  ck_run.report_only = option_is("CK_LEAK", "report");
  ck_run.strict = plan.strict;
  int armed = arm();
  ck_run.armed = armed > 0;
  if (runner) ck_registry_each(runner, count_slots, &slots);
  ck_run.page = ck_page_new(slots);
  if (ck_run.page) *ck_page_spent(ck_run.page) = spent;
  if (runner && ck_run.armed) ck_registry_each(runner, widen, &plan);
  int first = srunner_ntests_run(sr);
  __real_srunner_run_tagged(sr, sname, tcname, include_tags, exclude_tags,
                            mode);
  if (armed < 0) fail_not_armed(sr, mode);
  if (runner && ck_run.armed) ck_registry_each(runner, narrow, &plan);
  finish(sr, first);
}
