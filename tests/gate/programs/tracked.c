/* SPDX-License-Identifier: MIT */
/* What only the program knows of: its own objects, and numbers. */
#include <errno.h>
#include <leakslope.h>

#include "suite.h"

enum { HANDLES = 1, PIECES = 4000000000u };

static uintptr_t next_handle;

START_TEST(test_handle) {
  ck_assert(!leakslope_track(HANDLES, ++next_handle, 100)); /* leaks */
}
END_TEST

/* Of two domains the numbers are the same. */
START_TEST(test_other_domain) {
  uintptr_t number = ++next_handle;
  ck_assert(!leakslope_track(HANDLES, number, 0));
  ck_assert(!leakslope_track(PIECES, number, 0)); /* leaks */
  ck_assert(!leakslope_untrack(HANDLES, number));
}
END_TEST

START_TEST(test_larger) {
  static size_t size;
  size += 64;
  ck_assert(!leakslope_track(HANDLES, 1, size)); /* leaks */
}
END_TEST

START_TEST(test_untracked) {
  uintptr_t number = ++next_handle;
  ck_assert(!leakslope_track(PIECES, number, 5));
  ck_assert(!leakslope_track(PIECES, number, 6));
  ck_assert(!leakslope_untrack(PIECES, number));
  ck_assert(!leakslope_untrack(PIECES, number));
}
END_TEST

START_TEST(test_hundred) {
  uintptr_t number = ++next_handle;
  ck_assert(!leakslope_track(PIECES, number % 100, 8));
}
END_TEST

/* ---- gauges -------------------------------------------------------------- */

static long number;

static long read_long(void *arg) { return *(long *)arg; }

static void watch_number(void) {
  ck_assert(!leakslope_gauge("queue length", read_long, &number));
}

START_TEST(test_climbs) { number += 3; }
END_TEST

START_TEST(test_climbs_at_times) {
  static int n;
  if (++n % 7 == 0) number++;
}
END_TEST

/* Up and down, and each time a little less down. */
START_TEST(test_drifts) {
  static int n;
  number += ++n % 10 < 5 ? 6 : -5;
}
END_TEST

START_TEST(test_comes_and_goes) {
  static int n;
  number = ++n % 10;
}
END_TEST

START_TEST(test_fills) {
  if (number < 500) number++;
}
END_TEST

START_TEST(test_falls) { number--; }
END_TEST

/* Registered anew in each pass, as a constructor of an object would. */
START_TEST(test_in_the_test) {
  static long length;
  ck_assert(!leakslope_gauge("in the test", read_long, &length));
  length++;
}
END_TEST

START_TEST(test_removed) {
  number++;
  ck_assert(!leakslope_gauge("queue length", NULL, NULL));
}
END_TEST

static long read_and_allocate(void *arg) {
  static void *kept;
  free(kept);
  kept = malloc(100);
  return read_long(arg);
}

START_TEST(test_allocates) {
  static long still;
  ck_assert(!leakslope_gauge("allocates", read_and_allocate, &still));
}
END_TEST

START_TEST(test_refused) {
  char name[65];
  for (int i = 0; i < 64; i++) name[i] = 'x';
  name[64] = '\0';
  ck_assert_int_eq(leakslope_gauge(name, read_long, &number), -EINVAL);
  ck_assert_int_eq(leakslope_gauge("", read_long, &number), -EINVAL);
  ck_assert_int_eq(leakslope_gauge(NULL, read_long, &number), -EINVAL);
  int rc = 0;
  for (int i = 0; i < 70 && !rc; i++) {
    name[i % 64] = (char)('a' + i % 26);
    name[63] = '\0';
    rc = leakslope_gauge(name, read_long, &number);
  }
  ck_assert_int_eq(rc, -ENOSPC);
}
END_TEST

static void add_gauge(Suite *suite, const char *name, const TTest *test) {
  TCase *tcase = add_case(suite, name);
  tcase_add_unchecked_fixture(tcase, watch_number, NULL);
  _tcase_add_test(tcase, test, 0, 0, 0, 1);
}

int main(void) {
  Suite *suite = suite_create("Tracked");
  add_test(suite, "handle", test_handle);
  add_test(suite, "other_domain", test_other_domain);
  add_test(suite, "larger", test_larger);
  add_test(suite, "untracked", test_untracked);
  add_test(suite, "hundred", test_hundred);
  add_gauge(suite, "climbs", test_climbs);
  add_gauge(suite, "climbs_at_times", test_climbs_at_times);
  add_gauge(suite, "drifts", test_drifts);
  add_gauge(suite, "comes_and_goes", test_comes_and_goes);
  add_gauge(suite, "fills", test_fills);
  add_gauge(suite, "falls", test_falls);
  add_test(suite, "in_the_test", test_in_the_test);
  add_gauge(suite, "removed", test_removed);
  add_test(suite, "allocates", test_allocates);
  add_test(suite, "refused", test_refused);
  return run_suite(suite);
}
