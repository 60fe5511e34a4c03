/* SPDX-License-Identifier: MIT */
/*
 * An allocator that knows of each block who asked for it and in which pass.
 * Independent of leakslope, so that its counts are a second opinion.
 *
 *   RECORD_TO=folder   one file for each test of the program
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "looper.h"
#include "recording.h"

void *__libc_malloc(size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

enum {
  SITES = 1 << 13,
  CHANGES = 1 << 22,
  BIRTHS = 1 << 18,
  WINDOWS = 64,
  FRAMES = 12,
  NO_SITE = 0, /* of blocks from before the recording */
  FD_SITE = 1
};

struct block {
  struct block *before, *after;
  void *raw; /* what the real allocator gave */
  size_t size;
  uint32_t path, call; /* sites */
  uint32_t birth;      /* pass */
  uint32_t unused;
};

struct site {
  uint64_t key;
  uint32_t level;
  uint32_t is_dirty;
  int64_t count, bytes;
  int64_t noted_count, noted_bytes;
};

static struct {
  char lock;
  int is_recording;
  uint32_t pass;
  const char *stack;
  char path[4096];
  struct site sites[SITES]; /* by key, open addressing */
  uint32_t dirty[SITES];
  uint32_t ndirty;
  struct block live; /* ends of the ring of living blocks */
  struct recording_change *changes;
  struct recording_births *births;
  uint32_t nchanges, nbirths;
  int64_t fds;
  int fd_folder;
} self;

static void lock(void) {
  while (__atomic_test_and_set(&self.lock, __ATOMIC_ACQUIRE)) sched_yield();
}

static void unlock(void) { __atomic_clear(&self.lock, __ATOMIC_RELEASE); }

/* ---- sites --------------------------------------------------------------- */

static uint32_t site_of(uint64_t key, uint32_t level) {
  key = (key ^ level) * 0x9e3779b97f4a7c15u | 1;
  for (uint32_t i = 2; i < SITES; i++) {
    uint32_t at = FD_SITE + 1 + (uint32_t)((key >> 32) + i) % (SITES - 2);
    struct site *site = &self.sites[at];
    if (!site->key) *site = (struct site){.key = key, .level = level};
    if (site->key == key) return at;
  }
  return NO_SITE;
}

/* Return addresses by the chain of frame pointers, on the stack of the loop. */
static uint64_t path_of(const void *frame, uint64_t call) {
  const char *at = frame;
  uint64_t key = call;
  for (int i = 0; i < FRAMES; i++) {
    const char *next = *(const char *const *)at;
    if (next <= at || next >= self.stack || (uintptr_t)next % 8) break;
    at = next;
    key = key * 0x100000001b3u ^ ((const uint64_t *)at)[1];
  }
  return key;
}

static void change(uint32_t at, int64_t count, int64_t bytes) {
  struct site *site = &self.sites[at];
  if (at == NO_SITE) return;
  site->count += count;
  site->bytes += bytes;
  if (!site->is_dirty) self.dirty[self.ndirty++] = at;
  site->is_dirty = 1;
}

/* ---- blocks -------------------------------------------------------------- */

static void enlist(struct block *block, const void *frame, uint64_t call) {
  char here;
  int is_mine = &here < self.stack && (const char *)frame > &here;
  block->path = block->call = NO_SITE;
  block->birth = self.pass + 1;
  if (self.is_recording) {
    block->call = site_of(call, LEVEL_CALL);
    block->path = site_of(is_mine ? path_of(frame, call) : call, LEVEL_PATH);
    change(block->call, 1, (int64_t)block->size);
    change(block->path, 1, (int64_t)block->size);
  }
  if (!self.live.after) self.live.after = self.live.before = &self.live;
  block->after = &self.live;
  block->before = self.live.before;
  self.live.before->after = block;
  self.live.before = block;
}

static void delist(struct block *block) {
  block->before->after = block->after;
  block->after->before = block->before;
  change(block->call, -1, -(int64_t)block->size);
  change(block->path, -1, -(int64_t)block->size);
}

static struct block *block_of(void *user) { return (struct block *)user - 1; }

static void *allocate(size_t alignment, size_t size, const void *frame,
                      const void *call) {
  size_t extra = sizeof(struct block) + alignment;
  char *raw = size < PTRDIFF_MAX ? __libc_malloc(size + extra) : NULL;
  if (!raw) {
    errno = ENOMEM;
    return NULL;
  }
  uintptr_t user = ((uintptr_t)raw + extra - 1) / alignment * alignment;
  struct block *block = block_of((void *)user);
  block->raw = raw;
  block->size = size;
  lock();
  enlist(block, frame, (uint64_t)(uintptr_t)call);
  unlock();
  return (void *)user;
}

#define CALLER __builtin_frame_address(0), __builtin_return_address(0)

void *malloc(size_t size) { return allocate(16, size, CALLER); }

void *calloc(size_t n, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes)) return NULL;
  void *user = allocate(16, bytes, CALLER);
  return user ? memset(user, 0, bytes) : NULL;
}

void free(void *user) {
  if (!user) return;
  struct block *block = block_of(user);
  lock();
  delist(block);
  unlock();
  __libc_free(block->raw);
}

/* Keeps its birth; counts for whom it was last asked for. */
void *realloc(void *user, size_t size) {
  if (!user) return allocate(16, size, CALLER);
  if (!size) {
    free(user);
    return NULL;
  }
  struct block *old = block_of(user);
  void *moved = allocate(16, size, CALLER);
  if (!moved) return NULL;
  memcpy(moved, user, size < old->size ? size : old->size);
  block_of(moved)->birth = old->birth;
  free(user);
  return moved;
}

