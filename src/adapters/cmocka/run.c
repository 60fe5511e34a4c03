/* SPDX-License-Identifier: MIT */
/*
 * Runs a group of cmocka's tests with the gate: each test with fixtures of
 * ours around its own, and a repetition as a group of one test.
 *
 * cmocka runs its tests in its own process, and tells nobody how a test ended
 * before its tear-down is over.  So every test has a tear-down of ours, behind
 * the test's own, and the verdict is found there.
 */
#include "adapters/cmocka/adapter.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "gate/gate.h"
#include "gate/heap.h"

enum phase { WAITING, IN_SET_UP, READY, IN_BODY, IN_TEAR_DOWN, DONE };
enum { NOT_ARMED = 2 }; /* of what comes behind the tests */
enum status { UNKNOWN, PASSED, FAILED, ERROR, SKIPPED }; /* cmocka's numbers */

struct record {
  const struct CMUnitTest *given; /* the program's */
  struct CMUnitTest *ours;        /* in its place */
  unsigned number;                /* the gate's; LS_GATE_SCOPED plus a scope */
  enum phase phase;
  enum status status;
  char *message; /* of a failure; of lsg_heap_text() */
  const char *file;
  int line;
};

static struct {
  const char *name;
  CMFixtureFunction set_up, tear_down;
  void *state; /* what its set-up has set */
  struct ls_gate_group described;
  struct record *records;
  unsigned n, more; /* tests, and what comes behind them */
} group;

static struct record *current; /* the test that runs; NULL: none */
static int repeating;

struct cm_settings cm_settings;

/* ---- the program's code -------------------------------------------------- */

LS_GATE_OUTERMOST static void call_test(CMUnitTestFunction test, void **state) {
  test(state);
  /* The call must not become a jump: this frame is what tells the user's code
     from cmocka's and ours. */
  __asm__ volatile("");
}

LS_GATE_OUTERMOST static int call_fixture(CMFixtureFunction fixture,
                                          void **state) {
  int rc = fixture(state);
  __asm__ volatile("" : "+r"(rc));
  return rc;
}

/* ---- what cmocka knows of a test ----------------------------------------- */

/* What a test's state lies in.  Believed only where it names our test. */
struct mirror {
  const void *check_point;
  const struct CMUnitTest *test;
  void *state;
  const char *message;
  int status;
};

static struct mirror *mirror_of(void **state) {
  struct mirror *m =
      (void *)((char *)(void *)state - offsetof(struct mirror, state));
  return m->test == current->ours && m->status >= PASSED && m->status <= SKIPPED
             ? m
             : NULL;
}

/* ---- output of repetitions ----------------------------------------------- */

/* A repetition is a group for cmocka, and must write no file of results. */
static void hush(int on) {
  static char was; /* the first letter of the variable */
  char *variable = getenv("CMOCKA_MESSAGE_OUTPUT");
  CM_NEXT(cmocka_set_message_output)
  (on ? CM_OUTPUT_STDOUT : cm_settings.output);
  if (on) was = variable ? *variable : '\0';
  if (was && variable) *variable = on ? '-' : was;
}

/* ---- a test -------------------------------------------------------------- */

/* cmocka hands our record over in place of the state. */
static void begin(void **state) {
  current = *state;
  *state = group.state ? group.state : current->given->initial_state;
  if (!repeating) ls_gate_before(0);
}

static int set_up(void **state) {
  begin(state);
  current->phase = IN_SET_UP;
  int rc = call_fixture(current->given->setup_func, state);
  if (!rc) current->phase = READY;
  return rc;
}

static void body(void **state) {
  if (!current || current->phase != READY) begin(state);
  current->phase = IN_BODY;
  if (!repeating && current->number < LS_GATE_SCOPED)
    ls_gate_enter(current->number);
  call_test(current->given->test_func, state);
  if (!repeating) ls_gate_leave();
}

/* The verdict; 1 with a text if it fails. */
static int judge(char *text, size_t size) {
  const struct ls_gate_test *at;
  struct record *record = current;
  const struct record saved = *record;
  hush(1);
  int fails = record->number >= LS_GATE_SCOPED
                  ? ls_gate_scope(record->number - LS_GATE_SCOPED, text, &at)
                  : ls_gate_judge(record->number, text, size);
  hush(0);
  /* Where it was repeated in this process, and came to no end there. */
  repeating = 0;
  current = record;
  *record = saved;
  return fails;
}

