/* SPDX-License-Identifier: MIT */
#include "traceback/rules.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "platform/arena.h"

enum {
  UNIT = LS_RULE_UNIT,
  ASIDE = 7 /* in place of cfa: the rule does not fit and is read each time */
};

_Atomic uint64_t *ls_rules_slots;

int ls_rules_init(void) {
  if (!ls_rules_slots)
    ls_rules_slots = ls_pages_map(LS_RULE_SLOTS * sizeof *ls_rules_slots, 0);
  return ls_rules_slots ? 0 : -ENOMEM;
}

static int fits(const struct ls_rule *rule) {
  return (int)rule->cfa < ASIDE && rule->cfa_offset % UNIT == 0 &&
         rule->rbp_offset % UNIT == 0 && rule->cfa_offset / UNIT >= INT16_MIN &&
         rule->cfa_offset / UNIT <= INT16_MAX &&
         rule->rbp_offset / UNIT >= -2048 && rule->rbp_offset / UNIT <= 2047;
}

static uint64_t pack(uintptr_t pc, const struct ls_rule *rule) {
  uint64_t word = (uint64_t)(pc >> LS_RULE_SLOT_BITS) << LS_RULE_PC_SHIFT;
  if (!fits(rule)) return word | (uint64_t)ASIDE << LS_RULE_CFA_SHIFT;
  return word | (uint64_t)rule->cfa << LS_RULE_CFA_SHIFT |
         (uint64_t)rule->rbp << LS_RULE_RBP_SHIFT |
         (uint64_t)(uint16_t)(rule->cfa_offset / UNIT) << LS_RULE_OFFSET_SHIFT |
         ((uint64_t)(rule->rbp_offset / UNIT) & 0xfff);
}

static struct ls_rule unpack(uint64_t word) {
  return (struct ls_rule){.cfa = (enum ls_cfa)ls_rule_word_cfa(word),
                          .rbp = (enum ls_rbp)ls_rule_word_rbp(word),
                          .cfa_offset = (int32_t)ls_rule_word_cfa_offset(word),
                          .rbp_offset = (int32_t)ls_rule_word_rbp_offset(word)};
}

struct ls_rule ls_rule_of(uintptr_t pc) {
  uint64_t word = ls_rules_slots ? ls_rule_word(pc) : 0;
  unsigned cfa = ls_rule_word_cfa(word);
  if (cfa != LS_CFA_NONE && cfa != ASIDE) return unpack(word);
  struct ls_rule rule = ls_eh_frame_rule(pc);
  /* "No rule" is not remembered: code may come to be known later. */
  if (ls_rules_slots && rule.cfa != LS_CFA_NONE && pc >> 47 == 0)
    atomic_store_explicit(&ls_rules_slots[ls_rule_slot_of(pc)], pack(pc, &rule),
                          memory_order_relaxed);
  return rule;
}

void ls_rules_flush(void) {
  for (uint32_t i = 0; ls_rules_slots && i < LS_RULE_SLOTS; i++)
    if (atomic_load_explicit(&ls_rules_slots[i], memory_order_relaxed))
      atomic_store_explicit(&ls_rules_slots[i], 0, memory_order_relaxed);
}
