/* SPDX-License-Identifier: MIT */
/*
 * Verified stacks: the site of a call path without walking it.
 *
 * A step of a walk is a function of (pc, rsp, rbp), of the rule of pc, which
 * does not change, and of the words of memory that it reads.  A stack that was
 * walked once is kept with just those words:
 *
 *   tag     the hook's return address and where its frame record lies
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

#include "platform/guard.h"

enum {
  LS_STACK_SET_BITS = 6,
  LS_STACK_SETS = 1 << LS_STACK_SET_BITS,
  LS_STACK_SETS_FIRST = 4,
  LS_STACK_LATE = 512, /* stacks found late in their sets, until there are more
                          sets: where few stacks are used all the time */
  LS_STACK_WAYS = 4,
  LS_STACK_FRAMES = 64, /* deeper paths are walked each time */
  LS_STACK_UNROLL = 4,  /* words are compared in so many at once */
  LS_STACK_WORDS = 2 * LS_STACK_FRAMES + 16
};

struct ls_word {
  const uintptr_t *at;
  uintptr_t value;
};

/* The state of a frame, for a walk that comes upon it (see stacks_x86_64.c). */
struct ls_stack_frame {
  uintptr_t pc;
  uintptr_t rsp; /* 0 where a signal came: not to be joined */
  uintptr_t rbp;
  uint32_t node;  /* of the trie: the path from here outward */
  uint16_t word;  /* where the words of its step begin */
  uint16_t needs; /* whether its rbp matters */
};

/*
 * Words lie at the end of their array, the outermost last, and frames at the
 * beginning of theirs, the outermost first: what a new stack has in common with
 * another one has the same numbers in both, and what is used lies together.
 * Words are numbered so that the outermost is LS_STACK_WORDS - 1, frames so
 * that it is LS_STACK_FRAMES - 1, however many there is room for.
 * The innermost word is repeated in front, to a multiple of LS_STACK_UNROLL.
 */
struct ls_stack_body {
  _Alignas(64) struct ls_stack_body *next; /* of those that are free */
  uint32_t nwords, nframes;                /* for which there is room */
  struct ls_stack_frame frames[];          /* the words lie in front of it */
};

static inline struct ls_word *ls_stack_words_end(struct ls_stack_body *body) {
  return (struct ls_word *)(void *)body;
}

/* What a look-up needs of a stack, in a cache line. */
struct ls_stack {
  _Alignas(64) uintptr_t pc; /* 0: nothing is kept here */
  const uintptr_t *record;
  const struct ls_word *inner; /* the first word of all */
  const struct ls_word *end;   /* behind the last one */
  void *counter;               /* of the site; the tracker's, NULL at first */
  uint32_t cell;               /* likewise */
  uint32_t site;
  uint16_t inner_frame;
  uint16_t is_whole; /* the walk ended by itself, not at the frame limit */
  struct ls_stack_body *body; /* NULL at first, then always the same */
};
_Static_assert(sizeof(struct ls_stack) == 64, "a cache line");

/* A step in the trie that this thread has made before, in two words:
     pc << 16 | low bits of the parent
     high bits of the parent << 48 | child << 24 | site at the child, or 0 */
struct ls_stack_edge {
  uint64_t from;
  uint64_t to; /* 0: none */
};

/*
 * Of one thread.  A small program, or one with many threads, is to touch few
 * pages: the tables begin small, in one page, and grow with use (stack_room.c).
 */
struct ls_stacks {
  uint8_t misses[LS_STACK_SETS]; /* so far, modulo 256 */
  struct ls_stack_edge *edges;
  unsigned edge_bits;
  unsigned nedges;  /* kept so far */
  uint32_t sets;    /* in use, less one */
  unsigned nmissed; /* since they became more */
  unsigned nbodies; /* ever made */
  unsigned stolen;  /* way whose body was given to another one */
  struct ls_stack_body *small, *large;    /* that are free */
  _Alignas(64) unsigned char first[2944]; /* the first edges and bodies */
  _Alignas(64) struct ls_stack ways[LS_STACK_SETS][LS_STACK_WAYS];
};