/* As an assertion that failed; where cmocka's mind is not known, as a tear-down
   that did. */
static int fail_with(void **state, const char *text) {
  struct mirror *m = mirror_of(state);
  current->status = FAILED;
  current->message = lsg_heap_text(text);
  cm_real_say(text);
  if (!m) return -1;
  m->status = FAILED;
  return 0;
}

static int tear_down(void **state) {
  char text[LS_GATE_TEXT] = "";
  const struct mirror *m = mirror_of(state);
  enum status status = m ? (enum status)m->status : UNKNOWN;
  current->phase = IN_TEAR_DOWN;
  if (!repeating) ls_gate_tear_down();
  int rc = current->given->teardown_func
               ? call_fixture(current->given->teardown_func, state)
               : 0;
  if (repeating) return rc;
  ls_gate_after();
  if (status == UNKNOWN) status = current->message ? FAILED : PASSED;
  current->status = rc ? ERROR : status;
  current->phase = DONE;
  if (!rc && status == PASSED &&
      current->number != LS_GATE_SCOPED + NOT_ARMED && judge(text, sizeof text))
    rc = fail_with(state, text);
  current = NULL;
  return rc;
}

/* ---- assertions ---------------------------------------------------------- */

void cm_run_failed(const char *file, int line) {
  if (ls_gate_repeats_here())
    ls_gate_stop("an assertion failed at %s:%d", file, line);
  if (!current || repeating) return;
  if (!current->message)
    current->message = lsg_heap_text("an assertion failed");
  current->file = file;
  current->line = line;
  if (current->phase == IN_BODY) ls_gate_failed();
}

void cm_run_skipped(const char *file, int line) {
  if (ls_gate_repeats_here())
    ls_gate_stop("skipped itself at %s:%d", file, line);
}

/* ---- what the gate asks -------------------------------------------------- */

/* As a group of one, which drains or refuses what is left of the queues of
   will_return() and of expectations. */
static void pass(const struct ls_gate_test *test) {
  struct record *record = (struct record *)test->of;
  repeating = 1;
  current = NULL;
  int failed = cm_real_run(group.name, record->ours, 1, NULL, NULL);
  /* A process that the test forked came back from it: it ends here. */
  if (!ls_gate_repeats_here()) _exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
  repeating = 0;
  if (failed) ls_gate_stop("the test failed when it was repeated");
}

static void enter(const struct ls_gate_group *of) {
  (void)of;
  group.state = NULL;
  if (group.set_up && call_fixture(group.set_up, &group.state))
    ls_gate_stop("the set-up of the group failed when it was repeated");
}

static void leave(const struct ls_gate_group *of) {
  (void)of;
  if (group.tear_down) (void)call_fixture(group.tear_down, &group.state);
}

static enum leakslope_result result_of(const struct record *record) {
  if (record->phase != DONE || record->status == ERROR) return LEAKSLOPE_ERROR;
  return record->status == FAILED ? LEAKSLOPE_FAILED : LEAKSLOPE_PASSED;
}

/* Where the test is not the place of its failure, cmocka alone says more. */
static const char *message_of(const struct record *record) {
  if (record->message || result_of(record) == LEAKSLOPE_PASSED)
    return record->message;
  return record->phase == IN_SET_UP ? "its set-up failed"
                                    : "see cmocka's output";
}

static void tell_one(const struct record *record, unsigned behind) {
  struct leakslope_case one = {.suite = group.name,
                               .tcase = group.name,
                               .name = record->given->name,
                               .result = result_of(record),
                               .message = message_of(record),
                               .message_file = record->file,
                               .message_line = record->line};
  if (record->number == LS_GATE_SCOPED + NOT_ARMED)
    ls_gate_foreign(behind, &one, LEAKSLOPE_NOT_ARMED, ls_gate_off());
  else if (record->phase == DONE && record->status == SKIPPED)
    ls_gate_foreign(behind, &one, LEAKSLOPE_NOT_GATED, "it skipped itself");
  else
    ls_gate_result(record->number, &one);
}

