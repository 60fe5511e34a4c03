/* SPDX-License-Identifier: MIT */
/*
 * The tracker driven by hand with made-up addresses: no hook, no malloc of
 * ours, so it runs under any sanitizer and with real threads.
 */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>

#include "interpose/sink.h"
#include "platform/guard.h"
#include "tracker/tracker.h"

enum { THREADS = 3, EACH = 3000, ROUNDS = 5 };

static void start(void) {
  const char *cause = "";
  if (ls_tracker_start(8, &cause)) ck_abort_msg("%s", cause);
}

static void stop(void) { ls_tracker_stop(); }

/* As a hook does. */
static __attribute__((noinline)) void alloc(uintptr_t block, size_t size,
                                            size_t usable) {
  ls_owner = LS_OWNER_HOOK;
  ls_sink_alloc((void *)block, size, usable, __builtin_frame_address(0));
  ls_owner = LS_OWNER_HOST;
}

static void release(uintptr_t block, size_t usable) {
  ls_owner = LS_OWNER_HOOK;
  ls_sink_free((void *)block, usable);
  ls_owner = LS_OWNER_HOST;
}

static void *work(void *arg) {
  uintptr_t base = 0x100000000 + (uintptr_t)arg * 0x40000000;
  for (int round = 0; round < ROUNDS; round++) {
    for (uintptr_t i = 0; i < EACH; i++) alloc(base + i * 64, 50, 64);
    for (uintptr_t i = 0; i < EACH; i++) release(base + i * 64, 64);
  }
  for (uintptr_t i = 0; i < EACH; i++) alloc(base + i * 64, 50, 64);
  return NULL;
}

START_TEST(threads_lose_nothing) {
  pthread_t threads[THREADS];
  size_t before, after;
  uint64_t foreign = ls_tracker_foreign_frees();
  ls_tracker_memory(&before, NULL);
  for (uintptr_t t = 0; t < THREADS; t++)
    ck_assert_int_eq(pthread_create(&threads[t], NULL, work, (void *)t), 0);
  for (int t = 0; t < THREADS; t++) pthread_join(threads[t], NULL);
  ls_tracker_memory(&after, NULL);
  ck_assert_uint_eq(after - before, (size_t)THREADS * EACH * 50);
  ck_assert_uint_eq(ls_tracker_drops(), 0);
  ck_assert_uint_eq(ls_tracker_foreign_frees(), foreign);
  int64_t count = 0;
  for (uint32_t s = 1; s <= ls_tracker_sites(); s++)
    count += ls_tracker_live(s).count;
  ck_assert_int_eq(count, THREADS * EACH);
}
END_TEST

/* As small blocks of jemalloc, mimalloc and tcmalloc lie. */
START_TEST(two_blocks_in_a_granule_are_two) {
  enum { N = 1000 };
  const uintptr_t base = 0x7f0000000000;
  size_t before, after;
  uint64_t foreign = ls_tracker_foreign_frees();
  ls_tracker_memory(&before, NULL);
  for (uintptr_t i = 0; i < N; i++) alloc(base + i * 8, 1 + i % 8, 8);
  for (uintptr_t i = 0; i < N; i += 2) release(base + i * 8, 8);
  ls_tracker_memory(&after, NULL);
  ck_assert_uint_eq(after - before, N / 8 * (2 + 4 + 6 + 8));
  ck_assert_uint_eq(ls_tracker_site_of((void *)base), 0);
  ck_assert_uint_ne(ls_tracker_site_of((void *)(base + 8)), 0);
  for (uintptr_t i = 1; i < N; i += 2) release(base + i * 8, 8);
  ls_tracker_memory(&after, NULL);
  ck_assert_uint_eq(after, before);
  ck_assert_uint_eq(ls_tracker_foreign_frees(), foreign);
}
END_TEST

