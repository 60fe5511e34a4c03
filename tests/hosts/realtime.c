/* SPDX-License-Identifier: MIT */
/*
 * Three threads on one CPU: an ordinary one is in hooks all the time, a
 * real-time one of low priority computes whenever one of high priority is in a
 * hook.  The low one runs then only if the high one waits for the ordinary one,
 * which must be lent the high priority: else it cannot go on, and the low one
 * computes without end.
 * usage: realtime; says "alive", or "inverted" where the low one computed for
 * longer, in its own time, than a hook could last
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 1500, LOW = 10, HIGH = 20, LIMIT_NS = 50000000, DEPTH = 20 };

static atomic_int stop, is_in_hook, inverted;
static sem_t begin;

static long own_time(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A path of calls that was never taken before, for each number. */
static __attribute__((noinline)) void path(unsigned bits, int depth) {
  if (!depth)
    close(dup(0));
  else if (bits & 1)
    path(bits >> 1, depth - 1);
  else
    path(bits >> 1, depth - 1);
  __asm__ volatile("");
}

static void *ordinary(void *arg) {
  for (unsigned i = 0; !stop; i += 2) path(i, DEPTH);
  return arg;
}

static void *low(void *arg) {
  while (!sem_wait(&begin) && !stop) {
    long from = own_time();
    while (is_in_hook && !inverted)
      if (own_time() - from > LIMIT_NS) inverted = 1;
  }
  return arg;
}

static void *high(void *arg) {
  for (unsigned i = 0; i < ROUNDS && !inverted; i++) {
    usleep(50 + i % 200);
    is_in_hook = 1;
    sem_post(&begin);
    path(2 * i + 1, DEPTH);
    is_in_hook = 0;
  }
  stop = 1;
  sem_post(&begin);
  return arg;
}

static int start(pthread_t *thread, void *(*run)(void *), int priority) {
  pthread_attr_t attributes;
  struct sched_param parameter = {.sched_priority = priority};
  pthread_attr_init(&attributes);
  pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
  pthread_attr_setschedpolicy(&attributes, priority ? SCHED_FIFO : SCHED_OTHER);
  pthread_attr_setschedparam(&attributes, &parameter);
  return pthread_create(thread, &attributes, run, NULL);
}

static int stay_on_one_cpu(void) {
  cpu_set_t all, one;
  if (sched_getaffinity(0, sizeof all, &all)) return 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &all)) continue;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    return !sched_setaffinity(0, sizeof one, &one);
  }
  return 0;
}

int main(void) {
  pthread_t threads[3];
  sem_init(&begin, 0, 0);
  if (!stay_on_one_cpu() || start(&threads[0], low, LOW)) {
    puts("skipped: no SCHED_FIFO, or no CPU of its own");
    return 0;
  }
  if (start(&threads[1], ordinary, 0) || start(&threads[2], high, HIGH))
    return 1;
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  puts(inverted ? "inverted" : "alive");
  return 0;
}
