/* SPDX-License-Identifier: MIT */
/* Counts what is alive by site, each thread for itself, and adds it up. */
#include "tracker/counters.h"

#include <errno.h>

#include "platform/arena.h"
#include "platform/thread.h"
#include "platform/together.h"

enum { GATHERED_LIMIT = 1 << 18 };

_Atomic uint32_t ls_counters_epoch;

static struct {
  _Atomic int64_t bytes; /* what threads have settled */
  _Atomic int64_t peak;
  _Atomic uint32_t has_no_list; /* epoch in which there was no memory for it */
  uint32_t before;              /* the epoch before this one */
  uint32_t *gathered;           /* the lists of several threads */
} common LS_TOGETHER;

/* ---- context: hook ------------------------------------------------------- */

/* Maps a table into *slot unless another thread was first. */
static void *fill(_Atomic(void *) *slot, size_t size) {
  void *table = atomic_load_explicit(slot, memory_order_acquire);
  if (table) return table;
  void *fresh = ls_pages_map(size, 0);
  if (!fresh) return NULL;
  if (atomic_compare_exchange_strong(slot, &table, fresh)) return fresh;
  ls_pages_unmap(fresh, size);
  return table;
}

static struct ls_counters *open_counters(void) {
  struct ls_thread *thread = ls_thread_mine();
  if (!thread) return NULL;
  struct ls_counters *mine = atomic_load(&thread->counters);
  if (!mine) {
    mine = ls_pages_map(sizeof *mine, 0);
    if (!mine) return NULL;
    LS_LEAVE(&mine->over, -LS_UNSETTLED);
    LS_LEAVE(&mine->high, -LS_UNSETTLED);
    atomic_store(&mine->blocks[0], &mine->first);
    atomic_store(&thread->counters, mine);
  }
  return ls_own.counters = mine;
}

static struct ls_counter_block *block_of(struct ls_counters *counters,
                                         uint32_t site) {
  return fill((_Atomic(void *) *)&counters->blocks[site >> LS_COUNTER_BITS],
              sizeof(struct ls_counter_block));
}

/* The peak so far: they may be about to fall. */
static int64_t highest(const struct ls_counters *mine) {
  int64_t over = LS_LOOK(&mine->over);
  int64_t high = LS_LOOK(&mine->high);
  return over > high ? over : high;
}

static void count_memory(struct ls_counters *mine, int64_t bytes) {
  if (bytes < 0) LS_LEAVE(&mine->high, highest(mine));
  int64_t over = LS_LOOK(&mine->over) + bytes;
  LS_LEAVE(&mine->over, over);
  if (over >= 0 || ls_counters_are_due(over)) ls_counters_settle(mine);
}

void ls_counters_reached(int64_t more) {
  struct ls_counters *mine = ls_own.counters;
  if (!mine && !(mine = open_counters())) return;
  int64_t reached = LS_LOOK(&mine->over) + more;
  if (reached > highest(mine)) LS_LEAVE(&mine->high, reached);
}

struct ls_counter *ls_counters_of(uint32_t site) {
  struct ls_counters *mine = ls_own.counters;
  if (!mine && !(mine = open_counters())) return NULL;
  struct ls_counter *counter = ls_counters_peek(mine, site);
  if (counter) return counter;
  struct ls_counter_block *block = block_of(mine, site);
  return block ? &block->at[site & (LS_COUNTER_BLOCK - 1)] : NULL;
}

void ls_leaf_keep_at_hand(uintptr_t address) {
  struct ls_shadow_leaf *leaf = ls_shadow_leaf_of(address);
  if (!leaf || !ls_own.counters) return;
  uintptr_t whole = (uintptr_t)LS_CELLS << LS_GRANULE_BITS;
  uintptr_t begin = address & ~(whole - 1);
  *ls_leaf_hint_of(ls_own.counters, address) = (struct ls_leaf_hint){
      .begin = begin,
      .size = ls_shadow_ready(leaf, address),
      .cells = (uintptr_t)leaf->cells - (begin >> LS_CELL_SHIFT),
      .touched = (uintptr_t)leaf->touched - (begin >> LS_TOUCHED_SHIFT)};
}

static void add(struct ls_counter *counter, int64_t objects, int64_t bytes,
                uint32_t site) {
  ls_add(&counter->bytes, bytes);
  ls_add_count(&counter->count, (uint32_t)objects);
  if (ls_counter_is_new(counter, LS_LOAD(&ls_counters_epoch)))
    ls_counters_mark(ls_own.counters, counter, site);
}

