/* SPDX-License-Identifier: MIT */
/* Makes a run by hand, as ls_gate_open() would. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/texts.h"

const struct ls_gate_group first_group = {.suite = "Cache", .name = "core"};
const struct ls_gate_group second_group = {.suite = "Cache", .name = "loops"};

struct ls_gate_test tests[TESTS];
size_t longest = LS_GATE_TEXT;

static const int one, twin, loop, last;
static const struct ls_gate_scope all = {NULL, 0, TESTS};

static void pass(const struct ls_gate_test *test) { (void)test; }

static void choose(const struct ls_gate_test *test, char *text, size_t size) {
  snprintf(text, size, "ONLY=%s", test->name);
}

static size_t give_longest(void) { return longest; }

static const struct ls_gate_adapter adapter = {
    .pass = pass,
    .select = choose,
    .longest = give_longest,
    .filters = (const char *const[]){"UNIT_FIRST", "UNIT_SECOND", NULL},
    .started_by = "runs ",
    .hint = "",
};

static struct ls_gate_test test_of(const struct ls_gate_group *group,
                                   const char *name, const int *of, int index) {
  return (struct ls_gate_test){.group = group,
                               .name = name,
                               .index = index,
                               .loops = index < 0 ? 1 : 2,
                               .file = "test_cache.c",
                               .line = 9,
                               .of = of};
}

void begin_run(void) {
  tests[0] = test_of(&first_group, "put", &one, -1);
  tests[1] = test_of(&first_group, "put", &twin, -1);
  tests[2] = test_of(&second_group, "get", &loop, 0);
  tests[3] = test_of(&second_group, "get", &loop, 1);
  tests[4] = test_of(&second_group, "put", &last, -1);
  tests[5] = test_of(&second_group, "put", &one, -1);
  lsg_run = (struct lsg_run){.of = {.adapter = &adapter,
                                    .tests = tests,
                                    .ntests = TESTS,
                                    .scopes = &all,
                                    .nscopes = 1},
                             .scopes = LS_GATE_EACH | LS_GATE_SESSION,
                             .armed = 1,
                             .slots = TESTS + 1,
                             .runner = getpid()};
  ck_assert(lsg_texts_prepare());
  lsg_run.page = lsg_page_new(lsg_run.slots);
  ck_assert_ptr_nonnull(lsg_run.page);
}

void end_run(void) { lsg_page_free(lsg_run.page); }

int run_case(const char *name, TCase *tcase) {
  Suite *suite = suite_create(name);
  tcase_add_checked_fixture(tcase, begin_run, end_run);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
