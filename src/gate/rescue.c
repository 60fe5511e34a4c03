/* SPDX-License-Identifier: MIT */
/* Turns crashes in a repetition into the end of the repetition. */
#include "gate/rescue.h"

#include <string.h>
#include <sys/mman.h>

#include "gate/outlive.h"

enum { STACK = 64 * 1024 };

static const int crashes[LSG_CRASH_SIGNALS] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE,
                                               SIGABRT, SIGSYS, SIGTRAP};

static void (*on_crash)(int signal);

static void crashed(int signal) {
  on_crash(signal);
  /* Before the first pass, or behind the last. */
  lsg_outlive_crashed(signal);
  /* A process that the test forked: as without us. */
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, NULL);
  raise(signal);
}

void lsg_rescue_begin(struct lsg_rescue *rescue, void (*first)(int signal)) {
  on_crash = first;
  rescue->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (rescue->stack != MAP_FAILED) {
    stack_t stack = {.ss_sp = rescue->stack, .ss_size = STACK};
    sigaltstack(&stack, &rescue->old_stack);
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = crashed;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (int i = 0; i < LSG_CRASH_SIGNALS; i++)
    sigaction(crashes[i], &action, &rescue->old[i]);
}

void lsg_rescue_end(struct lsg_rescue *rescue) {
  for (int i = 0; i < LSG_CRASH_SIGNALS; i++)
    sigaction(crashes[i], &rescue->old[i], NULL);
  if (rescue->stack == MAP_FAILED) return;
  sigaltstack(&rescue->old_stack, NULL);
  munmap(rescue->stack, STACK);
}