START_TEST(a_block_at_the_end_of_a_table_keeps_its_size) {
  /* 16 MiB of addresses are one table: the size kept aside lies in the next */
  for (uintptr_t at = 0x2ffffc0; at <= 0x3000000; at += 16) {
    size_t before, now, after;
    ls_tracker_memory(&before, NULL);
    alloc(at, 5, 4096);
    ls_tracker_memory(&now, NULL);
    ck_assert_uint_eq(now - before, 5);
    release(at, 4096);
    ls_tracker_memory(&after, NULL);
    ck_assert_uint_eq(after, before);
  }
}
END_TEST

static void note_birth(void *arg, uint32_t site, uint32_t birth) {
  uint32_t *births = arg;
  (void)site;
  births[birth == 3]++;
}

START_TEST(a_size_kept_aside_is_nobody_s_birth) {
  uint32_t births[2] = {0, 0};
  alloc(0x7000, 5, 4096);
  release(0x7000, 4096);
  alloc(0x7010, 8, 24); /* where the size was kept */
  ls_tracker_epoch(3);
  alloc(0x7100, 8, 24);
  ls_tracker_walk(note_birth, births);
  ck_assert_uint_eq(births[1], 1);
  ck_assert_uint_eq(births[0], 0);
  ls_tracker_epoch(0);
}
END_TEST

START_TEST(what_other_threads_touched_late_is_listed_still) {
  const uint32_t *dirty;
  int overflowed;
  pthread_t thread;
  ls_tracker_epoch(11);
  ck_assert_int_eq(pthread_create(&thread, NULL, work, (void *)9), 0);
  pthread_join(thread, NULL);
  uint32_t n = ls_tracker_dirty(&dirty, &overflowed);
  ck_assert_uint_gt(n, 0);
  ls_tracker_epoch(12);
  ck_assert_uint_eq(ls_tracker_dirty(&dirty, &overflowed), n);
  ls_tracker_epoch(13);
  ck_assert_uint_eq(ls_tracker_dirty(&dirty, &overflowed), 0);
  ls_tracker_epoch(0);
}
END_TEST

START_TEST(addresses_out_of_range_are_dropped_and_counted) {
  uint64_t drops = ls_tracker_drops();
  alloc((uintptr_t)1 << 60, 10, 16);
  ck_assert_uint_eq(ls_tracker_drops(), drops + 1);
  release((uintptr_t)1 << 60, 16);
}
END_TEST

START_TEST(more_sites_than_the_dirty_list_holds_is_said) {
  const uint32_t *dirty;
  int overflowed;
  ls_tracker_epoch(1);
  alloc(0x5000, 1, 16);
  ck_assert_uint_eq(ls_tracker_dirty(&dirty, &overflowed), 1);
  ck_assert_int_eq(overflowed, 0);
  ls_tracker_epoch(0);
}
END_TEST

START_TEST(ranges_that_end_a_traceback) {
  static const char code[5];
  for (int i = 0; i < 4; i++)
    ck_assert_int_eq(ls_tracker_outermost(code + i, code + i + 1), 0);
  ck_assert_int_eq(ls_tracker_outermost(code + 2, code + 3), 0); /* known */
  ck_assert_int_lt(ls_tracker_outermost(code + 4, code + 5), 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Sink");
  TCase *tcase = tcase_create("Tracker");
  tcase_add_checked_fixture(tcase, start, stop);
  tcase_add_test(tcase, threads_lose_nothing);
  tcase_add_test(tcase, two_blocks_in_a_granule_are_two);
  tcase_add_test(tcase, a_block_at_the_end_of_a_table_keeps_its_size);
  tcase_add_test(tcase, a_size_kept_aside_is_nobody_s_birth);
  tcase_add_test(tcase, what_other_threads_touched_late_is_listed_still);
  tcase_add_test(tcase, addresses_out_of_range_are_dropped_and_counted);
  tcase_add_test(tcase, more_sites_than_the_dirty_list_holds_is_said);
  tcase_add_test(tcase, ranges_that_end_a_traceback);
  tcase_set_timeout(tcase, 120);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
