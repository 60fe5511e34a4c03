/* SPDX-License-Identifier: MIT */
/* What a test leaves to other threads is done late, or is not their business.
   The threads are made once and live on. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>

#include "suite.h"

enum { MOST = 8192, SOME = 4 };

static void nap(long us) {
  const struct timespec time = {0, us * 1000};
  nanosleep(&time, NULL);
}

static void start(void *(*run)(void *)) {
  pthread_t thread;
  ck_assert(!pthread_create(&thread, NULL, run, NULL));
  ck_assert(!pthread_detach(thread));
}

/* ---- a population at rest, and one that is filled ------------------------ */

enum { MEAN = 400 };

static uint64_t seed;

static double chance(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (double)(seed >> 11) * 0x1p-53;
}

static void *live[MOST];
static unsigned nlive;

static __attribute__((noinline)) void *session(void) { return malloc(200); }

static void sessions(void (*end)(void *)) {
  if (chance() < 0.5) live[nlive++] = session();
  for (unsigned i = nlive; i-- > 0;) {
    if (chance() >= 1.0 / MEAN) continue;
    end(live[i]);
    live[i] = live[--nlive];
  }
}

static sem_t idles;

static void *idle(void *arg) {
  free(malloc(10));
  sem_post(&idles);
  for (;;) nap(100000);
  return arg;
}

static void seed_by(int i) {
  seed = UINT64_C(88172645463325252) ^
         (uint64_t)(i + 1) * UINT64_C(0x9E3779B97F4A7C15);
  for (int k = 0; k < 20; k++) (void)chance();
}

START_TEST(test_population) {
  if (!seed) {
    seed_by(_i);
    sem_init(&idles, 0, 0);
    start(idle);
    sem_wait(&idles);
  }
  sessions(free);
}
END_TEST

/* ---- a reaper that comes by now and then --------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *dead[MOST];
static unsigned ndead;

static void bury(void *block) {
  pthread_mutex_lock(&lock);
  ck_assert_uint_lt(ndead, MOST);
  dead[ndead++] = block;
  pthread_mutex_unlock(&lock);
}

static void *reap(void *arg) {
  for (;;) {
    nap(500);
    pthread_mutex_lock(&lock);
    while (ndead) free(dead[--ndead]);
    pthread_mutex_unlock(&lock);
  }
  return arg;
}

START_TEST(test_reaper) {
  if (!seed) {
    seed_by(_i);
    start(reap);
  }
  sessions(bury);
}
END_TEST

/* ---- a worker that falls behind ------------------------------------------ */

static void *jobs[MOST];
static unsigned njobs;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static void (*done_with)(void *job);

static void *do_jobs(void *arg) {
  for (;;) {
    pthread_mutex_lock(&lock);
    while (!njobs) pthread_cond_wait(&more, &lock);
    void *job = jobs[--njobs];
    pthread_mutex_unlock(&lock);
    done_with(job);
  }
  return arg;
}

/* It shares one processor with the test, and does not push in there. */
static void start_worker(void (*function)(void *job)) {
  const struct sched_param none = {0};
  pthread_t thread;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  done_with = function;
  ck_assert(!pthread_create(&thread, NULL, do_jobs, NULL));
  (void)pthread_setaffinity_np(pthread_self(), sizeof one, &one);
  (void)pthread_setaffinity_np(thread, sizeof one, &one);
  (void)pthread_setschedparam(thread, SCHED_BATCH, &none);
}

static void send(void) {
  pthread_mutex_lock(&lock);
  ck_assert_uint_lt(njobs, MOST);
  jobs[njobs++] = malloc(64);
  pthread_cond_signal(&more);
  pthread_mutex_unlock(&lock);
}

static void keep_one(void *job) {
  leak();
  free(job);
}

START_TEST(test_worker_leaks) {
  if (!done_with) start_worker(keep_one);
  send();
}
END_TEST

START_TEST(test_worker_is_behind) {
  if (!done_with) start_worker(free);
  send();
}
END_TEST

/* ---- threads that are about to end --------------------------------------- */

static sem_t worked;
static pthread_key_t key;

static void *work(void *arg) {
  pthread_setspecific(key, malloc(400));
  sem_post(&worked);
  return arg;
}

START_TEST(test_ends) {
  if (!key) {
    sem_init(&worked, 0, 0);
    pthread_key_create(&key, free);
  }
  start(work);
  sem_wait(&worked);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Late");
  tcase_add_loop_test(add_case(suite, "population"), test_population, 0, SOME);
  tcase_add_loop_test(add_case(suite, "reaper"), test_reaper, 0, SOME);
  add_test(suite, "worker_leaks", test_worker_leaks);
  add_test(suite, "worker_is_behind", test_worker_is_behind);
  add_test(suite, "ends", test_ends);
  return run_suite(suite);
}
