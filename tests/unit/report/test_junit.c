/* SPDX-License-Identifier: MIT */
/* JUnit XML: what each reader of it looks at.  That the whole is valid is for
   the schema to say, see write_samples.c. */
#include <math.h>

#include "support.h"

/* Frees the report. */
static const char *junit_of(struct leakslope_report *report) {
  struct ls_text text = new_text();
  ls_write_junit(&text, report, LS_JUNIT_ALL);
  ck_assert(!text.truncated);
  ls_report_free(report);
  return ls_text_string(&text);
}

static const char *one_case(const struct leakslope_case *test,
                            const struct ls_measured *m, const char *reason) {
  struct leakslope_report *report = ls_report_new("test_cache");
  add(report, test, m, reason);
  return junit_of(report);
}

static void has(const char *xml, const char *part) {
  ck_assert_msg(strstr(xml, part) != NULL, "no %s\nin %s", part, xml);
}

START_TEST(an_empty_report) {
  ck_assert_str_eq(junit_of(ls_report_new("p")),
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<testsuites name=\"p\" tests=\"0\" failures=\"0\" "
                   "errors=\"0\" time=\"0.000000\">\n"
                   "</testsuites>\n");
}
END_TEST

/* The whole, once, as it is. */
START_TEST(a_leak) {
  struct leakslope_case test = passed("test_handle_request");
  struct ls_measured m = measured_leak();
  test.result = LEAKSLOPE_FAILED;
  test.index = 3;
  ck_assert_str_eq(
      one_case(&test, &m, NULL),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"test_cache\" tests=\"1\" failures=\"1\" errors=\"0\""
      " time=\"0.250000\">\n"
      "  <testsuite name=\"Cache\" tests=\"1\" failures=\"1\" errors=\"0\""
      " skipped=\"0\" time=\"0.250000\">\n"
      "    <testcase classname=\"Cache.Core\" name=\"test_handle_request[3]\""
      " file=\"tests/test_cache.c\" line=\"31\" time=\"0.250000\">\n"
      "      <properties>\n"
      "        <property name=\"leak.verdict\" value=\"leak\"/>\n"
      "        <property name=\"leak.iterations\" value=\"251\"/>\n"
      "        <property name=\"leak.sites\" value=\"1\"/>\n"
      "        <property name=\"leak.blocks_per_iteration\" value=\"1\"/>\n"
      "        <property name=\"leak.bytes_per_iteration\" value=\"1024\"/>\n"
      "        <property name=\"leak.fingerprint\""
      " value=\"20939824d0e36415\"/>\n"
      "      </properties>\n"
      "      <failure type=\"leak\" message=\"leak: +1 block/iteration (+1.0"
      " KiB) at src/cache.c:9 in handle_request\">src/cache.c:9: leak: +1"
      " block/iteration (+1.0 KiB) at src/cache.c:9 in handle_request\n"
      "#0 handle_request (src/cache.c:9)\n"
      "#1 test_handle_request_fn (tests/test_cache.c:31)\n"
      "after iteration    0    25    126    251\n"
      "live blocks        4    29    130    255\n"
      "live bytes      4096 29696 133120 261120\n"
      "251 of 251 iterations after 3 warm-ups: live blocks 4 -&gt; 255,"
      " linear\n"
      "a cache of up to 180 entries would have flattened\n"
      "</failure>\n"
      "      <system-out>leak: +1 block/iteration (+1.0 KiB) at src/cache.c:9"
      " in handle_request</system-out>\n"
      "    </testcase>\n"
      "  </testsuite>\n"
      "</testsuites>\n");
}
END_TEST

START_TEST(every_offending_site_is_in_the_text) {
  const struct ls_report_site sites[] = {leaking_fd, leaking_site};
  struct leakslope_case test = passed("t");
  struct ls_measured m = measured_leak();
  test.result = LEAKSLOPE_FAILED;
  m.nsites = 2;
  m.sites = sites;
  const char *xml = one_case(&test, &m, NULL);
  has(xml, ">libcache.so+0x1234: leak: +1 fd/iteration");
  has(xml,
      "\nreached by 3 paths; that of most growth:\n"
      "#0 open (libc.so.6+0xf00)\n#1 log_open (libcache.so+0x1234)\n"
      "#2 ?? (0xbeef)\n#3 main (src/main.c)\n"
      "after iteration 0 251\nlive fds        4 255\n"
      "also +1 block/iteration (+1.0 KiB) at src/cache.c:9 in "
      "handle_request\n#0 handle_request (src/cache.c:9)\n");
  ck_assert_uint_eq(occurrences(xml, "<failure "), 1);
  ck_assert_uint_eq(occurrences(xml, "live bytes "), 1);
}
END_TEST