int ls_counters_add(uint32_t site, int64_t blocks, int64_t bytes) {
  struct ls_counter *counter = ls_counters_of(site);
  if (!counter) return 0;
  count_memory(ls_own.counters, bytes);
  add(counter, blocks, bytes, site);
  return 1;
}

int ls_counters_add_other(uint32_t site, int64_t objects, int64_t bytes) {
  struct ls_counter *counter = ls_counters_of(site);
  if (!counter) return 0;
  add(counter, objects, bytes, site);
  return 1;
}

void ls_counters_mark(struct ls_counters *mine, struct ls_counter *counter,
                      uint32_t site) {
  uint32_t epoch = atomic_load(&ls_counters_epoch);
  LS_LEAVE(&counter->epoch, epoch);
  if (!epoch) return;
  struct ls_dirty *list =
      fill((_Atomic(void *) *)&mine->dirty[epoch & 1], sizeof *list);
  if (!list) {
    atomic_store(&common.has_no_list, epoch);
    return;
  }
  uint32_t n = 0;
  if (LS_LOAD(&list->epoch) == epoch) {
    n = LS_LOAD(&list->n);
  } else {
    LS_STORE(&list->n, 0);
    atomic_store(&list->epoch, epoch);
  }
  if (n < LS_DIRTY_LIMIT) LS_STORE(&list->sites[n], site);
  atomic_store(&list->n, n + 1);
}

static void raise_peak(int64_t to) {
  int64_t peak = atomic_load(&common.peak);
  while (to > peak && !atomic_compare_exchange_weak(&common.peak, &peak, to))
    ;
}

/* Rarely, so that threads do not wait for each other. */
void ls_counters_settle(struct ls_counters *mine) {
  int64_t sum = LS_LOOK(&mine->over) + LS_UNSETTLED;
  int64_t high = highest(mine) + LS_UNSETTLED;
  LS_LEAVE(&mine->over, -LS_UNSETTLED);
  LS_LEAVE(&mine->high, -LS_UNSETTLED);
  raise_peak(atomic_fetch_add(&common.bytes, sum) + high);
}

/* ---- context: runner ----------------------------------------------------- */

static struct ls_counters *counters_of(const struct ls_thread *thread) {
  return atomic_load_explicit(&((struct ls_thread *)thread)->counters,
                              memory_order_acquire);
}

unsigned ls_counters_threads(void) {
  unsigned n = 0;
  struct ls_thread *thread = ls_thread_first();
  for (; thread; thread = thread->next) n += counters_of(thread) != NULL;
  return n;
}

static void add_live(struct ls_live *to, const struct ls_counter *counter) {
  to->count = ls_counter_blocks((uint32_t)to->count + LS_LOOK(&counter->count));
  to->bytes += LS_LOOK(&counter->bytes);
}

struct ls_live ls_counters_live(uint32_t site) {
  struct ls_live live = {0, 0};
  uint32_t at = site >> LS_COUNTER_BITS;
  struct ls_thread *thread = ls_thread_first();
  for (; thread; thread = thread->next) {
    struct ls_counters *counters = counters_of(thread);
    struct ls_counter_block *block =
        counters
            ? atomic_load_explicit(&counters->blocks[at], memory_order_acquire)
            : NULL;
    if (block) add_live(&live, &block->at[site & (LS_COUNTER_BLOCK - 1)]);
  }
  return live;
}

static void add_block(struct ls_live *to, const struct ls_counter_block *block,
                      uint32_t n) {
  for (uint32_t i = 0; i < n; i++) add_live(&to[i], &block->at[i]);
}

void ls_counters_sum(struct ls_live *to, uint32_t n) {
  struct ls_thread *thread = ls_thread_first();
  for (; thread; thread = thread->next) {
    struct ls_counters *counters = counters_of(thread);
    for (uint32_t at = 0; counters && at < n; at += LS_COUNTER_BLOCK) {
      struct ls_counter_block *block = atomic_load_explicit(
          &counters->blocks[at >> LS_COUNTER_BITS], memory_order_acquire);
      uint32_t rest = n - at;
      if (block)
        add_block(to + at, block,
                  rest < LS_COUNTER_BLOCK ? rest : LS_COUNTER_BLOCK);
    }
  }
}

