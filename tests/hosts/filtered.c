/* SPDX-License-Identifier: MIT */
/*
 * Threads that contend for our locks under a filter of system calls, which ends
 * the process for any call but those that side-effects.md names, and those of
 * the program itself.  They were started before the filter, and what they need
 * for their first calls is the last that they may ask for.
 * usage: filtered; says "alive"
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 10000, DEPTH = 16, PAGE = 4096 };

static atomic_int go;
static pthread_barrier_t started;

static __attribute__((noinline)) void *path(unsigned bits, int depth) {
  void *block;
  if (!depth)
    block = malloc(16);
  else if (bits & 1)
    block = path(bits >> 1, depth - 1);
  else
    block = path(bits >> 1, depth - 1);
  __asm__ volatile("" : "+r"(block));
  return block;
}

static void *work(void *arg) {
  unsigned number = (unsigned)(size_t)arg;
  pthread_barrier_wait(&started);
  while (!go)
    ;
  for (unsigned i = 0; i < ROUNDS; i++) {
    free(path(i * THREADS + number, DEPTH));
    void *page =
        mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page, PAGE);
  }
  return NULL;
}

#define ALLOW(n)                                  \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (n), 0, 1), \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Of all threads at once. */
static int filter(void) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      /* the program's */
      ALLOW(SYS_write),
      ALLOW(SYS_exit),
      ALLOW(SYS_exit_group),
      ALLOW(SYS_rt_sigprocmask), /* of a thread that ends */
      ALLOW(SYS_madvise),        /* likewise: its stack */
      ALLOW(SYS_newfstatat),     /* of standard output */
      /* malloc's */
      ALLOW(SYS_brk),
      ALLOW(SYS_mprotect),
      /* ours */
      ALLOW(SYS_mmap),
      ALLOW(SYS_munmap),
      ALLOW(SYS_futex),
      ALLOW(SYS_getpid),
      ALLOW(SYS_gettid),
      ALLOW(SYS_tgkill),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog all = {sizeof program / sizeof *program, program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                 SECCOMP_FILTER_FLAG_TSYNC, &all);
}

int main(void) {
  pthread_t threads[THREADS];
  pthread_barrier_init(&started, NULL, THREADS + 1);
  for (size_t i = 0; i < THREADS; i++)
    if (pthread_create(&threads[i], NULL, work, (void *)i)) return 1;
  pthread_barrier_wait(&started);
  if (filter()) {
    puts("skipped: no filter of system calls");
    return 0;
  }
  go = 1;
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  puts("alive");
  return 0;
}
