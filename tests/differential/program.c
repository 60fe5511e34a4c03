/* SPDX-License-Identifier: MIT */
/*
 * A random program: chains of every kind of frame, run in every kind of
 * place.
 * usage: program ALLOCATIONS SEED [PLUGIN_A PLUGIN_B]
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "../unit/traceback/chains.h"

extern void ls_differential_probe(void) __attribute__((weak));

enum { CHAINS = 3000, STACK = 1 << 20 };

static unsigned long made;

static __attribute__((noinline)) void allocate(void) {
  void *volatile block = malloc(24);
  __atomic_add_fetch(&made, 1, __ATOMIC_RELAXED);
  if (made % 7 == 0) block = realloc(block, 100);
  free(block);
}

/* One after another: the generator keeps its state in statics. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void chain(uint64_t seed) {
  uint64_t state = (seed % CHAINS + 1) * 0x9e3779b97f4a7c15u;
  pthread_mutex_lock(&turn);
  chains_run(&state, 1 + (int)(seed % 30), allocate);
  pthread_mutex_unlock(&turn);
}

static void *in_thread(void *arg) {
  uint64_t seed = (uintptr_t)arg;
  for (int i = 0; i < 40; i++) {
    chain(seed + (uint64_t)i);
    allocate();
  }
  return NULL;
}

static ucontext_t back, coroutine;
static uint64_t coroutine_seed;

static void in_coroutine(void) {
  for (int i = 0; i < 3; i++) {
    chain(coroutine_seed + (uint64_t)i);
    swapcontext(&coroutine, &back);
  }
}

static void run_coroutine(uint64_t seed) {
  static char stack[STACK];
  coroutine_seed = seed;
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = stack;
  coroutine.uc_stack.ss_size = sizeof stack;
  coroutine.uc_link = &back;
  makecontext(&coroutine, in_coroutine, 0);
  for (int i = 0; i < 3; i++) {
    swapcontext(&back, &coroutine);
    allocate();
  }
}

static uint64_t handler_seed;

static void on_alternate_stack(int number) {
  (void)number;
  chain(handler_seed);
}

static void run_handler(uint64_t seed) {
  static char stack[STACK];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack}, old;
  struct sigaction action, before;
  sigaltstack(&alternate, &old);
  memset(&action, 0, sizeof action);
  action.sa_handler = on_alternate_stack;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGUSR2, &action, &before);
  handler_seed = seed;
  raise(SIGUSR2);
  sigaction(SIGUSR2, &before, NULL);
  sigaltstack(&old, NULL);
}

static void on_tick(int number) {
  (void)number;
  if (ls_differential_probe) ls_differential_probe();
}

/* Ticks come between any two instructions. */
static void start_ticks(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_tick;
  action.sa_flags = SA_RESTART;
  sigaction(SIGPROF, &action, NULL);
  struct itimerval each = {{0, 1000}, {0, 1000}};
  setitimer(ITIMER_PROF, &each, NULL);
}

static void stop_ticks(void) {
  struct itimerval never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_PROF, &never, NULL);
}

static void run_child(uint64_t seed) {
  pid_t pid = fork();
  if (pid == 0) {
    for (int i = 0; i < 20; i++) chain(seed + (uint64_t)i);
    exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (status) abort();
}

/* Two libraries that take each other's place. */
static void run_plugin(const char *path, uint64_t seed) {
  void *handle = path ? dlopen(path, RTLD_NOW) : NULL;
  if (!handle) return;
  void (*enter)(void (*)(void));
  *(void **)(void *)&enter = dlsym(handle, "plugin_enter");
  for (int i = 0; enter && i < 3; i++) enter(allocate);
  (void)seed;
  dlclose(handle);
}

int main(int argc, char **argv) {
  unsigned long wanted = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
  uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
  start_ticks();
  for (uint64_t i = 0; made < wanted; i++) {
    uint64_t now = seed * 1000003 + i;
    chain(now);
    if (i % 64 == 1) run_coroutine(now);
    if (i % 16 == 2) run_handler(now);
    if (i % 128 == 3 && argc > 4) run_plugin(argv[3 + i / 128 % 2], now);
    if (i % 512 == 4) {
      pthread_t threads[2];
      for (uintptr_t t = 0; t < 2; t++)
        pthread_create(&threads[t], NULL, in_thread, (void *)(now + t));
      for (int t = 0; t < 2; t++) pthread_join(threads[t], NULL);
    }
    if (i % 1024 == 5) {
      stop_ticks();
      run_child(now);
      start_ticks();
    }
  }
  stop_ticks();
  return 0;
}
