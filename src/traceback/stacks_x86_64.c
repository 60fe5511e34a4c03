/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "platform/arena.h"
#include "platform/thread.h"
#include "traceback/intern.h"
#include "traceback/rules.h"
#include "traceback/stacks_x86_64.h"
#include "traceback/unwind.h"
#include "traceback/walk_x86_64.h"

enum { SETS = LS_STACK_SETS, WAYS = LS_STACK_WAYS };

_Thread_local struct ls_stacks *ls_stacks_mine;
_Atomic uint32_t ls_stacks_generation = 1;

int ls_unwind_init(const char **cause) {
  if (ls_rules_init()) {
    *cause = "no memory for tables";
    return -ENOMEM;
  }
  return 0;
}

void ls_unwind_flush(void) {
  ls_rules_flush();
  atomic_fetch_add(&ls_stacks_generation, 1);
}

size_t ls_unwind(const uintptr_t *record, uintptr_t *pcs, size_t max) {
  struct ls_frame_state state = ls_walk_begin(record);
  struct ls_step step;
  size_t n = 0;
  pcs[n++] = state.pc;
  while (n < max && ls_walk_step(&state, &step) &&
         !ls_unwind_is_outermost(state.pc))
    pcs[n++] = state.pc;
  return n;
}

/* ---- a thread's stacks
 * ---------------------------------------------------------- */

/* Slow, once a thread. */
static struct ls_stacks *open_stacks(void) {
  struct ls_thread *thread = ls_thread_mine();
  if (!thread) return NULL;
  struct ls_stacks *s = atomic_load(&thread->stacks);
  if (!s) {
    s = ls_pages_map(sizeof *s, 0);
    if (!s) return NULL;
    atomic_store(&thread->stacks, s);
  }
  s->generation = 0; /* what a former owner left is not of this stack */
  return ls_stacks_mine = s;
}

static void forget(struct ls_stacks *s, uint32_t now) {
  for (unsigned set = 0; set < SETS; set++)
    for (unsigned way = 0; way < WAYS; way++) s->ways[set][way].site = 0;
  s->latest = NULL;
  s->generation = now;
}

/* ---- a miss ------------------------------------------------------------- */

/* A walk in the making: frame i has states[i] and is left by steps[i]. */
struct walk {
  size_t nframes;
  size_t nsteps; /* nframes, or one less where the last step read nothing */
  int is_whole;
  int ends_by_rbp; /* the end of the walk depended on rbp */
  int joined;      /* frame of the older stack that comes next, or -1 */
  struct ls_frame_state states[LS_STACK_FRAMES + 1];
  struct ls_step steps[LS_STACK_FRAMES + 1];
};

static int words_hold(const struct ls_stack *stack, unsigned from) {
  for (unsigned i = from; i < stack->nwords; i++)
    if (*stack->words[i].at != stack->words[i].value) return 0;
  return 1;
}

/*
 * Whether the walk, at this state, has come upon a frame of the older stack:
 * the same state, and all words outward from it unchanged.  From there on the
 * two are the same.  `j` moves outward with the walk.
 */
static int joins(const struct ls_stack *old, size_t *j,
                 const struct ls_frame_state *state, size_t before,
                 size_t nframe) {
  while (*j < old->nframes && old->rsps[*j] < state->rsp) (*j)++;
  size_t at = *j;
  return at < old->nframes && old->rsps[at] == state->rsp &&
         old->pcs[at] == state->pc && !state->interrupted &&
         (!old->needs[at] || old->rbps[at] == state->rbp) &&
         before + (old->nframes - at) <= nframe &&
         words_hold(old, old->first_word[at]);
}

static void walk_until_known(struct walk *walk, const uintptr_t *record,
                             const struct ls_stack *old, size_t nframe) {
  struct ls_frame_state state = ls_walk_begin(record);
  size_t n = 0, j = 0;
  walk->joined = -1;
  walk->is_whole = walk->ends_by_rbp = 0;
  for (;;) {
    walk->states[n] = state;
    if (n && joins(old, &j, &state, n, nframe)) {
      walk->joined = (int)j;
      walk->is_whole = 1;
      break;
    }
    struct ls_step *step = &walk->steps[n++];
    if (n == nframe) { /* its step is not asked for */
      step->return_slot = NULL;
      break;
    }
    if (!ls_walk_step(&state, step)) {
      /* A zero that was read ended it, or the rule, or where rbp was. */
      walk->is_whole = 1;
      walk->ends_by_rbp =
          step->rule.cfa != LS_CFA_END && step->rule.cfa != LS_CFA_BAD;
      break;
    }
    if (ls_unwind_is_outermost(state.pc)) {
      walk->is_whole = 1;
      break;
    }
  }
  walk->nframes = n;
  walk->nsteps = n;
  if (walk->joined < 0 && !walk->steps[n - 1].return_slot) walk->nsteps--;
}

/* Whether rbp matters before a step, given that it does or does not after. */
static int needs_before(const struct ls_step *step, int after) {
  if (step->rule.cfa == LS_CFA_RBP || step->rule.cfa == LS_CFA_AT_RBP ||
      (after && step->rule.rbp == LS_RBP_AT_RBP))
    return 1;
  return after && !step->rbp_slot;
}

