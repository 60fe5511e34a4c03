/* SPDX-License-Identifier: MIT */
/* Tests that create threads.  The line that a message has to name is marked. */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"

static void *work(void *arg) {
  free(malloc(10));
  return arg;
}

static int c11_work(void *arg) { return arg != NULL; }

static void *wait_for_ever(void *arg) {
  (void)arg;
  for (;;) pause();
  return NULL;
}

/* ---- leaks --------------------------------------------------------------- */

START_TEST(test_unjoined) {
  pthread_t thread;
  ck_assert(!pthread_create(&thread, NULL, work, NULL)); /* leaks */
}
END_TEST

START_TEST(test_two_of_three) {
  pthread_t thread;
  static int n;
  ck_assert(!pthread_create(&thread, NULL, work, NULL)); /* leaks */
  if (n++ % 3 == 0) pthread_join(thread, NULL);
}
END_TEST

START_TEST(test_c11_unjoined) {
  thrd_t thread;
  ck_assert(thrd_create(&thread, c11_work, NULL) == thrd_success); /* leaks */
}
END_TEST

/* Detached, but they never end. */
START_TEST(test_never_ends) {
  pthread_t thread;
  ck_assert(!pthread_create(&thread, NULL, wait_for_ever, NULL)); /* leaks */
  pthread_detach(thread);
}
END_TEST

/* ---- no leaks ------------------------------------------------------------ */

START_TEST(test_joined) {
  pthread_t all[4];
  void *result;
  for (int i = 0; i < 4; i++)
    ck_assert(!pthread_create(&all[i], NULL, work, all));
  for (int i = 0; i < 4; i++) {
    ck_assert(!pthread_join(all[i], &result));
    ck_assert_ptr_eq(result, all);
  }
}
END_TEST

static sem_t begun;

static void *detach_itself(void *arg) {
  pthread_detach(pthread_self());
  sem_post(&begun);
  return arg;
}

static void *say_begun(void *arg) {
  sem_post(&begun);
  return arg;
}

START_TEST(test_detached) {
  pthread_t thread;
  pthread_attr_t attributes;
  sem_init(&begun, 0, 0);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  ck_assert(!pthread_create(&thread, &attributes, say_begun, NULL));
  sem_wait(&begun);
  pthread_attr_destroy(&attributes);
}
END_TEST

START_TEST(test_detached_later) {
  pthread_t thread;
  ck_assert(!pthread_create(&thread, NULL, work, NULL));
  ck_assert(!pthread_detach(thread));
}
END_TEST

START_TEST(test_detaches_itself) {
  pthread_t thread;
  sem_init(&begun, 0, 0);
  ck_assert(!pthread_create(&thread, NULL, detach_itself, NULL));
  sem_wait(&begun);
}
END_TEST

START_TEST(test_c11_joined) {
  thrd_t thread, other;
  int result;
  ck_assert(thrd_create(&thread, c11_work, &result) == thrd_success);
  ck_assert(thrd_create(&other, c11_work, NULL) == thrd_success);
  thrd_detach(other);
  ck_assert(thrd_join(thread, &result) == thrd_success);
  ck_assert_int_eq(result, 1);
}
END_TEST

START_TEST(test_joined_in_time) {
  pthread_t thread;
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  ck_assert(!pthread_create(&thread, NULL, wait_for_ever, NULL));
  ck_assert(pthread_timedjoin_np(thread, NULL, &until));
  ck_assert(pthread_tryjoin_np(thread, NULL));
  pthread_cancel(thread);
  ck_assert(!pthread_join(thread, NULL));
}
END_TEST

/* Four that are created once and run on. */
START_TEST(test_pool) {
  static pthread_t pool[4];
  static int created;
  while (created < 4)
    ck_assert(!pthread_create(&pool[created++], NULL, wait_for_ever, NULL));
}
END_TEST

START_TEST(test_fails) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, (size_t)1 << 60);
  ck_assert(pthread_create(&thread, &attributes, work, NULL));
  pthread_attr_destroy(&attributes);
}
END_TEST

/* ---- a thread is what it is without us ----------------------------------- */

enum { STACK = 1 << 20 };

static pthread_key_t key;
static int destroyed, cleaned;

static void destroy(void *value) { destroyed += value == &key; }

static void clean(void *arg) { cleaned += arg == &key; }

static size_t stack_size(void) {
  pthread_attr_t attributes;
  size_t size;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstacksize(&attributes, &size);
  pthread_attr_destroy(&attributes);
  return size;
}

/* Whoever called us is libc, and no frame lies between. */
static __attribute__((noinline)) void *look_around(void *arg) {
  Dl_info info = {0};
  char name[16];
  size_t *size = arg;
  void *caller = __builtin_extract_return_addr(__builtin_return_address(0));
  *size = stack_size();
  pthread_setspecific(key, &key);
  pthread_setname_np(pthread_self(), "worker");
  pthread_getname_np(pthread_self(), name, sizeof name);
  int good = dladdr(caller, &info) && strstr(info.dli_fname, "libc.so") &&
             !strcmp(name, "worker");
  pthread_cleanup_push(clean, &key);
  pthread_exit(good ? &key : NULL);
  pthread_cleanup_pop(0);
}

START_TEST(test_undisturbed) {
  pthread_t thread;
  pthread_attr_t attributes;
  void *result;
  size_t size = 0;
  destroyed = cleaned = 0;
  if (!key) pthread_key_create(&key, destroy);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK);
  ck_assert(!pthread_create(&thread, &attributes, look_around, &size));
  ck_assert(!pthread_join(thread, &result));
  pthread_attr_destroy(&attributes);
  ck_assert_ptr_eq(result, &key);
  ck_assert_uint_eq(size, STACK);
  ck_assert_int_eq(destroyed, 1);
  ck_assert_int_eq(cleaned, 1);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Workers");
  add_test(suite, "unjoined", test_unjoined);
  add_test(suite, "two_of_three", test_two_of_three);
  add_test(suite, "c11_unjoined", test_c11_unjoined);
  add_test(suite, "never_ends", test_never_ends);
  add_test(suite, "joined", test_joined);
  add_test(suite, "detached", test_detached);
  add_test(suite, "detached_later", test_detached_later);
  add_test(suite, "detaches_itself", test_detaches_itself);
  add_test(suite, "c11_joined", test_c11_joined);
  add_test(suite, "joined_in_time", test_joined_in_time);
  add_test(suite, "pool", test_pool);
  add_test(suite, "fails", test_fails);
  add_test(suite, "undisturbed", test_undisturbed);
  return run_suite(suite);
}
