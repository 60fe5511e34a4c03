/* SPDX-License-Identifier: MIT */
/* Finds the site of a call path: walks where no stack that was kept holds, and
   keeps what was walked. */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "traceback/intern.h"
#include "traceback/rules.h"
#include "traceback/scratch.h"
#include "traceback/stack_room_x86_64.h"
#include "traceback/unwind.h"
#include "traceback/walk_x86_64.h"
#include "traceback/young.h"

enum {
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
  ls_bounds_init();
  return 0;
}

void ls_unwind_flush(void) {
  ls_rules_flush();
  atomic_fetch_add(&ls_stacks_generation, 1);
}

/* What a walk needs besides the room for its result. */
struct walker {
  struct ls_frame_state state;
  struct ls_step step;
};

static size_t unwind(struct walker *walker, const uintptr_t *record,
                     uintptr_t *pcs, size_t max) {
  size_t n = 0;
  walker->state = ls_walk_begin(record);
  pcs[n++] = walker->state.pc;
  if (ls_unwind_is_outermost(pcs[0])) return n;
  while (n < max && ls_walk_step(&walker->state, &walker->step) &&
         !ls_unwind_is_outermost(walker->state.pc))
    pcs[n++] = walker->state.pc;
  return n > 1 && walker->step.rule.cfa == LS_CFA_NOWHERE ? n - 1 : n;
}

size_t ls_unwind(const uintptr_t *record, uintptr_t *pcs, size_t max) {
  struct walker walker;
  return unwind(&walker, record, pcs, max);
}

/* ---- a thread's stacks --------------------------------------------------- */

static void forget(struct ls_stacks *s, uint32_t now) {
  /* No others were ever written: their pages are not to be. */
  for (unsigned set = 0; set <= s->sets; set++)
    for (unsigned way = 0; way < WAYS; way++) s->ways[set][way].pc = 0;
  ls_own.latest = NULL;
  ls_own.generation = now;
}

/* ---- a miss: the walk --------------------------------------------------- */

/* What is kept of a state and of a step. */
struct frame {
  uintptr_t pc;
  uintptr_t rsp; /* 0 where a signal came */
  uintptr_t rbp;
  const uintptr_t *return_slot, *rbp_slot, *cfa_slot;
  uint8_t cfa, rbp_is; /* enum ls_cfa, enum ls_rbp */
};

/* It lies in the thread's scratch. */
struct walk {
  size_t nframes;
  size_t joined; /* frame of the older stack that comes next, or FRAMES */
  int is_whole;
  int ends_by_rbp; /* the end of the walk depended on rbp */
  int is_once;     /* a step depended on what no word of its own says */
  struct frame frames[FRAMES + 1];
};
_Static_assert(sizeof(struct walk) <= LS_SCRATCH_SIZE, "has its room");

/* By number: the outermost is FRAMES - 1, as words are counted. */
static struct ls_stack_frame *frame_at(struct ls_stack_body *body, size_t at) {
  return &body->frames[FRAMES - 1 - at];
}

static const struct ls_stack_frame *known_at(const struct ls_stack_body *body,
                                             size_t at) {
  return &body->frames[FRAMES - 1 - at];
}

static struct ls_word *word_at(const struct ls_stack_body *body, size_t at) {
  return ls_stack_words_end((struct ls_stack_body *)body) - (WORDS - at);
}

static int words_hold(const struct ls_stack_body *body, size_t from) {
  const struct ls_word *word = word_at(body, from), *end = word_at(body, WORDS);
  for (; word < end; word++)
    if (*word->at != word->value) return 0;
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
  /* Within the bounds: the words are in the same page, or in stacks that are
     there for good. */
  return frame->rsp == state->rsp && state->rsp < state->bounds.end &&
         frame->pc == state->pc && !state->interrupted &&
         (!frame->needs || frame->rbp == state->rbp) &&
         before + (FRAMES - at) <= nframe && words_hold(old, frame->word);
}

