/* SPDX-License-Identifier: MIT */
/* Names of tests and of report files, and texts of failures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/message.h"
#include "gate/plan.h"
#include "gate/report_name.h"
#include "support.h"

START_TEST(test_each_test_has_a_name_of_its_own) {
  static const char *const names[TESTS] = {
      "Cache/core/put",     "Cache/core/put#2", "Cache/loops/get[0]",
      "Cache/loops/get[1]", "Cache/loops/put",  "Cache/loops/put#2"};
  for (unsigned i = 0; i < TESTS; i++)
    ck_assert_str_eq(lsg_plan_name(i), names[i]);
}
END_TEST

START_TEST(test_a_test_goes_before_the_defaults) {
  struct leakslope_plan plan, standard;
  (void)leakslope_plan_init(&standard);
  lsg_plan_of(&tests[0], &plan);
  ck_assert_uint_eq(plan.warmup, standard.warmup);
  ck_assert_uint_eq(plan.iterations, 0);
  tests[0].warmup = 7;
  tests[0].iterations = 50;
  lsg_plan_of(&tests[0], &plan);
  ck_assert_uint_eq(plan.warmup, 7);
  ck_assert_uint_eq(plan.iterations, 50);
  ck_assert_str_eq(plan.itself->function, "put");
  /* Exact iterations have no limit of time. */
  ck_assert(ls_gate_allowance(&tests[0]) > ls_gate_allowance(&tests[1]));
}
END_TEST

static const char *report_name(void) {
  static char name[LSG_REPORT_NAME_SIZE];
  lsg_report_name(name, "cache", "xml");
  return name;
}

START_TEST(test_a_part_of_a_program_has_a_report_of_its_own) {
  ck_assert_str_eq(report_name(), "TEST-cache.xml");
  setenv("UNIT_SECOND", "a/b c", 1);
  ck_assert_str_eq(report_name(), "TEST-cache@@a%2Fb%20c.xml");
  setenv("UNIT_FIRST", "x", 1);
  ck_assert_str_eq(report_name(), "TEST-cache@x@a%2Fb%20c.xml");
}
END_TEST

START_TEST(test_long_parts_are_cut_and_differ) {
  char first[LSG_REPORT_NAME_SIZE];
  setenv("UNIT_FIRST", "0123456789012345678901234567890123456789-a", 1);
  snprintf(first, sizeof first, "%s", report_name());
  setenv("UNIT_FIRST", "0123456789012345678901234567890123456789-b", 1);
  ck_assert_str_ne(first, report_name());
  ck_assert(strlen(first) < 80);
}
END_TEST

START_TEST(test_a_text_is_cut_at_the_end_of_a_line) {
  char text[LS_GATE_TEXT];
  char whole[2048] = "";
  for (int i = 0; i < 40; i++)
    strcat(whole, "# a line of thirty characters.\n");
  longest = 400;
  lsg_message_cut(text, sizeof text, whole);
  ck_assert(strlen(text) < 400);
  ck_assert_ptr_nonnull(strstr(text, "# ... truncated; see the reports"));
  ck_assert_str_eq(text + strlen(text) - strlen("see the reports"),
                   "see the reports");
  longest = LS_GATE_TEXT;
  lsg_message_cut(text, sizeof text, whole);
  ck_assert_ptr_null(strstr(text, "truncated"));
}
END_TEST

int main(void) {
  TCase *names = tcase_create("names");
  tcase_add_test(names, test_each_test_has_a_name_of_its_own);
  tcase_add_test(names, test_a_test_goes_before_the_defaults);
  tcase_add_test(names, test_a_part_of_a_program_has_a_report_of_its_own);
  tcase_add_test(names, test_long_parts_are_cut_and_differ);
  tcase_add_test(names, test_a_text_is_cut_at_the_end_of_a_line);
  return run_case("gate: names", names);
}
