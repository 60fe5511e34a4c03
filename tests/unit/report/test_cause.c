/* SPDX-License-Identifier: MIT */
/* One cause, once: which leaks have one, and how often it is told. */
#include "report/model/cause.h"

#include <stdio.h>
#include <string.h>

#include "report/words/words.h"
#include "support.h"

#define FRAME(function, line, offset) \
  { function, "src/cache.c", line, "/usr/bin/t", offset, 0 }

static struct ls_report_site site_of(const struct leakslope_frame *frames,
                                     size_t n) {
  struct ls_report_site site = leaking_site;
  site.frames = frames;
  site.nframes = n;
  site.callers = 1;
  return site;
}

static uint64_t cause(const struct ls_report_site *site, const char *test) {
  uint64_t ways[LS_PATHS];
  ck_assert_uint_eq(ls_cause_ways(site, test, ways), 1);
  ck_assert(ways[0] != 0);
  return ways[0];
}

START_TEST(the_test_itself_is_not_in_it) {
  const struct leakslope_frame a[] = {FRAME("put", 9, 1),
                                      FRAME("test_a_fn", 20, 2)};
  const struct leakslope_frame b[] = {FRAME("put", 9, 1),
                                      FRAME("test_b", 30, 3)};
  struct ls_report_site x = site_of(a, 2), y = site_of(b, 2);
  ck_assert(cause(&x, "test_a") == cause(&y, "test_b"));
  ck_assert(cause(&x, NULL) != cause(&y, NULL));
  /* a name that only begins like it is another function's */
  ck_assert(cause(&x, "test") != cause(&y, "test_b"));
}
END_TEST

START_TEST(callers_make_it_another) {
  const struct leakslope_frame a[] = {FRAME("put", 9, 1), FRAME("load", 20, 2)};
  const struct leakslope_frame b[] = {FRAME("put", 9, 1),
                                      FRAME("set_up", 3, 2)};
  struct ls_report_site x = site_of(a, 2), y = site_of(b, 2);
  ck_assert(cause(&x, "t") != cause(&y, "t"));
}
END_TEST

START_TEST(names_count_not_addresses) {
  const struct leakslope_frame a[] = {FRAME("put", 9, 1), FRAME("load", 20, 2)};
  const struct leakslope_frame b[] = {FRAME("put.part.0", 9, 77),
                                      FRAME("load.constprop.1", 25, 88)};
  const struct leakslope_frame nameless[] = {FRAME("put", 9, 1),
                                             FRAME(NULL, 0, 5)};
  const struct leakslope_frame other[] = {FRAME("put", 9, 1),
                                          FRAME(NULL, 0, 6)};
  struct ls_report_site x = site_of(a, 2), y = site_of(b, 2);
  ck_assert(cause(&x, "t") == cause(&y, "t"));
  x = site_of(nameless, 2);
  y = site_of(other, 2);
  ck_assert(cause(&x, "t") != cause(&y, "t"));
}
END_TEST

START_TEST(a_line_a_domain_a_label_make_it_another) {
  const struct leakslope_frame a[] = {FRAME("put", 9, 1)};
  const struct leakslope_frame b[] = {FRAME("put", 15, 1)};
  struct ls_report_site x = site_of(a, 1), y = site_of(b, 1);
  ck_assert(cause(&x, "t") != cause(&y, "t"));
  y = x;
  y.domain = LEAKSLOPE_DOMAIN_FD;
  ck_assert(cause(&x, "t") != cause(&y, "t"));
  y = x;
  y.label = "without a traced call: socket:[7]";
  ck_assert(cause(&x, "t") != cause(&y, "t"));
}
END_TEST

START_TEST(a_recursion_is_of_any_depth) {
  const struct leakslope_frame a[] = {FRAME("put", 9, 1), FRAME("walk", 20, 2),
                                      FRAME("load", 30, 3)};
  const struct leakslope_frame b[] = {FRAME("put", 9, 1), FRAME("walk", 20, 2),
                                      FRAME("walk", 21, 4),
                                      FRAME("load", 30, 3)};
  struct ls_report_site x = site_of(a, 3), y = site_of(b, 4);
  ck_assert(cause(&x, "t") == cause(&y, "t"));
}
END_TEST

START_TEST(wrappers_inside_do_not_count) {
  const struct leakslope_frame a[] = {FRAME("xmalloc", 3, 1),
                                      FRAME("put", 9, 2)};
  const struct leakslope_frame b[] = {FRAME("put", 9, 2)};
  struct ls_report_site x = site_of(a, 2), y = site_of(b, 1);
  x.named = 1;
  ck_assert(cause(&x, "t") == cause(&y, "t"));
}
END_TEST

/* ---- of a report --------------------------------------------------------- */

static void add_test(struct leakslope_report *report, const char *name,
                     const struct leakslope_frame *inner) {
  char function[64];
  snprintf(function, sizeof function, "%s_fn", name);
  const struct leakslope_frame frames[] = {*inner, FRAME(function, 40, 9)};
  struct ls_report_site site = site_of(frames, 2);
  struct ls_measured m = measured_leak();
  struct leakslope_case test = passed(name);
  m.sites = &site;
  test.result = LEAKSLOPE_FAILED;
  test.repeat = "./t";
  add(report, &test, &m, NULL);
}

