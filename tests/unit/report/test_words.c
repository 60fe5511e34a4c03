/* SPDX-License-Identifier: MIT */
/* What people read: rates, reasons, outcomes, tracebacks, summary. */
#include <stdio.h>

#include "report/words/place.h"
#include "report/words/words.h"
#include "support.h"

static const char *message_of(const struct ls_measured *m) {
  struct ls_text text = new_text();
  ls_words_message(&text, m);
  return ls_text_string(&text);
}

static const char *details_of(const struct ls_measured *m) {
  struct ls_text text = new_text();
  ls_words_details(&text, m);
  return ls_text_string(&text);
}

/* ---- messages ------------------------------------------------------------ */

static const struct {
  enum ls_outcome outcome;
  enum ls_reason reason;
  const char *note;
  const char *expected;
} messages[] = {
    {LS_CLEAN, LS_REASON_NONE, NULL,
     "clean: 251 iterations, rules out >= 1 block per 50 iterations"},
    {LS_SATURATING, LS_REASON_NONE, NULL,
     "saturating: grows, but ever more slowly"},
    {LS_INCONCLUSIVE, LS_REASON_UNRESOLVED, NULL,
     "inconclusive: unresolved after 251 iterations"},
    {LS_INCONCLUSIVE, LS_REASON_TOO_SLOW, NULL,
     "inconclusive: too slow: 251 of 1021 iterations in the budget"},
    {LS_INCONCLUSIVE, LS_REASON_TOO_FEW, NULL,
     "inconclusive: grew, but 251 iterations are too few to tell"},
    {LS_INCONCLUSIVE, LS_REASON_DROPS, NULL,
     "inconclusive: the tracer had to drop 12 events"},
    {LS_INCONCLUSIVE, LS_REASON_FOREIGN_FREES, NULL,
     "inconclusive: frees of blocks from before tracing may explain the "
     "growth"},
    {LS_INCONCLUSIVE, LS_REASON_UNTRACED, NULL,
     "inconclusive: memory grows, and no traced call explains it (a fragmented "
     "heap, or memory from a system call)"},
    {LS_NOT_REPEATABLE, LS_REASON_ENDED,
     "ended in iteration 3: tests/a.c:12: Assertion 'x\n== 1' failed",
     "not repeatable: ended in iteration 3: tests/a.c:12: Assertion 'x == 1' "
     "failed"},
    {LS_NOT_REPEATABLE, LS_REASON_ENDED, NULL,
     "not repeatable: ended in iteration 252"},
    {LS_NOT_REPEATABLE, LS_REASON_NONE, "timed out",
     "not repeatable: timed out"},
    {LS_NOT_GATED, LS_REASON_NONE, "expects signal 11",
     "not gated: expects signal 11"},
    {LS_NOT_GATED, LS_REASON_NONE, NULL, "not gated"},
    {LS_NOT_ARMED, LS_REASON_NONE, "malloc is jemalloc's",
     "not armed: malloc is jemalloc's"},
    {LS_LEAK, LS_REASON_NONE, NULL, "leak"},
    {LS_LEAK, LS_REASON_SHORT_RUN, NULL,
     "leak: short run: grew in nearly every one of 251 iterations"},
    {LS_LEAK, LS_REASON_ENDED_GROWING, NULL,
     "leak: ended early, and grew before that"},
    {LS_LEAK, LS_REASON_MEMORY_STOP, NULL,
     "leak: stopped for memory after 251 iterations, grew in every one"},
    {LS_LEAK, LS_REASON_LIMIT, NULL,
     "leak: near a limit of the kernel's after 251 iterations"},
};

START_TEST(each_message) {
  struct ls_measured m = measured(messages[_i].outcome, messages[_i].reason);
  m.planned = 1021;
  m.drops = 12;
  m.note = messages[_i].note;
  ck_assert_str_eq(message_of(&m), messages[_i].expected);
}
END_TEST

START_TEST(a_leak_names_its_worst_site) {
  const struct ls_report_site sites[] = {leaking_site, leaking_fd, leaking_fd};
  struct ls_measured m = measured_leak();
  const char *one = message_of(&m);
  ck_assert_str_eq(one,
                   "leak: +1 block/iteration (+1.0 KiB) at src/cache.c:9 in "
                   "handle_request");
  m.sites = sites;
  m.nsites = 2;
  ck_assert_str_eq(message_of(&m) + strlen(one), " (and 1 more call site)");
  m.nsites = 3;
  ck_assert_str_eq(message_of(&m) + strlen(one), " (and 2 more call sites)");
}
END_TEST

