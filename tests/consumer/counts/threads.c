/* SPDX-License-Identifier: MIT */
/* A test that leaves a thread behind: it is repeated in its own process. */
#include <check.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "store.h"

static sem_t up;

static int waiting;

static void count_me(void) { waiting++; }

/* What is counted must not be a race, so nothing of this function is, whose
   thread is somewhere in it when the process ends; only what it has called
   before the test goes on. */
__attribute__((no_profile_instrument_function)) static void *wait_for_ever(
    void *arg) {
  count_me();
  sem_post(&up);
  for (;;) pause();
  return arg;
}

static pthread_t thread;

START_TEST(test_thread) {
  if (!thread) {
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    sem_wait(&up);
  }
  ck_assert_int_eq(store_measure("four"), 4);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Threads");
  TCase *tcase = tcase_create("Core");
  tcase_add_test(tcase, test_thread);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