/* The frames of the older stack that the walk joined, behind its own. */
static void copy_tail(struct ls_stack *to, const struct walk *walk,
                      const struct ls_stack *old) {
  size_t from = (size_t)walk->joined, n = walk->nframes;
  size_t tail = old->nframes - from;
  memcpy(to->pcs + n, old->pcs + from, tail * sizeof to->pcs[0]);
  memcpy(to->rsps + n, old->rsps + from, tail * sizeof to->rsps[0]);
  memcpy(to->rbps + n, old->rbps + from, tail * sizeof to->rbps[0]);
  memcpy(to->nodes + n, old->nodes + from, tail * sizeof to->nodes[0]);
  memcpy(to->needs + n, old->needs + from, tail * sizeof to->needs[0]);
  to->nframes = (uint16_t)(n + tail);
}

/* From the outside in: nodes of the trie, and where rbp matters.  0 when the
   trie has no room. */
static int name_frames(struct ls_stack *to, const struct walk *walk,
                       const struct ls_stack *old) {
  uint32_t node = walk->joined < 0 ? 0 : old->nodes[walk->joined];
  int need = walk->joined < 0 ? walk->ends_by_rbp : old->needs[walk->joined];
  for (size_t i = walk->nframes; i-- > 0;) {
    const struct ls_frame_state *state = &walk->states[i];
    if (i < walk->nsteps) need = needs_before(&walk->steps[i], need);
    node = ls_intern_child(node, state->pc);
    if (!node) return 0;
    to->pcs[i] = state->pc;
    to->rsps[i] = state->interrupted ? 0 : state->rsp;
    to->rbps[i] = state->rbp;
    to->nodes[i] = node;
    to->needs[i] = (uint8_t)need;
  }
  to->needs_rbp = (uint16_t)need;
  return 1;
}

/* Whether rbp matters after step i of the walk. */
static int needs_after(const struct ls_stack *to, const struct walk *walk,
                       size_t i) {
  if (i + 1 < to->nframes) return to->needs[i + 1];
  return walk->ends_by_rbp;
}

/* From the inside out: the words that decide each step.  0 when they are more
   than fit. */
static int keep_words(struct ls_stack *to, const struct walk *walk,
                      const struct ls_stack *old) {
  unsigned n = 0;
  for (size_t i = 0; i < walk->nframes; i++) {
    to->first_word[i] = (uint16_t)n;
    if (i >= walk->nsteps) break;
    const struct ls_step *step = &walk->steps[i];
    const uintptr_t *slots[3] = {
        step->cfa_slot, step->return_slot,
        needs_after(to, walk, i) ? step->rbp_slot : NULL};
    if (n + 3 > LS_STACK_WORDS) return 0;
    for (int k = 0; k < 3; k++)
      if (slots[k]) to->words[n++] = (struct ls_word){slots[k], *slots[k]};
  }
  if (walk->joined >= 0) {
    size_t from = (size_t)walk->joined;
    unsigned first = old->first_word[from], more = old->nwords - first;
    if (n + more > LS_STACK_WORDS) return 0;
    memcpy(to->words + n, old->words + first, more * sizeof to->words[0]);
    for (size_t i = walk->nframes; i < to->nframes; i++)
      to->first_word[i] =
          (uint16_t)(old->first_word[from + i - walk->nframes] - first + n);
    n += more;
  }
  to->nwords = (uint16_t)n;
  return 1;
}

static uint32_t walk_and_keep(struct ls_stacks *s, struct ls_stack *to,
                              const uintptr_t *record, size_t nframe) {
  struct walk walk;
  static const struct ls_stack none; /* of no frames: joined by no walk */
  const struct ls_stack *old = s->latest;
  if (!old || !old->site || !old->is_whole) old = &none;
  walk_until_known(&walk, record, old, nframe);
  to->site = 0;
  to->nframes = (uint16_t)walk.nframes;
  if (walk.joined >= 0) copy_tail(to, &walk, old);
  if (!name_frames(to, &walk, old)) return 0;
  uint32_t site = ls_intern_site_at(to->nodes[0]);
  if (!keep_words(to, &walk, old)) return site;
  to->pc = to->pcs[0];
  to->rsp = (uintptr_t)(record + 2);
  to->rbp = record[0];
  to->is_whole = (uint16_t)walk.is_whole;
  to->site = site;
  s->latest = to;
  return site;
}

static uint32_t walk_only(const uintptr_t *record, size_t nframe) {
  uintptr_t pcs[LS_UNWIND_MAX];
  return ls_intern(pcs, ls_unwind(record, pcs, nframe));
}

uint32_t ls_stacks_miss(const uintptr_t *record, size_t nframe) {
  int saved = errno;
  struct ls_stacks *s = ls_stacks_mine;
  uint32_t now =
      atomic_load_explicit(&ls_stacks_generation, memory_order_relaxed);
  uint32_t site;
  if (!s) s = open_stacks();
  if (!s || nframe > LS_STACK_FRAMES) {
    site = walk_only(record, nframe);
  } else {
    if (s->generation != now) forget(s, now);
    unsigned set = ls_stacks_set(record[1], (uintptr_t)(record + 2));
    unsigned way = s->victim[set];
    /* Not the stack that the walk is likely to join. */
    if (&s->ways[set][way] == s->latest) way ^= 1;
    s->victim[set] = (uint8_t)(way ^ 1);
    site = walk_and_keep(s, &s->ways[set][way], record, nframe);
  }
  errno = saved;
  return site;
}

uint32_t ls_unwind_site(const uintptr_t *record, size_t nframe) {
  return ls_stacks_site(record, nframe);
}
