/* SPDX-License-Identifier: MIT */
/* A test that grows by nothing and has lost something is "lost" wherever it is
   told of. */
#include <stdlib.h>
#include <string.h>

#include "support.h"

static struct leakslope_report *report;
static struct ls_text text;

static void begin(void) {
  report = lost_report();
  text = new_text();
}

static void end(void) { ls_report_free(report); }

static void has(unsigned times, const char *part) {
  unsigned n = occurrences(ls_text_string(&text), part);
  if (n != times)
    ck_abort_msg("%u times, not %u: %s\nin %s", n, times, part,
                 ls_text_string(&text));
}

START_TEST(the_sum) {
  ck_assert_str_eq(ls_report_summary(report),
                   "2 tests: 2 judged, 1 lost; what is clean rules out >= 1 "
                   "block per 50 iterations");
}
END_TEST

START_TEST(junit) {
  ls_write_junit(&text, report, LS_JUNIT_ALL);
  has(1, "name=\"leak.verdict\" value=\"lost\"");
  has(1, "name=\"leak.verdict\" value=\"clean\"");
  has(1,
      "<failure type=\"lost\" message=\"lost: LeakSanitizer finds blocks that "
      "this test has lost\">");
  has(1, "Direct leak of 77 byte(s)");
}
END_TEST

START_TEST(json) {
  ls_write_json(&text, report);
  has(1, "\"outcome\": \"lost\"");
  has(1,
      "\"verdict\": \"lost: LeakSanitizer finds blocks that this test has "
      "lost\"");
  has(3, "\"outcome\": \"clean\""); /* of the other; and both do not grow */
}
END_TEST

START_TEST(html) {
  ls_write_html(&text, report, NULL);
  has(2, "<span class=\"s bad\">1 lost</span>"); /* of all, of the suite */
  has(2, "<span class=\"s bad\">lost</span>");   /* in the list and its own */
  has(0, ">failed<");
  has(0, "1 failed");
}
END_TEST

START_TEST(plain_text) {
  ls_write_text(&text, report);
  has(1,
      "Core:test_get: lost: LeakSanitizer finds blocks that this test has "
      "lost\n# Direct leak of 77 byte(s)");
  has(0, "failed");
}
END_TEST

START_TEST(annotations) {
  ls_write_annotations(&text, report);
  has(1, "::error ");
  has(1, "title=lost in Cache/Core/test_get::lost: LeakSanitizer finds");
  has(1, "%0A# Direct leak of 77");
}
END_TEST

START_TEST(markdown) {
  ls_write_markdown(&text, report);
  has(1, "| lost | Cache / Core / test&#95;get | lost: LeakSanitizer");
  has(0, "Direct leak of");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Lost");
  TCase *tcase = tcase_create("Lost");
  tcase_add_checked_fixture(tcase, begin, end);
  tcase_add_test(tcase, the_sum);
  tcase_add_test(tcase, junit);
  tcase_add_test(tcase, json);
  tcase_add_test(tcase, html);
  tcase_add_test(tcase, plain_text);
  tcase_add_test(tcase, annotations);
  tcase_add_test(tcase, markdown);
  suite_add_tcase(suite, tcase);
  return run_suite(suite);
}
