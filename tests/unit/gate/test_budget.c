/* SPDX-License-Identifier: MIT */
/* How the total budget is shared among the tests of a run. */
#include "gate/budget.h"

#include <stdlib.h>

#include "support.h"

/* A run of six tests, of which scopes repeat none. */
static struct leakslope_plan begin_with(const char *total) {
  struct leakslope_plan plan;
  setenv("CK_LEAK_TOTAL_BUDGET", total, 1);
  lsg_run.scopes = LS_GATE_EACH;
  lsg_budget_begin();
  (void)leakslope_plan_init(&plan);
  return plan;
}

START_TEST(test_a_share_is_fair) {
  struct leakslope_plan plan = begin_with("8");
  plan.budget = 100;
  ck_assert(lsg_budget_share(0, 0.001, &plan));
  /* A sixth of what is left, but for the quarter that suspects keep. */
  ck_assert_double_eq_tol(plan.budget, 1.0, 0.01);
  ck_assert(plan.rationed);
  ck_assert_double_eq_tol(plan.wall, 8.0, 0.01);
}
END_TEST

START_TEST(test_what_quick_tests_leave_goes_to_slow_ones) {
  struct leakslope_plan plan = begin_with("8");
  plan.budget = 100;
  ck_assert(lsg_budget_share(TESTS - 1, 0.001, &plan));
  ck_assert_double_eq_tol(plan.budget, 6.0, 0.01);
}
END_TEST

START_TEST(test_less_is_not_rationed) {
  struct leakslope_plan plan = begin_with("800");
  plan.budget = 1;
  ck_assert(lsg_budget_share(0, 0.001, &plan));
  ck_assert_double_eq_tol(plan.budget, 1.0, 1e-9);
  ck_assert(!plan.rationed);
}
END_TEST

START_TEST(test_one_that_would_say_nothing_is_not_repeated) {
  struct leakslope_plan plan = begin_with("8");
  ck_assert(!lsg_budget_share(0, 1.0, &plan));
}
END_TEST

START_TEST(test_exact_iterations_have_no_budget) {
  struct leakslope_plan plan = begin_with("8");
  plan.iterations = 50;
  ck_assert(lsg_budget_share(0, 1.0, &plan));
}
END_TEST

START_TEST(test_tests_that_are_left_out_take_no_share) {
  for (unsigned i = 1; i < TESTS; i++) tests[i].is_left_out = 1;
  struct leakslope_plan plan = begin_with("8");
  plan.budget = 100;
  ck_assert(lsg_budget_share(0, 0.001, &plan));
  ck_assert_double_eq_tol(plan.budget, 6.0, 0.01);
}
END_TEST

START_TEST(test_the_total_that_would_do_is_known) {
  struct leakslope_plan plan = begin_with("8");
  double would_do;
  ck_assert_uint_eq(lsg_budget_short(&would_do), 0);
  lsg_run_slot(0)->seconds = 1;
  lsg_budget_used(lsg_run_slot(0), 1e9, &plan, NULL);
  ck_assert_uint_eq(lsg_budget_short(&would_do), 1);
  ck_assert(would_do > 61);
}
END_TEST

int main(void) {
  TCase *budget = tcase_create("budget");
  tcase_add_test(budget, test_a_share_is_fair);
  tcase_add_test(budget, test_what_quick_tests_leave_goes_to_slow_ones);
  tcase_add_test(budget, test_less_is_not_rationed);
  tcase_add_test(budget, test_one_that_would_say_nothing_is_not_repeated);
  tcase_add_test(budget, test_exact_iterations_have_no_budget);
  tcase_add_test(budget, test_tests_that_are_left_out_take_no_share);
  tcase_add_test(budget, test_the_total_that_would_do_is_known);
  return run_case("gate: budget", budget);
}
