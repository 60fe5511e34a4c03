/* SPDX-License-Identifier: MIT */
/*
 * A process that forks as a shell does for its sub-shells: each child goes on
 * by paths of its own, allocates, moves a descriptor, frees what is its own and
 * what is its parent's, and ends.
 * usage: forks_often; says how many pages came by faults, in the parent and in
 * its child, for each fork, and how many mappings there are
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS = 50, BLOCKS = 60, APART = 8, FAR = 40000, OWN = 4 };

static void *volatile kept[BLOCKS];
static void *volatile apart[APART]; /* far from each other */

/* Another path of calls for each number. */
static __attribute__((noinline)) void *allocate(unsigned n) {
  void *block;
  if (!n)
    block = malloc(40);
  else if (n & 1)
    block = allocate(n >> 1);
  else
    block = allocate(n >> 1);
  __asm__ volatile("" : "+r"(block));
  return block;
}

static void child(void) {
  int fd = dup(0);
  dup2(fd, fd + 1);
  close(fd + 1);
  close(fd);
  for (unsigned i = 0; i < OWN; i++) kept[i] = allocate(1024 + i);
  for (unsigned i = 0; i < OWN; i++) free(kept[i]);
  for (unsigned i = 0; i < APART; i++) free(apart[i]);
  exit(0);
}

static void fork_once(void) {
  void *block = malloc(60);
  pid_t pid = fork();
  if (pid == 0) child();
  waitpid(pid, NULL, 0);
  free(block);
}

static long faults(void) {
  struct rusage self, children;
  getrusage(RUSAGE_SELF, &self);
  getrusage(RUSAGE_CHILDREN, &children);
  return self.ru_minflt + children.ru_minflt;
}

static int mappings(void) {
  static char text[65536];
  int fd = open("/proc/self/maps", O_RDONLY), lines = 0;
  for (ssize_t n; (n = read(fd, text, sizeof text)) > 0;)
    for (ssize_t i = 0; i < n; i++) lines += text[i] == '\n';
  close(fd);
  return lines;
}

int main(void) {
  for (unsigned i = 0; i < BLOCKS; i++) kept[i] = allocate(i);
  for (unsigned i = 0; i < APART; i++) {
    apart[i] = malloc(50);
    free(malloc(FAR)); /* so that the heap is there */
    kept[i] = malloc(FAR);
  }
  fork_once();
  long before = faults();
  for (int i = 0; i < FORKS; i++) fork_once();
  long each = (faults() - before) / FORKS;
  printf("%ld %d\n", each, mappings());
  return 0;
}
