/* SPDX-License-Identifier: MIT */
/* From which calls the tests of a report allocated. */
#include "support.h"

static const uint64_t low[] = {10, 20}, high[] = {20, 30}, other[] = {40};

/* A test of one outcome with calls of two modules. */
static void add_with(struct leakslope_report *report, enum ls_outcome outcome,
                     const struct ls_calls *calls, size_t n) {
  const struct leakslope_case test = passed("t");
  struct ls_measured m = measured(outcome, LS_REASON_NONE);
  m.knows_calls = 1;
  m.ncalls = n;
  m.calls = calls;
  add(report, &test, &m, NULL);
}

START_TEST(each_call_of_judged_tests_once) {
  const struct ls_calls one[] = {{"/b", "01", 2, high}, {"/a", "02", 2, low}};
  const struct ls_calls two[] = {{"/b", "01", 2, low}, {"/b", "03", 2, low}};
  const struct ls_calls three[] = {{"/a", "02", 1, other}};
  struct leakslope_report *report = ls_report_new("p");
  struct ls_arena arena = {0};
  const struct ls_calls *calls;
  size_t n;
  int knows;
  add_with(report, LS_CLEAN, one, 2);
  add_with(report, LS_SATURATING, two, 1);
  add_with(report, LS_LEAK, two + 1, 1);
  add_with(report, LS_INCONCLUSIVE, three, 1);
  add_with(report, LS_NOT_REPEATABLE, three, 1);
  ck_assert_int_eq(ls_calls_of_report(report, &arena, &knows, &n, &calls), 0);
  ck_assert(knows);
  ck_assert_uint_eq(n, 3);
  ck_assert_str_eq(calls[0].module, "/a");
  ck_assert_uint_eq(calls[0].n, 2);
  ck_assert_str_eq(calls[1].module, "/b");
  ck_assert_str_eq(calls[1].build_id, "01");
  ck_assert_uint_eq(calls[1].n, 3);
  for (size_t i = 0; i < 3; i++)
    ck_assert_uint_eq(calls[1].offsets[i], 10 * (i + 1));
  ck_assert_str_eq(calls[2].build_id, "03");
  ls_arena_release(&arena);
  ls_report_free(report);
}
END_TEST

START_TEST(nothing_is_known_where_nothing_was_asked_for) {
  struct leakslope_report *report = ls_report_new("p");
  struct ls_arena arena = {0};
  struct ls_text text = new_text();
  const struct leakslope_case test = passed("t");
  const struct ls_measured m = measured_leak();
  const struct ls_calls *calls;
  size_t n;
  int knows;
  add(report, &test, &m, NULL);
  add(report, &test, NULL, "off");
  ck_assert_int_eq(ls_calls_of_report(report, &arena, &knows, &n, &calls), 0);
  ck_assert(!knows);
  ck_assert_uint_eq(n, 0);
  ls_write_json(&text, report);
  ck_assert_ptr_null(strstr(ls_text_string(&text), "\"calls\""));
  /* None is known to be called. */
  add_with(report, LS_CLEAN, NULL, 0);
  ls_write_json(&text, report);
  ck_assert_ptr_nonnull(strstr(ls_text_string(&text), "\"calls\": []"));
  ls_arena_release(&arena);
  ls_report_free(report);
}
END_TEST

START_TEST(the_report_has_its_own) {
  char name[] = "/a", id[] = "01";
  uint64_t offsets[] = {1};
  const struct ls_calls calls = {name, id, 1, offsets};
  struct leakslope_report *report = ls_report_new("p");
  add_with(report, LS_CLEAN, &calls, 1);
  name[1] = id[1] = '!';
  offsets[0] = 2;
  const struct ls_calls *own = report->cases[0].measured.calls;
  ck_assert_str_eq(own->module, "/a");
  ck_assert_str_eq(own->build_id, "01");
  ck_assert_uint_eq(own->offsets[0], 1);
  ls_report_free(report);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("report");
  TCase *tc = tcase_create("calls");
  tcase_add_test(tc, each_call_of_judged_tests_once);
  tcase_add_test(tc, nothing_is_known_where_nothing_was_asked_for);
  tcase_add_test(tc, the_report_has_its_own);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
