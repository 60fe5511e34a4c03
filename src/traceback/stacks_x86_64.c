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

enum {
  SETS = LS_STACK_SETS,
  WAYS = LS_STACK_WAYS,
  FRAMES = LS_STACK_FRAMES,
  WORDS = LS_STACK_WORDS,
  STEP_WORDS = 3 /* at most, that decide a step */
};

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

static struct ls_stacks *make_stacks(void) {
  struct ls_stacks *s = ls_pages_map_resident(sizeof *s);
  if (!s) return NULL;
  s->edges = s->first_edges;
  s->edge_bits = LS_STACK_EDGE_BITS_FIRST;
  return s;
}

/* Slow, once a thread. */
static struct ls_stacks *open_stacks(void) {
  struct ls_thread *thread = ls_thread_mine();
  if (!thread) return NULL;
  struct ls_stacks *s = atomic_load(&thread->stacks);
  if (!s) {
    s = make_stacks();
    if (!s) return NULL;
    atomic_store(&thread->stacks, s);
  }
  ls_own.generation = 0; /* what a former owner left is not of this stack */
  ls_own.latest = NULL;
  return ls_own.stacks = s;
}

static void forget(struct ls_stacks *s, uint32_t now) {
  for (unsigned set = 0; set < SETS; set++)
    for (unsigned way = 0; way < WAYS; way++) s->ways[set][way].pc = 0;
  ls_own.latest = NULL;
  ls_own.generation = now;
}

/* ---- a miss: the walk --------------------------------------------------- */

/* Frame i has states[i] and is left by steps[i]. */
struct walk {
  size_t nframes;
  size_t joined; /* frame of the older stack that comes next, or FRAMES */
  int is_whole;
  int ends_by_rbp; /* the end of the walk depended on rbp */
  int is_once;     /* a step depended on what no word of its own says */
  struct ls_frame_state states[FRAMES + 1];
  struct ls_step steps[FRAMES + 1];
};

/* For a stack that is to be kept; NULL when there is no memory. */
static struct ls_stack_body *body_for(struct ls_stacks *s,
                                      struct ls_stack *stack) {
  enum { LEAST = 4, MOST = 32 };
  if (stack->body) return stack->body;
  if (!s->nfree) { /* as many as there are, in the end some at a time */
    unsigned n = s->nbodies < LEAST ? LEAST : s->nbodies;
    if (n > MOST) n = MOST;
    s->bodies = ls_pages_map_resident(n * sizeof *s->bodies);
    if (!s->bodies) return NULL;
    s->nfree = n;
  }
  s->nfree--;
  s->nbodies++;
  return stack->body = s->bodies++;
}

/* By number: the outermost is FRAMES - 1, as words are counted. */
static struct ls_stack_frame *frame_at(struct ls_stack_body *body, size_t at) {
  return &body->frames[FRAMES - 1 - at];
}

static const struct ls_stack_frame *known_at(const struct ls_stack_body *body,
                                             size_t at) {
  return &body->frames[FRAMES - 1 - at];
}

static int words_hold(const struct ls_stack_body *stack, size_t from) {
  for (size_t i = from; i < WORDS; i++)
    if (*stack->words[i].at != stack->words[i].value) return 0;
  return 1;
}

/*
 * Whether the walk, at this state, has come upon a frame of the older stack:
 * the same state, and all words outward from it unchanged.  From there on the
 * two are the same.  `j` moves outward with the walk.
 */
static inline int joins(const struct ls_stack_body *old, size_t *j,
                        const struct ls_frame_state *state, size_t before,
                        size_t nframe) {
  size_t at = *j;
  while (at < FRAMES && known_at(old, at)->rsp < state->rsp) at++;
  *j = at;
  if (at == FRAMES) return 0;
  const struct ls_stack_frame *frame = known_at(old, at);
  return frame->rsp == state->rsp && frame->pc == state->pc &&
         !state->interrupted && (!frame->needs || frame->rbp == state->rbp) &&
         before + (FRAMES - at) <= nframe && words_hold(old, frame->word);
}

