/* SPDX-License-Identifier: MIT */
/* Encoded and decoded again is the same; anything else is refused. */
#include <math.h>
#include <stdlib.h>

#include "support.h"

enum { MUTATIONS = 100000 };

/* The bytes of a report on three sites, in a block of exactly their size, so
   that a sanitizer sees a read beyond. */
struct encoded {
  unsigned char *bytes;
  size_t size;
};

static struct leakslope_report *three_sites(void) {
  struct ls_report_site sites[] = {leaking_site, leaking_fd, doubling_site};
  char label[] = "without a traced call: socket:[..]";
  struct leakslope_report *report = ls_report_new("p");
  const struct leakslope_case test = passed("t");
  struct ls_measured m = measured_leak();
  const uint64_t offsets[] = {1, UINT64_C(1) << 40};
  const struct ls_calls calls[] = {{"/a", "0123", 2, offsets},
                                   {"/b", "", 1, offsets}};
  m.knows_calls = 1;
  m.ncalls = 2;
  m.calls = calls;
  m.nsites = 3;
  m.sites = sites;
  m.note = "ended in iteration 57: a.c:3: x";
  m.drops = UINT64_C(1) << 40;
  m.untraced_bytes = 4096;
  sites[2].nframes = 0;
  sites[2].label = label;
  add(report, &test, &m, NULL);
  memset(label, 'x', sizeof label - 1); /* the report has its own */
  return report;
}

/* Frees the report. */
static struct encoded encode(struct leakslope_report *report) {
  struct encoded e = {.size = ls_report_encode(report, NULL, 0)};
  e.bytes = malloc(e.size);
  ck_assert_ptr_nonnull(e.bytes);
  ck_assert_uint_eq(ls_report_encode(report, e.bytes, e.size), e.size);
  ls_report_free(report);
  return e;
}

/* All that is told of it, which is all that it holds. */
static const char *written(const struct leakslope_report *report) {
  struct ls_text text = new_text();
  ls_words_message(&text, &report->cases[0].measured);
  ls_words_details(&text, &report->cases[0].measured);
  ls_text_add(&text, "\n");
  for (size_t i = 0; i < report->cases[0].measured.nsites; i++)
    ls_words_site(&text, &report->cases[0].measured.sites[i]);
  return ls_text_string(&text);
}

/* Decodes and encodes once more: the bytes must be the same. */
static void check_round_trip(const struct encoded *e) {
  struct leakslope_report *again = ls_report_decode(e->bytes, e->size);
  ck_assert_ptr_nonnull(again);
  struct encoded twice = encode(again);
  ck_assert_uint_eq(twice.size, e->size);
  ck_assert_mem_eq(twice.bytes, e->bytes, e->size);
  free(twice.bytes);
}

START_TEST(decoded_is_what_was_encoded) {
  struct leakslope_report *report = three_sites();
  const char *before = written(report);
  struct encoded e = encode(report);
  struct leakslope_report *again = ls_report_decode(e.bytes, e.size);
  ck_assert_ptr_nonnull(again);
  ck_assert_str_eq(written(again), before);
  ck_assert(again->cases[0].measured.untraced_bytes > 4095);
  ck_assert_str_eq(again->cases[0].measured.sites[2].label,
                   "without a traced call: socket:[..]");
  const struct ls_report_site *fd = &again->cases[0].measured.sites[1];
  ck_assert_int_eq(fd->domain, LEAKSLOPE_DOMAIN_FD);
  ck_assert_int_eq(fd->state, LS_SITE_LIMIT);
  ck_assert_uint_eq(fd->named, 1);
  ck_assert_ptr_null(fd->frames[2].function);
  ck_assert_int_eq(fd->checkpoints[1].count, 255);
  ck_assert(again->cases[0].measured.knows_calls);
  ck_assert_uint_eq(again->cases[0].measured.ncalls, 2);
  const struct ls_calls *calls = again->cases[0].measured.calls;
  ck_assert_str_eq(calls[0].build_id, "0123");
  ck_assert_uint_eq(calls[0].offsets[1], UINT64_C(1) << 40);
  ls_report_free(again);
  check_round_trip(&e);
  free(e.bytes);
}
END_TEST

START_TEST(every_outcome_makes_the_round_trip) {
  struct leakslope_report *all = full_report();
  struct leakslope_report *one = ls_report_new("p");
  add(one, &all->cases[_i].test, &all->cases[_i].measured, NULL);
  struct encoded e = encode(one);
  check_round_trip(&e);
  free(e.bytes);
  ls_report_free(all);
}
END_TEST

START_TEST(a_larger_buffer_is_good_too) {
  struct encoded e = encode(three_sites());
  unsigned char *larger = calloc(1, e.size + 100);
  ck_assert_ptr_nonnull(larger);
  memcpy(larger, e.bytes, e.size);
  struct leakslope_report *report = ls_report_decode(larger, e.size + 100);
  ck_assert_ptr_nonnull(report);
  ls_report_free(report);
  free(larger);
  free(e.bytes);
}
END_TEST

START_TEST(nothing_is_written_where_it_does_not_fit) {
  unsigned char small[16] = {0};
  const unsigned char untouched[16] = {0};
  struct leakslope_report *report = three_sites();
  size_t need = ls_report_encode(report, small, sizeof small);
  ck_assert_uint_gt(need, sizeof small);
  ck_assert_mem_eq(small, untouched, sizeof small);
  ls_report_free(report);
}
END_TEST

START_TEST(nothing_measured_is_nothing_encoded) {
  struct leakslope_report *report = ls_report_new("p");
  const struct leakslope_case test = passed("t");
  ck_assert_uint_eq(ls_report_encode(report, NULL, 0), 0);
  add(report, &test, NULL, "off");
  ck_assert_uint_eq(ls_report_encode(report, NULL, 0), 0);
  ls_report_free(report);
}
END_TEST

