/* SPDX-License-Identifier: MIT */
/* Remembers the rules of .eh_frame by pc. */
#include "traceback/rules.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "platform/arena.h"
#include "platform/together.h"
#include "traceback/code_x86_64.h"
#include "traceback/young.h"

enum {
  UNIT = LS_RULE_UNIT,
  ASIDE = 7 /* in place of cfa: the rule does not fit and is read each time */
};

struct ls_rules ls_rules;
static _Atomic uint32_t kept LS_TOGETHER; /* since the table grew */

/* Of a young process: a few, in a page that it writes in any case. */
enum { YOUNG = 32 };
static struct young {
  uintptr_t pc;
  uint64_t word;
} young[YOUNG] LS_TOGETHER;

static struct young *young_at(uintptr_t pc) { return &young[pc % YOUNG]; }

static int is_ready(void) { return atomic_load(&ls_rules.slots) != NULL; }

int ls_rules_init(void) {
  if (is_ready()) return 0;
  size_t size = LS_RULE_SLOTS_FIRST * sizeof(uint64_t);
  void *slots = ls_pages_map_resident(size);
  if (!slots) return -ENOMEM;
  atomic_store(&ls_rules.slots, slots);
  atomic_store(&ls_rules.mask, LS_RULE_SLOTS_FIRST - 1);
  return 0;
}

/*
 * It begins empty: a rule is soon read again, and none that a library's end
 * makes untrue meanwhile is carried over.  The old one stays mapped: a reader
 * may still be in it.
 */
static void grow(void) {
  enum { TIMES = 4 };
  _Atomic uint64_t *old = atomic_load(&ls_rules.slots);
  uint32_t slots = (atomic_load(&ls_rules.mask) + 1) * TIMES;
  if (slots > LS_RULE_SLOTS_MOST) return;
  size_t size = slots * sizeof(uint64_t);
  void *fresh = ls_pages_map_resident(size);
  if (!fresh) return;
  if (atomic_compare_exchange_strong(&ls_rules.slots, &old, fresh)) {
    atomic_store(&ls_rules.mask, slots - 1);
    atomic_store(&kept, 0);
  } else {
    ls_pages_unmap(fresh, size);
  }
}

static int fits(const struct ls_rule *rule) {
  return (int)rule->cfa < ASIDE && rule->cfa_offset % UNIT == 0 &&
         rule->rbp_offset % UNIT == 0 && rule->cfa_offset / UNIT >= INT16_MIN &&
         rule->cfa_offset / UNIT <= INT16_MAX &&
         rule->rbp_offset / UNIT >= INT8_MIN &&
         rule->rbp_offset / UNIT <= INT8_MAX;
}

static uint64_t pack(uintptr_t pc, const struct ls_rule *rule) {
  uint64_t word = (uint64_t)(pc >> LS_RULE_PC_BITS) << LS_RULE_PC_SHIFT;
  if (!fits(rule)) return word | (uint64_t)ASIDE << LS_RULE_CFA_SHIFT;
  return word | (uint64_t)rule->cfa << LS_RULE_CFA_SHIFT |
         (uint64_t)rule->rbp << LS_RULE_RBP_SHIFT |
         (uint64_t)(uint16_t)(rule->cfa_offset / UNIT) << LS_RULE_OFFSET_SHIFT |
         (uint8_t)(rule->rbp_offset / UNIT);
}

static void keep(uintptr_t pc, const struct ls_rule *rule) {
  if (ls_is_young_child()) {
    *young_at(pc) = (struct young){pc, pack(pc, rule)};
    return;
  }
  atomic_store_explicit(ls_rule_slot_of(pc), pack(pc, rule),
                        memory_order_relaxed);
  uint32_t n = atomic_fetch_add_explicit(&kept, 1, memory_order_relaxed);
  if (n >= (atomic_load(&ls_rules.mask) + 1) / 4) grow();
}

static struct ls_rule unpack(uint64_t word) {
  return (struct ls_rule){.cfa = (uint8_t)ls_rule_word_cfa(word),
                          .rbp = (uint8_t)ls_rule_word_rbp(word),
                          .cfa_offset = (int32_t)ls_rule_word_cfa_offset(word),
                          .rbp_offset = (int32_t)ls_rule_word_rbp_offset(word)};
}

static uint64_t word_of(uintptr_t pc) {
  uint64_t word = is_ready() ? ls_rule_word(pc) : 0;
  if (!word && ls_is_young_child() && young_at(pc)->pc == pc)
    return young_at(pc)->word;
  return word;
}

/* The frame that a signal handler returns to begins with no call. */
static int is_of_call(const struct ls_rule *rule, uintptr_t pc,
                      uintptr_t begin) {
  return rule->cfa == LS_CFA_SIGNAL || ls_code_in_function(begin, pc + 1);
}

struct ls_rule ls_rule_of(uintptr_t pc, int is_return) {
  uint64_t word = word_of(pc);
  unsigned cfa = ls_rule_word_cfa(word);
  if (cfa != LS_CFA_NONE && cfa != ASIDE) return unpack(word);
  uintptr_t begin = pc;
  struct ls_rule rule = ls_eh_frame_rule(pc, &begin);
  /* "No rule" is not remembered: code may come to be known later. */
  if (rule.cfa == LS_CFA_NONE || !is_return) return rule;
  if (!is_of_call(&rule, pc, begin)) return (struct ls_rule){.cfa = LS_CFA_END};
  if (!cfa && is_ready() && pc >> 47 == 0) keep(pc, &rule);
  return rule;
}

void ls_rules_flush(void) {
  for (int i = 0; i < YOUNG; i++)
    if (young[i].pc) young[i] = (struct young){0};
  _Atomic uint64_t *slots = atomic_load(&ls_rules.slots);
  uint32_t n = slots ? atomic_load(&ls_rules.mask) + 1 : 0;
  for (uint32_t i = 0; i < n; i++)
    if (atomic_load_explicit(&slots[i], memory_order_relaxed))
      atomic_store_explicit(&slots[i], 0, memory_order_relaxed);
}