static void note_state(struct frame *frame,
                       const struct ls_frame_state *state) {
  frame->pc = state->pc;
  frame->rsp = state->interrupted ? 0 : state->rsp;
  frame->rbp = state->rbp;
}

static void note_step(struct frame *frame, const struct ls_step *step) {
  frame->cfa = step->rule.cfa;
  frame->rbp_is = step->rule.rbp;
  frame->return_slot = step->return_slot;
  frame->rbp_slot = step->rbp_slot;
  frame->cfa_slot = step->cfa_slot;
}

/* Whether the walk ended because of where rbp was: not by a zero that was read,
   or by the rule. */
static int ends_by_rbp(const struct ls_step *step) {
  return !step->return_slot && step->rule.cfa != LS_CFA_END &&
         step->rule.cfa != LS_CFA_BAD && step->rule.cfa != LS_CFA_NOWHERE;
}

static void walk_until_known(struct walk *walk, const uintptr_t *record,
                             const struct ls_stack_body *old,
                             size_t old_inner_frame, size_t nframe) {
  struct ls_frame_state state = ls_walk_begin(record);
  struct ls_step step;
  size_t n = 0, j = old_inner_frame;
  int joined = 0;
  walk->is_whole = 1;
  walk->ends_by_rbp = walk->is_once = 0;
  for (;;) {
    note_state(&walk->frames[n], &state);
    if (n && j < FRAMES && joins(old, &j, &state, n, nframe)) {
      joined = 1;
      break;
    }
    if (n + 1 == nframe || (!n && ls_unwind_is_outermost(state.pc))) {
      /* its step is not asked for */
      note_step(&walk->frames[n++], &(struct ls_step){.return_slot = NULL});
      walk->is_whole = 0;
      break;
    }
    int interrupted = state.interrupted != NULL;
    int goes_on = ls_walk_step_quickly(&state, &step);
    note_step(&walk->frames[n++], &step);
    /* A frame in between may have saved the register elsewhere. */
    walk->is_once |= step.rule.cfa == LS_CFA_REGISTERS && !interrupted;
    if (!goes_on) {
      walk->ends_by_rbp = ends_by_rbp(&step);
      if (step.rule.cfa == LS_CFA_NOWHERE && n > 1) n--;
      break;
    }
    if (ls_unwind_is_outermost(state.pc)) break;
  }
  walk->is_once |= !state.bounds.is_sure;
  walk->nframes = n;
  walk->joined = joined ? j : FRAMES;
}

/* ---- a miss: what is kept of it ------------------------------------------ */

/* Whether rbp matters before a step, given that it does or does not after. */
static int needs_before(const struct frame *frame, int after) {
  if (frame->cfa == LS_CFA_RBP || frame->cfa == LS_CFA_AT_RBP ||
      (after && frame->rbp_is == LS_RBP_AT_RBP))
    return 1;
  return after && !frame->rbp_slot;
}

/* The words that decide a step, from index `at` inward; their first one. */
static size_t keep_words(struct ls_stack_body *to, size_t at,
                         const struct frame *frame, int after) {
  const uintptr_t *slots[STEP_WORDS] = {after ? frame->rbp_slot : NULL,
                                        frame->return_slot, frame->cfa_slot};
  for (int k = 0; k < STEP_WORDS; k++)
    if (slots[k]) *word_at(to, --at) = (struct ls_word){slots[k], *slots[k]};
  return at;
}

/* How many there are at most, with those that finish_words adds. */
static size_t words_of(const struct walk *walk,
                       const struct ls_stack_body *old) {
  size_t n = 1 + LS_STACK_UNROLL;
  if (walk->joined < FRAMES) n += WORDS - known_at(old, walk->joined)->word;
  for (size_t i = 0; i < walk->nframes; i++) {
    const struct frame *frame = &walk->frames[i];
    n += (frame->rbp_slot != NULL) + (frame->return_slot != NULL) +
         (frame->cfa_slot != NULL);
  }
  return n;
}

