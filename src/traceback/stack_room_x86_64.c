/* SPDX-License-Identifier: MIT */
/* Gives a thread's stacks their room, and more of it as they are used. */
#include "traceback/stack_room_x86_64.h"

#include <stdatomic.h>

#include "platform/arena.h"
#include "platform/guard.h"
#include "platform/thread.h"
#include "platform/together.h"

enum {
  FIRST_EDGE_BITS = 4,
  MORE_EDGE_BITS = 8,
  MOST_EDGE_BITS = 13,
  SMALL_FRAMES = 18, /* of most paths */
  SMALL_WORDS = 44,  /* of whole lines, as LS_STACK_WORDS is */
  PAGE = 4096
};

/* ---- how much all threads may grow
 * ------------------------------------------------------------------ */

static _Atomic size_t grown LS_TOGETHER;

static int may_grow(size_t size) {
  enum { FEW_THREADS = 32, BY_FEW = 12 << 20, BY_MANY = 8 << 20 };
  size_t most = ls_thread_count() <= FEW_THREADS ? BY_FEW : BY_MANY;
  if (atomic_load_explicit(&grown, memory_order_relaxed) + size > most)
    return 0;
  atomic_fetch_add_explicit(&grown, size, memory_order_relaxed);
  return 1;
}

static void *more(size_t size) {
  return may_grow(size) ? ls_pages_map_resident(size) : NULL;
}

/* ---- bodies -------------------------------------------------------------- */

enum {
  LINE = 64,
  BODY = offsetof(struct ls_stack_body, frames),
  FRAME = sizeof(struct ls_stack_frame),
  WORD = sizeof(struct ls_word)
};

/* Whole lines: words are compared by lines. */
#define SIZE_OF(nframes, nwords) \
  ((nwords)*WORD + (BODY + (nframes)*FRAME + LINE - 1) / LINE * LINE)

/* A body made of raw memory, to those that are free. */
static void add_body(struct ls_stack_body **list, void *at, size_t nframes,
                     size_t nwords) {
  struct ls_stack_body *body = (void *)((char *)at + nwords * WORD);
  body->nframes = (uint32_t)nframes;
  body->nwords = (uint32_t)nwords;
  body->next = *list;
  *list = body;
}

/* As many as there are, in the end some at a time. */
static void more_bodies(struct ls_stacks *s, struct ls_stack_body **list,
                        size_t nframes, size_t nwords) {
  enum { LEAST = 3, MOST = 32 };
  size_t size = SIZE_OF(nframes, nwords);
  size_t n = s->nbodies < LEAST ? LEAST : s->nbodies < MOST ? s->nbodies : MOST;
  char *bodies = more(n * size);
  if (!bodies) return;
  for (size_t i = n; i-- > 0;)
    add_body(list, bodies + i * size, nframes, nwords);
  s->nbodies += (unsigned)n;
}

static struct ls_stack_body *take_free(struct ls_stack_body **list) {
  struct ls_stack_body *body = *list;
  if (body) *list = body->next;
  return body;
}

static int has_room(const struct ls_stack_body *body, size_t nframes,
                    size_t nwords) {
  return nframes <= body->nframes && nwords <= body->nwords;
}

/* Another stack's, which is forgotten. */
static struct ls_stack_body *steal(struct ls_stacks *s,
                                   const struct ls_stack * not, size_t nframes,
                                   size_t nwords) {
  struct ls_stack *ways = &s->ways[0][0];
  unsigned n = (s->sets + 1) * LS_STACK_WAYS;
  for (unsigned i = 0; i < n; i++) {
    struct ls_stack *way = &ways[s->stolen++ % n];
    struct ls_stack_body *body = way->body;
    if (!body || way == not || !has_room(body, nframes, nwords)) continue;
    way->pc = 0;
    way->body = NULL;
    return body;
  }
  return NULL;
}