START_TEST(what_is_open_names_its_suspect) {
  struct ls_measured m = measured(LS_SATURATING, LS_REASON_NONE);
  m.nsites = 1;
  m.sites = &leaking_site;
  ck_assert_str_eq(message_of(&m),
                   "saturating: grows, but ever more slowly, at src/cache.c:9 "
                   "in handle_request");
  m.outcome = LS_INCONCLUSIVE;
  m.reason = LS_REASON_UNRESOLVED;
  ck_assert_str_eq(message_of(&m),
                   "inconclusive: unresolved after 251 iterations; suspect at "
                   "src/cache.c:9 in handle_request");
}
END_TEST

START_TEST(one_is_singular) {
  struct ls_measured m = measured(LS_INCONCLUSIVE, LS_REASON_DROPS);
  m.drops = 1;
  ck_assert_str_eq(message_of(&m),
                   "inconclusive: the tracer had to drop 1 event");
  m = measured(LS_CLEAN, LS_REASON_NONE);
  m.iterations = 8;
  ck_assert_str_eq(message_of(&m),
                   "clean: 8 iterations, rules out >= 1 block per iteration");
  m.iterations = 0;
  ck_assert_str_eq(message_of(&m), "clean: 0 iterations");
  m.iterations = 1;
  ck_assert_ptr_nonnull(strstr(message_of(&m), "clean: 1 iteration,"));
}
END_TEST

START_TEST(every_outcome_has_a_name) {
  ck_assert_str_eq(ls_outcome_name(LS_NOT_REPEATABLE), "not repeatable");
  ck_assert_str_eq(ls_outcome_name((enum ls_outcome)77), "unknown");
}
END_TEST

/* ---- details ------------------------------------------------------------- */

START_TEST(details_of_a_leak) {
  struct ls_measured m = measured_leak();
  m.advice = "^handle_request$";
  ck_assert_str_eq(
      details_of(&m),
      "# 251 of 251 iterations after 3 warm-ups: live blocks 4 -> 255, "
      "linear\n"
      "# a cache of up to 180 entries would have flattened\n"
      "# #0 handle_request           src/cache.c:9\n"
      "# #1 test_handle_request_fn   tests/test_cache.c:31\n"
      "# if it is meant: leakslope_bound(\"^handle_request$\", <most>), or the "
      "suppression leak:^handle_request$\n");
}
END_TEST

static const struct {
  int64_t grown;
  const char *entries;
} caches[] = {{15, NULL},
              {16, "12"},
              {2000, "1,500"},
              {134, "100"},
              {4093, "3,000"},
              {40000, "30,000"},
              {1500, "1,100"},
              {4000000, "3,000,000"},
              {99999999, "74,000,000"},
              {100000000, NULL}};

START_TEST(what_a_leak_is_not) {
  struct ls_report_site site = leaking_site;
  struct ls_measured m = measured_leak();
  struct ls_text text = new_text(), expected = new_text();
  m.sites = &site;
  site.law.first_count = 7;
  site.law.last_count = 7 + caches[_i].grown;
  ls_words_ruled_out(&text, &m, "");
  if (caches[_i].entries)
    ls_text_addf(&expected,
                 "a cache of up to %s entries would have flattened\n",
                 caches[_i].entries);
  ck_assert_str_eq(ls_text_string(&text), ls_text_string(&expected));
}
END_TEST

START_TEST(a_short_run_rules_out_no_cache) {
  struct ls_measured m = measured_leak();
  m.reason = LS_REASON_SHORT_RUN;
  ck_assert_ptr_nonnull(strstr(details_of(&m),
                               "\n# a cache that is filling would look the "
                               "same: more iterations tell\n"));
  m.reason = LS_REASON_LIMIT;
  ck_assert_ptr_null(strstr(details_of(&m), "cache that"));
}
END_TEST

START_TEST(births_at_a_distance) {
  struct ls_report_site site = leaking_site;
  struct ls_measured m = measured_leak();
  m.sites = &site;
  site.every = 10;
  site.born[0] = 4;
  site.born[1] = 14;
  site.born[2] = 24;
  ck_assert_ptr_nonnull(strstr(
      details_of(&m), "\n# born in iterations 4, 14, 24: i mod 10 = 4\n"));
  site.every = 0;
  ck_assert_ptr_null(strstr(details_of(&m), "born in"));
}
END_TEST