static void walk_until_known(struct walk *walk, const uintptr_t *record,
                             const struct ls_stack_body *old,
                             size_t old_inner_frame, size_t nframe) {
  struct ls_frame_state state = ls_walk_begin(record);
  size_t n = 0, j = old_inner_frame;
  walk->is_whole = 1;
  walk->ends_by_rbp = walk->is_once = 0;
  for (;;) {
    walk->states[n] = state;
    if (n && j < FRAMES && joins(old, &j, &state, n, nframe)) break;
    struct ls_step *step = &walk->steps[n++];
    int interrupted = state.interrupted != NULL;
    if (n == nframe) { /* its step is not asked for */
      *step = (struct ls_step){.return_slot = NULL};
      walk->is_whole = 0;
      j = FRAMES;
      break;
    }
    int goes_on = ls_walk_step_quickly(&state, step);
    /* A frame in between may have saved the register elsewhere. */
    walk->is_once |= step->rule.cfa == LS_CFA_REGISTERS && !interrupted;
    if (!goes_on) {
      /* A zero that was read ended it, or the rule, or where rbp was. */
      walk->ends_by_rbp = !step->return_slot && step->rule.cfa != LS_CFA_END &&
                          step->rule.cfa != LS_CFA_BAD;
      j = FRAMES;
      break;
    }
    if (ls_unwind_is_outermost(state.pc)) {
      j = FRAMES;
      break;
    }
  }
  walk->nframes = n;
  walk->joined = j;
}

/* ---- a miss: what is kept of it ------------------------------------------ */

/* Whether rbp matters before a step, given that it does or does not after. */
static int needs_before(const struct ls_step *step, int after) {
  if (step->rule.cfa == LS_CFA_RBP || step->rule.cfa == LS_CFA_AT_RBP ||
      (after && step->rule.rbp == LS_RBP_AT_RBP))
    return 1;
  return after && !step->rbp_slot;
}

/* The words that decide a step, from index `at` inward; their first one. */
static size_t keep_words(struct ls_stack_body *to, size_t at,
                         const struct ls_step *step, int after) {
  const uintptr_t *slots[STEP_WORDS] = {after ? step->rbp_slot : NULL,
                                        step->return_slot, step->cfa_slot};
  for (int k = 0; k < STEP_WORDS; k++)
    if (slots[k]) to->words[--at] = (struct ls_word){slots[k], *slots[k]};
  return at;
}

enum { PARENT_LOW = 16, PARENT_SHIFT = 48, CHILD_SHIFT = 24, ID = 0xffffff };

/* It begins empty: what it held is soon made again. */
static void more_edges(struct ls_stacks *s) {
  struct ls_stack_edge *edges =
      ls_pages_map_resident(sizeof *edges << LS_STACK_EDGE_BITS);
  if (!edges) return;
  s->edges = edges;
  s->edge_bits = LS_STACK_EDGE_BITS;
}

/* ls_intern_child, by memory; NULL when the trie has no room. */
static inline struct ls_stack_edge *edge_of(struct ls_stacks *s,
                                            uint32_t parent, uintptr_t pc) {
  uint64_t from = pc << PARENT_LOW | (parent & ((1u << PARENT_LOW) - 1));
  uint64_t high = parent >> PARENT_LOW;
  uint64_t mixed = (from + (high << PARENT_SHIFT)) * 0x9e3779b97f4a7c15u;
  struct ls_stack_edge *edge = &s->edges[mixed >> (64 - s->edge_bits)];
  if (__builtin_expect(
          edge->from == from && edge->to >> PARENT_SHIFT == high && edge->to,
          1))
    return edge;
  uint32_t child = ls_intern_child(parent, pc);
  if (!child) return NULL;
  edge->from = from;
  edge->to = high << PARENT_SHIFT | (uint64_t)child << CHILD_SHIFT;
  s->nedges++;
  return edge;
}

/* ls_intern_site_at, likewise. */
static inline uint32_t site_at(struct ls_stack_edge *edge) {
  uint32_t site = edge->to & ID;
  if (__builtin_expect(site != 0, 1)) return site;
  site = ls_intern_site_at(edge->to >> CHILD_SHIFT & ID);
  edge->to |= site;
  return site;
}

/* The tag's word for rbp, where it matters, and the repetitions in front: the
   first of all words. */
static const struct ls_word *finish_words(struct ls_stack_body *to, size_t at,
                                          int needs_rbp,
                                          const uintptr_t *record) {
  if (needs_rbp || at == WORDS)
    to->words[--at] = (struct ls_word){record, *record};
  struct ls_word inner = to->words[at];
  for (int i = 1; i < LS_STACK_UNROLL; i++) to->words[at - (size_t)i] = inner;
  return &to->words[at - at % LS_STACK_UNROLL];
}

/*
 * Frames, nodes of the trie and words, from the outside in.  The site, 0 when
 * the trie has no room; *fits is 0 when there are too many words.
 */
