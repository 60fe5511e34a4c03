/* SPDX-License-Identifier: MIT */
/* Counts what the hooks tell, and gives out what is alive. */
#include "tracker/tracker.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>

#include "interpose/sink.h"
#include "platform/guard.h"
#include "traceback/innermost.h"
#include "traceback/intern.h"
#include "traceback/unwind.h"
#include "tracker/count.h"
#include "tracker/counters.h"
#include "tracker/domains.h"
#include "tracker/early.h"
#include "tracker/quickly.h"
#include "tracker/shadow.h"
#include "tracker/state.h"
#include "tracker/unloads.h"

enum {
  EPOCH_BITS = 20 /* of a birth that has a step too */
};

/* A birth is an epoch; or, with this bit, a step above a shorter epoch. */
static const uint32_t STEPPED = 1u << 31, EPOCH_MASK = (1u << EPOCH_BITS) - 1;

int ls_sink_wanted;

/* ---- counting: context hook ---------------------------------------------- */

void ls_sink_missed(void) { ls_count_drop(); }

static void count(uint32_t site, int64_t blocks, int64_t bytes) {
  if (!ls_counters_add(site, blocks, bytes)) ls_count_drop();
}

#ifdef __x86_64__
/* The site, and where its stack is kept now, NULL if it is not: each that is
   kept has its counter.  errno is kept inside. */
static uint32_t site_by_walk(const uintptr_t *frame, struct ls_stack **stack) {
  uint32_t site = ls_stacks_miss(frame, ls_tracker_state.nframe, stack);
  if (*stack) (*stack)->cell = site << LS_CODE_BITS;
  if (!*stack || ((*stack)->counter = ls_counters_of(site))) return site;
  (*stack)->pc = 0;
  *stack = NULL;
  return site;
}

static uint32_t malloc_site(const uintptr_t *frame, struct ls_stack **stack) {
  *stack = ls_stacks_find(frame);
  return *stack ? (*stack)->site : site_by_walk(frame, stack);
}
#else
static uint32_t malloc_site(const uintptr_t *frame, struct ls_stack **stack) {
  *stack = NULL;
  return ls_unwind_site(frame, ls_tracker_state.nframe);
}
#endif

static void record(void *block, struct ls_shadow_entry entry, size_t usable) {
  if (entry.site && ls_shadow_set((uintptr_t)block, entry, usable)) {
    if (ls_counters_add(entry.site, 1, (int64_t)entry.size)) return;
    /* Not counted: then its end is not to be either. */
    (void)ls_shadow_take((uintptr_t)block, usable);
  }
  ls_count_drop();
}

/* A block that is resized is as old as it was: a buffer that grows in place is
   one block, not one born in each iteration.  Its step is the latest. */
static inline uint32_t resized(struct ls_block old) {
  uint32_t birth = LS_LOAD(&ls_tracker_state.birth);
  if (!old.site) return birth;
  return birth & STEPPED ? (birth & ~EPOCH_MASK) | ls_birth_epoch(old.birth)
                         : old.birth;
}

/* Apart: what the short way does without is not to be in its way. */
static __attribute__((noinline)) void put_slowly(void *block,
                                                 struct ls_shadow_entry entry,
                                                 size_t usable) {
  if (ls_is_early() && ls_early_put((uintptr_t)block, entry, usable)) return;
  record(block, entry, usable);
  ls_leaf_keep_at_hand((uintptr_t)block);
}

/* A block of any kind; `stack` is NULL where it is not kept. */
static inline void put(void *block, struct ls_shadow_entry entry, size_t usable,
                       const struct ls_stack *stack) {
  if (ls_is_early()) {
    put_slowly(block, entry, usable);
    return;
  }
  size_t code = ls_shadow_code(entry.size, usable);
  enum ls_quickly done = LS_QUICKLY_NOT;
  if (__builtin_expect(stack != NULL, 1))
    done = ls_alloc_quickly(block, entry.size, code, entry.birth, stack, 0);
  if (__builtin_expect(done == LS_QUICKLY_DONE, 1)) return;
  if (done == LS_QUICKLY_SETTLE) {
    ls_counters_settle(ls_own.counters);
    return;
  }
  put_slowly(block, entry, usable);
}

static inline struct ls_shadow_entry born_now(uint32_t site, size_t size) {
  return (struct ls_shadow_entry){
      .site = site, .birth = LS_LOAD(&ls_tracker_state.birth), .size = size};
}

