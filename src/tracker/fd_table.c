/* SPDX-License-Identifier: MIT */
/* Keeps which traceback opened each file descriptor. */
#include "tracker/fd_table.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"

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

static struct entry *entry_of(int fd, int make) {
  unsigned block = (unsigned)fd / BLOCK;
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

void ls_fd_table_each(unsigned first, unsigned last, void (*visit)(int fd)) {
  for (unsigned block = first / BLOCK; block < BLOCKS; block++) {
    const struct entry *entries = atomic_load(&fds.blocks[block]);
    for (unsigned i = 0; entries && i < BLOCK; i++) {
      unsigned fd = block * BLOCK + i;
      if (fd > last) return;
      if (fd >= first && entries[i].site) visit((int)fd);
    }
  }
}

void ls_fd_table_each_closed(void (*visit)(int fd)) {
  for (int block = 0; block < BLOCKS; block++) {
    const struct entry *entries = atomic_load(&fds.blocks[block]);
    for (int i = 0; entries && i < BLOCK; i++) {
      int fd = block * BLOCK + i;
      if (entries[i].site && syscall(SYS_fcntl, fd, F_GETFD) == -1) visit(fd);
    }
  }
}

void ls_fd_table_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                      void *arg) {
  for (unsigned block = 0; block < BLOCKS; block++) {
    struct entry *entries = atomic_load(&fds.blocks[block]);
    for (unsigned i = 0; entries && i < BLOCK; i++)
      if (entries[i].site && entries[i].site != BEFORE)
        visit(arg, entries[i].site, entries[i].birth);
  }
}

void ls_fd_table_clear(void) {
  for (unsigned block = 0; block < BLOCKS; block++) {
    struct entry *entries = atomic_load(&fds.blocks[block]);
    if (entries) memset(entries, 0, BLOCK * sizeof *entries);
  }
}
