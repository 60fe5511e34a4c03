/* SPDX-License-Identifier: MIT */
/* Counters that each thread keeps for itself, driven by made-up sites. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/thread.h"
#include "tracker/counters.h"

enum { SITE = 70000, MANY = 200000 };

struct event {
  uint32_t site;
  int64_t blocks, bytes;
  int times;
};

static void *make(void *arg) {
  const struct event *event = arg;
  for (int i = 0; i < event->times; i++)
    if (!ls_counters_add(event->site, event->blocks, event->bytes)) abort();
  return NULL;
}

static void elsewhere(struct event event) {
  pthread_t thread;
  ck_assert_int_eq(pthread_create(&thread, NULL, make, &event), 0);
  ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

static void here(struct event event) { make(&event); }

static void finish(void) {
  ls_counters_begin(0);
  ls_counters_clear();
}

#define HOLDS(site, blocks, size)                  \
  do {                                             \
    struct ls_live live_ = ls_counters_live(site); \
    ck_assert_int_eq(live_.count, blocks);         \
    ck_assert_int_eq(live_.bytes, size);           \
  } while (0)

START_TEST(what_one_thread_allocates_another_frees) {
  elsewhere((struct event){SITE, 1, 1000, MANY});
  HOLDS(SITE, MANY, MANY * 1000LL);
  here((struct event){SITE, -1, -1000, MANY - 1});
  HOLDS(SITE, 1, 1000);
  elsewhere((struct event){SITE, -1, -1000, 1});
  HOLDS(SITE, 0, 0);
}
END_TEST

START_TEST(parts_of_threads_may_be_of_opposite_signs) {
  enum { TIMES = 3 << 16 };
  here((struct event){SITE, 1, 1 << 19, TIMES});
  elsewhere((struct event){SITE, -1, -(1 << 19), TIMES - 2});
  HOLDS(SITE, 2, 2 << 19);
}
END_TEST

START_TEST(large_sums_are_exact) {
  here((struct event){SITE, 1, 1000000, 36000}); /* more than 2^35 bytes */
  HOLDS(SITE, 36000, 36000000000);
  here((struct event){SITE, 1 << 30, 1 << 30, 4});
  elsewhere((struct event){SITE, -(1 << 30), -(1 << 30), 1});
  HOLDS(SITE, 36000 + (3LL << 30), 36000000000 + (3LL << 30));
}
END_TEST

static const int64_t big[] = {(1 << 20) - 1, 1 << 20, 1LL << 36, 1LL << 46};

START_TEST(big_blocks_are_exact) {
  elsewhere((struct event){SITE, 1, big[_i], 3});
  here((struct event){SITE, 1, 10, 1});
  HOLDS(SITE, 4, 3 * big[_i] + 10);
  here((struct event){SITE, -1, -big[_i], 3});
  HOLDS(SITE, 1, 10);
}
END_TEST

static int threads(void) {
  int n = 0;
  for (struct ls_thread *t = ls_thread_first(); t; t = t->next) n++;
  return n;
}

START_TEST(tables_are_handed_on_when_their_thread_is_gone) {
  here((struct event){SITE, 1, 8, 1});
  elsewhere((struct event){SITE, 1, 8, 1});
  int before = threads();
  for (int i = 0; i < 200; i++) elsewhere((struct event){SITE, 1, 8, 1});
  /* a thread that was joined may be on its way out of the kernel still */
  ck_assert_int_le(threads(), before + 3);
  HOLDS(SITE, 202, 202 * 8);
}
END_TEST

static pthread_barrier_t barrier;

static void *stay(void *arg) {
  make(arg);
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  make(arg);
  return NULL;
}

START_TEST(tables_of_a_living_thread_are_its_own) {
  pthread_t thread;
  struct event event = {SITE, 1, 8, 1};
  pthread_barrier_init(&barrier, NULL, 2);
  ck_assert_int_eq(pthread_create(&thread, NULL, stay, &event), 0);
  pthread_barrier_wait(&barrier);
  int before = threads();
  elsewhere(event);
  ck_assert_int_ge(threads(), before);
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);
  HOLDS(SITE, 3, 24);
}
END_TEST

START_TEST(sums_are_those_of_each_site) {
  enum { N = 10000 };
  static struct ls_live all[N];
  for (uint32_t site = 1; site < N; site += 7)
    here((struct event){site, 1, site, 2});
  elsewhere((struct event){8, 1, 5 << 20, 1});
  ls_counters_sum(all, N);
  for (uint32_t site = 1; site < N; site++) {
    struct ls_live live = all[site];
    struct ls_live same = ls_counters_live(site);
    ck_assert_int_eq(live.count, same.count);
    ck_assert_int_eq(live.bytes, same.bytes);
    if (site != 8) ck_assert_int_eq(live.count, site % 7 == 1 ? 2 : 0);
  }
}
END_TEST

