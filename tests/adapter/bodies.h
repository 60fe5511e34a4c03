/* SPDX-License-Identifier: MIT */
/*
 * What a test may do, for each adapter; what each is to be judged as stands in
 * kit.py.
 *
 * An adapter defines KIT_ASSERT(condition), includes this once, and registers
 * what KIT_EACH names.  `pass` counts the passes of a test in its process, the
 * test's own among them.
 */
#ifndef ADAPTER_BODIES_H
#define ADAPTER_BODIES_H

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KIT_LATE = 5, KIT_RING = 16, KIT_LIMIT = 2 };

static void *volatile kept;

static void keep(void) {
  void **block = malloc(48);
  *block = kept;
  kept = block;
}

static void body_clean(void) { free(malloc(48)); }

static void body_once(void) {
  static void *volatile table;
  if (!table) table = malloc(4096);
}

static void body_ring(void) {
  static void *ring[KIT_RING];
  static unsigned pass;
  free(ring[pass % KIT_RING]);
  ring[pass++ % KIT_RING] = malloc(48);
}

static void body_grows(void) { keep(); }

static void body_one_in_nine(void) {
  static unsigned pass;
  if (pass++ % 9 == 0) keep();
}

static void body_descriptor(void) {
  KIT_ASSERT(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
}

static void body_fails(void) { KIT_ASSERT(getpid() < 0); }

static void body_fails_late(void) {
  static unsigned pass;
  KIT_ASSERT(++pass < KIT_LATE);
}

static void body_crashes_late(void) {
  static unsigned pass;
  if (++pass == KIT_LATE) *(volatile int *)0 = 1;
}

static void body_hangs_late(void) {
  static unsigned pass;
  while (pass == KIT_LATE) sleep(1);
  pass++;
}

static void body_exits_late(void) {
  static unsigned pass;
  if (++pass == KIT_LATE) exit(0);
}

static void body_leaves_late(void) {
  static unsigned pass;
  if (++pass == KIT_LATE) _exit(0);
}

static void *wait_for_ever(void *arg) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  (void)arg;
  pthread_mutex_lock(&lock);
  for (;;) pthread_cond_wait(&never, &lock);
  return NULL;
}

static void start_thread(void) {
  static pthread_t thread;
  static int is_started;
  if (!is_started)
    is_started = !pthread_create(&thread, NULL, wait_for_ever, NULL);
  KIT_ASSERT(is_started);
}

static void body_thread(void) {
  start_thread();
  free(malloc(48));
}

static void body_thread_grows(void) {
  start_thread();
  keep();
}

static void body_too_long(void) {
  for (;;) sleep(1);
}

static void body_prints(void) {
  printf("the test has printed this\n");
  fflush(stdout);
}

static void body_refused(void) { keep(); }

/* clang-format off */
#define KIT_EACH(X)                                                  \
  X(clean) X(once) X(ring) X(grows) X(one_in_nine) X(descriptor)     \
  X(fails) X(fails_late) X(crashes_late) X(hangs_late)               \
  X(exits_late) X(leaves_late) X(thread) X(thread_grows)             \
  X(too_long) X(prints)
/* clang-format on */

#endif
