/* SPDX-License-Identifier: MIT */
#include "tracker/tracker.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/single_threaded.h>

#include "interpose/sink.h"
#include "platform/arena.h"
#include "platform/guard.h"
#include "traceback/innermost.h"
#include "traceback/intern.h"
#include "traceback/unwind.h"
#ifdef __x86_64__
#include "traceback/stacks_x86_64.h"
#endif
#include "tracker/fd_table.h"
#include "tracker/shadow.h"

enum {
  BLOCK_BITS = 12,
  BLOCK = 1 << BLOCK_BITS,
  BLOCKS = 1 << (24 - BLOCK_BITS),
  DIRTY_LIMIT = 1 << 18, /* sites of one epoch; beyond, all may be dirty */
  DEFAULT_NFRAME = 64,
  EPOCH_BITS = 20 /* of a birth that has a step too */
};

/* A birth is an epoch; or, with this bit, a step above a shorter epoch. */
static const uint32_t STEPPED = 1u << 31, EPOCH_MASK = (1u << EPOCH_BITS) - 1;

/* A domain's sites are kept apart by a first pc that no code has: the path of
   a descriptor's site begins with this value. */
static const uintptr_t domain_mark[LS_DOMAINS] = {0, 1};

struct counter {
  int64_t count;
  int64_t bytes;
  uint32_t epoch; /* in which it was last listed as dirty */
  uint32_t domain;
};

static struct {
  int ready;
  unsigned nframe;
  _Atomic(struct counter *) counters[BLOCKS];
  int64_t bytes; /* of the malloc domain, alive */
  int64_t peak;
  uint64_t drops;
  uint64_t foreign_frees;
  uint32_t epoch;
  uint32_t birth; /* what new blocks get: the epoch, in it the step */
  uint32_t ndirty;
  uint32_t *dirty;
} tracker = {.nframe = DEFAULT_NFRAME};

int ls_sink_wanted;

/* ---- counting: context hook -----------------------------------------------
 */

/* A plain addition while there is one thread, an atomic one afterwards: libc
   clears the flag before a second thread can exist. */
static inline int64_t add(int64_t *to, int64_t value) {
  if (__libc_single_threaded) return *to += value;
  return __atomic_add_fetch(to, value, __ATOMIC_RELAXED);
}

static void drop(void) { add((int64_t *)&tracker.drops, 1); }

void ls_sink_missed(void) { drop(); }

static __attribute__((noinline)) struct counter *new_counters(
    _Atomic(struct counter *) *slot) {
  struct counter *block = NULL;
  struct counter *fresh = ls_pages_map(BLOCK * sizeof *fresh, 0);
  if (!fresh) return NULL;
  if (atomic_compare_exchange_strong(slot, &block, fresh)) return fresh;
  ls_pages_unmap(fresh, BLOCK * sizeof *fresh);
  return block;
}

static inline struct counter *counter_of(uint32_t site) {
  _Atomic(struct counter *) *slot = &tracker.counters[site >> BLOCK_BITS];
  struct counter *block = atomic_load_explicit(slot, memory_order_acquire);
  if (__builtin_expect(!block, 0) && !(block = new_counters(slot))) return NULL;
  return &block[site & (BLOCK - 1)];
}

/* Lists a site as touched in this epoch, once. */
static __attribute__((noinline)) void mark_dirty(struct counter *counter,
                                                 uint32_t site) {
  uint32_t epoch = __atomic_load_n(&tracker.epoch, __ATOMIC_RELAXED);
  if (!epoch) return;
  uint32_t before =
      __atomic_exchange_n(&counter->epoch, epoch, __ATOMIC_RELAXED);
  if (before == epoch) return;
  uint32_t at = __atomic_fetch_add(&tracker.ndirty, 1, __ATOMIC_RELAXED);
  if (at < DIRTY_LIMIT) tracker.dirty[at] = site;
}

static inline void count(uint32_t site, int64_t blocks, int64_t bytes) {
  struct counter *counter = counter_of(site);
  if (__builtin_expect(!counter, 0)) return;
  if (__builtin_expect(__libc_single_threaded, 1)) {
    counter->count += blocks;
    counter->bytes += bytes;
  } else {
    __atomic_fetch_add(&counter->count, blocks, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counter->bytes, bytes, __ATOMIC_RELAXED);
  }
  if (counter->epoch != tracker.epoch) mark_dirty(counter, site);
}

static inline void count_memory(int64_t bytes) {
  int64_t now = add(&tracker.bytes, bytes);
  if (now > __atomic_load_n(&tracker.peak, __ATOMIC_RELAXED))
    __atomic_store_n(&tracker.peak, now, __ATOMIC_RELAXED);
}

