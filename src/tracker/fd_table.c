/* SPDX-License-Identifier: MIT */
/* Keeps which traceback opened each file descriptor. */
#include "tracker/fd_table.h"

#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"
#include "platform/together.h"

/* Blocks of 4,096 descriptors, up to the kernel's own ceiling (fs.nr_open is
   1,048,576 unless raised). */
enum { BLOCK = 4096, BLOCKS = 256 };

/* In the place of a site: opened before measuring. */
static const uint32_t BEFORE = UINT32_MAX;

struct entry {
  uint32_t site;
  uint32_t birth;
};

static struct { _Atomic(struct entry *) blocks[BLOCKS]; } fds;

/* The first descriptors' lie apart: most processes have no others. */
enum { FEW = 32 };
static struct entry few[FEW] LS_TOGETHER;

static struct entry *entry_of(int fd, int make) {
  unsigned block = (unsigned)fd / BLOCK;
  if (fd >= 0 && fd < FEW) return &few[fd];
  if (fd < 0 || block >= BLOCKS) return NULL;
  struct entry *entries = atomic_load(&fds.blocks[block]);
  if (!entries && make) {
    struct entry *fresh = ls_pages_map(BLOCK * sizeof *fresh, 0);
    if (!fresh) return NULL;
    if (atomic_compare_exchange_strong(&fds.blocks[block], &entries, fresh))
      entries = fresh;
    else
      ls_pages_unmap(fresh, BLOCK * sizeof *fresh);
  }
  return entries ? &entries[(unsigned)fd % BLOCK] : NULL;
}

int ls_fd_table_set(int fd, uint32_t site, uint32_t birth, uint32_t *old) {
  struct entry *entry = entry_of(fd, site != 0);
  *old = 0;
  if (!entry) return site ? -1 : 0;
  /* Nothing is written where nothing changes: a process that was forked would
     copy a page for each descriptor that it closes. */
  if (!site && !__atomic_load_n(&entry->site, __ATOMIC_RELAXED)) return 0;
  entry->birth = birth;
  *old = __atomic_exchange_n(&entry->site, site, __ATOMIC_RELAXED);
  if (*old == BEFORE) *old = 0;
  return 0;
}

void ls_fd_table_set_before(int fd) {
  struct entry *entry = entry_of(fd, 1);
  if (entry) __atomic_store_n(&entry->site, BEFORE, __ATOMIC_RELAXED);
}

int ls_fd_table_knows(int fd) {
  const struct entry *entry = entry_of(fd, 0);
  return entry && entry->site;
}

static void each_entry(unsigned first, unsigned last,
                       void (*visit)(void *arg, int fd, struct entry *entry),
                       void *arg) {
  for (unsigned fd = first; fd <= last && fd < BLOCK * BLOCKS; fd++) {
    struct entry *entry = entry_of((int)fd, 0);
    if (!entry) fd |= BLOCK - 1; /* none of this block */
    if (entry && entry->site) visit(arg, (int)fd, entry);
  }
}

struct to_call {
  void (*visit)(int fd);
};

static void call(void *arg, int fd, struct entry *entry) {
  (void)entry;
  ((struct to_call *)arg)->visit(fd);
}

void ls_fd_table_each(unsigned first, unsigned last, void (*visit)(int fd)) {
  struct to_call to_call = {visit};
  each_entry(first, last, call, &to_call);
}

static void call_if_closed(void *arg, int fd, struct entry *entry) {
  if (syscall(SYS_fcntl, fd, F_GETFD) == -1) call(arg, fd, entry);
}

void ls_fd_table_each_closed(void (*visit)(int fd)) {
  struct to_call to_call = {visit};
  each_entry(0, UINT_MAX, call_if_closed, &to_call);
}

struct to_walk {
  void (*visit)(void *arg, uint32_t site, uint32_t birth);
  void *arg;
};

static void walk(void *arg, int fd, struct entry *entry) {
  const struct to_walk *to_walk = arg;
  (void)fd;
  if (entry->site != BEFORE)
    to_walk->visit(to_walk->arg, entry->site, entry->birth);
}

void ls_fd_table_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                      void *arg) {
  struct to_walk to_walk = {visit, arg};
  each_entry(0, UINT_MAX, walk, &to_walk);
}

static void clear(void *arg, int fd, struct entry *entry) {
  (void)arg;
  (void)fd;
  *entry = (struct entry){0};
}

void ls_fd_table_clear(void) { each_entry(0, UINT_MAX, clear, NULL); }
