/* SPDX-License-Identifier: MIT */
/*
 * Children made while other threads allocate, map and open, by calls that run
 * no handler of fork: whatever a thread of the parent held at that moment, the
 * child goes on.  One that hangs is ended by its alarm.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 2, CHILDREN = 50, PAGE = 4096, DEPTHS = 4096, LIMIT = 40 };

static atomic_int stop;

static void maps(void) {
  void *pages = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(pages, PAGE);
}

/* Another path of calls for each number. */
static __attribute__((noinline)) int deep(unsigned n) {
  volatile int at = (int)n;
  if (n > 1) return deep(n & 1 ? n / 2 : n - 1) + (at & 0);
  maps();
  close(dup(0));
  return 0;
}

static void *works(void *arg) {
  unsigned seed = (unsigned)(long)arg * 7919;
  while (!stop) {
    seed = seed * 1103515245 + 12345;
    deep(seed >> 8 & (DEPTHS - 1));
  }
  return NULL;
}

static void child(void) {
  alarm(LIMIT);
  int fd = open("/dev/null", O_RDWR);
  dup2(fd, 1);
  close(fd);
  maps();
  _exit(0);
}

static pid_t by_fork(void) { return fork(); }
static pid_t by_Fork(void) { return _Fork(); }
static pid_t by_clone(void) {
  return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

int main(void) {
  static pid_t (*const ways[])(void) = {by_fork, by_Fork, by_clone};
  pthread_t threads[THREADS];
  int hung = 0;
  for (long i = 0; i < THREADS; i++)
    pthread_create(&threads[i], NULL, works, (void *)(i + 1));
  for (int i = 0; i < 3 * CHILDREN; i++) {
    int status = 0;
    pid_t pid = ways[i % 3]();
    if (!pid) child();
    waitpid(pid, &status, 0);
    hung += status != 0;
    if (hung > 1) break; /* it is said, and would take long */
  }
  stop = 1;
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  puts(hung ? "children hung" : "done");
  return hung != 0;
}
