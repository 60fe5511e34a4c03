/* SPDX-License-Identifier: MIT */
/*
 * A handler leaves calls of open, close, mmap and munmap by a jump, again and
 * again: the thread goes on being traced, and no lock is left held.
 * usage: jumps; says "alive" at its end
 */
#include <fcntl.h>
#include <leakslope.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JUMPS = 1500, PAGE = 4096 };

static sigjmp_buf out;
static volatile sig_atomic_t inside; /* a jump that stays in the handler */

static void handler(int number) {
  sigjmp_buf here;
  (void)number;
  if (++inside % 4 == 0) {
    if (!sigsetjmp(here, 0)) siglongjmp(here, 1);
    return;
  }
  siglongjmp(out, 1);
}

static void work(void) {
  int fd = open("/dev/null", O_RDONLY);
  close(fd);
  void *pages =
      mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(pages, 2 * PAGE);
}

static void *in_thread(void *arg) {
  work();
  return arg;
}

int main(void) {
  struct sigaction action = {.sa_handler = handler};
  const char *cause = "";
  sigaction(SIGALRM, &action, NULL);
  for (int i = 0; i < JUMPS; i++) {
    struct itimerval soon = {{0, 50}, {0, 20 + i % 100}}, never = {{0}, {0}};
    if (!sigsetjmp(out, 1)) {
      setitimer(ITIMER_REAL, &soon, NULL);
      for (;;) work();
    }
    setitimer(ITIMER_REAL, &never, NULL);
    if (leakslope_armed(malloc, free, &cause)) {
      printf("blind after %d jumps: %s\n", i + 1, cause);
      return 1;
    }
  }
  signal(SIGALRM, SIG_DFL);
  alarm(60);
  pthread_t thread;
  if (pthread_create(&thread, NULL, in_thread, NULL)) return 1;
  pthread_join(thread, NULL);
  work();
  pid_t pid = fork();
  if (!pid) {
    work();
    _exit(0);
  }
  int status = 1;
  waitpid(pid, &status, 0);
  if (status) return 1;
  puts("alive");
  return 0;
}