static struct leakslope_report *three_tests(void) {
  const struct leakslope_frame get = FRAME("get", 5, 1),
                               put = FRAME("put", 9, 2);
  struct leakslope_report *report = ls_report_new("t");
  add_test(report, "test_a", &get);
  add_test(report, "test_b", &put);
  add_test(report, "test_c", &put);
  return report;
}

START_TEST(most_tests_come_first) {
  struct leakslope_report *report = three_tests();
  struct ls_arena arena = {0};
  struct ls_causes causes;
  ck_assert_int_eq(ls_causes_find(report, &arena, &causes), 0);
  ck_assert_uint_eq(causes.tests, 3);
  ck_assert_uint_eq(causes.n, 2);
  ck_assert_uint_eq(causes.all[0].tests, 2);
  ck_assert_uint_eq(causes.leaks[causes.all[0].first].test, 1);
  ck_assert_uint_eq(causes.leaks[0].cause, 1);
  ck_assert(ls_causes_teller(report, &causes, 1) == NULL);
  ck_assert(ls_causes_teller(report, &causes, 2) == &report->cases[1]);
  ls_arena_release(&arena);
  ls_report_free(report);
}
END_TEST

START_TEST(the_text_tells_it_once) {
  struct leakslope_report *report = three_tests();
  struct ls_text text = new_text();
  ls_write_text(&text, report);
  const char *out = ls_text_string(&text);
  static const char begin[] =
      "3 tests leak, from 2 places\n"
      "  2 tests: +1 block/iteration (+1.0 KiB) at src/cache.c:9 in put\n"
      "  1 test: +1 block/iteration (+1.0 KiB) at src/cache.c:5 in get\n";
  ck_assert_msg(!strncmp(out, begin, strlen(begin)), "%s", out);
  ck_assert_msg(strstr(out,
                       "Cache:Core:test_c: leak: +1 block/iteration "
                       "(+1.0 KiB) at src/cache.c:9 in put (as in "
                       "Cache:Core:test_b)\n3 tests: "),
                "%s", out);
  ls_report_free(report);
}
END_TEST

START_TEST(junit_has_a_failure_each_and_one_traceback) {
  struct leakslope_report *report = three_tests();
  struct ls_text text = new_text();
  ls_write_junit(&text, report, LS_JUNIT_ALL);
  const char *xml = ls_text_string(&text);
  ck_assert_uint_eq(occurrences(xml, "<failure "), 3);
  ck_assert_uint_eq(occurrences(xml, "#0 put ("), 1);
  ck_assert_uint_eq(
      occurrences(xml, "the same cause as in Cache.Core.test_b, whose"), 1);
  ck_assert_uint_eq(occurrences(xml, "repeat: ./t\n"), 3);
  ls_report_free(report);
}
END_TEST

START_TEST(a_failure_that_was_told_is_one_line) {
  struct leakslope_report *first = three_tests(), *second = three_tests();
  uint64_t ways[4];
  ck_assert_uint_eq(ls_report_ways(first, ways, 4), 1);
  /* of another cause: nothing changes */
  uint64_t other = ways[0] + 1;
  ck_assert_uint_eq(ls_report_retell(second, &other, 1, "A:b:c"), 0);
  ck_assert(strlen(ls_report_details(second)) > 0);
  ck_assert_uint_eq(ls_report_retell(second, ways, 1, "A:b:c"), 1);
  ck_assert_str_eq(ls_report_message(second),
                   "leak: +1 block/iteration (+1.0 KiB) at src/cache.c:5 in "
                   "get (as in A:b:c)");
  ck_assert_str_eq(ls_report_details(second), "");
  ls_report_free(first);
  ls_report_free(second);
}
END_TEST

START_TEST(also_prints_frames_that_differ) {
  const struct leakslope_frame a[] = {FRAME("get", 5, 1), FRAME("load", 20, 2),
                                      FRAME("all", 30, 3),
                                      FRAME("t_fn", 40, 4)};
  const struct leakslope_frame b[] = {FRAME("put", 9, 5), FRAME("load", 21, 6),
                                      FRAME("all", 30, 3),
                                      FRAME("t_fn", 40, 4)};
  const struct ls_report_site sites[] = {site_of(a, 4), site_of(b, 4)};
  struct ls_measured m = measured_leak();
  struct ls_text text = new_text();
  m.nsites = 2;
  m.sites = sites;
  ls_words_details(&text, &m);
  const char *out = ls_text_string(&text);
  ck_assert_uint_eq(occurrences(out, "#2 all"), 1);
  ck_assert_uint_eq(occurrences(out, "#1 load"), 2);
  ck_assert_msg(strstr(out, "# #2 ... as above\n"), "%s", out);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("report");
  TCase *tc = tcase_create("cause");
  tcase_add_test(tc, the_test_itself_is_not_in_it);
  tcase_add_test(tc, callers_make_it_another);
  tcase_add_test(tc, names_count_not_addresses);
  tcase_add_test(tc, a_line_a_domain_a_label_make_it_another);
  tcase_add_test(tc, a_recursion_is_of_any_depth);
  tcase_add_test(tc, wrappers_inside_do_not_count);
  tcase_add_test(tc, most_tests_come_first);
  tcase_add_test(tc, the_text_tells_it_once);
  tcase_add_test(tc, junit_has_a_failure_each_and_one_traceback);
  tcase_add_test(tc, a_failure_that_was_told_is_one_line);
  tcase_add_test(tc, also_prints_frames_that_differ);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
