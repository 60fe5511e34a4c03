/* SPDX-License-Identifier: MIT */
/* How the total budget is shared among the tests of a run. */
#include "gate/budget.h"

#include <stdlib.h>

#include "gate/clock.h"

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
  double would_do;
  (void)begin_with("8");
  ck_assert_uint_eq(lsg_budget_short(&would_do), 0);
  lsg_run_slot(0)->seconds = 1;
  lsg_budget_starved(lsg_run_slot(0));
  ck_assert_uint_eq(lsg_budget_short(&would_do), 1);
  ck_assert(would_do > 61);
}
END_TEST

START_TEST(test_it_is_used_up_when_nothing_fits) {
  (void)begin_with("8");
  ck_assert(!lsg_budget_is_used_up());
  lsg_page_spending(lsg_run.page)->cheapest = 0.01;
  lsg_page_spending(lsg_run.page)->spent = 7.97;
  ck_assert(!lsg_budget_is_used_up());
  lsg_page_spending(lsg_run.page)->spent = 7.99;
  ck_assert(lsg_budget_is_used_up());
}
END_TEST

/* What lies between tests is used beyond the least of it, up to a point: a
   fixture that takes a while is the program's. */
START_TEST(test_gaps_between_tests_are_used) {
  (void)begin_with("8");
  struct lsg_spending *spending = lsg_page_spending(lsg_run.page);
  spending->ended = lsg_now() - 0.002;
  lsg_budget_gap_ends();
  ck_assert(spending->spent < 0.001);
  spending->gap = 0.002;
  spending->ended = lsg_now() - 5;
  lsg_budget_gap_ends();
  ck_assert_double_eq_tol(spending->spent, 0.01, 0.002);
  lsg_budget_gap_ends();
  ck_assert_double_eq_tol(spending->spent, 0.01, 0.002);
}
END_TEST

/* What tests cost that are not judged is kept, once it is known. */
START_TEST(test_the_price_of_tests_that_are_not_judged_is_kept) {
  (void)begin_with("8");
  struct lsg_spending *spending = lsg_page_spending(lsg_run.page);
  spending->gap = 1;
  ck_assert(lsg_budget_has(8));
  for (int i = 0; i < 8; i++) {
    spending->ended = lsg_now() - 1;
    lsg_budget_gap_ends();
  }
  ck_assert(lsg_budget_has(8 - TESTS * 0.25 - 0.1));
  ck_assert(!lsg_budget_has(8 - TESTS * 0.25 + 0.1));
}
END_TEST

/* A test that is judged where nothing is traced would not be armed. */
START_TEST(test_nothing_is_left_once_tracing_has_ended) {
  struct leakslope_plan plan = begin_with("8");
  ck_assert(lsg_budget_share(0, 0.001, &plan));
  *lsg_page_quits(lsg_run.page) = LEAKSLOPE_QUITS;
  ck_assert(lsg_budget_is_used_up());
  ck_assert(!lsg_budget_share(0, 0.001, &plan));
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
  tcase_add_test(budget, test_it_is_used_up_when_nothing_fits);
  tcase_add_test(budget, test_gaps_between_tests_are_used);
  tcase_add_test(budget, test_the_price_of_tests_that_are_not_judged_is_kept);
  tcase_add_test(budget, test_nothing_is_left_once_tracing_has_ended);
  return run_case("gate: budget", budget);
}
