/* SPDX-License-Identifier: MIT */
/*
 * A service: does as much work as it is told to, and says when it is done.
 *   r5 five requests   s5 five sessions   d as daemons do   f go on in a child
 *   p a signal to itself
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *kept[100000];
static int n;

static void cache_put(void) { kept[n++] = malloc(100); /* the cache's line */ }

static void *answer_new(void) { return malloc(64); }

static void session_open(void) { kept[n++] = fopen("/dev/null", "r"); }

static void work(char what, int times) {
  for (int i = 0; i < times && what == 'r'; i++) {
    cache_put();
    free(answer_new());
  }
  for (int i = 0; i < times && what == 's'; i++) session_open();
}

int main(void) {
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    if (*line == 'd' && chdir("/")) return 9;
    if (*line == 'f' && fork())
      for (;;) pause();
    if (*line == 'p') raise(SIGUSR2);
    work(*line, atoi(line + 1));
    printf("done %ld\n", (long)getpid());
    fflush(stdout);
  }
  return 5;
}
