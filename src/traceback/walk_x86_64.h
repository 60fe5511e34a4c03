/* SPDX-License-Identifier: MIT */
/*
 * A walk up the stack by rules, step by step.  Context: hook.
 */
#ifndef LS_TRACEBACK_WALK_X86_64_H
#define LS_TRACEBACK_WALK_X86_64_H

#include <stddef.h>
#include <stdint.h>

#include "traceback/bounds_x86_64.h"
#include "traceback/eh_frame.h"
#include "traceback/rules.h"

/* All that a step depends on, besides memory. */
struct ls_frame_state {
  uintptr_t pc;
  uintptr_t rsp;
  uintptr_t rbp;
  /* Where a signal came (pc is then no return address): the ucontext, with
     all registers.  NULL elsewhere: few of them outlive a call. */
  const uintptr_t *interrupted;
  /* The ucontext of the latest signal on the way, NULL if there was none. */
  const uintptr_t *context;
  struct ls_bounds bounds; /* what may be read from here on */
};

/* The words of memory that a step read, as far as they decide its result. */
struct ls_step {
  struct ls_rule rule;
  const uintptr_t *return_slot; /* always read */
  const uintptr_t *rbp_slot;    /* NULL: rbp was not loaded */
  const uintptr_t *cfa_slot;    /* NULL: the CFA was computed */
};

/* A frame lies above the one it called and is aligned to words; anything else
   is a broken chain. */
static inline int ls_walk_is_plausible(uintptr_t cfa, uintptr_t rsp) {
  return cfa > rsp && cfa % sizeof(uintptr_t) == 0;
}

/* One step outward: 1, or 0 at the outermost frame and where no rule leads
   on.  The rule is then LS_CFA_NOWHERE if the pc at hand is no code at all:
   what was taken for a return address is none. */
int ls_walk_step(struct ls_frame_state *state, struct ls_step *step);

/* The same where the rule is at hand and of the two most common forms, in
   line; of the rule only its kinds are noted.  After ls_rules_init. */
static inline int ls_walk_step_quickly(struct ls_frame_state *state,
                                       struct ls_step *step) {
  uint64_t word = state->interrupted ? 0 : ls_rule_word(state->pc - 1);
  unsigned form = ls_rule_word_cfa(word), rbp = ls_rule_word_rbp(word);
  if (__builtin_expect(
          (form != LS_CFA_RSP && form != LS_CFA_RBP) || rbp == LS_RBP_AT_RBP,
          0))
    return ls_walk_step(state, step);
  uintptr_t cfa = (form == LS_CFA_RSP ? state->rsp : state->rbp) +
                  (uintptr_t)ls_rule_word_cfa_offset(word);
  uintptr_t below = rbp == LS_RBP_AT_CFA
                        ? cfa + (uintptr_t)ls_rule_word_rbp_offset(word)
                        : cfa - sizeof(uintptr_t);
  if (__builtin_expect(!ls_walk_is_plausible(cfa, state->rsp) ||
                           below < state->rsp || below >= cfa ||
                           cfa > state->bounds.end,
                       0))
    return ls_walk_step(state, step);
  step->rule.cfa = (uint8_t)form;
  step->rule.rbp = (uint8_t)rbp;
  step->cfa_slot = step->rbp_slot = NULL;
  if (rbp == LS_RBP_AT_CFA) {
    step->rbp_slot = (const uintptr_t *)below;
    state->rbp = *step->rbp_slot;
  }
  step->return_slot = (const uintptr_t *)(cfa - sizeof(uintptr_t));
  state->pc = *step->return_slot;
  state->rsp = cfa;
  return state->pc != 0;
}

/* Where a walk begins, from the hook's frame record (see unwind.h). */
struct ls_frame_state ls_walk_begin(const uintptr_t *record);

#endif
