/* SPDX-License-Identifier: MIT */
/* A thread that was started before main.  It lives in the first process only,
   so the tests run in that one. */
#include <pthread.h>
#include <semaphore.h>

#include "scenario.h"

static sem_t requests, answers;

static void *early_main(void *arg) {
  for (;;) {
    while (sem_wait(&requests)) continue;
    char *block = malloc(80); /* leaks */
    KEEP(block);
    sem_post(&answers);
  }
  return arg;
}

static __attribute__((constructor)) void start_early(void) {
  pthread_t thread;
  sem_init(&requests, 0, 0);
  sem_init(&answers, 0, 0);
  pthread_create(&thread, NULL, early_main, NULL);
  pthread_detach(thread);
}

START_TEST(early_thread_leak) {
  sem_post(&requests);
  while (sem_wait(&answers)) continue;
}
END_TEST

START_TEST(early_thread_idle) {
  char *block = malloc(80);
  KEEP(block);
  free(block);
}
END_TEST

int main(void) {
  setenv("CK_FORK", "no", 1);
  const TTest *const leaking[] = {early_thread_leak};
  const TTest *const healthy[] = {early_thread_idle};
  return scenario_run("constructor", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
