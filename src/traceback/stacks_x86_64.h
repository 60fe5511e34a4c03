/* SPDX-License-Identifier: MIT */
/*
 * Verified stacks: the site of a call path without walking it.
 *
 * A step of a walk is a function of (pc, rsp, rbp), of the rule of pc, which
 * does not change, and of the words of memory that it reads.  A stack that was
 * walked once is kept with just those words:
 *
 *   tag     the hook's return address and rsp (and rbp, where it matters)
 *   words   the return-address slot of every frame; the saved-rbp slot of a
 *           frame if a frame further out finds its own by rbp
 *
 * If the tag and all words are what they were, every state of the walk is, by
 * induction, and so is the path, however the frames came about: longjmp,
 * coroutines, alloca or a signal stack need no hook.  Return addresses alone
 * would not do: a frame whose size varies can leave all of them in place and
 * still be found elsewhere.
 *
 * Words are compared from the inside outward and only as far as they are
 * equal, so nothing is read that a walk would not read.
 *
 * The hit is here, in line: it is all that most allocations cost.
 * Context: hook.
 */
#ifndef LS_TRACEBACK_STACKS_X86_64_H
#define LS_TRACEBACK_STACKS_X86_64_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
  LS_STACK_SETS = 64,
  LS_STACK_WAYS = 2,
  LS_STACK_FRAMES = 64, /* deeper paths are walked each time */
  LS_STACK_WORDS = 2 * LS_STACK_FRAMES + 16
};

struct ls_word {
  const uintptr_t *at;
  uintptr_t value;
};

struct ls_stack {
  uintptr_t pc, rsp, rbp;
  uint32_t site; /* 0: nothing is kept here */
  uint16_t nwords;
  uint16_t needs_rbp;
  struct ls_word words[LS_STACK_WORDS];

  /* For a walk that comes upon this stack further out (see walk_and_keep):
     the state of each frame, the trie node of the path up to it, where the
     words of its step begin, and whether its rbp matters from there on. */
  uint16_t nframes;
  uint16_t is_whole; /* the walk ended by itself, not at the frame limit */
  uintptr_t pcs[LS_STACK_FRAMES];
  uintptr_t rsps[LS_STACK_FRAMES]; /* 0 where a signal came: not to be joined */
  uintptr_t rbps[LS_STACK_FRAMES];
  uint32_t nodes[LS_STACK_FRAMES];
  uint16_t first_word[LS_STACK_FRAMES];
  uint8_t needs[LS_STACK_FRAMES];
};

/* Of one thread at a time; handed on when that thread is gone. */
struct ls_stacks {
  uint32_t generation;
  struct ls_stack *latest;       /* used last, NULL at first */
  uint8_t victim[LS_STACK_SETS]; /* the way to be replaced next */
  struct ls_stack ways[LS_STACK_SETS][LS_STACK_WAYS];
};

extern _Thread_local struct ls_stacks *ls_stacks_mine
    __attribute__((tls_model("initial-exec"), visibility("hidden")));
extern _Atomic uint32_t ls_stacks_generation
    __attribute__((visibility("hidden")));

/* Walks, and keeps the stack. */
uint32_t ls_stacks_miss(const uintptr_t *record, size_t nframe);

static inline unsigned ls_stacks_set(uintptr_t pc, uintptr_t rsp) {
  uint64_t mixed = (pc ^ rsp << 13) * 0x9e3779b97f4a7c15u;
  return (unsigned)(mixed >> 58); /* six bits: LS_STACK_SETS */
}

static inline int ls_stack_holds(const struct ls_stack *stack,
                                 const uintptr_t *record) {
  if (stack->pc != record[1] || stack->rsp != (uintptr_t)(record + 2) ||
      !stack->site || (stack->needs_rbp && stack->rbp != record[0]))
    return 0;
  const struct ls_word *word = stack->words, *end = word + stack->nwords;
  for (; word < end; word++)
    if (*word->at != word->value) return 0;
  return 1;
}

static inline uint32_t ls_stacks_site(const uintptr_t *record, size_t nframe) {
  struct ls_stacks *s = ls_stacks_mine;
  if (__builtin_expect(
          s && s->generation == atomic_load_explicit(&ls_stacks_generation,
                                                     memory_order_relaxed),
          1)) {
    struct ls_stack *way =
        s->ways[ls_stacks_set(record[1], (uintptr_t)(record + 2))];
    if (ls_stack_holds(way, record) || ls_stack_holds(++way, record)) {
      s->latest = way;
      return way->site;
    }
  }
  return ls_stacks_miss(record, nframe);
}

#endif
