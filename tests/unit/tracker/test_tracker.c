/* SPDX-License-Identifier: MIT */
/* The counters behind a snapshot, driven by this program's own malloc calls. */
#include <check.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interpose/sink.h"
#include "platform/guard.h"
#include "traceback/intern.h"
#include "tracker/shadow.h"
#include "tracker/tracker.h"

static void start(void) {
  const char *cause = "";
  if (ls_tracker_start(0, &cause)) ck_abort_msg("%s", cause);
}

static void stop(void) {
  ls_tracker_epoch(0);
  ls_tracker_stop();
}

static void *volatile kept;

static struct ls_live live_of(const void *block) {
  return ls_tracker_live(ls_tracker_site_of(block));
}

/* ---- sizes
 * ------------------------------------------------------------------- */

static const size_t sizes[] = {
    0,    1,     8,      23,     24,     25,     100,     1000,         4095,
    4096, 65537, 131072, 131073, 135167, 200000, 1 << 20, (1 << 24) + 5};

START_TEST(sizes_are_exact) {
  size_t size = sizes[_i];
  kept = malloc(size);
  struct ls_live live = live_of(kept);
  uint32_t site = ls_tracker_site_of(kept);
  ck_assert_int_eq(live.count, 1);
  ck_assert_int_eq(live.bytes, (int64_t)size);
  free(kept);
  live = ls_tracker_live(site);
  ck_assert_int_eq(live.count, 0);
  ck_assert_int_eq(live.bytes, 0);
}
END_TEST

START_TEST(sizes_of_aligned_blocks_are_exact) {
  /* far less than the allocator gives: the size is kept aside */
  kept = aligned_alloc(4096, 4096);
  void *page = valloc(10);
  ck_assert_int_eq(live_of(kept).bytes, 4096);
  ck_assert_int_eq(live_of(page).bytes, 10);
  uint32_t site = ls_tracker_site_of(page);
  free(page);
  free(kept);
  ck_assert_int_eq(ls_tracker_live(site).bytes, 0);
}
END_TEST

START_TEST(a_resized_block_is_counted_where_it_was_resized) {
  kept = malloc(10);
  uint32_t first = ls_tracker_site_of(kept);
  kept = realloc(kept, 300000);
  uint32_t second = ls_tracker_site_of(kept);
  ck_assert_uint_ne(first, second);
  ck_assert_int_eq(ls_tracker_live(first).count, 0);
  ck_assert_int_eq(ls_tracker_live(second).count, 1);
  ck_assert_int_eq(ls_tracker_live(second).bytes, 300000);
  free(kept);
  ck_assert_int_eq(ls_tracker_live(second).bytes, 0);
}
END_TEST

START_TEST(memory_and_its_peak) {
  size_t before, now, peak;
  ls_tracker_memory(&before, NULL);
  kept = malloc(50000);
  free(kept);
  ls_tracker_memory(&now, &peak);
  ck_assert_uint_ge(peak, before + 50000);
  ck_assert_uint_lt(now, before + 50000);
  ls_tracker_reset_peak();
  ls_tracker_memory(&now, &peak);
  ck_assert_uint_eq(now, peak);
}
END_TEST

/* ---- threads and processes
 * ------------------------------------------------------ */

enum { BLOCKS = 5000 };
static void *blocks[BLOCKS];

static __attribute__((noinline)) void *allocate_all(void *arg) {
  for (int i = 0; i < BLOCKS; i++) blocks[i] = malloc(32);
  return arg;
}

START_TEST(frees_in_another_thread_net_out) {
  pthread_t thread;
  ck_assert_int_eq(pthread_create(&thread, NULL, allocate_all, NULL), 0);
  pthread_join(thread, NULL);
  uint32_t site = ls_tracker_site_of(blocks[0]);
  ck_assert_int_eq(ls_tracker_live(site).count, BLOCKS);
  for (int i = 0; i < BLOCKS; i++) free(blocks[i]);
  ck_assert_int_eq(ls_tracker_live(site).count, 0);
}
END_TEST