static uint32_t fd_site(const uintptr_t *frame) {
  uintptr_t pcs[LS_UNWIND_MAX + 1];
  pcs[0] = domain_mark[LS_DOMAIN_FD];
  uint32_t site = ls_intern(pcs, 1 + ls_unwind(frame, pcs + 1, tracker.nframe));
  struct counter *counter = site ? counter_of(site) : NULL;
  if (!counter) return 0;
  counter->domain = LS_DOMAIN_FD;
  return site;
}

/* errno is kept by the slow ways inside: the fast one makes no call. */
static inline uint32_t malloc_site(const uintptr_t *frame) {
#ifdef __x86_64__
  return ls_stacks_site(frame, tracker.nframe);
#else
  return ls_unwind_site(frame, tracker.nframe);
#endif
}

static inline void record(void *block, struct ls_shadow_entry entry,
                          size_t usable) {
  if (!entry.site || !ls_shadow_set((uintptr_t)block, entry, usable)) {
    drop();
    return;
  }
  count(entry.site, 1, (int64_t)entry.size);
  count_memory((int64_t)entry.size);
}

void ls_sink_alloc(void *block, size_t size, size_t usable,
                   const uintptr_t *frame) {
  struct ls_shadow_entry entry = {
      .site = malloc_site(frame), .birth = tracker.birth, .size = size};
  record(block, entry, usable);
}

struct ls_block ls_sink_free(void *block, size_t usable) {
  struct ls_shadow_entry entry = ls_shadow_take((uintptr_t)block, usable);
  if (!entry.site) {
    add((int64_t *)&tracker.foreign_frees, 1);
    return (struct ls_block){0};
  }
  count(entry.site, -1, -(int64_t)entry.size);
  count_memory(-(int64_t)entry.size);
  return (struct ls_block){entry.site, entry.birth, entry.size};
}

/* A block that is resized is as old as it was: a buffer that grows in place is
   one block, not one born in each iteration.  Its step is the latest. */
static inline uint32_t resized(struct ls_block old) {
  uint32_t birth = tracker.birth;
  if (!old.site) return birth;
  return birth & STEPPED ? (birth & ~EPOCH_MASK) | ls_birth_epoch(old.birth)
                         : old.birth;
}

void ls_sink_move(struct ls_block old, void *block, size_t size, size_t usable,
                  const uintptr_t *frame, int failed) {
  if (failed && !old.site) return; /* it was unknown and stays so */
  struct ls_shadow_entry entry = {.birth = resized(old),
                                  .size = failed ? old.size : size};
  entry.site = failed ? old.site : malloc_site(frame);
  record(block, entry, usable);
}

void ls_sink_fd_open(int fd, const uintptr_t *frame) {
  int saved = errno;
  uint32_t site = fd_site(frame);
  uint32_t old;
  if (!site || ls_fd_table_set(fd, site, tracker.birth, &old) < 0) {
    drop();
  } else {
    if (old) count(old, -1, 0); /* dup2 over it, or a close we did not see */
    count(site, 1, 0);
  }
  errno = saved;
}

void ls_sink_fd_close(int fd) {
  uint32_t old = 0;
  if (ls_fd_table_set(fd, 0, 0, &old) == 0 && old) count(old, -1, 0);
}

void ls_sink_unloaded(void) { ls_unwind_flush(); }

/* ---- life: context runner --------------------------------------------------
 */

/* A fork in a handler that interrupted a hook of this thread finds the lock
   taken by itself; it goes on in both processes and releases it there. */
static void before_fork(void) {
  if (ls_owner != LS_OWNER_HOOK) ls_intern_before_fork();
}

static void after_fork(void) {
  if (ls_owner != LS_OWNER_HOOK) ls_intern_after_fork();
}

static void after_fork_in_child(void) {
  after_fork();
  ls_unwind_after_fork();
}

int ls_tracker_start(unsigned nframe, const char **cause) {
  if (nframe > LS_UNWIND_MAX) return -EINVAL;
  if (nframe && nframe != tracker.nframe) {
    tracker.nframe = nframe;
    ls_unwind_flush(); /* what was remembered ends elsewhere */
  }
  int rc = ls_unwind_init(cause);
  if (rc) return rc;
  if (!tracker.ready) {
    pthread_atfork(before_fork, after_fork, after_fork_in_child);
    tracker.ready = 1;
  }
  __atomic_store_n(&ls_sink_wanted, 1, __ATOMIC_RELEASE);
  return 0;
}

void ls_tracker_clear(void) {
  ls_shadow_clear();
  ls_fd_table_clear();
  uint32_t n = ls_intern_sites();
  for (uint32_t site = 1; site <= n; site++) {
    struct counter *counter = counter_of(site);
    if (counter) counter->count = counter->bytes = 0;
  }
  tracker.bytes = tracker.peak = 0;
}

