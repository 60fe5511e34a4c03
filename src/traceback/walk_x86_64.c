/* SPDX-License-Identifier: MIT */
/* Steps from a frame to its caller by rules, and reads nothing that may not be
   there. */
#include "traceback/walk_x86_64.h"

#include <stddef.h>

#include "traceback/code_x86_64.h"
#include "traceback/rules.h"
#include "traceback/unwind.h"

/* In a signal frame rsp points to the ucontext; its registers in words from
   there (asm/ucontext.h, asm/sigcontext.h), by DWARF's numbers. */
enum { DWARF_RBP = 6, DWARF_RSP = 7, DWARF_RIP = 16, REGISTERS = 17 };
static const uint8_t context_word[REGISTERS] = {
    18, 17, 19, 16, 14, 13, 15, 20, 5, 6, 7, 8, 9, 10, 11, 12, 21};

/* The frame-pointer chain of code without tables, and what a register said to
   have been kept, are followed only upwards and by plausible steps. */
enum { LARGEST_FRAME = 1 << 20, WORD = sizeof(uintptr_t) };

struct ls_frame_state ls_walk_begin(const uintptr_t *record) {
  return (struct ls_frame_state){.pc = record[1],
                                 .rsp = (uintptr_t)(record + 2),
                                 .rbp = record[0],
                                 .bounds = ls_bounds_at((uintptr_t)record)};
}

static const uintptr_t *word_at(uintptr_t address) {
  return (const uintptr_t *)address;
}

static const uintptr_t *saved_register(const uintptr_t *context,
                                       unsigned number) {
  return context + context_word[number < REGISTERS ? number : DWARF_RIP];
}

/* 1 if a word can be read: then *at is its address. */
static int reach(struct ls_frame_state *state, uintptr_t address,
                 const uintptr_t **at) {
  *at = word_at(address);
  return ls_bounds_reach(&state->bounds, address);
}

static int step_out_of_signal(struct ls_frame_state *state,
                              struct ls_step *step) {
  const uintptr_t *context = word_at(state->rsp);
  if (!ls_bounds_reach(&state->bounds, state->rsp) ||
      !ls_bounds_reach(&state->bounds,
                       (uintptr_t)saved_register(context, DWARF_RIP)))
    return 0;
  step->return_slot = saved_register(context, DWARF_RIP);
  step->cfa_slot = saved_register(context, DWARF_RSP);
  step->rbp_slot = saved_register(context, DWARF_RBP);
  state->pc = *step->return_slot;
  state->rsp = *step->cfa_slot;
  state->rbp = *step->rbp_slot;
  state->interrupted = state->context = context;
  state->bounds = ls_bounds_after_signal(state->bounds, state->rsp);
  return state->pc != 0;
}

/* Reads what a frame that ends at `cfa` saved: the return address, and rbp if
   `rbp_slot` is the address of a word for it.  Nothing is changed where one of
   them cannot be read. */
static int leave_frame(struct ls_frame_state *state, struct ls_step *step,
                       uintptr_t cfa, uintptr_t rbp_slot) {
  if ((rbp_slot && !reach(state, rbp_slot, &step->rbp_slot)) ||
      !reach(state, cfa - WORD, &step->return_slot)) {
    step->rbp_slot = step->return_slot = NULL;
    return 0;
  }
  if (rbp_slot) state->rbp = *step->rbp_slot;
  state->pc = *step->return_slot;
  state->rsp = cfa;
  state->interrupted = NULL;
  return state->pc != 0;
}

/* Where the caller's rbp lies, 0 where it is in the register still. */
static uintptr_t rbp_slot_of(const struct ls_rule *rule, uintptr_t cfa,
                             uintptr_t rbp) {
  if (rule->rbp == LS_RBP_SAME) return 0;
  return (rule->rbp == LS_RBP_AT_CFA ? cfa : rbp) +
         (uintptr_t)(intptr_t)rule->rbp_offset;
}

/* Registers that outlive a call, but for rbp. */
enum { DWARF_RBX = 3, DWARF_R12 = 12, DWARF_R15 = 15, LONGEST = 64 };

static int outlives_a_call(unsigned reg) {
  return reg == DWARF_RBX || (reg >= DWARF_R12 && reg <= DWARF_R15);
}

/* Where the words lie that have their values at a frame; NULL where that
   cannot be told. */
struct kept {
  const uintptr_t *word[REGISTERS];
};

