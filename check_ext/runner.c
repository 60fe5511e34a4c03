/* SPDX-License-Identifier: MIT */
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <leakslope.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gate.h"
#include "page.h"
#include "real.h"
#include "registry.h"
#include "results.h"

static struct {
  struct leakslope_report *report; /* of the program: all its runners */
  char junit[PATH_MAX];            /* "" where none is wanted */
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

/* ---- before the first test ----------------------------------------------- */

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

static void refuse_path(const char *path, int error) {
  char message[PATH_MAX + 256];
  snprintf(message, sizeof message,
           "leakslope: CK_JUNIT_LOG_FILE_NAME='%s' cannot be written: %s", path,
           strerror(error));
  refuse(message);
}

/* The full name: a test may change the working directory.  0 or an errno. */
static int name_report(const char *path) {
  char here[PATH_MAX] = "";
  if (path[0] != '/' && !getcwd(here, sizeof here)) return errno;
  int folder = is_folder(path);
  if (folder && mkdir(path, 0777) && errno != EEXIST) return errno;
  int n = snprintf(program.junit, sizeof program.junit, "%s%s%s", here,
                   here[0] ? "/" : "", path);
  if (folder && n > 0 && (size_t)n < sizeof program.junit)
    n += snprintf(program.junit + n, sizeof program.junit - (size_t)n,
                  "%sTEST-%s.xml", program.junit[n - 1] == '/' ? "" : "/",
                  program_name());
  return n < 0 || (size_t)n >= sizeof program.junit ? ENAMETOOLONG : 0;
}

/* A pipe or a terminal takes the report once, at the end; a device may tell
   already that it will not.  0 or an errno. */
static int try_special(const struct stat *st) {
  if (!S_ISCHR(st->st_mode)) return access(program.junit, W_OK) ? errno : 0;
  int fd = open(program.junit, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  int error = fd < 0 || write(fd, "", 0) < 0 ? errno : 0;
  if (fd >= 0) close(fd);
  return error;
}

/* Report paths are tried before the first test. */
static void prepare_junit(void) {
  const char *path = leakslope_option("CK_JUNIT_LOG_FILE_NAME");
  struct stat st;
  if (!path) return;
  if (!strcmp(path, "-")) { /* as in Check: standard output */
    snprintf(program.junit, sizeof program.junit, "%s", path);
    return;
  }
  int error = name_report(path);
  if (!error && stat(program.junit, &st) == 0 && !S_ISREG(st.st_mode))
    error = try_special(&st);
  else if (!error)
    error = -leakslope_report_write(program.report, LEAKSLOPE_FORMAT_JUNIT,
                                    program.junit);
  if (error) refuse_path(path, error);
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

static const char *or_environment(const char *value, const char *name) {
  return value ? value : getenv(name);
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
  const char *suite_name = or_environment(filter->suite, "CK_RUN_SUITE");
  const char *name = or_environment(filter->tcase, "CK_RUN_CASE");
  Suite *suite = __real_suite_create(suite_name ? suite_name : "leakslope");
  TCase *tcase = __real_tcase_create(name ? name : "leakslope");
  tag_to_run(tcase, or_environment(filter->include, "CK_INCLUDE_TAGS"),
             or_environment(filter->exclude, "CK_EXCLUDE_TAGS"));
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
  } else if (!leakslope_armed(malloc, free, &cause)) {
    result = 1;
  }
  snprintf(text, sizeof text, "%s", cause ? cause : "");
  if (result < 0) fprintf(stderr, "leakslope: not armed: %s\n", text);
  ck_run.off = text;
  return result;
}

/* ---- the run ------------------------------------------------------------- */

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

static void say(struct ck_runner *runner, struct ck_tally tally) {
  if (runner) ck_results_say(runner, ck_run.page, ck_run.strict);
  say_tally(tally);
  fprintf(stderr, "leakslope: %s\n", leakslope_report_summary(program.report));
}

static void finish(SRunner *sr, int first, int armed) {
  struct ck_runner *runner = ck_registry_runner(sr);
  struct ck_tally tally = ck_results_add(program.report, sr, first, runner);
  fflush(stdout);
  if (armed) say(runner, tally);
  if (!program.junit[0]) return;
  int rc = leakslope_report_write(program.report, LEAKSLOPE_FORMAT_JUNIT,
                                  program.junit);
  /* A report that was asked for and is not there must not look like success. */
  if (rc) refuse_path(program.junit, -rc);
}

static void prepare_run(struct ck_runner *runner) {
  unsigned slots = 0;
  double spent = ck_run.page ? *ck_page_spent(ck_run.page) : 0;
  ck_page_free(ck_run.page);
  if (runner) ck_registry_each(runner, count_slots, &slots);
  ck_run.page = ck_page_new(slots);
  if (ck_run.page) *ck_page_spent(ck_run.page) = spent;
}

void ck_runner_run(SRunner *sr, const struct ck_filter *filter,
                   enum print_output mode) {
  struct ck_runner *runner = ck_registry_runner(sr);
  struct leakslope_plan plan;
  check_program();
  (void)leakslope_plan_init(&plan);
  ck_run.report_only = option_is("CK_LEAK", "report");
  ck_run.strict = plan.strict;
  prepare_run(runner);
  int armed = arm();
  ck_run.armed = armed > 0;
  if (armed < 0) add_not_armed(sr, filter);
  if (runner && ck_run.armed) ck_registry_each(runner, widen, &plan);
  int first = srunner_ntests_run(sr);
  ck_run.runner = getpid();
  __real_srunner_run_tagged(sr, filter->suite, filter->tcase, filter->include,
                            filter->exclude, mode);
  ck_run.runner = 0;
  if (runner && ck_run.armed) ck_registry_each(runner, narrow, &plan);
  finish(sr, first, armed);
}