void ls_sink_alloc(void *block, size_t size, size_t usable,
                   const uintptr_t *frame) {
  struct ls_stack *stack;
  uint32_t site = malloc_site(frame, &stack);
  put(block, born_now(site, size), usable, stack);
}

#ifdef __x86_64__
static inline void *handed_back(void *block) {
  ls_hand_to(LS_OWNER_HOST);
  return block;
}

static __attribute__((noinline)) void *alloc_known(
    void *block, size_t size, size_t usable, const struct ls_stack *stack) {
  put(block, born_now(stack->site, size), usable, stack);
  return handed_back(block);
}

static __attribute__((noinline)) void *alloc_by_walk(void *block, size_t size,
                                                     size_t usable,
                                                     const uintptr_t *frame) {
  struct ls_stack *stack;
  uint32_t site = site_by_walk(frame, &stack);
  put(block, born_now(site, size), usable, stack);
  return handed_back(block);
}

static __attribute__((noinline)) void *settle(void *block) {
  ls_counters_settle(ls_own.counters);
  return handed_back(block);
}

static inline __attribute__((always_inline)) void *alloc_quickly(
    void *block, size_t size, size_t code, const struct ls_stack *stack) {
  enum ls_quickly done = ls_alloc_quickly(
      block, size, code, LS_LOAD(&ls_tracker_state.birth), stack, 1);
  if (__builtin_expect(done == LS_QUICKLY_NOT, 0))
    return alloc_known(block, size, ls_shadow_usable(size, code), stack);
  if (__builtin_expect(done == LS_QUICKLY_SETTLE, 0)) return settle(block);
  return handed_back(block);
}

/* Apart: most stacks are the first of their set, and what is asked of the
   others would be kept in registers all the way. */
static __attribute__((noinline)) void *alloc_by_other(void *block, size_t size,
                                                      size_t code,
                                                      const uintptr_t *frame,
                                                      struct ls_stack *first) {
  const struct ls_stack *stack = ls_stacks_other(first, frame);
  if (stack) return alloc_quickly(block, size, code, stack);
  return alloc_by_walk(block, size, ls_shadow_usable(size, code), frame);
}

void *ls_sink_alloc_usual(void *block, size_t size, size_t usable,
                          const uintptr_t *frame) {
  size_t code = ls_shadow_code(size, usable);
  /* It is not to be kept beside `usable`. */
  __asm__("" : "+r"(code));
  if (__builtin_expect(!ls_stacks_are_current(), 0))
    return alloc_by_walk(block, size, ls_shadow_usable(size, code), frame);
  struct ls_stack *stack = ls_stacks_first(frame);
  if (__builtin_expect(!ls_stack_holds(stack, frame[1], frame), 0))
    return alloc_by_other(block, size, code, frame, stack);
  ls_own.latest = stack;
  return alloc_quickly(block, size, code, stack);
}
#else
void *ls_sink_alloc_usual(void *block, size_t size, size_t usable,
                          const uintptr_t *frame) {
  ls_sink_alloc(block, size, usable, frame);
  ls_hand_to(LS_OWNER_HOST);
  return block;
}
#endif

/* Takes a block, and the counts with it. */
static struct ls_shadow_entry take(void *block, size_t usable) {
  struct ls_shadow_entry entry;
  if (ls_is_early() && ls_early_take((uintptr_t)block, usable, &entry))
    return entry;
  entry = ls_shadow_take((uintptr_t)block, usable);
  if (!entry.site) return entry;
  count(entry.site, -1, -(int64_t)entry.size);
  return entry;
}

static __attribute__((noinline)) int sink_slowly(void *block, size_t usable) {
  if (!take(block, usable).site) return 0;
  if (!ls_is_early()) ls_leaf_keep_at_hand((uintptr_t)block);
  return 1;
}

int ls_sink_free_usual(void *block, size_t usable) {
  return ls_take_quickly(block, usable, NULL, 1);
}

int ls_sink_free(void *block, size_t usable) {
  return (!ls_is_early() && ls_take_quickly(block, usable, NULL, 0)) ||
         sink_slowly(block, usable);
}

void ls_sink_unknown(void) {
  atomic_fetch_add_explicit(&ls_tracker_state.foreign_frees, 1,
                            memory_order_relaxed);
}

