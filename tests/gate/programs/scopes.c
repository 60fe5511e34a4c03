/* SPDX-License-Identifier: MIT */
/* Suites whose growth no single test shows; the first argument says which. */
#include <check_leak.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

static const char *mode;

static int is(const char *what) { return !strcmp(mode, what); }

/* ---- an unchecked fixture that retains --------------------------------- */

static void keep_in_fixture(void) { leak(); }
static void keep_in_other(void) { leak(); }

static char *table;

static void fill(void) { table = malloc(100); }

static void empty(void) {
  free(table);
  table = NULL;
}

/* ---- growth that needs two tests --------------------------------------- */

static int opened;

START_TEST(test_opens) { opened = 1; }
END_TEST

START_TEST(test_uses) {
  if (opened) leak();
  opened = 0;
}
END_TEST

/* What a thread of its own retains has no test's function in its traceback. */
static void *leaks_in_thread(void *arg) {
  leak();
  return arg;
}

START_TEST(test_uses_in_thread) {
  pthread_t thread;
  if (!opened) return;
  opened = 0;
  ck_assert_int_eq(pthread_create(&thread, NULL, leaks_in_thread, NULL), 0);
  pthread_join(thread, NULL);
}
END_TEST

/* One block that grows. */
static char *buffer;
static size_t used;

START_TEST(test_appends) {
  if (!opened) return;
  opened = 0;
  char *grown = realloc(buffer, used + 64);
  ck_assert_ptr_nonnull(grown);
  buffer = grown;
  used += 64;
}
END_TEST

/* ---- others ------------------------------------------------------------- */

START_TEST(test_clean) {
  ck_assert_str_eq(tcase_name(), "test_clean");
  free(malloc(1));
}
END_TEST

START_TEST(test_leaks) { leak(); }
END_TEST

START_TEST(test_needs_table) { ck_assert_ptr_nonnull(table); }
END_TEST

/* They go well until the one that opens was run in the same process: so once,
   and by themselves. */
START_TEST(test_alone) { ck_assert_int_eq(opened, 0); }
END_TEST

START_TEST(test_crashes_among_others) {
  if (opened) abort();
}
END_TEST

START_TEST(test_exits_among_others) {
  if (opened) _exit(3);
}
END_TEST

START_TEST(test_slow) { usleep(20000); }
END_TEST

/* A thread that is there for good: no copy would have it. */
static void *wait_for_ever(void *arg) {
  for (;;) pause();
  return arg;
}

START_TEST(test_starts_a_thread) {
  static pthread_t thread;
  if (!thread) pthread_create(&thread, NULL, wait_for_ever, NULL);
}
END_TEST

START_TEST(test_loops) { ck_assert_int_ge(_i, 2); }
END_TEST

static void around(Suite *suite, SFun setup, SFun teardown) {
  TCase *tcase = add_case(suite, "around");
  tcase_add_unchecked_fixture(tcase, setup, teardown);
  tcase_add_test(tcase, is("balanced") ? test_needs_table : test_clean);
}

static void many(Suite *suite, int n, const TTest *test) {
  for (int i = 0; i < n; i++) {
    TCase *tcase = i % 10 ? NULL : add_case(suite, "tens");
    static TCase *last;
    if (tcase) last = tcase;
    tcase_add_test(last, test);
  }
}

static void fill_suite(Suite *suite, int n) {
  if (is("many")) many(suite, n, test_clean);
  if (is("slow")) many(suite, n, test_slow);
  if (is("fixture")) around(suite, keep_in_fixture, NULL);
  if (is("threaded")) add_test(suite, "thread", test_starts_a_thread);
  if (is("balanced")) around(suite, fill, empty);
  if (is("two")) {
    add_test(suite, "opens", test_opens);
    add_test(suite, "uses", test_uses);
  }
  if (is("dropped")) {
    add_test(suite, "alone", test_alone);
    add_test(suite, "crashes", test_crashes_among_others);
    add_test(suite, "exits", test_exits_among_others);
    add_test(suite, "opens", test_opens);
    add_test(suite, "clean", test_clean);
  }
  if (is("leaks")) {
    add_test(suite, "leaks", test_leaks);
    add_test(suite, "clean", test_clean);
    around(suite, keep_in_fixture, NULL);
  }
  if (is("loop"))
    _tcase_add_test(add_case(suite, "loop"), test_loops, 0, 0, 2, 5);
}

static const TTest *which_uses(const char *how) {
  if (!strcmp(how, "thread")) return test_uses_in_thread;
  return strcmp(how, "buffer") ? test_uses : test_appends;
}

int main(int argc, char **argv) {
  mode = argc > 1 ? argv[1] : "";
  int n = argc > 2 ? atoi(argv[2]) : 1;
  Suite *suite = suite_create("First");
  SRunner *runner = srunner_create(suite);
  fill_suite(suite, n);
  if (is("apart")) {
    Suite *second = suite_create("Second");
    add_test(suite, "opens", test_opens);
    for (int i = 1; i < n; i++) add_test(second, "clean", test_clean);
    add_test(second, "uses", which_uses(argc > 3 ? argv[3] : ""));
    if (n > 1) add_test(second, "clean", test_clean);
    srunner_add_suite(runner, second);
  }
  if (is("helper")) {
    Suite *second = suite_create("Second");
    around(suite, keep_in_fixture, NULL);
    around(second, keep_in_other, NULL);
    srunner_add_suite(runner, second);
  }
  srunner_run_all(runner, CK_ENV);
  if (n < 0) srunner_run_all(runner, CK_SILENT);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
