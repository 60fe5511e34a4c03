/* SPDX-License-Identifier: MIT */
/* The table of mappings with made-up addresses, beside a model: one byte for
   each page. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tracker/range_table.h"

enum { SITES = 4, PAGES = 256, STEPS = 20000 };

static int64_t count[SITES], bytes[SITES];

static void changed(uint32_t site, int64_t ranges, int64_t size) {
  count[site] += ranges;
  bytes[site] += size;
}

static void clear(void) {
  ls_ranges_clear();
  memset(count, 0, sizeof count);
  memset(bytes, 0, sizeof bytes);
}

static void add(uintptr_t begin, uintptr_t end, uint32_t site) {
  struct ls_range range = {.begin = begin, .end = end, .site = site};
  ck_assert(ls_ranges_add(range, changed));
}

static void cut(uintptr_t begin, uintptr_t end) {
  ck_assert(ls_ranges_cut(begin, end, ls_ranges_now(), changed));
}

START_TEST(a_cut_at_an_end_leaves_the_rest) {
  add(100, 200, 1);
  cut(50, 120);
  cut(180, 300);
  ck_assert_int_eq(count[1], 1);
  ck_assert_int_eq(bytes[1], 60);
  cut(120, 180);
  ck_assert_int_eq(count[1], 0);
  ck_assert_int_eq(bytes[1], 0);
}
END_TEST

START_TEST(a_cut_in_the_middle_leaves_two) {
  add(100, 200, 1);
  cut(140, 150);
  ck_assert_int_eq(count[1], 2);
  ck_assert_int_eq(bytes[1], 90);
  ck_assert_uint_eq(ls_ranges_at(139, UINT64_MAX).begin, 100);
  ck_assert_uint_eq(ls_ranges_at(140, UINT64_MAX).site, 0);
  ck_assert_uint_eq(ls_ranges_at(150, UINT64_MAX).end, 200);
  cut(0, 1000);
  ck_assert_int_eq(count[1], 0);
  ck_assert_int_eq(ls_ranges_bytes(), 0);
}
END_TEST

START_TEST(a_range_takes_the_place_of_others) {
  add(100, 200, 1);
  add(200, 300, 2);
  add(150, 250, 3);
  ck_assert_int_eq(count[1] + count[2] + count[3], 3);
  ck_assert_int_eq(bytes[1], 50);
  ck_assert_int_eq(bytes[2], 50);
  ck_assert_int_eq(bytes[3], 100);
  add(0, 1000, 1);
  ck_assert_int_eq(bytes[1], 1000);
  ck_assert_int_eq(count[2] + count[3], 0);
}
END_TEST

START_TEST(what_came_after_a_call_began_is_not_the_calls) {
  add(100, 200, 1);
  uint64_t before = ls_ranges_now();
  add(100, 200, 2); /* by another thread, once the kernel had freed it */
  ck_assert(ls_ranges_cut(100, 200, before, changed));
  ck_assert_int_eq(count[1], 0);
  ck_assert_int_eq(count[2], 1);
  ck_assert_uint_eq(ls_ranges_at(100, before).site, 0);
}
END_TEST

static uint32_t births;

static void visit(void *arg, uint32_t site, uint32_t birth) {
  (void)arg;
  (void)site;
  births += birth;
}

START_TEST(both_halves_are_as_old_as_the_whole) {
  struct ls_range range = {.begin = 0, .end = 90, .site = 1, .birth = 7};
  ck_assert(ls_ranges_add(range, changed));
  cut(30, 60);
  births = 0;
  ls_ranges_walk(visit, NULL);
  ck_assert_uint_eq(births, 14);
}
END_TEST

/* What the model says of a site: its pages, and whether they hang together is
   not its business. */
static int64_t pages_of(const uint8_t *model, uint32_t site) {
  int64_t n = 0;
  for (int i = 0; i < PAGES; i++) n += model[i] == site;
  return n;
}

START_TEST(at_random_all_pages_are_whose_they_should_be) {
  static uint8_t model[PAGES];
  memset(model, 0, sizeof model);
  srand(42);
  for (int step = 0; step < STEPS; step++) {
    unsigned from = (unsigned)rand() % PAGES;
    unsigned to = from + 1 + (unsigned)rand() % 40;
    if (to > PAGES) to = PAGES;
    uint32_t site = (uint32_t)rand() % SITES;
    if (site)
      add(from, to, site);
    else
      cut(from, to);
    memset(model + from, (int)site, to - from);
    for (uint32_t s = 1; s < SITES; s++)
      ck_assert_int_eq(bytes[s], pages_of(model, s));
  }
  for (unsigned i = 0; i < PAGES; i++)
    ck_assert_uint_eq(ls_ranges_at(i, UINT64_MAX).site, model[i]);
  cut(0, PAGES);
  for (uint32_t s = 1; s < SITES; s++) ck_assert_int_eq(count[s], 0);
}
END_TEST

START_TEST(the_table_grows) {
  for (uintptr_t i = 0; i < 5000; i++) add(2 * i, 2 * i + 1, 1);
  ck_assert_int_eq(count[1], 5000);
  for (uintptr_t i = 0; i < 5000; i++) cut(2 * i, 2 * i + 1);
  ck_assert_int_eq(count[1], 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Ranges");
  TCase *tcase = tcase_create("Table");
  tcase_add_checked_fixture(tcase, clear, NULL);
  tcase_add_test(tcase, a_cut_at_an_end_leaves_the_rest);
  tcase_add_test(tcase, a_cut_in_the_middle_leaves_two);
  tcase_add_test(tcase, a_range_takes_the_place_of_others);
  tcase_add_test(tcase, what_came_after_a_call_began_is_not_the_calls);
  tcase_add_test(tcase, both_halves_are_as_old_as_the_whole);
  tcase_add_test(tcase, at_random_all_pages_are_whose_they_should_be);
  tcase_add_test(tcase, the_table_grows);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