static struct ls_gate_tally tell(int is_killed) {
  struct ls_gate_tally tally = {0, 0};
  for (unsigned i = 0; i < group.n + group.more; i++) {
    const struct record *record = &group.records[i];
    if (record->phase == WAITING || (is_killed && record->phase != DONE))
      continue;
    tally.seen = ++tally.results;
    tell_one(record, i < group.n ? i : group.n ? group.n - 1 : 0);
  }
  return tally;
}

static void select_test(const struct ls_gate_test *test, char *text,
                        size_t size) {
  snprintf(text, size, "CMOCKA_TEST_FILTER='%s'", test->name);
}

static size_t longest(void) { return 1024; } /* cmocka cuts what is longer */

static const struct ls_gate_adapter adapter = {
    .pass = pass,
    .enter = enter,
    .leave = leave,
    .results = tell,
    .select = select_test,
    .longest = longest,
    .filters =
        (const char *const[]){"CMOCKA_TEST_FILTER", "CMOCKA_SKIP_FILTER", NULL},
    .started_by = "",
    .hint = "",
    .setters = {"", "", ""},
};

/* ---- a group ------------------------------------------------------------- */

/* '*' and '?', as in cmocka. */
static int matches(const char *text, const char *pattern) {
  if (*pattern == '*')
    return matches(text, pattern + 1) || (*text && matches(text + 1, pattern));
  if (!*text || !*pattern) return *text == *pattern;
  return (*pattern == '?' || *pattern == *text) &&
         matches(text + 1, pattern + 1);
}

static int is_left_out(const char *name) {
  return (cm_settings.filter && !matches(name, cm_settings.filter)) ||
         (cm_settings.skip && matches(name, cm_settings.skip));
}

/* The environment's go before the program's. */
static void take_filters(void) {
  const char *filter = getenv("CMOCKA_TEST_FILTER");
  const char *skip = getenv("CMOCKA_SKIP_FILTER");
  if (filter && *filter) cmocka_set_test_filter(filter);
  if (skip && *skip) cmocka_set_skip_filter(skip);
}

static int takes_stdout(void) {
  const char *format = getenv("CMOCKA_MESSAGE_OUTPUT");
  const char *file = getenv("CMOCKA_XML_FILE");
  int is_xml =
      format ? !strcasecmp(format, "XML") : cm_settings.output == CM_OUTPUT_XML;
  int is_plain = format ? !strcasecmp(format, "STDOUT")
                        : cm_settings.output == CM_OUTPUT_STDOUT;
  return !is_plain && !(is_xml && file && *file);
}

/* Seconds that one repetition may take; cmocka has no limit for tests. */
static double limit(void) {
  const char *seconds = getenv("CK_DEFAULT_TIMEOUT");
  return seconds ? strtod(seconds, NULL) : 0;
}

static int is_test(const struct CMUnitTest *test) {
  return test->name && test->test_func;
}

/* What cmocka runs in place of the program's test.  What is no test, cmocka
   refuses as it would without us. */
static void replace(struct record *record, const struct CMUnitTest *given) {
  *record->ours = *given;
  record->given = given;
  if (!is_test(given)) return;
  record->ours->initial_state = record;
  record->ours->test_func = body;
  if (given->setup_func) record->ours->setup_func = set_up;
  record->ours->teardown_func = tear_down;
}

static void describe(struct ls_gate_test *to, const struct record *record) {
  const char *name = record->given->name;
  *to = (struct ls_gate_test){
      .group = &group.described,
      .name = name ? name : "unnamed",
      .index = -1,
      .loops = 1,
      .is_left_out = name && is_left_out(name),
      .refusal = is_test(record->given) ? NULL : "it has no name or no body",
      .of = record};
}

static void nothing(void **state) { (void)state; }

static void not_armed(void **state) {
  (void)state;
  cm_real_say(ls_gate_off());
  _fail("leakslope", 0);
}

static const struct CMUnitTest more_tests[] = {
    {"suite scope", nothing, NULL, NULL, NULL},
    {"session scope", nothing, NULL, NULL, NULL},
    {"not armed", not_armed, NULL, NULL, NULL}};