enum { PARENT_LOW = 16, PARENT_SHIFT = 48, CHILD_SHIFT = 24, ID = 0xffffff };

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
    *word_at(to, --at) = (struct ls_word){record, *record};
  struct ls_word inner = *word_at(to, at);
  for (int i = 1; i < LS_STACK_UNROLL; i++)
    *word_at(to, at - (size_t)i) = inner;
  return word_at(to, at - at % LS_STACK_UNROLL);
}

/* What the new stack has in common with the older one. */
static void keep_common(struct ls_stack_body *to,
                        const struct ls_stack_body *old, size_t joined) {
  size_t word = known_at(old, joined)->word;
  if (to == old) return;
  memcpy(to->frames, old->frames, (FRAMES - joined) * sizeof to->frames[0]);
  memcpy(word_at(to, word), word_at(old, word),
         (WORDS - word) * sizeof(struct ls_word));
}

/*
 * Frames, nodes of the trie and words, from the outside in; `to` is NULL where
 * nothing is to be kept.  The site, 0 when the trie has no room.
 */
static uint32_t keep(struct ls_stacks *s, struct ls_stack_body *to,
                     const struct walk *walk, const struct ls_stack_body *old) {
  size_t at = walk->joined, word = WORDS;
  uint32_t node = 0;
  struct ls_stack_edge *edge = NULL;
  int need = 0;
  if (at < FRAMES) {
    node = known_at(old, at)->node;
    need = known_at(old, at)->needs;
    word = known_at(old, at)->word;
    if (to) keep_common(to, old, at);
  }
  ls_stack_room_edge(s);
  for (size_t i = walk->nframes; i-- > 0;) {
    const struct frame *frame = &walk->frames[i];
    if (to) word = keep_words(to, word, frame, need);
    need = frame->return_slot ? needs_before(frame, need) : walk->ends_by_rbp;
    edge = edge_of(s, node, frame->pc);
    if (!edge) return 0;
    node = edge->to >> CHILD_SHIFT & ID;
    --at;
    if (to)
      *frame_at(to, at) = (struct ls_stack_frame){.pc = frame->pc,
                                                  .rsp = frame->rsp,
                                                  .rbp = frame->rbp,
                                                  .node = node,
                                                  .word = (uint16_t)word,
                                                  .needs = (uint16_t)need};
  }
  return site_at(edge);
}

/* The path in the scratch, without a stack that is kept. */
static uint32_t walk_only(uintptr_t mark, const uintptr_t *record,
                          size_t nframe) {
  struct ls_scratch *scratch = ls_scratch_take();
  if (!scratch) return 0;
  struct {
    struct walker walker;
    uintptr_t pcs[LS_UNWIND_MAX + 1];
  } *room = (void *)scratch->room;
  _Static_assert(sizeof *room <= LS_SCRATCH_SIZE, "room");
  size_t marks = mark != 0;
  room->pcs[0] = mark;
  size_t n = marks + unwind(&room->walker, record, room->pcs + marks, nframe);
  uint32_t site = ls_intern(room->pcs, n);
  ls_scratch_release(scratch);
  return site;
}

uint32_t ls_unwind_marked_site(uintptr_t mark, const uintptr_t *record,
                               size_t nframe) {
  return walk_only(mark, record, nframe);
}

/* Where the walk is to be kept: NULL where it cannot be. */
static struct ls_stack_body *body_for(struct ls_stacks *s, struct ls_stack *to,
                                      const struct walk *walk,
                                      const struct ls_stack_body *old_body) {
  size_t nwords = words_of(walk, old_body);
  if (walk->is_once || nwords > WORDS) return NULL;
  return ls_stack_room_body(s, to, FRAMES - walk->joined + walk->nframes,
                            nwords, ls_own.latest);
}

