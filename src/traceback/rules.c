/* SPDX-License-Identifier: MIT */
#include "traceback/rules.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "platform/arena.h"

/*
 * A word:  63 ... 33   32 ... 30  29 28   27 ... 12     11 ... 0
 *          pc >> 16      cfa       rbp    cfa_offset/8  rbp_offset/8
 *
 * The slot is the low 16 bits of the pc mixed with the others, so slot and
 * word together name one pc exactly.
 */
enum {
  SLOT_BITS = 16,
  SLOTS = 1 << SLOT_BITS,
  PC_SHIFT = 33,
  CFA_SHIFT = 30,
  RBP_SHIFT = 28,
  OFFSET_SHIFT = 12,
  UNIT = 8,
  ASIDE = 7 /* in place of cfa: the rule does not fit and is read each time */
};

static _Atomic uint64_t *slots;

int ls_rules_init(void) {
  if (!slots) slots = ls_pages_map(SLOTS * sizeof *slots, 0);
  return slots ? 0 : -ENOMEM;
}

static uint32_t slot_of(uintptr_t pc) {
  return (uint32_t)(pc ^ pc >> 16 ^ pc >> 32) & (SLOTS - 1);
}

static int fits(const struct ls_rule *rule) {
  return (int)rule->cfa < ASIDE && rule->cfa_offset % UNIT == 0 &&
         rule->rbp_offset % UNIT == 0 && rule->cfa_offset / UNIT >= INT16_MIN &&
         rule->cfa_offset / UNIT <= INT16_MAX &&
         rule->rbp_offset / UNIT >= -2048 && rule->rbp_offset / UNIT <= 2047;
}

static uint64_t pack(uintptr_t pc, const struct ls_rule *rule) {
  uint64_t word = (uint64_t)(pc >> SLOT_BITS) << PC_SHIFT;
  if (!fits(rule)) return word | (uint64_t)ASIDE << CFA_SHIFT;
  return word | (uint64_t)rule->cfa << CFA_SHIFT |
         (uint64_t)rule->rbp << RBP_SHIFT |
         (uint64_t)(uint16_t)(rule->cfa_offset / UNIT) << OFFSET_SHIFT |
         ((uint64_t)(rule->rbp_offset / UNIT) & 0xfff);
}

static struct ls_rule unpack(uint64_t word) {
  struct ls_rule rule;
  rule.cfa = (enum ls_cfa)(word >> CFA_SHIFT & 7);
  rule.rbp = (enum ls_rbp)(word >> RBP_SHIFT & 3);
  rule.cfa_offset = (int16_t)(word >> OFFSET_SHIFT) * UNIT;
  rule.rbp_offset = ((int32_t)((uint32_t)word << 20) >> 20) * UNIT;
  return rule;
}

struct ls_rule ls_rule_of(uintptr_t pc) {
  uint64_t word = 0;
  _Atomic uint64_t *slot = slots ? &slots[slot_of(pc)] : NULL;
  if (slot) word = atomic_load_explicit(slot, memory_order_relaxed);
  unsigned cfa = (unsigned)(word >> CFA_SHIFT & 7);
  if (word >> PC_SHIFT == pc >> SLOT_BITS && cfa != LS_CFA_NONE && cfa != ASIDE)
    return unpack(word);
  struct ls_rule rule = ls_eh_frame_rule(pc);
  /* "No rule" is not remembered: code may come to be known later. */
  if (slot && rule.cfa != LS_CFA_NONE && pc >> 47 == 0)
    atomic_store_explicit(slot, pack(pc, &rule), memory_order_relaxed);
  return rule;
}

void ls_rules_flush(void) {
  for (uint32_t i = 0; slots && i < SLOTS; i++)
    if (atomic_load_explicit(&slots[i], memory_order_relaxed))
      atomic_store_explicit(&slots[i], 0, memory_order_relaxed);
}
