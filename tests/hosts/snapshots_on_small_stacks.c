/* SPDX-License-Identifier: MIT */
/*
 * A program that is told to write snapshots (LEAKSLOPE_SNAPSHOT_SIGNAL=USR1)
 * where its stack has no room for that, and has an alternate stack, of the size
 * that programs give it, for handlers.  Behind each stack lies a page that
 * nobody may touch.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { PAGE = 4096, COROUTINE = 2 * PAGE, SIGNALS = 3, CLASSIC = 8192 };

static ucontext_t outer, inner;
static char *volatile kept[100];

static char *guarded(size_t size) {
  char *pages = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages, PAGE, PROT_NONE)) exit(2);
  return pages + PAGE;
}

/* Uses all but a little of its stack. */
static void coroutine(void) {
  char used[COROUTINE - 1024];
  memset(used, 1, sizeof used);
  __asm__ volatile("" : : "r"(used) : "memory");
  for (int i = 0; i < SIGNALS; i++) raise(SIGUSR1);
}

static int snapshots(const char *folder) {
  int n = 0;
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir && (entry = readdir(dir));)
    n += strstr(entry->d_name, ".snap") != NULL;
  closedir(dir);
  return n;
}

int main(void) {
  const char *folder = getenv("LEAKSLOPE_SNAPSHOT_DIR");
  long least = sysconf(_SC_SIGSTKSZ);
  size_t size = least > CLASSIC ? (size_t)least : CLASSIC;
  stack_t alternate = {.ss_sp = guarded(size), .ss_size = size};
  int before = snapshots(folder);
  for (int i = 0; i < 100; i++) kept[i] = malloc((size_t)i);
  if (sigaltstack(&alternate, NULL)) return 2;
  getcontext(&inner);
  inner.uc_stack.ss_sp = guarded(COROUTINE);
  inner.uc_stack.ss_size = COROUTINE;
  inner.uc_link = &outer;
  makecontext(&inner, coroutine, 0);
  swapcontext(&outer, &inner);
  printf("alive, %d snapshots\n", snapshots(folder) - before);
  return 0;
}
