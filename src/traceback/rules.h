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
 * A word:  63 ... 33   32 ... 30  29 28   27 ... 12     11 ... 0
 *          pc >> 16      cfa       rbp    cfa_offset/8  rbp_offset/8
 *
 * The slot is the low 16 bits of the pc mixed with the others, so slot and
 * word together name one pc exactly.
 */
enum {
  LS_RULE_SLOT_BITS = 16,
  LS_RULE_SLOTS = 1 << LS_RULE_SLOT_BITS,
  LS_RULE_PC_SHIFT = 33,
  LS_RULE_CFA_SHIFT = 30,
  LS_RULE_RBP_SHIFT = 28,
  LS_RULE_OFFSET_SHIFT = 12,
  LS_RULE_UNIT = 8
};

extern _Atomic uint64_t *ls_rules_slots __attribute__((visibility("hidden")));

static inline uint32_t ls_rule_slot_of(uintptr_t pc) {
  return (uint32_t)(pc ^ pc >> 16 ^ pc >> 32) & (LS_RULE_SLOTS - 1);
}

/* The word of `pc`, 0 where there is none.  After ls_rules_init. */
static inline uint64_t ls_rule_word(uintptr_t pc) {
  uint64_t word = atomic_load_explicit(&ls_rules_slots[ls_rule_slot_of(pc)],
                                       memory_order_relaxed);
  return word >> LS_RULE_PC_SHIFT == pc >> LS_RULE_SLOT_BITS ? word : 0;
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
  return ((int32_t)((uint32_t)word << 20) >> 20) * LS_RULE_UNIT;
}

/* The rule at `pc`, from memory or from .eh_frame. */
struct ls_rule ls_rule_of(uintptr_t pc);

/* A library was unloaded: its addresses may mean other code now. */
void ls_rules_flush(void);

/* Makes ready; 0 or -ENOMEM. */
int ls_rules_init(void);

#endif