static void *churn(void *arg) {
  for (int i = 0; i < 100000; i++) {
    void *volatile block = malloc(16 + (size_t)i % 64);
    free(block);
  }
  return arg;
}

START_TEST(threads_at_one_site_lose_no_count) {
  pthread_t threads[3];
  uint64_t drops = ls_tracker_drops(), foreign = ls_tracker_foreign_frees();
  for (int i = 0; i < 3; i++)
    ck_assert_int_eq(pthread_create(&threads[i], NULL, churn, NULL), 0);
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  int64_t total = 0;
  for (uint32_t s = 1; s <= ls_tracker_sites(); s++) {
    uintptr_t pcs[1];
    ck_assert_uint_eq(ls_tracker_path(s, pcs, 1), 1);
    if (pcs[0] >= (uintptr_t)churn && pcs[0] < (uintptr_t)churn + 400)
      total += ls_tracker_live(s).count;
  }
  ck_assert_int_eq(total, 0);
  ck_assert_uint_eq(ls_tracker_drops(), drops);
  ck_assert_uint_eq(ls_tracker_foreign_frees(), foreign);
}
END_TEST

START_TEST(a_forked_child_knows_and_goes_on) {
  kept = malloc(77);
  pid_t pid = fork();
  if (pid == 0) {
    int good = live_of(kept).bytes == 77;
    uint32_t site = ls_tracker_site_of(kept);
    free(kept);
    good &= ls_tracker_live(site).count == 0;
    kept = malloc(5);
    good &= live_of(kept).bytes == 5;
    _exit(good ? 0 : 1);
  }
  int status;
  waitpid(pid, &status, 0);
  ck_assert_int_eq(status, 0);
  ck_assert_int_eq(live_of(kept).bytes, 77);
  free(kept);
}
END_TEST

/* Others' handlers bring ours along. */
START_TEST(a_fork_where_nothing_was_traced_takes_no_lock) {
  int status = -1;
  ls_sink_fork_handlers();
  ls_intern_before_fork(); /* it would be waited for here */
  pid_t pid = fork();
  if (pid == 0) _exit(0);
  waitpid(pid, &status, 0);
  ck_assert_int_eq(status, 0);
}
END_TEST

/* ---- what is not known
 * ------------------------------------------------------------- */

START_TEST(frees_from_before_are_counted) {
  ls_tracker_stop();
  kept = malloc(10);
  void *other = malloc(10);
  start();
  uint64_t before = ls_tracker_foreign_frees();
  free(kept);
  ck_assert_uint_eq(ls_tracker_foreign_frees(), before + 1);
  /* one that is resized becomes known */
  other = realloc(other, 2000);
  ck_assert_int_eq(live_of(other).bytes, 2000);
  free(other);
}
END_TEST

START_TEST(a_pointer_into_a_block_is_no_block) {
  char *block = kept = malloc(100000);
  for (int i = 16; i < 256; i += 16)
    ck_assert_uint_eq(ls_tracker_site_of(block + i), 0);
  ck_assert_uint_eq(ls_tracker_site_of(NULL), 0);
  ck_assert_uint_eq(ls_tracker_site_of((void *)-16), 0);
  free(block);
}
END_TEST

/* ---- epochs
 * ---------------------------------------------------------------------------
 */

struct born {
  uint32_t site, birth, seen;
};

static void find_birth(void *arg, uint32_t site, uint32_t birth) {
  struct born *born = arg;
  if (site != born->site) return;
  born->birth = birth;
  born->seen++;
}

static int is_dirty(uint32_t site) {
  const uint32_t *dirty;
  int overflowed;
  uint32_t n = ls_tracker_dirty(&dirty, &overflowed), times = 0;
  for (uint32_t i = 0; i < n; i++) times += dirty[i] == site;
  return (int)times;
}