static uint32_t keep(struct ls_stacks *s, struct ls_stack_body *to,
                     const struct walk *walk, const struct ls_stack_body *old,
                     int *fits) {
  enum { HALF = 1 << (LS_STACK_EDGE_BITS_FIRST - 1) };
  size_t at = walk->joined, word = WORDS;
  uint32_t node = 0;
  struct ls_stack_edge *edge = NULL;
  int need = 0;
  if (at < FRAMES) {
    node = known_at(old, at)->node;
    need = known_at(old, at)->needs;
    word = known_at(old, at)->word;
    if (to != old) {
      memcpy(to->frames, old->frames, (FRAMES - at) * sizeof to->frames[0]);
      memcpy(to->words + word, old->words + word,
             (WORDS - word) * sizeof to->words[0]);
    }
  }
  if (s->nedges > HALF && s->edges == s->first_edges) more_edges(s);
  *fits = !walk->is_once;
  for (size_t i = walk->nframes; i-- > 0;) {
    const struct ls_step *step = &walk->steps[i];
    const struct ls_frame_state *state = &walk->states[i];
    if (word < STEP_WORDS + 1 + LS_STACK_UNROLL) *fits = 0;
    if (*fits) word = keep_words(to, word, step, need);
    need = step->return_slot ? needs_before(step, need) : walk->ends_by_rbp;
    edge = edge_of(s, node, state->pc);
    if (!edge) return 0;
    node = edge->to >> CHILD_SHIFT & ID;
    *frame_at(to, --at) =
        (struct ls_stack_frame){.pc = state->pc,
                                .rsp = state->interrupted ? 0 : state->rsp,
                                .rbp = state->rbp,
                                .node = node,
                                .word = (uint16_t)word,
                                .needs = (uint16_t)need};
  }
  return site_at(edge);
}

static uint32_t walk_only(const uintptr_t *record, size_t nframe) {
  uintptr_t pcs[LS_UNWIND_MAX];
  return ls_intern(pcs, ls_unwind(record, pcs, nframe));
}

static uint32_t walk_and_keep(struct ls_stacks *s, struct ls_stack *to,
                              const uintptr_t *record, size_t nframe,
                              struct ls_stack **kept) {
  struct walk walk;
  int fits;
  const struct ls_stack *old = ls_own.latest;
  struct ls_stack_body *body = body_for(s, to);
  const struct ls_stack_body *old_body = NULL;
  size_t old_inner_frame = FRAMES;
  if (!body) return walk_only(record, nframe);
  if (old && old->pc && old->is_whole) {
    old_body = old->body;
    old_inner_frame = old->inner_frame;
  }
  walk_until_known(&walk, record, old_body, old_inner_frame, nframe);
  to->pc = 0;
  uint32_t site = keep(s, body, &walk, old_body, &fits);
  if (!site || !fits) return site;
  size_t inner = walk.joined - walk.nframes;
  to->inner = finish_words(body, known_at(body, inner)->word,
                           known_at(body, inner)->needs, record);
  to->end = body->words + WORDS;
  to->inner_frame = (uint16_t)inner;
  to->record = record;
  to->is_whole = (uint16_t)walk.is_whole;
  to->site = site;
  to->counter = NULL;
  to->pc = record[1];
  *kept = ls_own.latest = to;
  return site;
}

/*
 * Where a new stack is to be kept.  Mostly in the place of the latest one, if
 * that is of the same set: a place through which many stacks pass would else
 * copy what it has in common with the latest, each time, and lose the other.
 */
static struct ls_stack *victim(struct ls_stacks *s, unsigned set) {
  enum { TURNS = 4 };
  unsigned misses = s->misses[set]++;
  struct ls_stack *ways = s->ways[set];
  for (unsigned i = 0; i < WAYS; i++)
    if (!ways[i].pc) return &ways[i];
  size_t latest = (size_t)(ls_own.latest - ways);
  if (!ls_own.latest || ls_own.latest < ways || latest >= WAYS)
    return &ways[misses % WAYS];
  return &ways[misses % TURNS ? latest : (latest + 1) % WAYS];
}

uint32_t ls_stacks_miss(const uintptr_t *record, size_t nframe,
                        struct ls_stack **kept) {
  int saved = errno;
  struct ls_stacks *s = ls_own.stacks;
  uint32_t now =
      atomic_load_explicit(&ls_stacks_generation, memory_order_relaxed);
  uint32_t site;
  *kept = NULL;
  if (!s) s = open_stacks();
  if (!s || nframe > FRAMES) {
    site = walk_only(record, nframe);
  } else {
    if (ls_own.generation != now) forget(s, now);
    unsigned set = ls_stacks_set(record[1], record);
    site = walk_and_keep(s, victim(s, set), record, nframe, kept);
  }
  errno = saved;
  return site;
}

uint32_t ls_unwind_site(const uintptr_t *record, size_t nframe) {
  return ls_stacks_site(record, nframe);
}
