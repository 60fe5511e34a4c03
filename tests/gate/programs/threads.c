/* SPDX-License-Identifier: MIT */
/* Tests that leave a thread behind. */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "suite.h"

static void *wait_for_ever(void *arg) {
  (void)arg;
  for (;;) pause();
  return NULL;
}

static void start_thread(void) {
  static int started;
  pthread_t thread;
  if (started++) return;
  if (pthread_create(&thread, NULL, wait_for_ever, NULL)) abort();
  pthread_detach(thread);
}

/* A thread that frees what others hand to it, now and then. */
static struct {
  pthread_mutex_t lock;
  struct item {
    struct item *next;
  } * items;
  unsigned n, keeps; /* one of so many, 0: none */
} reaper = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void reap(struct item *item) {
  while (item) {
    struct item *next = item->next;
    if (!reaper.keeps || ++reaper.n % reaper.keeps) free(item);
    item = next;
  }
}

static void *reap_for_ever(void *arg) {
  (void)arg;
  for (;;) {
    usleep(50000);
    pthread_mutex_lock(&reaper.lock);
    struct item *items = reaper.items;
    reaper.items = NULL;
    pthread_mutex_unlock(&reaper.lock);
    reap(items);
  }
  return NULL;
}

static void defer(unsigned keeps) {
  static int started;
  pthread_t thread;
  reaper.keeps = keeps;
  if (!started++ && (pthread_create(&thread, NULL, reap_for_ever, NULL) ||
                     pthread_detach(thread)))
    abort();
  struct item *item = malloc(sizeof *item);
  if (!item) abort();
  pthread_mutex_lock(&reaper.lock);
  item->next = reaper.items;
  reaper.items = item;
  pthread_mutex_unlock(&reaper.lock);
}

static int pass;

static int pass_is(int wanted) { return ++pass == wanted; }

START_TEST(test_clean) {
  start_thread();
  free(malloc(1));
}
END_TEST

START_TEST(test_leaks) {
  start_thread();
  leak();
}
END_TEST

START_TEST(test_frees_late) { defer(0); }
END_TEST

START_TEST(test_keeps_some) { defer(4); }
END_TEST

START_TEST(test_asserts) {
  start_thread();
  ck_assert_msg(!pass_is(12), "not the twelfth");
}
END_TEST

START_TEST(test_crashes) {
  start_thread();
  if (pass_is(12)) *(volatile int *)NULL = 1;
}
END_TEST

START_TEST(test_exits) {
  start_thread();
  if (pass_is(12)) exit(0);
}
END_TEST

START_TEST(test_hangs) {
  start_thread();
  if (pass_is(12))
    for (;;) pause();
}
END_TEST

static void *crash(void *arg) {
  (void)arg;
  *(volatile int *)NULL = 1;
  return NULL;
}

static void *assert_false(void *arg) {
  (void)arg;
  ck_abort_msg("in a thread");
  return NULL;
}

static void join_with(void *(*function)(void *)) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, function, NULL)) abort();
  pthread_join(thread, NULL);
}

/* No thread is left, but one of a repetition ends it. */
START_TEST(test_thread_crashes) {
  if (pass_is(12)) join_with(crash);
}
END_TEST

START_TEST(test_thread_asserts) {
  if (pass_is(12)) join_with(assert_false);
}
END_TEST

/* The same with a thread left. */
START_TEST(test_both_crash) {
  start_thread();
  if (pass_is(12)) join_with(crash);
}
END_TEST

START_TEST(test_both_assert) {
  start_thread();
  if (pass_is(12)) join_with(assert_false);
}
END_TEST

START_TEST(test_last) {
  pass = 0;
  ck_assert_ptr_nonnull(tcase_name());
}
END_TEST

static void reset(void) { pass = 0; }

static void add(Suite *suite, const char *name, const TTest *test) {
  TCase *tcase = add_case(suite, name);
  tcase_set_timeout(tcase, 1);
  tcase_add_unchecked_fixture(tcase, reset, NULL);
  _tcase_add_test(tcase, test, 0, 0, 0, 1);
}

int main(void) {
  Suite *suite = suite_create("Threads");
  add(suite, "thread_crashes", test_thread_crashes);
  add(suite, "thread_asserts", test_thread_asserts);
  add(suite, "clean", test_clean);
  add(suite, "leaks", test_leaks);
  add(suite, "frees_late", test_frees_late);
  add(suite, "keeps_some", test_keeps_some);
  add(suite, "asserts", test_asserts);
  add(suite, "crashes", test_crashes);
  add(suite, "exits", test_exits);
  add(suite, "hangs", test_hangs);
  add(suite, "both_crash", test_both_crash);
  add(suite, "both_assert", test_both_assert);
  add(suite, "last", test_last);
  return run_suite(suite);
}