START_TEST(an_epoch_lists_what_was_touched_once) {
  void *quiet = malloc(11);
  ls_tracker_epoch(5);
  kept = malloc(12);
  uint32_t site = ls_tracker_site_of(kept);
  ck_assert_int_eq(is_dirty(site), 1);
  ck_assert_int_eq(is_dirty(ls_tracker_site_of(quiet)), 0);
  ls_tracker_epoch(6);
  ck_assert_int_eq(is_dirty(site), 0);
  free(kept);
  ck_assert_int_eq(is_dirty(site), 1);
  free(quiet);
}
END_TEST

START_TEST(a_block_is_born_in_its_epoch_and_keeps_that_when_resized) {
  ls_tracker_epoch(9);
  kept = malloc(12);
  ls_tracker_epoch(10);
  kept = realloc(kept, 100);
  struct born born = {.site = ls_tracker_site_of(kept)};
  ls_tracker_walk(find_birth, &born);
  ck_assert_uint_eq(born.seen, 1);
  ck_assert_uint_eq(born.birth, 9);
  free(kept);
}
END_TEST

/* ---- descriptors
 * ------------------------------------------------------------------------ */

START_TEST(descriptors_have_sites_of_their_own) {
  int fd = open("/dev/null", O_RDONLY);
  struct born born = {0};
  uint32_t site = 0;
  for (uint32_t s = 1; s <= ls_tracker_sites(); s++)
    if (ls_tracker_domain(s) == LS_DOMAIN_FD && ls_tracker_live(s).count > 0)
      site = born.site = s;
  ck_assert_uint_ne(site, 0);
  ls_tracker_walk(find_birth, &born);
  ck_assert_uint_eq(born.seen, 1);
  close(fd);
  ck_assert_int_eq(ls_tracker_live(site).count, 0);
  /* another in its place, without a close that was seen */
  fd = open("/dev/null", O_RDONLY);
  dup2(0, fd);
  ck_assert_int_eq(ls_tracker_live(site).count, 0);
  close(fd);
}
END_TEST

START_TEST(clearing_forgets_all) {
  kept = malloc(64);
  uint32_t site = ls_tracker_site_of(kept);
  ls_tracker_clear();
  ck_assert_uint_eq(ls_tracker_site_of(kept), 0);
  ck_assert_int_eq(ls_tracker_live(site).count, 0);
  free(kept);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Tracker");
  TCase *tcase = tcase_create("Counters");
  tcase_add_checked_fixture(tcase, start, stop);
  tcase_add_loop_test(tcase, sizes_are_exact, 0, sizeof sizes / sizeof *sizes);
  tcase_add_test(tcase, sizes_of_aligned_blocks_are_exact);
  tcase_add_test(tcase, a_resized_block_is_counted_where_it_was_resized);
  tcase_add_test(tcase, memory_and_its_peak);
  tcase_add_test(tcase, frees_in_another_thread_net_out);
  tcase_add_test(tcase, threads_at_one_site_lose_no_count);
  tcase_add_test(tcase, a_forked_child_knows_and_goes_on);
  tcase_add_test(tcase, frees_from_before_are_counted);
  tcase_add_test(tcase, a_pointer_into_a_block_is_no_block);
  tcase_add_test(tcase, an_epoch_lists_what_was_touched_once);
  tcase_add_test(tcase,
                 a_block_is_born_in_its_epoch_and_keeps_that_when_resized);
  tcase_add_test(tcase, descriptors_have_sites_of_their_own);
  tcase_add_test(tcase, clearing_forgets_all);
  tcase_set_timeout(tcase, 60);
  TCase *off = tcase_create("Not started");
  tcase_add_test(off, a_fork_where_nothing_was_traced_takes_no_lock);
  tcase_set_timeout(off, 10);
  suite_add_tcase(suite, off);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
