/* SPDX-License-Identifier: MIT */
/*
 * A library that does at a fork what libraries do: its handlers allocate, and
 * wait for a thread that does, each time by a way that was never gone before.
 * Behind libleakslope on the link line its constructor is the first to run.
 */
#include "fork_library.h"

#include <pthread.h>
#include <stdlib.h>

static unsigned ways;

static __attribute__((noinline)) void *left(unsigned way);

static __attribute__((noinline)) void *right(unsigned way) {
  void *block = way < 2 ? malloc(10) : way & 1 ? left(way / 2) : right(way / 2);
  __asm__ volatile("");
  return block;
}

static __attribute__((noinline)) void *left(unsigned way) {
  void *block = way < 2 ? malloc(11) : way & 1 ? left(way / 2) : right(way / 2);
  __asm__ volatile("");
  return block;
}

void allocate_anew(void) {
  free(right(__atomic_add_fetch(&ways, 1, __ATOMIC_RELAXED)));
}

static void *in_a_thread(void *arg) {
  (void)arg;
  allocate_anew();
  return NULL;
}

static void handler(void) {
  pthread_t thread;
  allocate_anew();
  if (pthread_create(&thread, NULL, in_a_thread, NULL)) abort();
  pthread_join(thread, NULL);
}

#ifdef BY_CONSTRUCTOR
__attribute__((constructor))
#endif
void set_handlers(void) {
  pthread_atfork(handler, handler, handler);
}
