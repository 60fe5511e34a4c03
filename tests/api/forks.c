/* SPDX-License-Identifier: MIT */
/*
 * Forks while another thread allocates by new ways, with handlers of fork that
 * do so too, and wait for threads that do: no process waits for ever.
 */
#include <leakslope.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fork_library.h"

enum { FORKS = 30, LIMIT = 60 };

static atomic_int stop;

static void *work(void *arg) {
  (void)arg;
  while (!atomic_load(&stop)) allocate_anew();
  return NULL;
}

#ifdef BEFORE_ALL
/* Runs before the constructor of any library. */
__attribute__((section(".preinit_array"),
               used)) static void (*const first)(void) = set_handlers;
#endif

static void fork_one(void) {
  int status = -1;
  pid_t pid = fork();
  if (pid == 0) {
    alarm(LIMIT);
    allocate_anew();
    _exit(leakslope_is_tracing() ? 0 : 9);
  }
  if (waitpid(pid, &status, 0) == pid && status == 0) return;
  printf("a child ended with %x\n", (unsigned)status);
  exit(1);
}

int main(void) {
  pthread_t thread;
  alarm(2 * LIMIT);
  if (pthread_create(&thread, NULL, work, NULL)) return 1;
  for (int i = 0; i < FORKS; i++) fork_one();
  atomic_store(&stop, 1);
  pthread_join(thread, NULL);
  puts("no process waited");
  return !leakslope_is_tracing();
}
