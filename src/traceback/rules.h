/* SPDX-License-Identifier: MIT */
/*
 * Rules remembered by pc.
 *
 * Reading .eh_frame takes a hundred times as long as a look-up here.  A rule
 * and the part of the pc that its slot does not imply fit one 8-byte word, so
 * reads and writes are single and no lock is needed.  Context: hook.
 */
#ifndef LS_TRACEBACK_RULES_H
#define LS_TRACEBACK_RULES_H

#include <stdatomic.h>

#include "traceback/eh_frame.h"

/*
 * A word:  63 ... 29   28 ... 26  25 24   23 ... 8      7 ... 0
 *          pc >> 12      cfa       rbp    cfa_offset/8  rbp_offset/8
 *
 * The slot begins with the low 12 bits of the pc, mixed with the others, so
 * slot and word together name one pc exactly, however large the table is.  It
 * grows: what a small program needs is some pages.
 */
enum {
  LS_RULE_PC_BITS = 12,
  LS_RULE_SLOTS_FIRST = 1 << LS_RULE_PC_BITS,
  LS_RULE_SLOTS_MOST = 1 << 16,
  LS_RULE_PC_SHIFT = 29,
  LS_RULE_CFA_SHIFT = 26,
  LS_RULE_RBP_SHIFT = 24,
  LS_RULE_OFFSET_SHIFT = 8,
  LS_RULE_UNIT = 8
};

/* A larger table is there before its mask is. */
extern struct ls_rules {
  _Atomic uint32_t mask;
  _Atomic(_Atomic uint64_t *) slots;
} ls_rules __attribute__((visibility("hidden")));

/* After ls_rules_init. */
static inline _Atomic uint64_t *ls_rule_slot_of(uintptr_t pc) {
  uint32_t mask = atomic_load_explicit(&ls_rules.mask, memory_order_acquire);
  _Atomic uint64_t *slots =
      atomic_load_explicit(&ls_rules.slots, memory_order_relaxed);
  return &slots[(uint32_t)(pc ^ pc >> 16 ^ pc >> 32) & mask];
}

/* The word of `pc`, 0 where there is none.  After ls_rules_init. */
static inline uint64_t ls_rule_word(uintptr_t pc) {
  uint64_t word =
      atomic_load_explicit(ls_rule_slot_of(pc), memory_order_relaxed);
  return word >> LS_RULE_PC_SHIFT == pc >> LS_RULE_PC_BITS ? word : 0;
}

static inline unsigned ls_rule_word_cfa(uint64_t word) {
  return (unsigned)(word >> LS_RULE_CFA_SHIFT) & 7;
}
static inline unsigned ls_rule_word_rbp(uint64_t word) {
  return (unsigned)(word >> LS_RULE_RBP_SHIFT) & 3;
}
static inline intptr_t ls_rule_word_cfa_offset(uint64_t word) {
  return (int16_t)(word >> LS_RULE_OFFSET_SHIFT) * LS_RULE_UNIT;
}
static inline intptr_t ls_rule_word_rbp_offset(uint64_t word) {
  return (int8_t)word * LS_RULE_UNIT;
}

/* The rule at `pc`, from memory or from .eh_frame.  `is_return`: it is one less
   than a return address.  Where no call lies in front of that, LS_CFA_END: it
   is the first function of a coroutine that would return there, and what lies
   beyond is no frame.  Such a rule is not remembered, nor is that of a place
   where a signal came, so what is remembered is of a call. */
struct ls_rule ls_rule_of(uintptr_t pc, int is_return);

/* A library was unloaded: its addresses may mean other code now. */
void ls_rules_flush(void);

/* Makes ready; 0 or -ENOMEM. */
int ls_rules_init(void);

#endif