void ls_tracker_stop(void) {
  __atomic_store_n(&ls_sink_wanted, 0, __ATOMIC_RELEASE);
  ls_tracker_clear();
}

int ls_tracker_is_tracing(void) {
  return __atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED);
}

unsigned ls_tracker_nframe(void) { return tracker.nframe; }

/* ---- reading: context runner ------------------------------------------------
 */

uint32_t ls_tracker_sites(void) { return ls_intern_sites(); }

struct ls_live ls_tracker_live(uint32_t site) {
  const struct counter *counter = counter_of(site);
  if (!counter) return (struct ls_live){0, 0};
  return (struct ls_live){__atomic_load_n(&counter->count, __ATOMIC_RELAXED),
                          __atomic_load_n(&counter->bytes, __ATOMIC_RELAXED)};
}

enum ls_domain ls_tracker_domain(uint32_t site) {
  const struct counter *counter = counter_of(site);
  return counter ? (enum ls_domain)counter->domain : LS_DOMAIN_MALLOC;
}

size_t ls_tracker_path(uint32_t site, uintptr_t *pcs, size_t max) {
  uintptr_t path[LS_UNWIND_MAX + 1];
  size_t n = ls_intern_path(site, path, LS_UNWIND_MAX + 1);
  n = ls_innermost_strip(path, n);
  size_t skip = ls_tracker_domain(site) == LS_DOMAIN_MALLOC ? 0 : 1;
  size_t frames = n > skip ? n - skip : 0;
  if (frames > max) frames = max;
  for (size_t i = 0; i < frames; i++) pcs[i] = path[i + skip];
  return frames;
}

uint32_t ls_tracker_site_of(const void *block) {
  return ls_shadow_get((uintptr_t)block, 0).site;
}

void ls_tracker_memory(size_t *current, size_t *peak) {
  int64_t now = __atomic_load_n(&tracker.bytes, __ATOMIC_RELAXED);
  if (current) *current = now > 0 ? (size_t)now : 0;
  if (peak) *peak = tracker.peak > 0 ? (size_t)tracker.peak : 0;
}

void ls_tracker_reset_peak(void) { tracker.peak = tracker.bytes; }

int ls_tracker_outermost(const void *begin, const void *end) {
  return ls_unwind_outermost((uintptr_t)begin, (uintptr_t)end);
}

uint32_t ls_birth_epoch(uint32_t birth) {
  return birth & STEPPED ? birth & EPOCH_MASK : birth;
}

uint32_t ls_birth_step(uint32_t birth) {
  return birth & STEPPED ? (birth & ~STEPPED) >> EPOCH_BITS : 0;
}

static void set_birth(uint32_t step) {
  uint32_t epoch = tracker.epoch;
  uint32_t birth = step && epoch <= EPOCH_MASK
                       ? STEPPED | step << EPOCH_BITS | epoch
                       : epoch;
  __atomic_store_n(&tracker.birth, birth, __ATOMIC_RELAXED);
}

void ls_tracker_epoch(uint32_t epoch) {
  if (!tracker.dirty && epoch) {
    tracker.dirty = ls_pages_map(DIRTY_LIMIT * sizeof *tracker.dirty, 0);
    if (!tracker.dirty) {
      drop();
      return;
    }
  }
  __atomic_store_n(&tracker.ndirty, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&tracker.epoch, epoch, __ATOMIC_RELEASE);
  set_birth(epoch ? ls_birth_step(tracker.birth) : 0);
}

void ls_tracker_step(uint32_t step) { set_birth(step <= LS_STEPS ? step : 0); }

uint32_t ls_tracker_dirty(const uint32_t **sites, int *overflowed) {
  uint32_t n = __atomic_load_n(&tracker.ndirty, __ATOMIC_RELAXED);
  *sites = tracker.dirty;
  *overflowed = n > DIRTY_LIMIT;
  return n > DIRTY_LIMIT ? DIRTY_LIMIT : n;
}

void ls_tracker_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                     void *arg) {
  ls_shadow_walk(visit, arg);
  ls_fd_table_walk(visit, arg);
}

uint64_t ls_tracker_drops(void) {
  return __atomic_load_n(&tracker.drops, __ATOMIC_RELAXED);
}

uint64_t ls_tracker_foreign_frees(void) {
  return __atomic_load_n(&tracker.foreign_frees, __ATOMIC_RELAXED);
}

static void drop_closed(int fd) {
  uint32_t old;
  if (ls_fd_table_set(fd, 0, 0, &old) == 0 && old) count(old, -1, 0);
}

void ls_tracker_reconcile_fds(void) { ls_fd_table_each_closed(drop_closed); }
