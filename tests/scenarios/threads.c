/* SPDX-License-Identifier: MIT */
/* Threads that live on while a test runs. */
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "scenario.h"

/* A thread that does one piece of work for each request and says so. */
struct worker {
  void (*work)(void);
  sem_t requests, answers;
  int is_running;
};

static void *worker_main(void *arg) {
  struct worker *worker = arg;
  for (;;) {
    while (sem_wait(&worker->requests)) continue;
    worker->work();
    sem_post(&worker->answers);
  }
  return NULL;
}

static void worker_start(struct worker *worker) {
  pthread_t thread;
  if (worker->is_running++) return;
  sem_init(&worker->requests, 0, 0);
  sem_init(&worker->answers, 0, 0);
  pthread_create(&thread, NULL, worker_main, worker);
  pthread_detach(thread);
}

static void worker_ask(struct worker *worker) {
  sem_post(&worker->requests);
  while (sem_wait(&worker->answers)) continue;
}

static void work_and_lose(void) {
  char *block = malloc(80); /* leaks */
  KEEP(block);
}

static void work_and_free(void) {
  char *block = malloc(80);
  KEEP(block);
  free(block);
}

/* Each thread has a cache of its own for 50. */
static void work_with_cache(void) {
  static _Thread_local char *cache[50];
  static _Thread_local unsigned n;
  char **slot = &cache[n++ % LENGTH(cache)];
  free(*slot);
  *slot = strdup("cached");
}

START_TEST(bg_thread_leak) {
  static struct worker worker = {.work = work_and_lose};
  worker_start(&worker);
  worker_ask(&worker);
}
END_TEST

START_TEST(bg_thread_clean) {
  static struct worker worker = {.work = work_and_free};
  worker_start(&worker);
  worker_ask(&worker);
}
END_TEST

START_TEST(thread_caches) {
  static struct worker workers[3] = {{.work = work_with_cache},
                                     {.work = work_with_cache},
                                     {.work = work_with_cache}};
  static unsigned n;
  for (size_t i = 0; i < LENGTH(workers); i++) worker_start(&workers[i]);
  worker_ask(&workers[n++ % LENGTH(workers)]);
  work_with_cache();
}
END_TEST

/* The thread of the test itself leaks while another one lives. */
START_TEST(beside_thread_leak) {
  static struct worker worker = {.work = work_and_free};
  worker_start(&worker);
  worker_ask(&worker);
  char *block = malloc(70); /* leaks */
  KEEP(block);
}
END_TEST

static pthread_mutex_t never = PTHREAD_MUTEX_INITIALIZER;

static void *wait_for_ever(void *arg) {
  pthread_mutex_lock(&never);
  return arg;
}

/* Detached, and waiting for what never comes. */
START_TEST(thread_stuck) {
  pthread_t thread;
  pthread_mutex_trylock(&never);
  ck_assert(!pthread_create(&thread, NULL, wait_for_ever, NULL)); /* leaks */
  pthread_detach(thread);
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {bg_thread_leak, beside_thread_leak,
                                  thread_stuck};
  const TTest *const healthy[] = {bg_thread_clean, thread_caches};
  return scenario_run("threads", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
