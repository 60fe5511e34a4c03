/* SPDX-License-Identifier: MIT */
/* What grows, and what is said of it; the argument says what. */
#include <check_leak.h>
#include <leakslope.h>
#include <string.h>
#include <time.h>

#include "suite.h"

#ifdef DEFAULTS
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
  return "# of the program\nleak:^leak_here$\nleak:nobody\n";
}
#endif

struct entry {
  struct entry *next;
};

static void put(struct entry **all) {
  struct entry *one = malloc(sizeof *one);
  if (!one) abort();
  one->next = *all;
  *all = one;
}

static void leak_here(void) {
  static struct entry *all;
  put(&all);
}

static void leak_there(void) {
  static struct entry *all;
  put(&all);
}

static void cache_put(void) {
  static struct entry *all;
  put(&all);
}

START_TEST(test_here) { leak_here(); }
END_TEST

START_TEST(test_both) {
  leak_here();
  leak_there();
}
END_TEST

START_TEST(test_cache) { cache_put(); }
END_TEST

START_TEST(test_loop) {
  if (_i == 1) leak_there();
  free(malloc(1));
}
END_TEST

/* 64 KiB in each repetition reaches the stop for memory. */
START_TEST(test_large) {
  static struct large {
    struct large *next;
    char rest[1 << 16];
  } * all;
  struct large *one = malloc(sizeof *one);
  if (!one) abort();
  memset(one, 0, sizeof *one);
  one->next = all;
  all = one;
}
END_TEST

/* The proper pass and three warm-ups come before the first iteration. */
START_TEST(test_tenth) {
  static unsigned passes;
  if (++passes % 10 == 8) leak_here();
  free(malloc(1));
}
END_TEST

/* Its first passes, by which it is judged how many fit, are slow. */
START_TEST(test_slow) {
  enum { SLOW = 4, NS = 3 * 1000 * 1000 };
  static unsigned passes;
  struct timespec from, now;
  leak_here();
  if (passes++ >= SLOW) return;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  do {
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  } while ((now.tv_sec - from.tv_sec) * 1000000000 + now.tv_nsec -
               from.tv_nsec <
           NS);
}
END_TEST

START_TEST(test_clean) { free(malloc(1)); }
END_TEST

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
  Suite *suite = suite_create("Accept");
  add_test(suite, "here", test_here);
  add_test(suite, "both", test_both);
  TCase *cache = add_case(suite, "cache");
  tcase_add_test(cache, test_cache);
  tcase_add_loop_test(add_case(suite, "loop"), test_loop, 0, 3);
  add_test(suite, "twin", test_loop);
  _tcase_add_test(add_case(suite, "twin"), test_loop, 0, 0, 1, 2);
  add_test(suite, "large", test_large);
  add_test(suite, "clean", test_clean);
  if (!strcmp(mode, "tenth")) add_test(suite, "tenth", test_tenth);
  if (!strcmp(mode, "slow")) add_test(suite, "slow", test_slow);
  if (!strcmp(mode, "tcase")) tcase_set_leak_bound(cache, "^cache_*t$", n);
  if (!strcmp(mode, "program")) (void)leakslope_bound("cache_put", n);
  if (!strcmp(mode, "empty")) tcase_set_leak_bound(cache, "", n);
  return run_suite(suite);
}
