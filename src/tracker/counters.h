/* SPDX-License-Identifier: MIT */
/*
 * How much of each site is alive, counted by each thread for itself.
 *
 *   thread -> block of sites -> [ packed ... | epochs ... ]
 *
 *   packed   63 ... 36   35 ... 0
 *            count       bytes        both signed
 *
 * A packed word is count * 2^36 + bytes, modulo 2^64, so that an event is one
 * addition.  What one thread allocates and another frees stands in two words
 * of opposite signs; their sum is exact whatever the parts are, as long as less
 * than 2^27 blocks and 2^35 bytes of one site are alive.  To be safe with
 * bytes, those of a block of a MiB and more are counted elsewhere, in words of
 * all threads.
 *
 * A site's epoch is that in which the thread last put it on its dirty list.
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

#include "tracker/tracker.h"

enum {
  LS_COUNTER_BITS = 12,
  LS_COUNTER_BLOCK = 1 << LS_COUNTER_BITS,
  LS_COUNTER_BLOCKS = 1 << (24 - LS_COUNTER_BITS),
  LS_PACKED_SHIFT = 36,
  LS_BIG_BLOCK = 1 << 20,  /* bytes from which a size is counted elsewhere */
  LS_DIRTY_LIMIT = 1 << 16 /* sites of a thread's list; beyond, any site */
};

struct ls_counter_block {
  _Atomic uint64_t packed[LS_COUNTER_BLOCK];
  _Atomic uint32_t epochs[LS_COUNTER_BLOCK];
};

/* The sites that a thread touched in one epoch. */
struct ls_dirty {
  _Atomic uint32_t epoch;
  _Atomic uint32_t n; /* as many as there were, even those without room */
  _Atomic uint32_t sites[LS_DIRTY_LIMIT];
};

struct ls_counters {
  _Atomic int64_t bytes; /* alive, of all sites, not yet in the common sum */
  _Atomic int64_t high;  /* the most that `bytes` was since then */
  _Atomic(struct ls_counter_block *) blocks[LS_COUNTER_BLOCKS];
  struct ls_dirty dirty[2]; /* of even and of odd epochs */
};

extern _Thread_local struct ls_counters *ls_counters_mine
    __attribute__((tls_model("initial-exec"), visibility("hidden")));
extern _Atomic uint32_t ls_counters_epoch __attribute__((visibility("hidden")));

/* The rare ways of _add: what is not there yet, is listed, or is big. */
int ls_counters_add_slowly(uint32_t site, int64_t blocks, int64_t bytes);
void ls_counters_mark(struct ls_counters *mine, struct ls_counter_block *block,
                      uint32_t site);
void ls_counters_raise(struct ls_counters *mine, int64_t bytes);
void ls_counters_settle(struct ls_counters *mine);

enum { LS_UNSETTLED = 1 << 18 }; /* bytes that a thread keeps for itself */

#define LS_LOAD(from) atomic_load_explicit(from, memory_order_relaxed)
#define LS_STORE(to, value) \
  atomic_store_explicit(to, value, memory_order_relaxed)

/* `blocks` more blocks, or fewer, of `bytes` in all (of the same sign).  0
   when there is no memory for the words. */
static inline __attribute__((always_inline)) int ls_counters_add(
    uint32_t site, int64_t blocks, int64_t bytes) {
  struct ls_counters *mine = ls_counters_mine;
  struct ls_counter_block *block =
      mine ? LS_LOAD(&mine->blocks[site >> LS_COUNTER_BITS]) : NULL;
  if (__builtin_expect(
          !block || (uint64_t)(blocks < 0 ? -bytes : bytes) >= LS_BIG_BLOCK, 0))
    return ls_counters_add_slowly(site, blocks, bytes);
  uint32_t at = site & (LS_COUNTER_BLOCK - 1);
  LS_STORE(&block->packed[at], LS_LOAD(&block->packed[at]) +
                                   ((uint64_t)blocks << LS_PACKED_SHIFT) +
                                   (uint64_t)bytes);
  if (__builtin_expect(
          LS_LOAD(&block->epochs[at]) != LS_LOAD(&ls_counters_epoch), 0))
    ls_counters_mark(mine, block, site);
  int64_t sum = LS_LOAD(&mine->bytes) + bytes;
  LS_STORE(&mine->bytes, sum);
  if (blocks < 0) {
    if (__builtin_expect(sum < -LS_UNSETTLED, 0)) ls_counters_settle(mine);
  } else if (__builtin_expect(sum > LS_LOAD(&mine->high), 0)) {
    ls_counters_raise(mine, sum);
  }
  return 1;
}

/* The same for what is no memory of malloc's: bytes of any sign, which are in
   no sum of memory. */
int ls_counters_add_other(uint32_t site, int64_t objects, int64_t bytes);

/* ---- context: runner ----------------------------------------------------- */

struct ls_live ls_counters_live(uint32_t site);

/* Adds up sites [0, n): to[i] is the packed word of site i, without the bytes
   of big blocks. */
void ls_counters_sum(uint64_t *to, uint32_t n);
struct ls_live ls_counters_unpack(uint32_t site, uint64_t packed);

/* Bytes alive, and the most there were since _reset_peak.  With several
   threads the peak is exact to LS_UNSETTLED bytes for each. */
void ls_counters_memory(int64_t *current, int64_t *peak);
void ls_counters_reset_peak(void);
void ls_counters_clear(void);

/*
 * Begins an epoch; 0 or -ENOMEM.  _dirty gives the sites touched in it, and
 * those that other threads touched in the one before: a thread may have been
 * between its addition and its entry when that one ended.
 */
int ls_counters_begin(uint32_t epoch);
uint32_t ls_counters_dirty(const uint32_t **sites, int *overflowed);

#endif