struct ls_stack_body *ls_stack_room_body(struct ls_stacks *s,
                                         struct ls_stack *stack, size_t nframes,
                                         size_t nwords,
                                         const struct ls_stack * not ) {
  struct ls_stack_body *body = stack->body;
  if (body && has_room(body, nframes, nwords)) return body;
  int is_small = nframes <= SMALL_FRAMES && nwords <= SMALL_WORDS;
  struct ls_stack_body **list = is_small ? &s->small : &s->large;
  if (!*list && is_small) more_bodies(s, list, SMALL_FRAMES, SMALL_WORDS);
  if (!*list && !is_small)
    more_bodies(s, list, LS_STACK_FRAMES, LS_STACK_WORDS);
  struct ls_stack_body *other = take_free(list);
  if (!other) other = steal(s, not, nframes, nwords);
  if (!other) return NULL;
  if (body) { /* it was a small one */
    body->next = s->small;
    s->small = body;
  }
  return stack->body = other;
}

/* ---- edges and sets ------------------------------------------------------ */

/* They begin empty: what was held is soon made again. */
static void more_edges(struct ls_stacks *s, unsigned bits) {
  struct ls_stack_edge *edges = more(sizeof *edges << bits);
  if (!edges) return;
  s->edges = edges;
  s->edge_bits = bits;
}

void ls_stack_room_edge(struct ls_stacks *s) {
  unsigned half = 1u << (s->edge_bits - 1), n = s->nedges;
  if (n <= half || n % half) return; /* where it failed it is seldom tried */
  if (s->edge_bits < MORE_EDGE_BITS)
    more_edges(s, MORE_EDGE_BITS);
  else if (s->edge_bits < MOST_EDGE_BITS)
    more_edges(s, MOST_EDGE_BITS);
}

/* A stack that is kept stays where it is: in a set in which it is not looked
   for, or by chance still is. */
static void more_sets(struct ls_stacks *s) {
  enum { TIMES = 4 };
  unsigned nways = (s->sets + 1) * LS_STACK_WAYS;
  s->nmissed = 0;
  if (s->sets + 1 == LS_STACK_SETS) return;
  size_t size = nways * (TIMES - 1) * sizeof(struct ls_stack);
  if (!may_grow(size)) return;
  ls_pages_ahead(s->ways[s->sets + 1], size);
  ls_pages_count_resident(size);
  s->sets = (s->sets + 1) * TIMES - 1;
  ls_own.set_mask = s->sets << LS_STACK_SET_SIZE_BITS;
}

void ls_stack_room_missed(struct ls_stacks *s) {
  enum { AT_FIRST = 16 };
  unsigned nways = (s->sets + 1) * LS_STACK_WAYS;
  unsigned often = s->sets + 1 == LS_STACK_SETS_FIRST ? AT_FIRST : 4 * nways;
  if (++s->nmissed >= often) more_sets(s);
}

void ls_stack_room_late(void) {
  ls_own.late = 0;
  more_sets(ls_own.stacks);
}

/* ---- a thread's ---------------------------------------------------------- */

static struct ls_stacks *make_stacks(void) {
  enum {
    EDGES = sizeof(struct ls_stack_edge) << FIRST_EDGE_BITS,
    SMALL = SIZE_OF(SMALL_FRAMES, SMALL_WORDS)
  };
  _Static_assert(
      offsetof(struct ls_stacks, ways) +
              LS_STACK_SETS_FIRST * LS_STACK_WAYS * sizeof(struct ls_stack) <=
          PAGE,
      "a thread begins with one page");
  _Static_assert(EDGES + 2 * SMALL <= sizeof((struct ls_stacks *)0)->first,
                 "room for two");
  struct ls_stacks *s = ls_pages_map(sizeof *s, 0);
  if (!s) return NULL;
  ls_pages_count_resident(PAGE);
  s->edges = (struct ls_stack_edge *)(void *)s->first;
  s->edge_bits = FIRST_EDGE_BITS;
  s->sets = LS_STACK_SETS_FIRST - 1;
  for (int i = 0; i < 2; i++)
    add_body(&s->small, s->first + EDGES + i * SMALL, SMALL_FRAMES,
             SMALL_WORDS);
  return s;
}

/* Slow, once a thread. */
struct ls_stacks *ls_stack_room_open(void) {
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
  ls_own.set_mask = s->sets << LS_STACK_SET_SIZE_BITS;
  ls_own.ways = s->ways[0];
  return ls_own.stacks = s;
}