START_TEST(callers_of_one_place) {
  struct ls_report_site site = leaking_site;
  struct ls_measured m = measured_leak();
  m.sites = &site;
  site.callers = 3;
  site.by = "by first (+4), second (+2)";
  ck_assert_ptr_nonnull(strstr(details_of(&m),
                               "\n# reached by 3 paths, by first (+4), second "
                               "(+2); that of most growth:\n"));
}
END_TEST

/* Whether a run shows a wrapper to be one depends on what it calls. */
START_TEST(a_fingerprint_knows_no_wrapper) {
  struct ls_report_site site = leaking_site;
  char before[17], after[17];
  ls_fingerprint(&site, before);
  site.named = 1;
  ls_fingerprint(&site, after);
  ck_assert_str_ne(before, after);
  site.beyond = 1;
  ls_fingerprint(&site, after);
  ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(who_is_to_be_suppressed) {
  struct ls_measured m = measured_leak();
  char fingerprint[17];
  m.advice = "^handle_request$/^put$";
  ck_assert_ptr_nonnull(strstr(
      details_of(&m),
      "# if it is meant: leakslope_bound(\"^handle_request$/^put$\", <most>), "
      "or the suppression leak:^handle_request$/^put$\n"));
  m.advice = NULL;
  ck_assert_ptr_null(strstr(details_of(&m), "if it is meant"));
  m.name = "Cache/Core/t";
  m.first_rung = 251;
  ls_fingerprint(m.sites, fingerprint);
  char line[200];
  snprintf(line, sizeof line,
           "# if it is meant, in CK_LEAK_BASELINE: %s 251 Cache/Core/t # +1 "
           "block/iteration (+1.0 KiB) at src/cache.c:9 in handle_request\n",
           fingerprint);
  ck_assert_ptr_nonnull(strstr(details_of(&m), line));
}
END_TEST

START_TEST(how_long_a_name_is) {
  ck_assert_uint_eq(ls_place_stem("put"), 3);
  ck_assert_uint_eq(ls_place_stem("put.part.0"), 3);
  ck_assert_uint_eq(ls_place_stem("cache<..>::put"), 14);
  ck_assert_uint_eq(ls_place_stem("cache<..>::put.cold"), 14);
}
END_TEST

START_TEST(details_of_several_sites) {
  const struct ls_report_site sites[] = {doubling_site, leaking_fd};
  struct ls_measured m = measured_leak();
  m.warmup = 1;
  m.iterations = 1021;
  m.nsites = 2;
  m.sites = sites;
  m.reason = LS_REASON_SHORT_RUN;
  m.note = "confirmed by a second run";
  m.drops = 2;
  m.advice = "^handle_request$";
  ck_assert_str_eq(
      details_of(&m),
      "# 1021 of 1021 iterations after 1 warm-up: live bytes 1024 -> 17408, "
      "doubling\n"
      "# a cache that is filling would look the same: more iterations tell\n"
      "# short run: grew in nearly every one of 1021 iterations\n"
      "# confirmed by a second run\n"
      "# the tracer had to drop 2 events\n"
      "# #0 handle_request   src/cache.c:9\n"
      "# also +1 fd/iteration at libcache.so+0x1234 in log_open: live fds 4 "
      "-> 255, linear\n"
      "# reached by 3 paths; that of most growth:\n"
      "# #0 open       (libc.so.6+0xf00)\n"
      "# #1 log_open   (libcache.so+0x1234)\n"
      "# #2 ??         (0xbeef)\n"
      "# #3 main       src/main.c\n"
      "# if it is meant: leakslope_bound(\"^handle_request$\", <most>), or the "
      "suppression leak:^handle_request$\n");
}
END_TEST

START_TEST(the_note_stands_for_the_reason_it_tells) {
  struct ls_measured m = measured_leak();
  m.reason = LS_REASON_ENDED_GROWING;
  ck_assert_ptr_nonnull(strstr(details_of(&m), "\n# ended early, and grew"));
  m.note = "ended in iteration 57: a.c:1: x";
  ck_assert_ptr_null(strstr(details_of(&m), "ended early"));
  ck_assert_ptr_nonnull(
      strstr(details_of(&m), "\n# ended in iteration 57: a.c:1: x\n"));
}
END_TEST

START_TEST(details_repeat_no_message) {
  struct ls_measured m = measured(LS_NOT_REPEATABLE, LS_REASON_ENDED);
  m.note = "ended in iteration 3: x";
  m.iterations = 2;
  ck_assert_str_eq(details_of(&m), "# 2 of 251 iterations after 3 warm-ups\n");
  m.outcome = LS_NOT_GATED;
  ck_assert_str_eq(details_of(&m), "");
  m.outcome = LS_NOT_ARMED;
  ck_assert_str_eq(details_of(&m), "");
}
END_TEST

START_TEST(many_and_long_frames_stay_in_columns) {
  struct leakslope_frame frames[12];
  struct ls_report_site site = leaking_site;
  struct ls_measured m = measured_leak();
  for (int i = 0; i < 12; i++) frames[i] = leaking_site.frames[0];
  frames[1].function = "a_name_that_is_longer_than_any_column_should_be";
  frames[2].function = "gr\xc3\xbc\xc3\x9f";
  site.nframes = 12;
  site.frames = frames;
  m.sites = &site;
  const char *details = details_of(&m);
  ck_assert_ptr_nonnull(
      strstr(details, "\n# #0  handle_request   src/cache.c:9\n"));
  ck_assert_ptr_nonnull(
      strstr(details,
             "\n# #1  a_name_that_is_longer_than_any_column_should_be   src/"));
  ck_assert_ptr_nonnull(
      strstr(details, "\n# #2  gr\xc3\xbc\xc3\x9f             src/"));
  ck_assert_ptr_nonnull(
      strstr(details, "\n# #11 handle_request   src/cache.c:9\n"));
}
END_TEST

/* ---- summary ------------------------------------------------------------- */

static const char *summary_of(const struct leakslope_report *report) {
  struct ls_text text = new_text();
  ls_words_summary(&text, report);
  return ls_text_string(&text);
}

START_TEST(the_summary_counts_what_was_judged) {
  struct leakslope_report *report = ls_report_new("p");
  const struct leakslope_case test = passed("t");
  struct ls_measured m = measured(LS_CLEAN, LS_REASON_NONE);
  ck_assert_str_eq(summary_of(report), "0 tests: 0 judged");
  add(report, &test, &m, NULL);
  ck_assert_str_eq(summary_of(report),
                   "1 test: 1 judged; what is clean rules out >= 1 block per "
                   "50 iterations");
  m = measured_leak();
  add(report, &test, &m, NULL);
  m = measured(LS_NOT_REPEATABLE, LS_REASON_ENDED);
  add(report, &test, &m, NULL);
  add(report, &test, NULL, "expects signal 6");
  ck_assert_str_eq(
      summary_of(report),
      "4 tests: 2 judged, 1 leak, 1 not repeatable, 1 not gated; what is "
      "clean rules out >= 1 block per 50 iterations");
  m = measured(LS_SATURATING, LS_REASON_NONE);
  add(report, &test, &m, NULL);
  m = measured(LS_INCONCLUSIVE, LS_REASON_DROPS);
  add(report, &test, &m, NULL);
  m = measured(LS_NOT_ARMED, LS_REASON_NONE);
  add(report, &test, &m, NULL);
  m = measured_leak();
  add(report, &test, &m, NULL);
  ck_assert_str_eq(summary_of(report),
                   "8 tests: 4 judged, 2 leaks, 1 saturating, 1 inconclusive, "
                   "1 not repeatable, 1 not gated, 1 not armed; what is clean "
                   "rules out >= 1 block per 50 iterations");
  ls_report_free(report);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static void add_message_tests(TCase *tc) {
  tcase_add_loop_test(tc, each_message, 0, COUNT(messages));
  tcase_add_test(tc, a_leak_names_its_worst_site);
  tcase_add_test(tc, what_is_open_names_its_suspect);
  tcase_add_test(tc, one_is_singular);
  tcase_add_test(tc, every_outcome_has_a_name);
}

static void add_details_tests(TCase *tc) {
  tcase_add_test(tc, details_of_a_leak);
  tcase_add_loop_test(tc, what_a_leak_is_not, 0, COUNT(caches));
  tcase_add_test(tc, a_short_run_rules_out_no_cache);
  tcase_add_test(tc, births_at_a_distance);
  tcase_add_test(tc, callers_of_one_place);
  tcase_add_test(tc, a_fingerprint_knows_no_wrapper);
  tcase_add_test(tc, who_is_to_be_suppressed);
  tcase_add_test(tc, how_long_a_name_is);
  tcase_add_test(tc, details_of_several_sites);
  tcase_add_test(tc, the_note_stands_for_the_reason_it_tells);
  tcase_add_test(tc, details_repeat_no_message);
  tcase_add_test(tc, many_and_long_frames_stay_in_columns);
  tcase_add_test(tc, the_summary_counts_what_was_judged);
}

int main(void) {
  Suite *suite = suite_create("report");
  TCase *tc = tcase_create("words");
  add_message_tests(tc);
  add_details_tests(tc);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
