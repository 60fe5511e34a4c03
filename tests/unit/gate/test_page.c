/* SPDX-License-Identifier: MIT */
/* What the processes of a run share is checked before it is believed. */
#include <stdio.h>
#include <string.h>

#include "support.h"

START_TEST(test_slots_begin_empty) {
  for (unsigned i = 0; i < TESTS; i++) {
    const struct lsg_slot *slot = lsg_run_slot(i);
    ck_assert_ptr_nonnull(slot);
    ck_assert_uint_eq(slot->ran, 0);
    ck_assert_str_eq(slot->reason, "");
  }
  ck_assert_ptr_null(lsg_run_slot(TESTS));
  ck_assert_ptr_nonnull(lsg_run_scope_slot(0));
  ck_assert_ptr_null(lsg_run_scope_slot(1));
}
END_TEST

START_TEST(test_a_slot_that_was_written_over_is_emptied) {
  struct lsg_slot *slot = lsg_run_slot(2);
  slot->seconds = 3;
  slot->passed = 77;
  slot = lsg_run_slot(2);
  ck_assert_uint_eq(slot->passed, 0);
  ck_assert(slot->seconds <= 0);
  ck_assert_ptr_nonnull(strstr(slot->reason, "wrote over"));
}
END_TEST

START_TEST(test_a_text_without_an_end_is_not_believed) {
  struct lsg_slot *slot = lsg_run_slot(1);
  memset(slot->reason, 'x', sizeof slot->reason);
  ck_assert_ptr_nonnull(strstr(lsg_run_slot(1)->reason, "wrote over"));
}
END_TEST

static struct leakslope_report *measured_report(void) {
  struct leakslope_report *report = NULL;
  struct leakslope_plan plan;
  struct leakslope_measurement *m;
  (void)leakslope_plan_init(&plan);
  plan.iterations = 8;
  ck_assert_int_eq(leakslope_measure_begin(&plan, &m), 0);
  while (leakslope_measure_iteration(m) > 0) continue;
  ck_assert_int_eq(leakslope_measure_end(m, &report), 0);
  return report;
}

START_TEST(test_a_report_comes_back) {
  struct lsg_slot *slot = lsg_run_slot(0);
  struct leakslope_report *report = measured_report();
  ck_assert_ptr_null(lsg_page_report(lsg_run.page, slot));
  ck_assert(lsg_page_keep(lsg_run.page, slot, report));
  struct leakslope_report *back = lsg_page_report(lsg_run.page, slot);
  ck_assert_ptr_nonnull(back);
  ck_assert_uint_eq(leakslope_report_iterations(back), 8);
  leakslope_report_free(back);
  leakslope_report_free(report);
}
END_TEST

START_TEST(test_a_report_that_was_written_over_is_none) {
  struct lsg_slot *slot = lsg_run_slot(0);
  struct leakslope_report *report = measured_report();
  ck_assert(lsg_page_keep(lsg_run.page, slot, report));
  slot->report_hash++;
  ck_assert_ptr_null(lsg_page_report(lsg_run.page, slot));
  slot->report_hash--;
  slot->report_size = (size_t)-1; /* beyond the page */
  ck_assert_ptr_null(lsg_page_report(lsg_run.page, slot));
  leakslope_report_free(report);
}
END_TEST

START_TEST(test_texts_have_room) {
  struct lsg_slot *slot = lsg_run_slot(3);
  ck_assert_ptr_null(lsg_page_text(lsg_run.page, slot));
  char *text = lsg_page_text_new(lsg_run.page, slot, 16);
  snprintf(text, 16, "lost: 3 blocks");
  ck_assert_str_eq(lsg_page_text(lsg_run.page, slot), "lost: 3 blocks");
  ck_assert_ptr_null(lsg_page_text_new(lsg_run.page, slot, (size_t)1 << 40));
}
END_TEST

START_TEST(test_progress_is_known_to_be_intact) {
  struct lsg_progress *progress = lsg_page_progress(lsg_run.page);
  lsg_progress_reset(progress);
  ck_assert(lsg_progress_is_intact(progress));
  snprintf(progress->note, sizeof progress->note, "hung");
  ck_assert(lsg_progress_is_intact(progress));
  progress->note[100] = 'x'; /* behind the end of the text */
  ck_assert(!lsg_progress_is_intact(progress));
  lsg_progress_reset(progress);
  progress->in_pass = 2;
  ck_assert(!lsg_progress_is_intact(progress));
}
END_TEST

int main(void) {
  TCase *page = tcase_create("page");
  tcase_add_test(page, test_slots_begin_empty);
  tcase_add_test(page, test_a_slot_that_was_written_over_is_emptied);
  tcase_add_test(page, test_a_text_without_an_end_is_not_believed);
  tcase_add_test(page, test_a_report_comes_back);
  tcase_add_test(page, test_a_report_that_was_written_over_is_none);
  tcase_add_test(page, test_texts_have_room);
  tcase_add_test(page, test_progress_is_known_to_be_intact);
  return run_case("gate: page", page);
}