static int step_by_kept(struct ls_frame_state *state, struct ls_step *step,
                        const struct kept *kept) {
  const struct ls_rule *rule = &step->rule;
  unsigned reg = rule->cfa_in - 1u;
  if (!rule->cfa_in || !outlives_a_call(reg) || !kept->word[reg] ||
      rule->rsp_in || rule->rbp_in || rule->return_in ||
      rule->rbp == LS_RBP_AT_RBP)
    return 0;
  if (!reach(state, (uintptr_t)kept->word[reg], &step->cfa_slot)) {
    step->cfa_slot = NULL;
    return 0;
  }
  uintptr_t cfa = *step->cfa_slot + (uintptr_t)(intptr_t)rule->cfa_offset;
  /* A frame in between may have changed the register and not said so. */
  if (!ls_walk_is_plausible(cfa, state->rsp) ||
      cfa - state->rsp > LARGEST_FRAME)
    return 0;
  return leave_frame(state, step, cfa, rbp_slot_of(rule, cfa, state->rbp));
}

/* As they are after a step out of the frame of `pc`, which ends at `cfa`. */
static void go_outward(struct kept *kept, uintptr_t pc, uintptr_t cfa) {
  for (unsigned reg = 0; reg < REGISTERS; reg++) {
    int32_t offset = 0;
    if (!outlives_a_call(reg)) continue;
    int saved = ls_eh_frame_saved(pc, reg, &offset);
    if (saved) kept->word[reg] = NULL;
    if (saved > 0) kept->word[reg] = word_at(cfa + (uintptr_t)(intptr_t)offset);
  }
}

/* From the latest signal, which left all registers in its ucontext, outward to
   a frame; 0 if the way there is not found. */
static int find_kept(const struct ls_frame_state *frame, struct kept *kept) {
  const uintptr_t *context = frame->context;
  struct ls_frame_state at = {.pc = *saved_register(context, DWARF_RIP),
                              .rsp = *saved_register(context, DWARF_RSP),
                              .rbp = *saved_register(context, DWARF_RBP),
                              .interrupted = context,
                              .bounds = frame->bounds};
  for (unsigned reg = 0; reg < REGISTERS; reg++)
    kept->word[reg] = saved_register(context, reg);
  for (int i = 0; i < LONGEST; i++) {
    if (at.rsp == frame->rsp && at.pc == frame->pc) return 1;
    uintptr_t pc = at.interrupted ? at.pc : at.pc - 1;
    struct ls_step step;
    if (!ls_walk_step(&at, &step) &&
        (at.interrupted || step.rule.cfa != LS_CFA_REGISTERS ||
         !step_by_kept(&at, &step, kept)))
      return 0;
    go_outward(kept, pc, at.rsp);
  }
  return 0;
}

/* Out of a frame whose place is found through a register that the frames in it
   saved: the dynamic linker's, where it binds a function lazily.  Apart: it is
   rare, and takes more of the stack than all others. */
static __attribute__((noinline)) int step_by_kept_register(
    struct ls_frame_state *state, struct ls_step *step) {
  struct kept kept;
  return state->context && find_kept(state, &kept) &&
         step_by_kept(state, step, &kept);
}

/* Out of a frame that a signal interrupted where the rule names registers.
   Each of the three values must come from one word: the step is kept by it. */
static int step_by_registers(struct ls_frame_state *state,
                             struct ls_step *step) {
  const uintptr_t *context = state->interrupted;
  const struct ls_rule *rule = &step->rule;
  if (!context) return step_by_kept_register(state, step);
  if (!rule->cfa_in) return 0;
  const uintptr_t *base = saved_register(context, rule->cfa_in - 1u);
  uintptr_t cfa = *base + (uintptr_t)(intptr_t)rule->cfa_offset;
  int cfa_is_used = !rule->return_in || rule->rbp == LS_RBP_AT_CFA;
  if (rule->rsp_in && cfa_is_used) return 0;
  uintptr_t rbp_slot =
      rule->rbp_in ? (uintptr_t)saved_register(context, rule->rbp_in - 1u)
                   : rbp_slot_of(rule, cfa, state->rbp);
  uintptr_t return_slot =
      rule->return_in ? (uintptr_t)saved_register(context, rule->return_in - 1u)
                      : cfa - WORD;
  step->cfa_slot =
      rule->rsp_in ? saved_register(context, rule->rsp_in - 1u) : base;
  uintptr_t rsp = rule->rsp_in ? *step->cfa_slot : cfa;
  int goes_on = leave_frame(state, step, return_slot + WORD, rbp_slot);
  if (step->return_slot) state->rsp = rsp;
  return goes_on;
}

