/* SPDX-License-Identifier: MIT */
/*
 * Blocks that an allocator tells of from inside, by a runtime of our own: two
 * functions deep, in a section by itself.
 */
#include <check.h>
#include <stdlib.h>

#include "interpose/sink.h"
#include "platform/guard.h"
#include "traceback/innermost.h"
#include "tracker/tracker.h"

#define RUNTIME __attribute__((section("fake_runtime"), noinline))
extern const char __start_fake_runtime[], __stop_fake_runtime[];

/* No call of a runtime's may be a jump. */
#define STAY __asm__ volatile("")

static __attribute__((noinline)) void hear_alloc(uintptr_t block, size_t size) {
  ls_owner = LS_OWNER_HOOK;
  ls_sink_told_alloc((void *)block, size, __builtin_frame_address(0));
  ls_owner = LS_OWNER_HOST;
}

static __attribute__((noinline)) void hear_free(uintptr_t block, size_t size) {
  ls_owner = LS_OWNER_HOOK;
  ls_sink_told_free((void *)block, size, __builtin_frame_address(0));
  ls_owner = LS_OWNER_HOST;
}

RUNTIME static void give(uintptr_t block, size_t size) {
  hear_alloc(block, size);
  STAY;
}

RUNTIME static void take(uintptr_t block, size_t size) {
  hear_free(block, size);
  STAY;
}

/* As GET_CURRENT_FRAME() makes a runtime's functions that are called. */
#define FRAME __asm__ volatile("" : : "r"(__builtin_frame_address(0)))

RUNTIME static void fake_malloc(uintptr_t block, size_t size) {
  FRAME;
  give(block, size);
  STAY;
}

RUNTIME static void fake_free(uintptr_t block, size_t size) {
  FRAME;
  take(block, size);
  STAY;
}

RUNTIME static void fake_realloc(uintptr_t block, size_t size, uintptr_t fresh,
                                 size_t fresh_size, int take_first) {
  FRAME;
  if (take_first) take(block, size);
  give(fresh, fresh_size);
  if (!take_first) take(block, size);
  STAY;
}

enum { BLOCK = 0x10000000, FRESH = 0x10001000, OTHER = 0x10002000 };

static void start(void) {
  const char *cause = "";
  ls_innermost_add((uintptr_t)__start_fake_runtime,
                   (uintptr_t)__stop_fake_runtime);
  if (ls_tracker_start(8, &cause)) ck_abort_msg("%s", cause);
  ls_tracker_epoch(1);
}

static void stop(void) {
  ls_tracker_epoch(0);
  ls_tracker_stop();
}

struct births {
  uint32_t site, birth;
};

static void note_birth(void *arg, uint32_t site, uint32_t birth) {
  struct births *births = arg;
  if (site == births->site) births->birth = ls_birth_epoch(birth);
}

static uint32_t birth_of(uintptr_t block) {
  struct births births = {ls_tracker_site_of((void *)block), 0};
  ck_assert_uint_ne(births.site, 0);
  ls_tracker_walk(note_birth, &births);
  return births.birth;
}

static __attribute__((noinline)) void program(void) {
  fake_malloc(BLOCK, 100);
  STAY;
}

START_TEST(the_path_begins_in_the_program) {
  uintptr_t pcs[8];
  program();
  size_t n = ls_tracker_path(ls_tracker_site_of((void *)BLOCK), pcs, 8);
  ck_assert_uint_ge(n, 2);
  ck_assert_uint_gt(pcs[0], (uintptr_t)program);
  ck_assert_uint_lt(pcs[0], (uintptr_t)program + 64);
}
END_TEST

START_TEST(a_resized_block_is_as_old_as_it_was) {
  int64_t bytes = 0;
  fake_malloc(BLOCK, 100);
  ls_tracker_epoch(2);
  fake_realloc(BLOCK, 100, FRESH, 300, _i);
  ck_assert_uint_eq(ls_tracker_site_of((void *)BLOCK), 0);
  ck_assert_uint_eq(birth_of(FRESH), 1);
  bytes = ls_tracker_live(ls_tracker_site_of((void *)FRESH)).bytes;
  ck_assert_int_eq(bytes, 300);
  ck_assert_uint_eq(ls_tracker_foreign_frees(), 0);
}
END_TEST

START_TEST(two_calls_are_not_a_resize) {
  fake_malloc(BLOCK, 100);
  ls_tracker_epoch(2);
  for (int i = 0; i < 2; i++) {
    if (i) fake_free(BLOCK, 100);
    if (!i) fake_malloc(OTHER, 10);
  }
  fake_malloc(FRESH, 10);
  ck_assert_uint_eq(birth_of(OTHER), 2);
  ck_assert_uint_eq(birth_of(FRESH), 2);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Told");
  TCase *tcase = tcase_create("Tracker");
  suite_add_tcase(suite, tcase);
  tcase_add_checked_fixture(tcase, start, stop);
  tcase_add_test(tcase, the_path_begins_in_the_program);
  tcase_add_loop_test(tcase, a_resized_block_is_as_old_as_it_was, 0, 2);
  tcase_add_test(tcase, two_calls_are_not_a_resize);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