static __attribute__((noinline)) struct ls_block lift_slowly(void *block,
                                                             size_t usable) {
  struct ls_shadow_entry entry = take(block, usable);
  if (!entry.site) ls_sink_unknown();
  return (struct ls_block){entry.site, entry.birth, entry.size};
}

struct ls_block ls_sink_lift(void *block, size_t usable) {
  struct ls_block old;
  if (!ls_is_early() && ls_take_quickly(block, usable, &old, 0)) return old;
  return lift_slowly(block, usable);
}

void ls_sink_move(struct ls_block old, void *block, size_t size, size_t usable,
                  const uintptr_t *frame, int failed) {
  if (failed && !old.site) return; /* it was unknown and stays so */
  struct ls_stack *stack = NULL;
  struct ls_shadow_entry entry = {
      .site = failed ? old.site : malloc_site(frame, &stack),
      .birth = resized(old),
      .size = failed ? old.size : size};
  put(block, entry, usable, stack);
}

void ls_sink_unloaded(void) { ls_unwind_flush(); }

/* ---- reading: context runner --------------------------------------------- */

uint32_t ls_tracker_sites(void) { return ls_intern_sites(); }

struct ls_live ls_tracker_live(uint32_t site) {
  ls_early_end();
  return ls_counters_live(site);
}

size_t ls_tracker_path(uint32_t site, uintptr_t *pcs, size_t max) {
  uintptr_t path[LS_UNWIND_MAX + 1];
  size_t n = ls_intern_path(site, path, LS_UNWIND_MAX + 1);
  n = ls_innermost_strip(path, n);
  size_t skip = ls_tracker_domain(site) == LS_DOMAIN_MALLOC ? 0 : 1;
  size_t frames = n > skip ? n - skip : 0;
  if (ls_tracker_label(site)) frames = 0;
  if (frames > max) frames = max;
  for (size_t i = 0; i < frames; i++) pcs[i] = path[i + skip];
  return frames;
}

uint32_t ls_tracker_site_of(const void *block) {
  ls_early_end();
  return ls_shadow_get((uintptr_t)block, 0).site;
}

void ls_tracker_memory(size_t *current, size_t *peak) {
  int64_t now, most;
  ls_early_end();
  ls_counters_memory(&now, &most);
  if (current) *current = now > 0 ? (size_t)now : 0;
  if (peak) *peak = most > 0 ? (size_t)most : 0;
}

void ls_tracker_reset_peak(void) {
  ls_early_end();
  ls_counters_reset_peak();
}

int ls_tracker_outermost(const void *begin, const void *end) {
  return ls_unwind_outermost((uintptr_t)begin, (uintptr_t)end);
}

int ls_tracker_is_outermost(uintptr_t pc) { return ls_unwind_is_outermost(pc); }

uint32_t ls_birth_epoch(uint32_t birth) {
  return birth & STEPPED ? birth & EPOCH_MASK : birth;
}

uint32_t ls_birth_step(uint32_t birth) {
  return birth & STEPPED ? (birth & ~STEPPED) >> EPOCH_BITS : 0;
}

static void set_birth(uint32_t step) {
  uint32_t epoch = LS_LOAD(&ls_counters_epoch);
  uint32_t birth = step && epoch <= EPOCH_MASK
                       ? STEPPED | step << EPOCH_BITS | epoch
                       : epoch;
  LS_STORE(&ls_tracker_state.birth, birth);
}

void ls_tracker_epoch(uint32_t epoch) {
  ls_early_end();
  ls_unloads_look();
  if (ls_counters_begin(epoch)) ls_count_drop();
  set_birth(epoch ? ls_birth_step(LS_LOAD(&ls_tracker_state.birth)) : 0);
}

void ls_tracker_step(uint32_t step) { set_birth(step <= LS_STEPS ? step : 0); }

uint32_t ls_tracker_dirty(const uint32_t **sites, int *overflowed) {
  return ls_counters_dirty(sites, overflowed);
}

uint32_t ls_tracker_others_epoch(void) { return ls_counters_others_epoch(); }

int ls_tracker_has_threads(void) { return ls_counters_threads() > 1; }

uint64_t ls_tracker_drops(void) { return LS_LOAD(&ls_tracker_state.drops); }

uint64_t ls_tracker_foreign_frees(void) {
  return LS_LOAD(&ls_tracker_state.foreign_frees);
}
