/* SPDX-License-Identifier: MIT */
/* The model owns what it is given; fingerprints; the plain text report. */
#include <errno.h>

#include "support.h"

START_TEST(strings_are_copied) {
  char name[] = "test_name", function[] = "f";
  struct leakslope_frame frame = {function, "f.c", 1, NULL, 0, 0};
  struct ls_report_site site = leaking_site;
  struct ls_measured m = measured_leak();
  struct leakslope_case test = passed(name);
  struct leakslope_report *report = ls_report_new(name);
  site.frames = &frame;
  site.nframes = 1;
  m.sites = &site;
  m.note = name;
  add(report, &test, &m, NULL);
  name[0] = function[0] = '!';
  frame.lineno = 2;
  site.nframes = 0;
  const struct ls_case *c = &report->cases[0];
  ck_assert_str_eq(report->program, "test_name");
  ck_assert_str_eq(c->test.name, "test_name");
  ck_assert_str_eq(c->measured.note, "test_name");
  ck_assert_uint_eq(c->measured.sites[0].nframes, 1);
  ck_assert_str_eq(c->measured.sites[0].frames[0].function, "f");
  ck_assert_uint_eq(c->measured.sites[0].frames[0].lineno, 1);
  ls_report_free(report);
}
END_TEST

START_TEST(many_cases_keep_their_order) {
  struct leakslope_report *report = ls_report_new(NULL);
  struct leakslope_case test = passed("t");
  for (test.index = 0; test.index < 1000; test.index++)
    add(report, &test, NULL, NULL);
  ck_assert_uint_eq(report->ncases, 1000);
  for (int i = 0; i < 1000; i++)
    ck_assert_int_eq(report->cases[i].test.index, i);
  ls_report_free(report);
  ls_report_free(NULL);
}
END_TEST

START_TEST(nothing_stays_mapped) {
  ls_report_free(full_report()); /* a spare chunk may be kept */
  size_t before = ls_pages_total();
  struct leakslope_report *report = full_report();
  ck_assert_uint_gt(ls_pages_total(), before);
  ls_report_free(report);
  ck_assert_uint_eq(ls_pages_total(), before);
}
END_TEST

START_TEST(failed_by_measure_or_by_itself) {
  struct ls_case c = {.test = passed("t"), .is_measured = 1};
  c.measured = measured_leak();
  ck_assert(!ls_case_failed_by_measure(&c)); /* only reported */
  c.test.result = LEAKSLOPE_FAILED;
  ck_assert(ls_case_failed_by_measure(&c));
  c.measured.outcome = LS_INCONCLUSIVE;
  ck_assert(ls_case_failed_by_measure(&c));
  c.measured.outcome = LS_NOT_GATED;
  ck_assert(!ls_case_failed_by_measure(&c));
  c.measured.outcome = LS_LEAK;
  c.test.result = LEAKSLOPE_ERROR;
  ck_assert(!ls_case_failed_by_measure(&c));
  c.is_measured = 0;
  c.unmeasured = LS_NOT_GATED;
  ck_assert_int_eq(ls_case_outcome(&c), LS_NOT_GATED);
}
END_TEST

START_TEST(accessors_make_texts_once) {
  struct leakslope_report *report = ls_report_new("p");
  const struct leakslope_case test = passed("t");
  struct ls_measured m = measured_leak();
  ck_assert_str_eq(ls_report_message(report), "");
  ck_assert_str_eq(ls_report_summary(report), "0 tests: 0 judged");
  add(report, &test, &m, NULL);
  const char *message = ls_report_message(report);
  ck_assert_int_eq(strncmp(message, "leak: +1 block/", 15), 0);
  ck_assert_ptr_eq(ls_report_message(report), message);
  ck_assert_int_eq(strncmp(ls_report_details(report), "# 251 of ", 9), 0);
  ck_assert_str_eq(ls_report_summary(report), "1 test: 1 judged, 1 leak");
  ls_report_free(report);
}
END_TEST

/* ---- fingerprints -------------------------------------------------------- */

static const char *fingerprint_of(const struct ls_report_site *site) {
  static char out[2][17];
  static int turn;
  turn = !turn;
  ls_fingerprint(site, out[turn]);
  return out[turn];
}