static int listed(uint32_t site) {
  const uint32_t *sites;
  int overflowed, times = 0;
  uint32_t n = ls_counters_dirty(&sites, &overflowed);
  for (uint32_t i = 0; i < n; i++) times += sites[i] == site;
  return times + overflowed;
}

START_TEST(each_thread_lists_a_site_once_in_an_epoch) {
  here((struct event){SITE, 1, 1, 1});
  ck_assert_int_eq(ls_counters_begin(4), 0);
  ck_assert_int_eq(listed(SITE), 0);
  here((struct event){SITE, 1, 1, 5});
  ck_assert_int_eq(listed(SITE), 1);
  elsewhere((struct event){SITE + 1, 1, 1, 5});
  ck_assert_int_eq(listed(SITE + 1), 1);
  ck_assert_int_eq(ls_counters_begin(5), 0);
  ck_assert_int_eq(listed(SITE), 0);
  /* another thread's are looked at once more */
  ck_assert_int_eq(listed(SITE + 1), 1);
  ck_assert_int_eq(ls_counters_begin(6), 0);
  ck_assert_int_eq(listed(SITE + 1), 0);
}
END_TEST

START_TEST(a_list_without_room_says_so) {
  const uint32_t *sites;
  int overflowed;
  ck_assert_int_eq(ls_counters_begin(7), 0);
  for (uint32_t site = 1; site <= LS_DIRTY_LIMIT; site++)
    here((struct event){site, 1, 1, 1});
  ck_assert_uint_eq(ls_counters_dirty(&sites, &overflowed), LS_DIRTY_LIMIT);
  ck_assert_int_eq(overflowed, 0);
  here((struct event){LS_DIRTY_LIMIT + 1, 1, 1, 1});
  ls_counters_dirty(&sites, &overflowed);
  ck_assert_int_eq(overflowed, 1);
  ck_assert_int_eq(ls_counters_begin(8), 0);
  ls_counters_dirty(&sites, &overflowed);
  ck_assert_int_eq(overflowed, 0);
}
END_TEST

START_TEST(bytes_and_their_peak) {
  int64_t now, peak;
  here((struct event){SITE, 1, 1000, 5000}); /* over what a thread keeps */
  here((struct event){SITE, -1, -1000, 4999});
  ls_counters_memory(&now, &peak);
  ck_assert_int_eq(now, 1000);
  ck_assert_int_eq(peak, 5000 * 1000);
  ls_counters_reset_peak();
  ls_counters_memory(&now, &peak);
  ck_assert_int_eq(peak, 1000);
  here((struct event){SITE, 1, 7LL << 30, 1});
  here((struct event){SITE, -1, -(7LL << 30), 1});
  ls_counters_memory(&now, &peak);
  ck_assert_int_eq(now, 1000);
  ck_assert_int_eq(peak, 1000 + (7LL << 30));
  elsewhere((struct event){SITE, 1, 500, 2});
  ls_counters_memory(&now, &peak);
  ck_assert_int_eq(now, 2000);
}
END_TEST

START_TEST(a_child_counts_on) {
  here((struct event){SITE, 1, 8, 1});
  pid_t pid = fork();
  if (pid == 0) {
    ls_thread_after_fork();
    here((struct event){SITE, 1, 8, 1});
    elsewhere((struct event){SITE, 1, 8, 1});
    struct ls_live live = ls_counters_live(SITE);
    _exit(live.count == 3 && live.bytes == 24 ? 0 : 1);
  }
  int status = 1;
  waitpid(pid, &status, 0);
  ck_assert_int_eq(status, 0);
  HOLDS(SITE, 1, 8);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Counters");
  TCase *tcase = tcase_create("Threads");
  tcase_add_checked_fixture(tcase, NULL, finish);
  tcase_add_test(tcase, what_one_thread_allocates_another_frees);
  tcase_add_test(tcase, parts_of_threads_may_be_of_opposite_signs);
  tcase_add_test(tcase, large_sums_are_exact);
  tcase_add_loop_test(tcase, big_blocks_are_exact, 0, 4);
  tcase_add_test(tcase, tables_are_handed_on_when_their_thread_is_gone);
  tcase_add_test(tcase, tables_of_a_living_thread_are_its_own);
  tcase_add_test(tcase, sums_are_those_of_each_site);
  tcase_add_test(tcase, each_thread_lists_a_site_once_in_an_epoch);
  tcase_add_test(tcase, a_list_without_room_says_so);
  tcase_add_test(tcase, bytes_and_their_peak);
  tcase_add_test(tcase, a_child_counts_on);
  tcase_set_timeout(tcase, 120);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