START_TEST(a_leak_that_is_only_reported) {
  struct leakslope_case test = passed("t");
  struct ls_measured m = measured_leak();
  const char *xml = one_case(&test, &m, NULL);
  ck_assert_uint_eq(occurrences(xml, "<failure"), 0);
  has(xml, " failures=\"0\"");
  has(xml, "<system-out>leak: +1 block");
}
END_TEST

START_TEST(a_clean_test) {
  struct leakslope_case test = passed("t");
  struct ls_measured m = measured(LS_CLEAN, LS_REASON_NONE);
  const char *xml = one_case(&test, &m, NULL);
  has(xml, "<property name=\"leak.verdict\" value=\"clean\"/>");
  has(xml,
      "<system-out>clean: 251 iterations, rules out &gt;= 1 block per 50 "
      "iterations</system-out>");
  has(xml,
      "<property name=\"leak.rules_out\" value=\"1 block per 50 "
      "iterations\"/>");
  ck_assert_uint_eq(occurrences(xml, "<property "), 3);
  ck_assert_uint_eq(occurrences(xml, "<failure"), 0);
}
END_TEST

START_TEST(an_ungated_test) {
  struct leakslope_case test = passed("t");
  const char *xml = one_case(&test, NULL, "expects signal 11");
  has(xml, "<property name=\"leak.verdict\" value=\"not gated\"/>");
  has(xml, "<property name=\"leak.iterations\" value=\"0\"/>");
  has(xml, "<system-out>not gated: expects signal 11</system-out>");
}
END_TEST

START_TEST(an_ordinary_failure) {
  struct leakslope_case test = passed("t");
  test.result = LEAKSLOPE_FAILED;
  test.message = "Assertion 'a\n< b' failed";
  test.message_file = "tests/a.c";
  test.message_line = 7;
  has(one_case(&test, NULL, NULL),
      "<failure type=\"assertion\" message=\"Assertion 'a&#10;&lt; b' "
      "failed\">tests/a.c:7: Assertion 'a\n&lt; b' failed</failure>");
  test.message = NULL;
  test.message_file = NULL;
  has(one_case(&test, NULL, NULL),
      "<failure type=\"assertion\" message=\"failed\">failed</failure>");
}
END_TEST

START_TEST(an_error) {
  struct leakslope_case test = passed("t");
  test.result = LEAKSLOPE_ERROR;
  test.message = "Received signal 11";
  const char *xml = one_case(&test, NULL, NULL);
  has(xml,
      "<error type=\"error\" message=\"Received signal 11\">Received signal "
      "11</error>");
  has(xml, " failures=\"0\" errors=\"1\"");
  test.message = NULL;
  has(one_case(&test, NULL, NULL), "message=\"the test ended early\"");
}
END_TEST

START_TEST(what_fails_only_under_strict) {
  struct leakslope_case test = passed("t");
  struct ls_measured m = measured(LS_INCONCLUSIVE, LS_REASON_UNRESOLVED);
  test.result = LEAKSLOPE_FAILED;
  has(one_case(&test, &m, NULL),
      "<failure type=\"inconclusive\" message=\"inconclusive: unresolved "
      "after 251 iterations\">tests/test_cache.c:31: inconclusive: ");
  m = measured(LS_NOT_REPEATABLE, LS_REASON_ENDED);
  has(one_case(&test, &m, NULL), "<failure type=\"not repeatable\"");
  m = measured(LS_SATURATING, LS_REASON_NONE);
  has(one_case(&test, &m, NULL), "<failure type=\"saturating\"");
  m = measured(LS_NOT_ARMED, LS_REASON_NONE);
  test.file = NULL;
  has(one_case(&test, &m, NULL),
      "<failure type=\"not armed\" message=\"not armed\">not armed\n"
      "</failure>");
}
END_TEST