START_TEST(a_fingerprint_is_of_names) {
  struct leakslope_frame frames[4];
  struct ls_report_site site = leaking_fd;
  memcpy(frames, leaking_fd.frames, sizeof frames);
  site.frames = frames;
  char before[17];
  ls_fingerprint(&site, before);
  ck_assert_uint_eq(strlen(before), 16);
  ck_assert_uint_eq(strspn(before, "0123456789abcdef"), 16);
  frames[0].function = "openat"; /* not the program's own */
  frames[1].offset = 1;
  frames[1].lineno = 99;
  frames[1].filename = "moved.c";
  frames[1].function = "log_open.constprop.0";
  ck_assert_str_eq(fingerprint_of(&site), before);
  frames[1].function = "log_close";
  ck_assert_str_ne(fingerprint_of(&site), before);
  frames[1].function = "log_open";
  site.domain = LEAKSLOPE_DOMAIN_MALLOC;
  ck_assert_str_ne(fingerprint_of(&site), before);
}
END_TEST

START_TEST(a_fingerprint_does_not_depend_on_the_build) {
  /* as FNV-1a of "0handle_request\ntest_handle_request_fn\n" */
  ck_assert_str_eq(fingerprint_of(&leaking_site), "20939824d0e36415");
}
END_TEST

/* ---- text report --------------------------------------------------------- */

START_TEST(clean_tests_are_not_told_about) {
  struct leakslope_report *report = ls_report_new("p");
  struct leakslope_case test = passed("t");
  struct ls_measured m = measured(LS_CLEAN, LS_REASON_NONE);
  struct ls_text text = new_text();
  add(report, &test, &m, NULL);
  ls_write_text(&text, report);
  ck_assert_str_eq(ls_text_string(&text),
                   "1 test: 1 judged; what is clean rules out >= 1 block per "
                   "50 iterations\n");
  ls_report_free(report);
}
END_TEST

START_TEST(blocks_of_the_text_report) {
  struct leakslope_report *report = ls_report_new("p");
  struct leakslope_case test = passed("t");
  struct ls_measured m = measured_leak();
  struct ls_text text = new_text();
  test.index = 3;
  test.result = LEAKSLOPE_FAILED;
  add(report, &test, &m, NULL);
  test.message_file = "tests/a.c";
  test.message_line = 7;
  test.message = "a\nb";
  add(report, &test, NULL, NULL);
  test = passed("u");
  test.file = NULL;
  add(report, &test, NULL, "expects signal 6");
  ls_write_text(&text, report);
  ck_assert_str_eq(
      ls_text_string(&text),
      "tests/test_cache.c:31: Cache:Core:t[3]: leak: +1 block/iteration (+1.0 "
      "KiB) at src/cache.c:9 in handle_request\n"
      "# 251 of 251 iterations after 3 warm-ups: live blocks 4 -> 255, "
      "linear\n"
      "# a cache of up to 180 entries would have flattened\n"
      "# #0 handle_request           src/cache.c:9\n"
      "# #1 test_handle_request_fn   tests/test_cache.c:31\n"
      "tests/test_cache.c:31: Cache:Core:t[3]: failed: tests/a.c:7: a b\n"
      "Cache:Core:u: not gated: expects signal 6\n"
      "3 tests: 1 judged, 1 leak, 2 not gated\n");
  ls_report_free(report);
}
END_TEST

START_TEST(a_measurement_is_always_told_about) {
  struct leakslope_report *report = ls_report_new("p");
  const struct leakslope_case nameless = {.index = -1};
  struct ls_measured m = measured(LS_CLEAN, LS_REASON_NONE);
  struct ls_text text = new_text();
  add(report, &nameless, &m, NULL);
  ls_write_text(&text, report);
  ck_assert_int_eq(strncmp(ls_text_string(&text), "clean: 251", 10), 0);
  ls_report_free(report);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("report");
  TCase *tc = tcase_create("model");
  tcase_add_test(tc, strings_are_copied);
  tcase_add_test(tc, many_cases_keep_their_order);
  tcase_add_test(tc, nothing_stays_mapped);
  tcase_add_test(tc, failed_by_measure_or_by_itself);
  tcase_add_test(tc, accessors_make_texts_once);
  tcase_add_test(tc, a_fingerprint_is_of_names);
  tcase_add_test(tc, a_fingerprint_does_not_depend_on_the_build);
  tcase_add_test(tc, clean_tests_are_not_told_about);
  tcase_add_test(tc, blocks_of_the_text_report);
  tcase_add_test(tc, a_measurement_is_always_told_about);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