static void name_stack(struct ls_stack *to, const struct ls_stack_body *body,
                       const struct walk *walk, uint32_t site) {
  size_t inner = walk->joined - walk->nframes;
  to->end = word_at(body, WORDS);
  to->inner_frame = (uint16_t)inner;
  to->is_whole = (uint16_t)walk->is_whole;
  to->site = site;
  to->counter = NULL;
}

static uint32_t walk_and_keep(struct ls_stacks *s, struct walk *walk,
                              struct ls_stack *to, const uintptr_t *record,
                              size_t nframe, struct ls_stack **kept) {
  const struct ls_stack *old = ls_own.latest;
  const struct ls_stack_body *old_body = NULL;
  size_t old_inner_frame = FRAMES;
  uint32_t jumps = ls_own.jumps;
  if (old && old->pc && old->is_whole) {
    old_body = old->body;
    old_inner_frame = old->inner_frame;
  }
  walk_until_known(walk, record, old_body, old_inner_frame, nframe);
  struct ls_stack_body *body = body_for(s, to, walk, old_body);
  if (body) to->pc = 0;
  uint32_t site = keep(s, body, walk, old_body);
  if (!site || !body) return site;
  size_t inner = walk->joined - walk->nframes;
  const struct ls_stack_frame *frame = known_at(body, inner);
  to->inner = finish_words(body, frame->word, frame->needs, record);
  to->record = record;
  name_stack(to, body, walk, site);
  atomic_signal_fence(memory_order_seq_cst);
  /* Meanwhile a handler may have left this hook by a jump, others may have
     worked here, and a jump have come back. */
  if (jumps != ls_own.jumps) return site;
  to->pc = record[1];
  *kept = ls_own.latest = to;
  return site;
}

/*
 * Where a new stack is to be kept.  Mostly in the place of the latest one, if
 * that is of the same set: a place through which many stacks pass would else
 * copy what it has in common with the latest, each time, and lose the other.
 */
static struct ls_stack *victim(struct ls_stacks *s, const uintptr_t *record) {
  enum { TURNS = 4 };
  struct ls_stack *ways = ls_stacks_first(record);
  unsigned misses = s->misses[(ways - s->ways[0]) / WAYS]++;
  for (unsigned i = 0; i < WAYS; i++)
    if (!ways[i].pc) return &ways[i];
  size_t latest = (size_t)(ls_own.latest - ways);
  if (!ls_own.latest || ls_own.latest < ways || latest >= WAYS)
    return &ways[misses % WAYS];
  return &ways[misses % TURNS ? latest : (latest + 1) % WAYS];
}

static uint32_t walk_in(struct ls_scratch *scratch, struct ls_stacks *s,
                        const uintptr_t *record, size_t nframe,
                        struct ls_stack **kept) {
  ls_stack_room_missed(s);
  return walk_and_keep(s, (struct walk *)(void *)scratch->room,
                       victim(s, record), record, nframe, kept);
}

static uint32_t miss(const uintptr_t *record, size_t nframe,
                     struct ls_stack **kept) {
  struct ls_stacks *s = ls_own.stacks;
  uint32_t now =
      atomic_load_explicit(&ls_stacks_generation, memory_order_relaxed);
  uint32_t site = 0;
  if (!s) s = ls_stack_room_open();
  struct ls_scratch *scratch = s && nframe <= FRAMES ? ls_scratch_take() : NULL;
  if (!scratch) {
    site = walk_only(0, record, nframe);
  } else {
    if (ls_own.generation != now) forget(s, now);
    site = walk_in(scratch, s, record, nframe, kept);
    ls_scratch_release(scratch);
  }
  return site;
}

/* errno is kept by what may change it: libc's page with it is not touched. */
uint32_t ls_stacks_miss(const uintptr_t *record, size_t nframe,
                        struct ls_stack **kept) {
  *kept = NULL;
  if (!ls_is_young()) return miss(record, nframe, kept);
  ls_young_walked();
  return walk_only(0, record, nframe);
}

uint32_t ls_unwind_site(const uintptr_t *record, size_t nframe) {
  return ls_stacks_site(record, nframe);
}
