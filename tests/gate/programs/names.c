/* SPDX-License-Identifier: MIT */
/* Tests that are named alike, loops, fixtures, tags. */
#include <stdio.h>
#include <string.h>

#include "suite.h"

static int mode;
static void *held;

START_TEST(test_same) {
  ck_assert_str_eq(tcase_name(), "test_same");
  if (mode) leak();
}
END_TEST

static void leaky(void) { mode = 1; }
static void healthy(void) { mode = 0; }

START_TEST(test_loop) {
  if (_i % 2) leak();
}
END_TEST

static int serial;
static void take(void) {
  held = malloc(64);
  serial++;
}
static void give(void) { free(held); }

/* Passes only where set-ups and tear-downs come with each repetition. */
START_TEST(test_uses_fixture) {
  static int seen;
  ck_assert_int_ne(serial, seen);
  seen = serial;
  strcpy(held, "held");
}
END_TEST

static void keeps_setup(void) { leak(); }
static void keeps_teardown(void) { leak(); }

START_TEST(test_nothing) {}
END_TEST

/* Counts its own side effects: cannot be repeated, and says so by a tag. */
static int ran;
START_TEST(test_counts) { ck_assert_int_eq(++ran, 1); }
END_TEST

static void unchecked_fails(void) { ck_abort_msg("unchecked set-up fails"); }

static TCase *with_test(Suite *suite, const char *name, const TTest *test) {
  TCase *tcase = add_case(suite, name);
  _tcase_add_test(tcase, test, 0, 0, 0, 1);
  return tcase;
}

int main(void) {
  Suite *suite = suite_create("Names");
  TCase *tcase = with_test(suite, "bad", test_same);
  tcase_add_checked_fixture(tcase, leaky, NULL);
  tcase = with_test(suite, "good", test_same);
  tcase_add_checked_fixture(tcase, healthy, NULL);
  tcase_add_loop_test(add_case(suite, "loop"), test_loop, 0, 4);
  tcase = with_test(suite, "fixture", test_uses_fixture);
  tcase_add_checked_fixture(tcase, take, give);
  tcase = with_test(suite, "setup", test_nothing);
  tcase_add_checked_fixture(tcase, keeps_setup, NULL);
  tcase = with_test(suite, "teardown", test_nothing);
  tcase_add_checked_fixture(tcase, NULL, keeps_teardown);
  tcase = with_test(suite, "counts", test_counts);
  tcase_set_tags(tcase, "quick leakslope:off");
  tcase = with_test(suite, "unchecked", test_nothing);
  tcase_add_unchecked_fixture(tcase, unchecked_fails, NULL);
  tcase = with_test(suite, "last", test_nothing);
  tcase_set_tags(tcase, "quick");
  return run_suite(suite);
}
