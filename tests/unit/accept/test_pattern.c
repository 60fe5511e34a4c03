/* SPDX-License-Identifier: MIT */
/* What LeakSanitizer matches, matches; by its documentation and its tests'
   cases. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "accept/accept.h"

static const struct {
  const char *pattern, *text;
  int matches;
} cases[] = {
    {"put", "cache_put", 1},
    {"put", "cache_put_all", 1},
    {"put", "cache_get", 0},
    {"^cache", "cache_put", 1},
    {"^put", "cache_put", 0},
    {"put$", "cache_put", 1},
    {"put$", "cache_put_all", 0},
    {"^put$", "put", 1},
    {"c*put", "cache_put", 1},
    {"c*put", "put_cache", 0},
    {"^c*put$", "cache_put", 1},
    {"^*put", "cache_put", 1},
    {"*", "anything", 1},
    {"*", "", 0},
    {"put*", "put", 1},
    {"put*$", "put_all", 1},
    {"a*b*c", "a1b2c3", 1},
    {"a*c*b", "a1b2c3", 0},
    {"", "anything", 1},
    {"put", NULL, 0},
    {"$", "put", 0},
    {"^", "put", 1},
    /* each piece is found where it comes first */
    {"a$", "aba", 0},
    {"*a$", "aba", 0},
    {"put", "pu", 0},
    {"^^a", "^a", 1},
};

START_TEST(each_case) {
  ck_assert_msg(ls_pattern_matches(cases[_i].pattern, cases[_i].text) ==
                    cases[_i].matches,
                "%s on %s", cases[_i].pattern,
                cases[_i].text ? cases[_i].text : "NULL");
}
END_TEST

static const struct leakslope_frame frames[] = {
    {"put", "src/util.c", 3, "/lib/libutil.so", 0, 0},
    {NULL, NULL, 0, "/opt/libcache.so.1", 0, 0}};

START_TEST(any_frame) {
  ck_assert_int_eq(ls_pattern_matches_any("^put$", frames, 2), 1);
  ck_assert_int_eq(ls_pattern_matches_any("util.c", frames, 2), 1);
  ck_assert_int_eq(ls_pattern_matches_any("libcache", frames, 2), 1);
  ck_assert_int_eq(ls_pattern_matches_any("libcache", frames, 1), 0);
  ck_assert_int_eq(ls_pattern_matches_any("main", frames, 2), 0);
}
END_TEST

START_TEST(bounds) {
  const struct leakslope_limit own[] = {{"libcache", 7}};
  ck_assert_ptr_null(ls_bound_of(NULL, 0, frames, 2));
  ck_assert_uint_eq(ls_bound_of(own, 1, frames, 2)->count, 7);
  ck_assert_ptr_null(ls_bound_of(own, 1, frames, 1));
  ck_assert_int_eq(ls_bound_set("put", 5), 0);
  ck_assert_uint_eq(ls_bound_of(own, 1, frames, 2)->count, 7);
  ck_assert_int_eq(ls_bound_set("put", 9), 0);
  ck_assert_uint_eq(ls_bound_of(own, 1, frames, 2)->count, 9);
  ck_assert_int_lt(ls_bound_set("", 9), 0);
  ck_assert_int_lt(ls_bound_set(NULL, 9), 0);
}
END_TEST

START_TEST(too_many_bounds) {
  char pattern[16];
  int rc = 0;
  for (int i = 0; i < 1000 && !rc; i++) {
    snprintf(pattern, sizeof pattern, "f%d", i);
    rc = ls_bound_set(pattern, 1);
  }
  ck_assert_int_eq(rc, -ENOSPC);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("accept");
  TCase *tcase = tcase_create("patterns and bounds");
  tcase_add_loop_test(tcase, each_case, 0, sizeof cases / sizeof *cases);
  tcase_add_test(tcase, any_frame);
  tcase_add_test(tcase, bounds);
  tcase_add_test(tcase, too_many_bounds);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