void *reallocarray(void *user, size_t n, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes)) return NULL;
  return realloc(user, bytes);
}

void *memalign(size_t alignment, size_t size) {
  return allocate(alignment < 16 ? 16 : alignment, size, CALLER);
}

void *aligned_alloc(size_t alignment, size_t size) {
  return allocate(alignment < 16 ? 16 : alignment, size, CALLER);
}

int posix_memalign(void **user, size_t alignment, size_t size) {
  *user = allocate(alignment < 16 ? 16 : alignment, size, CALLER);
  return *user ? 0 : ENOMEM;
}

size_t malloc_usable_size(void *user) {
  return user ? block_of(user)->size : 0;
}

/* ---- passes -------------------------------------------------------------- */

/* Entries of /proc/self/fd, with nothing allocated; two are no descriptors. */
static int64_t open_descriptors(void) {
  static char entries[1 << 15];
  int64_t n = -2;
  long size;
  (void)lseek(self.fd_folder, 0, SEEK_SET);
  while ((size = syscall(SYS_getdents64, self.fd_folder, entries,
                         sizeof entries)) > 0)
    for (long at = 0; at < size; n++)
      at += ((struct dirent64 *)(entries + at))->d_reclen;
  return n;
}

static void *pages(size_t size) {
  void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (map == MAP_FAILED) abort();
  return map;
}

void loop_begins(const char *test, const void *stack) {
  const char *folder = getenv("RECORD_TO");
  snprintf(self.path, sizeof self.path, "%s/%s.rec", folder ? folder : ".",
           test);
  self.changes = pages(CHANGES * sizeof *self.changes);
  self.births = pages(BIRTHS * sizeof *self.births);
  self.sites[FD_SITE].key = 1;
  self.sites[FD_SITE].level = LEVEL_CALL;
  self.fd_folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  self.fds = open_descriptors();
  self.stack = stack;
  self.is_recording = 1;
}

static void note_changes(void) {
  for (uint32_t i = 0; i < self.ndirty; i++) {
    struct site *site = &self.sites[self.dirty[i]];
    site->is_dirty = 0;
    if (site->count == site->noted_count && site->bytes == site->noted_bytes)
      continue;
    site->noted_count = site->count;
    site->noted_bytes = site->bytes;
    if (self.nchanges == CHANGES) abort();
    self.changes[self.nchanges++] = (struct recording_change){
        self.dirty[i], self.pass, site->count, site->bytes};
  }
  self.ndirty = 0;
}

static uint32_t shift_of(uint32_t iterations) {
  uint32_t shift = 0;
  while ((iterations - 1) >> shift >= WINDOWS) shift++;
  return shift;
}

static void note_births_of(uint32_t level, uint32_t rung, uint32_t shift) {
  static uint32_t counts[SITES][WINDOWS];
  memset(counts, 0, sizeof counts);
  for (struct block *b = self.live.after; b && b != &self.live; b = b->after)
    if (b->birth > BASELINE && b->birth <= BASELINE + rung)
      counts[level == LEVEL_CALL ? b->call : b->path]
            [(b->birth - BASELINE - 1) >> shift]++;
  for (uint32_t site = FD_SITE + 1; site < SITES; site++)
    for (uint32_t window = 0; window < WINDOWS; window++)
      if (counts[site][window] && self.nbirths < BIRTHS)
        self.births[self.nbirths++] =
            (struct recording_births){site, rung, window, counts[site][window]};
}

static void note_births(uint32_t rung) {
  note_births_of(LEVEL_CALL, rung, shift_of(rung));
  note_births_of(LEVEL_PATH, rung, shift_of(rung));
}

static int is_rung(uint32_t n) {
  static const uint32_t rungs[] = {61,   127,  251,  509,   1021,
                                   2039, 4093, 8191, 16381, 32749};
  for (size_t i = 0; i < sizeof rungs / sizeof *rungs; i++)
    if (rungs[i] == n) return 1;
  return 0;
}

void loop_boundary(unsigned pass) {
  int64_t fds = open_descriptors();
  lock();
  self.pass = pass;
  if (fds != self.fds) change(FD_SITE, fds - self.fds, 0);
  self.fds = fds;
  note_changes();
  if (pass > BASELINE && is_rung(pass - BASELINE)) note_births(pass - BASELINE);
  unlock();
}

static void put(int fd, const void *data, size_t size) {
  while (size) {
    ssize_t n = write(fd, data, size);
    if (n <= 0) abort();
    data = (const char *)data + n;
    size -= (size_t)n;
  }
}

void loop_ends(unsigned pass, int is_early) {
  static struct recording_site sites[SITES];
  lock();
  self.is_recording = 0;
  if (pass > BASELINE && !is_rung(pass - BASELINE))
    note_births(pass - BASELINE);
  unlock();
  for (uint32_t i = 0; i < SITES; i++)
    sites[i] = (struct recording_site){
        self.sites[i].level, i == FD_SITE ? DOMAIN_DESCRIPTORS : DOMAIN_MEMORY};
  struct recording_header header = {RECORDING_MAGIC,    pass,
                                    (uint32_t)is_early, SITES,
                                    self.nchanges,      self.nbirths};
  close(self.fd_folder); /* there may be no other descriptor left */
  int fd = open(self.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  put(fd, &header, sizeof header);
  put(fd, sites, sizeof sites);
  put(fd, self.changes, self.nchanges * sizeof *self.changes);
  put(fd, self.births, self.nbirths * sizeof *self.births);
  close(fd);
}
