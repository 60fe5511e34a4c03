/* SPDX-License-Identifier: MIT */
/*
 * How much of each site is alive, counted by each thread for itself.
 *
 *   thread -> block of sites -> { bytes, epoch, count }
 *
 * Bytes are signed: what one thread allocates and another frees stands in two
 * places with opposite signs.  A thread's count is a number modulo 2^32, and so
 * is the sum of them all: however many blocks one thread hands to another, the
 * sum is right if fewer than 15 * 2^28 blocks of a site are alive, for which
 * glibc needs 120 GiB.  The epoch has a word that a block's coming and going
 * does not write: the next call can read it at once.
 *
 * Only its own thread writes a thread's words; anyone reads them.  A thread
 * that is gone leaves them behind, and the next one goes on with them.
 * Context: hook, but for those that say runner.
 */
#ifndef LS_TRACKER_COUNTERS_H
#define LS_TRACKER_COUNTERS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/guard.h"
#include "tracker/shadow.h"
#include "tracker/tracker.h"

enum {
  LS_COUNTER_BITS = 12,
  LS_COUNTER_BLOCK = 1 << LS_COUNTER_BITS,
  LS_COUNTER_BLOCKS = 1 << (24 - LS_COUNTER_BITS),
  LS_LEAF_HINTS = 8,
  LS_DIRTY_LIMIT = 1 << 16 /* sites of a thread's list; beyond, any site */
};

/* One site, in one thread. */
struct ls_counter {
  int64_t bytes;
  uint32_t epoch; /* in which its thread last put it on the list */
  uint32_t count;
};

struct ls_counter_block {
  struct ls_counter at[LS_COUNTER_BLOCK];
};

/* The sites that a thread touched in one epoch. */
struct ls_dirty {
  _Atomic uint32_t epoch;
  _Atomic uint32_t n; /* as many as there were, even those without room */
  _Atomic uint32_t sites[LS_DIRTY_LIMIT];
};

/* A leaf of the shadow map: the addresses of which the cells are at hand. */
struct ls_leaf_hint {
  uintptr_t begin;
  uintptr_t size;           /* bytes; 0: no leaf */
  uintptr_t cells, touched; /* where those of address 0 would be */
};

/*
 * Bytes alive, of all sites, that are not yet in the common sum, are kept as
 * `over`: less LS_UNSETTLED, so that its sign says when they are to be settled.
 * They may be at their peak where they begin to fall, and nowhere else.
 */
struct ls_counters {
  /* All of these in one page, with the counters of the first sites: a thread
     costs a page, and a fork copies one. */
  int64_t over; /* its own thread reads it as it is */
  int64_t high; /* the most that `over` was, where it fell since then */
  struct ls_leaf_hint leaves[LS_LEAF_HINTS]; /* used lately */
  _Atomic(struct ls_dirty *) dirty[2];       /* of even and of odd epochs */
  struct ls_counter_block first;
  _Atomic(struct ls_counter_block *) blocks[LS_COUNTER_BLOCKS];
};

extern _Atomic uint32_t ls_counters_epoch __attribute__((visibility("hidden")));

enum { LS_UNSETTLED = 1 << 18 }; /* bytes that a thread keeps for itself */

#define LS_LOAD(from) atomic_load_explicit(from, memory_order_relaxed)
#define LS_STORE(to, value) \
  atomic_store_explicit(to, value, memory_order_relaxed)
/* The same of a word that is plain to the only thread that writes it. */
#define LS_LOOK(from) __atomic_load_n(from, __ATOMIC_RELAXED)
#define LS_LEAVE(to, value) __atomic_store_n(to, value, __ATOMIC_RELAXED)

/* The calling thread's counter of a site, made if need be; NULL when there is
   no memory.  It stays where it is, and the thread's until it is gone. */
struct ls_counter *ls_counters_of(uint32_t site);

/* `blocks` more blocks, or fewer, of `bytes` in all (of the same sign), any
   size.  0 when there is no memory. */
int ls_counters_add(uint32_t site, int64_t blocks, int64_t bytes);

/* A site is touched for the first time in an epoch. */
void ls_counters_mark(struct ls_counters *mine, struct ls_counter *counter,
                      uint32_t site);
/* So many bytes more than now were alive for a while. */
void ls_counters_reached(int64_t more);
/* A thread's own bytes go to the common sum. */
void ls_counters_settle(struct ls_counters *mine);

/* Adds to a word that only this thread writes; 1 where it is not negative
   then. */
static inline __attribute__((always_inline)) int ls_add(int64_t *to,
                                                        int64_t n) {
#ifdef __x86_64__
  /* The compiler makes three instructions of a load and a store. */
  int is_positive;
  __asm__("addq %2, %0" : "+m"(*to), "=@ccns"(is_positive) : "er"(n));
  return is_positive;
#else
  int64_t sum = LS_LOOK(to) + n;
  LS_LEAVE(to, sum);
  return sum >= 0;
#endif
}

static inline __attribute__((always_inline)) void ls_add_count(uint32_t *to,
                                                               uint32_t n) {
#ifdef __x86_64__
  __asm__("addl %1, %0" : "+m"(*to) : "er"(n));
#else
  LS_LEAVE(to, LS_LOOK(to) + n);
#endif
}

/* Whether it was put on the list of another epoch. */
static inline __attribute__((always_inline)) int ls_counter_is_new(
    const struct ls_counter *counter, uint32_t epoch) {
  return counter->epoch != epoch;
}

/* The number of blocks that a sum of counts stands for.  Threads go on while it
   is made: it may be a little below zero. */