/* 0 where the word that says so cannot be read. */
static uintptr_t find_cfa(struct ls_frame_state *state, struct ls_step *step) {
  const struct ls_rule *rule = &step->rule;
  switch (rule->cfa) {
    case LS_CFA_RSP:
      return state->rsp + (uintptr_t)(intptr_t)rule->cfa_offset;
    case LS_CFA_RBP:
      return state->rbp + (uintptr_t)(intptr_t)rule->cfa_offset;
    default:
      if (!reach(state, state->rbp + (uintptr_t)(intptr_t)rule->cfa_offset,
                 &step->cfa_slot)) {
        step->cfa_slot = NULL;
        return 0;
      }
      return *step->cfa_slot;
  }
}

static int step_by_rule(struct ls_frame_state *state, struct ls_step *step) {
  uintptr_t cfa = find_cfa(state, step);
  if (!ls_walk_is_plausible(cfa, state->rsp)) return 0;
  return leave_frame(state, step, cfa,
                     rbp_slot_of(&step->rule, cfa, state->rbp));
}

/*
 * Whether the code is that of a function without a frame, which the owner of
 * the frame called, directly or by others.  Then its return address lies below
 * the frame, behind a call into code that is nearer to `pc` than the owner's
 * beginning: no function begins within another.
 */
static __attribute__((noinline)) int is_in_callee(struct ls_frame_state *state,
                                                  uintptr_t rbp,
                                                  uintptr_t back) {
  enum { MOST = 64 * 1024 };
  uintptr_t owner = ls_code_called(back);
  const uintptr_t *word;
  if (owner && rbp - state->rsp > MOST) return 1;
  for (uintptr_t at = state->rsp; owner && at < rbp; at += WORD)
    if (!reach(state, at, &word) || ls_code_may_enter(*word, owner, state->pc))
      return 1;
  return 0;
}

/* Code without tables: by its frame pointer, if it is certain that it keeps
   one.  The return address is among what decides, either way. */
static __attribute__((noinline)) int step_by_frame_pointer(
    struct ls_frame_state *state, struct ls_step *step) {
  uintptr_t rbp = state->rbp;
  const uintptr_t *back;
  if (!state->interrupted && !ls_code_is_behind(state->pc)) {
    step->rule.cfa = LS_CFA_NOWHERE;
    return 0;
  }
  if (!state->interrupted && !ls_code_follows_call(state->pc)) {
    step->rule.cfa = LS_CFA_END;
    return 0;
  }
  if (rbp < state->rsp || rbp - state->rsp > LARGEST_FRAME || rbp % WORD ||
      !reach(state, rbp, &back) || !reach(state, rbp + WORD, &back))
    return 0;
  step->rule = (struct ls_rule){.cfa = LS_CFA_RBP,
                                .rbp = LS_RBP_AT_CFA,
                                .cfa_offset = 2 * WORD,
                                .rbp_offset = -2 * WORD};
  step->return_slot = back;
  if (!ls_code_keeps_frame(state->pc, *back, state->interrupted != NULL) ||
      is_in_callee(state, rbp, *back))
    return 0;
  return step_by_rule(state, step);
}

int ls_walk_step(struct ls_frame_state *state, struct ls_step *step) {
  /* A return address may lie behind a function that ends in a call. */
  int is_return = state->interrupted == NULL;
  *step = (struct ls_step){
      .rule = ls_rule_of(is_return ? state->pc - 1 : state->pc, is_return)};
  switch (step->rule.cfa) {
    case LS_CFA_SIGNAL:
      return step_out_of_signal(state, step);
    case LS_CFA_RSP:
    case LS_CFA_RBP:
    case LS_CFA_AT_RBP:
      return step_by_rule(state, step);
    case LS_CFA_REGISTERS:
      return step_by_registers(state, step);
    case LS_CFA_NONE:
      return step_by_frame_pointer(state, step);
    default:
      return 0;
  }
}

int ls_unwind_passes(const uintptr_t *record, uintptr_t target, uintptr_t begin,
                     uintptr_t end) {
  struct ls_frame_state state = ls_walk_begin(record);
  struct ls_step step;
  /* Below, it is on another stack. */
  int is_outward = target > (uintptr_t)record;
  for (int i = 0; i < LS_UNWIND_MAX; i++) {
    if (is_outward && state.rsp > target) return 0;
    if (state.pc >= begin && state.pc < end) return 1;
    if (!ls_walk_step(&state, &step)) break;
  }
  return 1;
}