void ls_counters_memory(int64_t *current, int64_t *peak) {
  int64_t bytes = 0, high = 0;
  struct ls_thread *thread = ls_thread_first();
  for (; thread; thread = thread->next) {
    struct ls_counters *counters = counters_of(thread);
    if (!counters) continue;
    bytes += LS_LOOK(&counters->over) + LS_UNSETTLED;
    high += highest(counters) + LS_UNSETTLED;
  }
  int64_t settled = atomic_load(&common.bytes);
  raise_peak(settled + (high > bytes ? high : bytes));
  *current = settled + bytes;
  *peak = atomic_load(&common.peak);
}

void ls_counters_reset_peak(void) {
  int64_t current, peak;
  struct ls_thread *thread = ls_thread_first();
  for (; thread; thread = thread->next) {
    struct ls_counters *counters = counters_of(thread);
    if (counters) LS_LEAVE(&counters->high, LS_LOOK(&counters->over));
  }
  atomic_store(&common.peak, 0);
  ls_counters_memory(&current, &peak);
}

static void clear_thread(struct ls_counters *counters) {
  for (uint32_t i = 0; i < LS_COUNTER_BLOCKS; i++) {
    struct ls_counter_block *block = atomic_load(&counters->blocks[i]);
    for (uint32_t k = 0; block && k < LS_COUNTER_BLOCK; k++) {
      LS_LEAVE(&block->at[k].bytes, 0);
      LS_LEAVE(&block->at[k].count, 0);
    }
  }
  LS_LEAVE(&counters->over, -LS_UNSETTLED);
  LS_LEAVE(&counters->high, -LS_UNSETTLED);
}

void ls_counters_clear(void) {
  struct ls_thread *thread = ls_thread_first();
  for (; thread; thread = thread->next)
    if (counters_of(thread)) clear_thread(counters_of(thread));
  atomic_store(&common.bytes, 0);
  atomic_store(&common.peak, 0);
}

int ls_counters_begin(uint32_t epoch) {
  if (epoch && !common.gathered) {
    common.gathered = ls_pages_map(GATHERED_LIMIT * sizeof(uint32_t), 0);
    if (!common.gathered) return -ENOMEM;
  }
  common.before = atomic_load(&ls_counters_epoch);
  atomic_store(&ls_counters_epoch, epoch);
  return 0;
}

struct gathering {
  uint32_t n;
  int overflowed;
};

static void gather(struct gathering *all, const struct ls_counters *counters,
                   uint32_t epoch) {
  struct ls_dirty *list =
      atomic_load(&((struct ls_counters *)counters)->dirty[epoch & 1]);
  if (!epoch || !list || atomic_load(&list->epoch) != epoch) return;
  uint32_t n = atomic_load(&list->n);
  if (n > LS_DIRTY_LIMIT || n > GATHERED_LIMIT - all->n) {
    all->overflowed = 1;
    return;
  }
  for (uint32_t i = 0; i < n; i++)
    common.gathered[all->n++] = LS_LOAD(&list->sites[i]);
}

uint32_t ls_counters_dirty(const uint32_t **sites, int *overflowed) {
  struct gathering all = {0, 0};
  uint32_t epoch = atomic_load(&ls_counters_epoch);
  uint32_t missed = atomic_load(&common.has_no_list); /* 0: in none */
  if (epoch && missed && missed >= epoch - 1) all.overflowed = 1;
  struct ls_thread *thread = common.gathered ? ls_thread_first() : NULL;
  for (; thread; thread = thread->next) {
    struct ls_counters *counters = counters_of(thread);
    if (!counters) continue;
    gather(&all, counters, epoch);
    if (counters != ls_own.counters) gather(&all, counters, common.before);
  }
  *sites = common.gathered;
  *overflowed = all.overflowed;
  return all.n;
}

/* Of each thread the two lists are of the latest epochs in which it touched
   anything. */
uint32_t ls_counters_others_epoch(void) {
  uint32_t latest = 0;
  struct ls_thread *thread = ls_thread_first();
  for (; thread; thread = thread->next) {
    struct ls_counters *counters = counters_of(thread);
    if (!counters || counters == ls_own.counters) continue;
    for (int i = 0; i < 2; i++) {
      struct ls_dirty *list = atomic_load(&counters->dirty[i]);
      uint32_t epoch = list ? atomic_load(&list->epoch) : 0;
      if (epoch > latest) latest = epoch;
    }
  }
  return latest;
}