static void add(struct CMUnitTest *ours, unsigned which) {
  struct record *record = &group.records[group.n + group.more];
  record->ours = &ours[group.n + group.more++];
  record->number = LS_GATE_SCOPED + which;
  replace(record, &more_tests[which]);
}

/* Behind the tests of the group: the checks over all of them that this run
   wants, or one that fails because the gate is not armed. */
static void add_more(struct CMUnitTest *ours, int is_armed) {
  for (unsigned i = 0; i < NOT_ARMED; i++)
    if (ls_gate_wants(i)) add(ours, i);
  if (!is_armed) add(ours, NOT_ARMED);
}

/* The state stays with us: what cmocka has as the group's would go before our
   records. */
static int set_up_group(void **state) {
  (void)state;
  return call_fixture(group.set_up, &group.state);
}

static int tear_down_group(void **state) {
  (void)state;
  return call_fixture(group.tear_down, &group.state);
}

static int run(struct CMUnitTest *ours, int is_armed) {
  /* cmocka's own stay where a group was run inside of one. */
  static const int crashes[] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS};
  struct sigaction before[5];
  for (int i = 0; i < 5; i++) (void)sigaction(crashes[i], NULL, &before[i]);
  add_more(ours, is_armed);
  int failed = cm_real_run(group.name, ours, group.n + group.more,
                           group.set_up ? set_up_group : NULL,
                           group.tear_down ? tear_down_group : NULL);
  for (int i = 0; i < 5; i++) (void)sigaction(crashes[i], &before[i], NULL);
  ls_gate_close();
  /* A filter may have left out what fails for it. */
  return failed + (!is_armed && !failed);
}

static void free_all(struct ls_gate_test *tests, struct CMUnitTest *ours) {
  for (unsigned i = 0; group.records && i < group.n + group.more; i++)
    lsg_heap_free(group.records[i].message);
  lsg_heap_free(group.records);
  lsg_heap_free(tests);
  lsg_heap_free(ours);
  memset(&group, 0, sizeof group);
  current = NULL;
}

int cm_run(const char *name, const struct CMUnitTest *given, size_t n,
           CMFixtureFunction first, CMFixtureFunction last) {
  struct ls_gate_test *tests = lsg_heap_new((n + 1) * sizeof *tests);
  struct CMUnitTest *ours = lsg_heap_new((n + 3) * sizeof *ours);
  const struct ls_gate_scope scopes[] = {{name, 0, (unsigned)n},
                                         {NULL, 0, (unsigned)n}};
  struct ls_gate_run of = {.adapter = &adapter,
                           .tests = tests,
                           .ntests = (unsigned)n,
                           .scopes = scopes,
                           .nscopes = 2,
                           .takes_stdout = takes_stdout()};
  ls_gate_check();
  if (ls_gate_option_is("CK_LEAK_LIST", "yes"))
    ls_gate_refuse("CK_LEAK_LIST=yes: cmocka's tests are not listed");
  if (leakslope_option("CK_LEAK_TEST"))
    ls_gate_refuse("CK_LEAK_TEST: with cmocka it is CMOCKA_TEST_FILTER");
  if (leakslope_option("CK_LEAK_JUDGED"))
    ls_gate_refuse("CK_LEAK_JUDGED: with cmocka, `leakslope report` has it");
  group.name = name ? name : "tests";
  group.described = (struct ls_gate_group){
      group.name, group.name, limit(), NULL, 0, NULL, NULL};
  group.set_up = first;
  group.tear_down = last;
  group.n = (unsigned)n;
  group.records = lsg_heap_new((n + 3) * sizeof *group.records);
  if (!tests || !ours || !group.records)
    ls_gate_refuse("leakslope: there is no memory for %zu tests", n);
  take_filters();
  of.is_narrowed = cm_settings.filter || cm_settings.skip;
  for (unsigned i = 0; i < n; i++) {
    struct record *record = &group.records[i];
    record->ours = &ours[i];
    record->number = i;
    replace(record, &given[i]);
    describe(&tests[i], record);
  }
  int failed = run(ours, ls_gate_open(&of) >= 0);
  free_all(tests, ours);
  return failed;
}
