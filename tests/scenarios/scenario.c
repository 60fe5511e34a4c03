/* SPDX-License-Identifier: MIT */
/* What the labelled scenarios share: random sequences, and how they are run. */
#include "scenario.h"

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

enum { DEFAULT_SEED = 20 };

static uint64_t mix(uint64_t z) { /* splitmix64's */
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static uint64_t first_state(const char *name) {
  const char *text = getenv("SCENARIO_SEED");
  uint64_t state = text ? strtoull(text, NULL, 10) : DEFAULT_SEED;
  for (; *name; name++) state = mix(state ^ (unsigned char)*name) + 1;
  return state | 1;
}

uint64_t sequence_next(struct sequence *sequence) {
  if (!sequence->state) sequence->state = first_state(sequence->name);
  return mix(sequence->state += 0x9e3779b97f4a7c15u);
}

unsigned sequence_below(struct sequence *sequence, unsigned n) {
  return (unsigned)((sequence_next(sequence) >> 32) * n >> 32);
}

double sequence_unit(struct sequence *sequence) {
  return (double)(sequence_next(sequence) >> 11) * 0x1p-53;
}

static sem_t has_allocated;

static void *idle(void *arg) {
  void *block = malloc(100);
  KEEP(block);
  free(block);
  sem_post(&has_allocated);
  for (;;) pause();
  return arg;
}

/* In the process of each test: a fork leaves threads behind. */
static void idle_beside(void) {
  static pid_t owner;
  pthread_t thread;
  if (owner == getpid()) return;
  owner = getpid();
  sem_init(&has_allocated, 0, 0);
  if (pthread_create(&thread, NULL, idle, NULL)) abort();
  pthread_detach(thread);
  sem_wait(&has_allocated);
}

static void add_case(Suite *suite, const char *name, const TTest *const tests[],
                     size_t n) {
  TCase *tcase = tcase_create(name);
  if (getenv("SCENARIO_THREAD"))
    tcase_add_checked_fixture(tcase, idle_beside, NULL);
  for (size_t i = 0; i < n; i++) tcase_add_test(tcase, tests[i]);
  suite_add_tcase(suite, tcase);
}

int scenario_run(const char *family, const TTest *const leaking[],
                 size_t nleaking, const TTest *const healthy[],
                 size_t nhealthy) {
  Suite *suite = suite_create(family);
  add_case(suite, "leaking", leaking, nleaking);
  add_case(suite, "healthy", healthy, nhealthy);
  return scenario_run_suite(suite);
}

int scenario_run_suite(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
