/* SPDX-License-Identifier: MIT */
/*
 * The short way of an allocation and of a free, in line: all that most of them
 * cost, besides the look-up of the stack.
 *
 * Each asks first whether all is at hand that it needs, and then does its work
 * without a call: a hook that goes this way has next to nothing to save.
 * `is_usual` is a constant: the block is glibc's, and what is rare even so is
 * left to the caller.  Context: hook.
 */
#ifndef LS_TRACKER_QUICKLY_H
#define LS_TRACKER_QUICKLY_H

#include "interpose/sink.h"
#include "tracker/counters.h"
#include "tracker/shadow.h"
#ifdef __x86_64__
#include "traceback/stacks_x86_64.h"
#endif

_Static_assert((int)LS_SINK_SMALL <= (int)LS_SHADOW_BIG,
               "a usual block is no big one");

enum ls_quickly {
  LS_QUICKLY_NOT, /* nothing was done */
  LS_QUICKLY_DONE,
  LS_QUICKLY_SETTLE /* done, and ls_counters_settle is due */
};

#ifdef __x86_64__
/* A block whose stack is kept; `code` is that of its size. */
static inline __attribute__((always_inline)) enum ls_quickly ls_alloc_quickly(
    void *block, size_t size, size_t code, uint32_t birth,
    const struct ls_stack *stack, int is_usual) {
  /* A thread that has this counter also has its counter table. */
  struct ls_counters *mine = ls_own.counters;
  uintptr_t address = (uintptr_t)block;
  const struct ls_leaf_hint *hint = ls_leaf_at_hand(mine, address);
  if (__builtin_expect(!hint, 0)) return LS_QUICKLY_NOT;
  if (__builtin_expect(code > LS_CODE_MOST, 0)) return LS_QUICKLY_NOT;
  if (!is_usual && (ls_shadow_is_odd(address) || size >= LS_SHADOW_BIG))
    return LS_QUICKLY_NOT;
  struct ls_counter *counter = stack->counter;
  if (__builtin_expect(ls_counter_is_new(counter, LS_LOAD(&ls_counters_epoch)),
                       0)) {
    if (is_usual) return LS_QUICKLY_NOT;
    ls_counters_mark(mine, counter, stack->site);
  }
  uint32_t *cell = ls_hint_cell(hint, address);
  uint32_t known = stack->cell | (uint32_t)code;
  __asm__("" : "+r"(known)); /* one register less for what comes next */
  /* Write the birth before the cell, so that a concurrent walk never sees a
     block without one. */
  if (birth) ls_shadow_bear(cell, ls_hint_touched(hint, address), birth);
  ls_shadow_put(cell, known);
  return ls_counter_up(mine, counter, size) ? LS_QUICKLY_SETTLE
                                            : LS_QUICKLY_DONE;
}

#else
#define ls_alloc_quickly(block, size, code, birth, stack, is_usual) \
  LS_QUICKLY_NOT
#endif

/* Fills in the block at `address`, unless `to` is NULL. */
static inline __attribute__((always_inline)) void ls_block_quickly(
    struct ls_block *to, const uint32_t *cell, const struct ls_leaf_hint *hint,
    uintptr_t address, uint32_t site, size_t size, uint32_t epoch) {
  if (to)
    *to = (struct ls_block){
        site, epoch ? ls_shadow_birth(cell, ls_hint_touched(hint, address)) : 0,
        size};
}

/* What is known of a block, forgotten.  1, or 0 with nothing done.  `old` may
   be NULL. */
static inline __attribute__((always_inline)) int ls_take_quickly(
    void *block, size_t usable, struct ls_block *old, int is_usual) {
  struct ls_counters *mine = ls_own.counters;
  uintptr_t address = (uintptr_t)block;
  if (__builtin_expect(!mine, 0)) return 0;
  if (!is_usual && ls_shadow_is_odd(address)) return 0;
  const struct ls_leaf_hint *hint = ls_leaf_at_hand(mine, address);
  if (__builtin_expect(!hint, 0)) return 0;
  uint32_t *cell = ls_hint_cell(hint, address);
  size_t known = __atomic_load_n(cell, __ATOMIC_RELAXED);
  size_t code = known & LS_CODE_MOST;
  /* No block, or one whose size is kept aside. */
  if (__builtin_expect(!code, 0)) return 0;
  struct ls_counter *counter = ls_counters_peek_cell(mine, known);
  if (__builtin_expect(!counter, 0)) return 0;
  uint32_t epoch = LS_LOAD(&ls_counters_epoch);
  int is_new = ls_counter_is_new(counter, epoch);
  if (__builtin_expect(is_usual && is_new, 0)) return 0;
  size_t size = ls_shadow_size(code, usable);
  int64_t over = mine->over;
  int is_due = ls_counters_are_due(over - (int64_t)size);
  if (__builtin_expect(is_usual && is_due, 0)) return 0;
  uint32_t site = (uint32_t)known >> LS_CODE_BITS;
  ls_block_quickly(old, cell, hint, address, site, size, epoch);
  __atomic_store_n(cell, 0, __ATOMIC_RELAXED);
  if (!is_usual && is_new) ls_counters_mark(mine, counter, site);
  ls_counter_down(mine, counter, size, over);
  if (!is_usual && is_due) ls_counters_settle(mine);
  return 1;
}

#endif
