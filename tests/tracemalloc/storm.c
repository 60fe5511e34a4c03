/* SPDX-License-Identifier: MIT */
/*
 * Snapshots at signals that come at the worst of times: while threads
 * allocate, fork and unload libraries, and while one is being written.
 * To be run with LEAKSLOPE_SNAPSHOT_SIGNAL=USR2 in an empty folder.
 */
#include <dlfcn.h>
#include <errno.h>
#include <glob.h>
#include <leakslope.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, SIGNALS = 300, FORKS = 20, AT_LEAST = 20 };

static atomic_int stop;

static void *recurse(int depth, size_t size) {
  void *block = depth ? recurse(depth - 1, size) : malloc(size);
  __asm__ volatile("");
  return block;
}

static void *work(void *arg) {
  unsigned seed = (unsigned)(uintptr_t)arg;
  void *ring[64] = {NULL};
  while (!atomic_load(&stop)) {
    unsigned at = (unsigned)rand_r(&seed) % 64;
    free(ring[at]);
    ring[at] = recurse(rand_r(&seed) % 40, 1 + at * 50);
    if (at == 1) {
      void *library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
      if (library) dlclose(library);
    }
    /* what the handler does to errno would show in anything that fails */
    errno = 77;
    ring[at] = realloc(ring[at], 3000);
    if (errno != 77) abort();
  }
  for (int i = 0; i < 64; i++) free(ring[i]);
  return NULL;
}

static void fork_one(void) {
  pid_t pid = fork();
  if (!pid) {
    free(recurse(3, 10));
    raise(SIGUSR2);
    _exit(0);
  }
  int status = -1;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (status) {
    printf("a child ended with %x\n", (unsigned)status);
    exit(1);
  }
}

static int check(size_t *n) {
  glob_t found;
  if (glob("leakslope.*.snap", 0, NULL, &found)) return 1;
  *n = found.gl_pathc;
  for (size_t i = 0; i < found.gl_pathc; i++) {
    struct leakslope_snapshot *snapshot =
        leakslope_snapshot_load(found.gl_pathv[i]);
    if (!snapshot) {
      printf("%s: %s\n", found.gl_pathv[i], strerror(errno));
      return 1;
    }
    leakslope_snapshot_free(snapshot);
  }
  globfree(&found);
  return glob("*.tmp", 0, NULL, &found) != GLOB_NOMATCH;
}

int main(void) {
  pthread_t threads[THREADS];
  size_t n = 0;
  for (uintptr_t i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, work, (void *)(i + 1));
  for (int i = 0; i < SIGNALS; i++) {
    if (i % 2)
      kill(getpid(), SIGUSR2);
    else
      pthread_kill(threads[i % THREADS], SIGUSR2);
    if (i % (SIGNALS / FORKS) == 0) fork_one();
    sched_yield();
  }
  atomic_store(&stop, 1);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  int wrong = check(&n);
  printf("%zu snapshots, %s\n", n, wrong ? "some are wrong" : "all whole");
  return wrong || n < AT_LEAST + FORKS;
}
