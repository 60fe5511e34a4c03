/* SPDX-License-Identifier: MIT */
/*
 * What verified stacks remember: paths that differ in the middle alone have
 * one tag, and share the places of one set.
 */
#include <check.h>
#include <stdlib.h>

#include "platform/guard.h"
#include "traceback/stacks_x86_64.h"
#include "traceback/unwind.h"

enum { PATHS = LS_STACK_WAYS, ROUNDS = 50 };

static struct {
  uint32_t sites[PATHS + 1];
  unsigned misses, wrong;
  unsigned path;
} seen;

/* As a hook does. */
static __attribute__((noinline)) void hook(void) {
  const uintptr_t *record = __builtin_frame_address(0);
  int before = ls_guard_enter();
  struct ls_stack *stack = ls_stacks_find(record);
  seen.misses += !stack;
  uint32_t site = stack ? stack->site : ls_stacks_miss(record, 64, &stack);
  if (!seen.sites[seen.path]) seen.sites[seen.path] = site;
  seen.wrong += !site || seen.sites[seen.path] != site;
  ls_guard_leave(before);
}

static __attribute__((noinline)) void inner(void) {
  hook();
  __asm__ volatile("");
}

static __attribute__((noinline)) void pass(unsigned path) {
  seen.path = path;
#define CALL(n)              \
  case n:                    \
    inner();                 \
    __asm__ volatile("nop"); \
    break;
  switch (path) { CALL(0) CALL(1) CALL(2) CALL(3) default : CALL(4) }
  __asm__ volatile("");
}

static void all_paths(unsigned n) {
  for (unsigned round = 0; round < ROUNDS; round++)
    for (unsigned path = 0; path < n; path++) pass(path);
}

static void start(void) {
  const char *cause = "";
  ck_assert_int_eq(ls_unwind_init(&cause), 0);
}

START_TEST(as_many_as_there_are_ways_are_walked_once) {
  all_paths(PATHS);
  ck_assert_uint_eq(seen.wrong, 0);
  ck_assert_uint_eq(seen.misses, PATHS);
  for (int i = 0; i < PATHS; i++)
    for (int j = 0; j < i; j++) ck_assert_uint_ne(seen.sites[i], seen.sites[j]);
}
END_TEST

START_TEST(more_are_right_all_the_same) {
  all_paths(PATHS + 1);
  ck_assert_uint_eq(seen.wrong, 0);
  ck_assert_uint_gt(seen.misses, PATHS);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Stacks");
  TCase *tcase = tcase_create("Ways");
  tcase_add_checked_fixture(tcase, start, NULL);
  tcase_add_test(tcase, as_many_as_there_are_ways_are_walked_once);
  tcase_add_test(tcase, more_are_right_all_the_same);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
