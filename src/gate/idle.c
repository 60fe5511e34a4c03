/* SPDX-License-Identifier: MIT */
/* Tells whether threads of the process have run since a test began. */
#include "gate/idle.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gate/clock.h"
#include "gate/outlive.h"

enum {
  MOST = 128,
  PRIVATE_FUTEX = 128 /* FUTEX_PRIVATE_FLAG, linux/futex.h */
};

static struct {
  pid_t pid;
  int n; /* other threads; -1: not known */
  struct seen {
    pid_t tid;
    uint64_t ran; /* ns */
  } threads[MOST];
} idle;

enum { TEXT = 256 };

/* What a thread's file in /proc says; "" where the kernel does not tell. */
static void tell(pid_t tid, const char *file, char text[TEXT]) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/%s", (int)tid, file);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? 0 : read(fd, text, TEXT - 1);
  if (fd >= 0) (void)close(fd);
  text[n > 0 ? n : 0] = '\0';
}

/* The first number of "ran queued slices"; 0, as no thread has that ever ran,
   where it is not told. */
static uint64_t ran(pid_t tid) {
  char text[TEXT];
  tell(tid, "schedstat", text);
  return strtoull(text, NULL, 10);
}

/* By "number address operation value timeout ..." of its system call: a futex
   of the process's own, and no timeout. */
static int waits_for_us(pid_t tid) {
  char text[TEXT], *at = text;
  tell(tid, "syscall", text);
  unsigned long number = strtoul(at, &at, 10);
  if (at == text || number != SYS_futex) return 0;
  (void)strtoul(at, &at, 16);
  unsigned long operation = strtoul(at, &at, 16);
  (void)strtoul(at, &at, 16);
  char *from = at;
  unsigned long timeout = strtoul(from, &at, 16);
  return at != from && operation & PRIVATE_FUTEX && !timeout;
}

struct entry { /* as getdents64() gives it */
  uint64_t inode;
  int64_t offset;
  unsigned short size;
  unsigned char type;
  char name[];
};

/* One part of the folder; 0 where there is one too many. */
static int take(const char *at, ssize_t size, struct seen *seen, int *n) {
  const pid_t self = (pid_t)syscall(SYS_gettid);
  for (const char *end = at + size; at < end;) {
    const struct entry *entry = (const void *)at;
    pid_t tid = (pid_t)strtoul(entry->name, NULL, 10);
    at += entry->size;
    if (tid <= 0 || tid == self) continue;
    if (*n == MOST) return 0;
    seen[(*n)++] = (struct seen){tid, ran(tid)};
  }
  return 1;
}

/* The other threads; -1 where that cannot be told.  opendir() would allocate,
   from what the test's own allocator is. */
static int look(struct seen seen[MOST]) {
  _Alignas(struct entry) char part[2048];
  int n = 0, fits = 1;
  ssize_t size = -1;
  int fd = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  while (fits && (size = syscall(SYS_getdents64, fd, part, sizeof part)) > 0)
    fits = take(part, size, seen, &n);
  (void)close(fd);
  return fits && size == 0 ? n : -1;
}

static int is_ready(pid_t tid) {
  char text[TEXT];
  tell(tid, "syscall", text);
  return !strncmp(text, "running", 7);
}

/* A thread that was woken before the test, by a signal of a copy's end for
   instance, and has got no processor yet, will run during the test without
   doing anything for it.  So it is waited for until it waits again, or until it
   has run so long that it works. */
static void let_settle(const struct seen *seen) {
  enum { TICK_NS = 500000, TICKS = 2000 };
  const uint64_t works = 2000000; /* ns */
  for (int i = 0; i < TICKS && is_ready(seen->tid); i++) {
    if (ran(seen->tid) - seen->ran >= works) return;
    lsg_sleep(0, TICK_NS);
  }
}

void lsg_idle_begin(void) {
  idle.pid = getpid();
  idle.n = lsg_threads() > 1 ? look(idle.threads) : 0;
  if (idle.n <= 0) return;
  for (int i = 0; i < idle.n; i++) let_settle(&idle.threads[i]);
  idle.n = look(idle.threads);
}

static int was_idle(const struct seen *now) {
  for (int i = 0; i < idle.n; i++)
    if (idle.threads[i].tid == now->tid)
      return now->ran && idle.threads[i].ran == now->ran &&
             waits_for_us(now->tid);
  return 0;
}

int lsg_idle_all(void) {
  struct seen now[MOST];
  int n = idle.pid == getpid() && idle.n > 0 ? look(now) : -1;
  if (n != idle.n) return 0; /* not known, or one has ended */
  for (int i = 0; i < n; i++)
    if (!was_idle(&now[i])) return 0;
  return 1;
}