START_TEST(one_problem_per_case_at_most) {
  struct leakslope_report *report = full_report();
  unsigned failed = 0, errors = 0;
  for (size_t i = 0; i < report->ncases; i++) {
    failed += report->cases[i].test.result == LEAKSLOPE_FAILED;
    errors += report->cases[i].test.result == LEAKSLOPE_ERROR;
  }
  size_t ncases = report->ncases;
  const char *xml = junit_of(report);
  ck_assert_uint_eq(occurrences(xml, "<failure "), failed);
  ck_assert_uint_eq(occurrences(xml, "<error "), errors);
  ck_assert_uint_eq(occurrences(xml, "<system-out>"), ncases);
}
END_TEST

START_TEST(suites_in_order_of_appearance) {
  struct leakslope_report *report = ls_report_new("program");
  const char *const suites[] = {"B", "A", "B", NULL, "A", "program"};
  for (int i = 0; i < 6; i++) {
    struct leakslope_case test = passed("t");
    test.suite = suites[i];
    add(report, &test, NULL, NULL);
  }
  const char *xml = junit_of(report);
  ck_assert_uint_eq(occurrences(xml, "<testsuite "), 3);
  const char *b = strstr(xml, "<testsuite name=\"B\" tests=\"2\"");
  const char *a = strstr(xml, "<testsuite name=\"A\" tests=\"2\"");
  const char *p = strstr(xml, "<testsuite name=\"program\" tests=\"2\"");
  ck_assert(b && a && p && b < a && a < p);
}
END_TEST

static const struct {
  double seconds;
  const char *expected;
} times[] = {
    {-1, "time=\"0.000000\""},
    {NAN, "time=\"0.000000\""},
    {0.0000005, "time=\"0.000001\""},
    {1.5, "time=\"1.500000\""},
    {0.1, "time=\"0.100000\""},
    {12345.678901, "time=\"12345.678901\""},
    {INFINITY, "time=\"1000000000000.000000\""},
};

START_TEST(each_time) {
  struct leakslope_case test = passed("t");
  test.seconds = times[_i].seconds;
  const char *xml = one_case(&test, NULL, NULL);
  ck_assert_uint_eq(occurrences(xml, times[_i].expected), 3);
}
END_TEST

START_TEST(times_add_up) {
  struct leakslope_report *report = ls_report_new("p");
  struct leakslope_case test = passed("t");
  for (int i = 0; i < 10; i++) {
    test.seconds = i % 2 ? 0.1 : -1;
    add(report, &test, NULL, NULL);
  }
  has(junit_of(report), "skipped=\"0\" time=\"0.500000\"");
}
END_TEST

START_TEST(nameless_is_the_program) {
  const struct leakslope_case nameless = {.index = -1};
  struct ls_measured m = measured(LS_CLEAN, LS_REASON_NONE);
  has(one_case(&nameless, &m, NULL),
      "<testcase classname=\"test_cache\" name=\"test_cache\" "
      "time=\"0.000000\">");
}
END_TEST

START_TEST(no_byte_of_evil_names_gets_through) {
  const char *xml = junit_of(evil_report());
  unsigned controls = 0;
  for (const char *at = xml; *at; at++)
    controls += (unsigned char)*at < 0x20 && *at != '\n' && *at != '\t';
  ck_assert_uint_eq(controls, 0);
  ck_assert_uint_eq(occurrences(xml, "]]>"), 0);
  has(xml, "\\x1b[31m");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("report");
  TCase *tc = tcase_create("junit");
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, an_empty_report);
  tcase_add_test(tc, a_leak);
  tcase_add_test(tc, every_offending_site_is_in_the_text);
  tcase_add_test(tc, a_leak_that_is_only_reported);
  tcase_add_test(tc, a_clean_test);
  tcase_add_test(tc, an_ungated_test);
  tcase_add_test(tc, an_ordinary_failure);
  tcase_add_test(tc, an_error);
  tcase_add_test(tc, what_fails_only_under_strict);
  tcase_add_test(tc, one_problem_per_case_at_most);
  tcase_add_test(tc, suites_in_order_of_appearance);
  tcase_add_loop_test(tc, each_time, 0, (int)(sizeof times / sizeof *times));
  tcase_add_test(tc, times_add_up);
  tcase_add_test(tc, nameless_is_the_program);
  tcase_add_test(tc, no_byte_of_evil_names_gets_through);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