START_TEST(every_cut_is_refused) {
  struct encoded e = encode(three_sites());
  ck_assert_ptr_null(ls_report_decode(NULL, 0));
  for (size_t n = 0; n < e.size; n++) {
    unsigned char *cut = malloc(n ? n : 1);
    ck_assert_ptr_nonnull(cut);
    memcpy(cut, e.bytes, n);
    ck_assert_ptr_null(ls_report_decode(cut, n));
    free(cut);
  }
  free(e.bytes);
}
END_TEST

/* Of magic, version and length, in turn. */
START_TEST(another_head_is_refused) {
  struct encoded e = encode(three_sites());
  e.bytes[_i]--;
  ck_assert_ptr_null(ls_report_decode(e.bytes, e.size));
  e.bytes[_i] += 2;
  ck_assert_ptr_null(ls_report_decode(e.bytes, e.size));
  free(e.bytes);
}
END_TEST

START_TEST(a_blamed_frame_that_is_not_there_is_refused) {
  struct ls_report_site site = leaking_site;
  struct ls_measured m = measured_leak();
  struct leakslope_report *report = ls_report_new("p");
  const struct leakslope_case test = passed("t");
  site.named = site.nframes;
  m.sites = &site;
  add(report, &test, &m, NULL);
  struct encoded e = encode(report);
  ck_assert_ptr_null(ls_report_decode(e.bytes, e.size));
  free(e.bytes);
}
END_TEST

/* One to four bytes, or a word, become something else. */
static void mutate(struct encoded *e, uint32_t *state) {
  static const uint32_t words[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff};
  unsigned n = 1 + next_random(state) % 4;
  while (n--) {
    size_t at = next_random(state) % e->size;
    if (next_random(state) % 2 && at + 4 <= e->size)
      memcpy(e->bytes + at, &words[next_random(state) % 5], 4);
    else
      e->bytes[at] = (unsigned char)next_random(state);
  }
}

START_TEST(no_mutation_crashes) {
  struct encoded good = encode(three_sites());
  struct encoded bad = {malloc(good.size), good.size};
  uint32_t state = 4711;
  unsigned decoded = 0;
  ck_assert_ptr_nonnull(bad.bytes);
  for (int i = 0; i < MUTATIONS; i++) {
    memcpy(bad.bytes, good.bytes, good.size);
    mutate(&bad, &state);
    struct leakslope_report *report = ls_report_decode(bad.bytes, bad.size);
    if (!report) continue;
    /* what is let through must be fit to be told */
    if (decoded++ % 8 == 0) {
      struct ls_text text = {.arena = &report->arena};
      ls_write_text(&text, report);
      ls_write_junit(&text, report, LS_JUNIT_ALL);
    }
    ls_report_free(report);
  }
  free(good.bytes);
  free(bad.bytes);
  /* many mutations hit a number or a letter, and many a length */
  ck_assert_uint_gt(decoded, MUTATIONS / 10);
  ck_assert_uint_lt(decoded, MUTATIONS - MUTATIONS / 10);
}
END_TEST

START_TEST(noise_is_refused) {
  uint32_t state = 99;
  unsigned char noise[256];
  for (int i = 0; i < 1000; i++) {
    for (size_t k = 0; k < sizeof noise; k++)
      noise[k] = (unsigned char)next_random(&state);
    ck_assert_ptr_null(ls_report_decode(noise, sizeof noise));
  }
}
END_TEST

/* Rates that no arithmetic survives. */
START_TEST(wild_numbers_can_be_told) {
  const double wild[] = {NAN, INFINITY, -INFINITY, 1e308, -1e308, 5e-324, 0};
  struct ls_report_site site = leaking_site;
  struct ls_measured m = measured_leak();
  struct leakslope_report *report = ls_report_new("p");
  const struct leakslope_case test = passed("t");
  m.sites = &site;
  site.law.first_count = INT64_MIN;
  site.law.last_bytes = INT64_MAX;
  for (int i = 0; i < 49; i++) {
    site.law.blocks_per_iteration = wild[i / 7];
    site.law.bytes_per_iteration = wild[i % 7];
    site.domain = (enum leakslope_domain)(i % 2);
    add(report, &test, &m, NULL);
  }
  struct ls_text text = new_text();
  ls_write_text(&text, report);
  ls_write_junit(&text, report, LS_JUNIT_ALL);
  ck_assert_uint_eq(occurrences(ls_text_string(&text), "nan"), 0);
  ck_assert_uint_eq(occurrences(ls_text_string(&text), "inf"), 0);
  ls_report_free(report);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("report");
  TCase *tc = tcase_create("transfer");
  tcase_set_timeout(tc, 600); /* on a busy machine */
  tcase_add_test(tc, decoded_is_what_was_encoded);
  tcase_add_loop_test(tc, every_outcome_makes_the_round_trip, 0, 85);
  tcase_add_test(tc, a_larger_buffer_is_good_too);
  tcase_add_test(tc, nothing_is_written_where_it_does_not_fit);
  tcase_add_test(tc, nothing_measured_is_nothing_encoded);
  tcase_add_test(tc, every_cut_is_refused);
  tcase_add_loop_test(tc, another_head_is_refused, 0, 16);
  tcase_add_test(tc, a_blamed_frame_that_is_not_there_is_refused);
  tcase_add_test(tc, no_mutation_crashes);
  tcase_add_test(tc, noise_is_refused);
  tcase_add_test(tc, wild_numbers_can_be_told);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