/* Rises when a library was unloaded: what stacks hold may be of its code. */
extern _Atomic uint32_t ls_stacks_generation
    __attribute__((visibility("hidden")));

/* Walks: the site (0 where there is no room for it), and where the stack is
   kept now, NULL if it is not. */
uint32_t ls_stacks_miss(const uintptr_t *record, size_t nframe,
                        struct ls_stack **kept);

enum {
  LS_STACK_SET_SIZE_BITS = 8 /* bytes of a set */
};
_Static_assert(LS_STACK_WAYS * sizeof(struct ls_stack) ==
                   1 << LS_STACK_SET_SIZE_BITS,
               "the place of a set comes from a product in two steps");

/* Where the set lies behind the first one, in bytes. */
static inline uint32_t ls_stacks_set(uintptr_t pc, const uintptr_t *record) {
  enum { REST = 32 - LS_STACK_SET_BITS - LS_STACK_SET_SIZE_BITS };
  /* A record is aligned to 16 bytes; the product's upper bits are mixed. */
  return ((uint32_t)pc + (uint32_t)(uintptr_t)record * 8) * 0x9e3779b1u >>
             REST &
         ls_own.set_mask;
}

/* The sets are too few for the calling thread. */
void ls_stack_room_late(void);

static inline __attribute__((always_inline)) int ls_stack_holds(
    const struct ls_stack *stack, uintptr_t pc, const uintptr_t *record) {
#define DIFFERS(a, b) __builtin_expect((a) != (b), 0)
  if (DIFFERS(stack->pc, pc) || DIFFERS(stack->record, record)) return 0;
  const struct ls_word *word = stack->inner;
  const struct ls_word *end = stack->end;
  do {
    if (DIFFERS(*word[0].at, word[0].value)) return 0;
    if (DIFFERS(*word[1].at, word[1].value)) return 0;
    if (DIFFERS(*word[2].at, word[2].value)) return 0;
    if (DIFFERS(*word[3].at, word[3].value)) return 0;
    word += LS_STACK_UNROLL;
  } while (word < end);
#undef DIFFERS
  return 1;
}

/* Who has no stacks yet has generation 0. */
static inline int ls_stacks_are_current(void) {
  uint32_t now =
      atomic_load_explicit(&ls_stacks_generation, memory_order_relaxed);
  return __builtin_expect(ls_own.generation == now, 1) != 0;
}

/* The first stack of a set, in a thread whose stacks are current. */
static inline struct ls_stack *ls_stacks_first(const uintptr_t *record) {
  return (struct ls_stack *)(void *)((char *)ls_own.ways +
                                     ls_stacks_set(record[1], record));
}

/* The one that holds, of those that come after the first; NULL if none does. */
static inline struct ls_stack *ls_stacks_other(struct ls_stack *first,
                                               const uintptr_t *record) {
  for (int i = 1; i < LS_STACK_WAYS; i++) {
    if (!ls_stack_holds(&first[i], record[1], record)) continue;
    if (__builtin_expect(++ls_own.late == LS_STACK_LATE, 0))
      ls_stack_room_late();
    return ls_own.latest = &first[i];
  }
  return NULL;
}

/* The one that holds in any thread, or NULL. */
static inline struct ls_stack *ls_stacks_find(const uintptr_t *record) {
  if (!ls_stacks_are_current()) return NULL;
  struct ls_stack *first = ls_stacks_first(record);
  if (ls_stack_holds(first, record[1], record)) return ls_own.latest = first;
  return ls_stacks_other(first, record);
}

static inline uint32_t ls_stacks_site(const uintptr_t *record, size_t nframe) {
  struct ls_stack *way = ls_stacks_find(record);
  return way ? way->site : ls_stacks_miss(record, nframe, &way);
}

#endif