static inline int64_t ls_counter_blocks(uint32_t sum) {
  enum { BELOW = 1 << 28 };
  return (int64_t)(sum + BELOW) - BELOW;
}

/* One more block.  `counter` is the calling thread's, `mine` all of its.  1
 * where they are to be settled now. */
static inline __attribute__((always_inline)) int ls_counter_up(
    struct ls_counters *mine, struct ls_counter *counter, size_t bytes) {
  ls_add(&counter->bytes, (int64_t)bytes);
  ls_add_count(&counter->count, 1);
  return __builtin_expect(ls_add(&mine->over, (int64_t)bytes), 0) != 0;
}

/* One block less, where the thread has so many bytes over. */
static inline __attribute__((always_inline)) void ls_counter_down(
    struct ls_counters *mine, struct ls_counter *counter, size_t bytes,
    int64_t over) {
  ls_add(&counter->bytes, -(int64_t)bytes);
  ls_add_count(&counter->count, UINT32_MAX);
  if (__builtin_expect(over > mine->high, 0)) LS_LEAVE(&mine->high, over);
  LS_LEAVE(&mine->over, over - (int64_t)bytes);
}

/* Whether they are to be settled: other threads' blocks were freed here. */
static inline int ls_counters_are_due(int64_t over) {
  return over < -2 * (int64_t)LS_UNSETTLED;
}

/* The same as _of, of `mine`; NULL where there is none yet. */
static inline struct ls_counter *ls_counters_peek(struct ls_counters *mine,
                                                  uint32_t site) {
  struct ls_counter_block *block =
      LS_LOAD(&mine->blocks[site >> LS_COUNTER_BITS]);
  return block ? &block->at[site & (LS_COUNTER_BLOCK - 1)] : NULL;
}

/* The same of the site in a cell of the shadow map. */
static inline struct ls_counter *ls_counters_peek_cell(struct ls_counters *mine,
                                                       size_t cell) {
  enum { SIZE = sizeof(struct ls_counter), BITS = 4 };
  _Static_assert(SIZE == 1 << BITS && BITS < (int)LS_CODE_BITS, "shifted once");
  struct ls_counter_block *block =
      LS_LOAD(&mine->blocks[cell >> (LS_CODE_BITS + LS_COUNTER_BITS)]);
  if (__builtin_expect(!block, 0)) return NULL;
  size_t at = cell >> (LS_CODE_BITS - BITS) & (LS_COUNTER_BLOCK - 1) * SIZE;
  return (struct ls_counter *)(void *)((char *)block->at + at);
}

static inline struct ls_leaf_hint *ls_leaf_hint_of(struct ls_counters *mine,
                                                   uintptr_t address) {
  enum { SIZE = sizeof(struct ls_leaf_hint), BITS = 5 };
  _Static_assert(SIZE == 1 << BITS, "one shift gives the place in bytes");
  size_t at = address >> (LS_GRANULE_BITS + LS_CELL_BITS - BITS) &
              (LS_LEAF_HINTS - 1) * SIZE;
  return (struct ls_leaf_hint *)(void *)((char *)mine->leaves + at);
}

/* The leaf of an address, if this thread came upon it lately; NULL if not. */
static inline __attribute__((always_inline)) const struct ls_leaf_hint *
ls_leaf_at_hand(struct ls_counters *mine, uintptr_t address) {
  const struct ls_leaf_hint *hint = ls_leaf_hint_of(mine, address);
  return __builtin_expect(address - hint->begin < hint->size, 1) ? hint : NULL;
}

/* From an address to that of its cell, and of its page's byte of `touched`. */
enum {
  LS_CELL_SHIFT = LS_GRANULE_BITS - 2,    /* a cell has 4 bytes */
  LS_TOUCHED_SHIFT = LS_GRANULE_BITS + 10 /* a page has 1024 cells */
};
_Static_assert(1 << 10 == LS_PAGE_CELLS, "cells of a page");

/* Of a block that begins with a granule. */
static inline uint32_t *ls_hint_cell(const struct ls_leaf_hint *hint,
                                     uintptr_t address) {
  return (uint32_t *)(hint->cells + (address >> LS_CELL_SHIFT));
}

static inline uint8_t *ls_hint_touched(const struct ls_leaf_hint *hint,
                                       uintptr_t address) {
  return (uint8_t *)(hint->touched + (address >> LS_TOUCHED_SHIFT));
}

/* It is at hand from now on. */
void ls_leaf_keep_at_hand(uintptr_t address);

/* The same for what is no memory of malloc's: bytes of any sign, which are in
   no sum of memory. */
int ls_counters_add_other(uint32_t site, int64_t objects, int64_t bytes);

/* ---- context: runner ----------------------------------------------------- */

struct ls_live ls_counters_live(uint32_t site);

/* How many threads have counters, those that are gone among them. */
unsigned ls_counters_threads(void);

/* Adds to to[i] what site i holds, for sites [0, n). */
void ls_counters_sum(struct ls_live *to, uint32_t n);

/* Bytes alive, and the most there were since _reset_peak.  With several
   threads the peak is exact to LS_UNSETTLED bytes for each. */
void ls_counters_memory(int64_t *current, int64_t *peak);
void ls_counters_reset_peak(void);
void ls_counters_clear(void);

/*
 * Begins an epoch; 0 or -ENOMEM.  _dirty gives the sites touched in it, and
 * those that other threads touched in the one before: a thread may have been
 * between its entry and its addition when that one ended.  One that stood there
 * for longer is missing until the site is touched again.
 */
int ls_counters_begin(uint32_t epoch);
uint32_t ls_counters_others_epoch(void);
uint32_t ls_counters_dirty(const uint32_t **sites, int *overflowed);

#endif
