/* SPDX-License-Identifier: MIT */
/* cmocka's own words: fixtures, state, skip(), queues, its leak checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void *volatile kept;

static void keep(void) {
  void **block = malloc(48);
  *block = kept;
  kept = block;
}

static int group_up(void **state) {
  *state = malloc(16);
  return 0;
}

static int group_down(void **state) {
  free(*state);
  return 0;
}

static int up(void **state) {
  *state = _test_malloc(32, __FILE__, __LINE__);
  return 0;
}

static int down(void **state) {
  _test_free(*state, __FILE__, __LINE__);
  return 0;
}

static int up_grows(void **state) {
  keep();
  *state = NULL;
  return 0;
}

static int mocked(int x) {
  check_expected(x);
  return mock_type(int);
}

static void asserts(int x) { mock_assert(x, "x", __FILE__, __LINE__); }

static void test_state(void **state) { assert_non_null(*state); }
static void test_fixture(void **state) { *(char *)*state = 1; }
static void test_set_up_grows(void **state) { assert_null(*state); }
static void test_grows(void **state) {
  (void)state;
  keep();
}
static void test_skips(void **state) {
  (void)state;
  skip();
}
static void test_fails(void **state) {
  (void)state;
  fail();
}
static void test_queues(void **state) {
  (void)state;
  expect_value(mocked, x, 3);
  will_return(mocked, 7);
  assert_int_equal(mocked(3), 7);
}
static void test_queue_for_ever(void **state) {
  (void)state;
  expect_value_count(mocked, x, 3, -1);
  will_return_always(mocked, 7);
  assert_int_equal(mocked(3), 7);
}
static void test_queue_left_late(void **state) {
  static int pass;
  (void)state;
  if (++pass == 5) will_return(mocked, 7);
}
static void test_expects_assertion(void **state) {
  (void)state;
  expect_assert_failure(asserts(0));
}
static void test_own_leak_check(void **state) {
  (void)state;
  (void)_test_malloc(8, __FILE__, __LINE__);
}

int main(void) {
  const struct CMUnitTest first[] = {
      cmocka_unit_test(test_state),
      cmocka_unit_test(test_grows),
      cmocka_unit_test(test_skips),
      cmocka_unit_test(test_fails),
      cmocka_unit_test(test_queues),
      cmocka_unit_test(test_queue_for_ever),
      cmocka_unit_test(test_queue_left_late),
      cmocka_unit_test(test_expects_assertion),
      cmocka_unit_test(test_own_leak_check),
  };
  const struct CMUnitTest second[] = {
      cmocka_unit_test_setup_teardown(test_fixture, up, down),
      cmocka_unit_test_setup(test_set_up_grows, up_grows),
  };
  int failed =
      cmocka_run_group_tests_name("First", first, group_up, group_down);
  return failed + cmocka_run_group_tests_name("Second", second, NULL, NULL);
}
