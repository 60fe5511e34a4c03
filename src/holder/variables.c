/* SPDX-License-Identifier: MIT */
/* Joins the places from which the search came by the variables that they are
   parts of. */
#include <string.h>

#include "holder/shapes.h"
#include "platform/arena.h"
#include "symbolize/variables.h"

enum { SLOTS_MOST = 65536, ASKED_AT_ONCE = 4096, ROUNDS = 4 };

/* The root's slot by which a node was reached; 0 where it was not. */
static uintptr_t slot_of(const struct ls_graph *graph, uint32_t node,
                         uint32_t *root) {
  while (graph->parent[node] && !(graph->parent[node] & LS_PARENT_ROOT))
    node = graph->parent[node] - 1;
  if (!graph->parent[node]) return 0;
  *root = graph->parent[node] & ~LS_PARENT_ROOT;
  return graph->where[node];
}

size_t ls_variables_at(const struct ls_variables *variables, uintptr_t slot) {
  size_t low = 0, high = variables->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (variables->at[middle].end > slot)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/* Slots of what has no variables are told as one. */
static int is_one(const struct ls_root *root) {
  return root->kind >= LS_ROOT_EPOLL || root->kind == LS_ROOT_KEY ||
         root->kind == LS_ROOT_REGISTERS;
}

static void add_slot(struct ls_variables *variables,
                     const struct ls_search *search, uintptr_t slot,
                     uint32_t root, uint64_t blocks) {
  const struct ls_root *whole = &search->roots->at[root];
  size_t at = ls_variables_at(variables, slot);
  if (at < variables->n && variables->at[at].begin <= slot) {
    variables->at[at].blocks += blocks;
    return;
  }
  if (variables->n == SLOTS_MOST) return;
  memmove(&variables->at[at + 1], &variables->at[at],
          (variables->n - at) * sizeof *variables->at);
  variables->at[at] = (struct ls_held_by){slot, slot + 8, root, slot, blocks};
  if (is_one(whole)) {
    variables->at[at].begin = whole->begin;
    variables->at[at].end = whole->end;
  }
  variables->n++;
}

/* Each node counts for the root that its way begins with; ways are short, but
   lists are not: the slot of a node is that of its parent. */
static int add_slots(struct ls_variables *variables,
                     const struct ls_search *search, const uint8_t *interest) {
  const struct ls_graph *graph = search->graph;
  uint32_t *first = ls_pages_map((graph->n + 1) * sizeof *first, 0);
  uint64_t *blocks = ls_pages_map((graph->n + 1) * sizeof *blocks, 0);
  if (!first || !blocks) return 0;
  for (size_t i = 0; i < graph->nreached; i++) {
    uint32_t node = graph->order[i], parent = graph->parent[node];
    first[node] = parent & LS_PARENT_ROOT ? node : first[parent - 1];
    if (interest[node]) blocks[first[node]]++;
  }
  for (size_t i = 0; i < graph->nreached; i++) {
    uint32_t node = graph->order[i], root = 0;
    if (!blocks[node] || first[node] != node) continue;
    uintptr_t slot = slot_of(graph, node, &root);
    add_slot(variables, search, slot, root, blocks[node]);
  }
  ls_pages_unmap(first, (graph->n + 1) * sizeof *first);
  ls_pages_unmap(blocks, (graph->n + 1) * sizeof *blocks);
  return 1;
}

/* ---- their extents ---------------------------------------------------------
 */

static int has_symbol(const struct ls_search *search,
                      const struct ls_held_by *one) {
  enum ls_root_kind kind = search->roots->at[one->root].kind;
  return kind == LS_ROOT_PROGRAM || kind == LS_ROOT_MODULE;
}

/* All slots of the variable at `i` become one. */
static void widen(struct ls_variables *variables, size_t i, uintptr_t begin,
                  uintptr_t end) {
  struct ls_held_by *one = &variables->at[i];
  size_t k = i + 1;
  while (k < variables->n && variables->at[k].begin < end) {
    if (variables->at[k].blocks > one->blocks)
      one->slot = variables->at[k].slot;
    one->blocks += variables->at[k++].blocks;
  }
  one->begin = begin;
  one->end = end;
  memmove(&variables->at[i + 1], &variables->at[k],
          (variables->n - k) * sizeof *variables->at);
  variables->n -= k - i - 1;
}

/* What the helper said of the variables at `asked`, which ascend as those of
   the list do; returns where in the list to go on. */
static size_t take(struct ls_variables *variables, size_t from,
                   const uintptr_t *asked, const struct ls_variable *got,
                   size_t n) {
  size_t at = from;
  for (size_t k = 0; k < n; k++) {
    while (at < variables->n && variables->at[at].begin < asked[k]) at++;
    if (at == variables->n || variables->at[at].begin != asked[k]) continue;
    uintptr_t begin = asked[k] - got[k].offset;
    int is_free = !at || variables->at[at - 1].end <= begin;
    if (got[k].size > got[k].offset && is_free)
      widen(variables, at, begin, begin + got[k].size);
  }
  return at < variables->n ? at + 1 : at;
}

static size_t ask(struct ls_variables *variables,
                  const struct ls_search *search, size_t from,
                  struct ls_arena *arena) {
  uintptr_t *asked = ls_arena_alloc(arena, ASKED_AT_ONCE * sizeof *asked);
  struct ls_variable *got = ls_arena_alloc(arena, ASKED_AT_ONCE * sizeof *got);
  size_t n = 0;
  if (!asked || !got) return variables->n;
  for (size_t i = from; i < variables->n && n < ASKED_AT_ONCE; i++)
    if (has_symbol(search, &variables->at[i]))
      asked[n++] = variables->at[i].begin;
  if (!n || ls_symbolize_variables(asked, n, arena, got)) return variables->n;
  return take(variables, from, asked, got, n);
}

/* ---- arrays without a name -------------------------------------------------
 */

static int is_unnamed(const struct ls_held_by *one) {
  return one->end - one->begin == sizeof(uintptr_t);
}

/* How many slots from `i` on follow each other at equal distances. */
static size_t run_at(const struct ls_variables *variables, size_t i) {
  enum { FAR = 256 };
  const struct ls_held_by *at = variables->at;
  size_t n = 1;
  if (i + 1 >= variables->n || !is_unnamed(&at[i])) return 1;
  uintptr_t stride = at[i + 1].begin - at[i].begin;
  while (i + n < variables->n && stride <= FAR && is_unnamed(&at[i + n]) &&
         at[i + n].root == at[i].root &&
         at[i + n].begin - at[i + n - 1].begin == stride)
    n++;
  return n;
}

/* Where no symbol says how far a variable reaches, slots at equal distances are
   taken for those of one array: a hundred lines of one block each would say
   nothing. */
static void join_unnamed(struct ls_variables *variables) {
  enum { LEAST = 4 };
  for (size_t i = 0; i < variables->n; i++) {
    size_t n = run_at(variables, i);
    if (n >= LEAST)
      widen(variables, i, variables->at[i].begin, variables->at[i + n - 1].end);
  }
}

int ls_variables_find(struct ls_variables *variables,
                      const struct ls_search *search, const uint8_t *interest) {
  struct ls_arena arena = {0};
  if (!variables->at)
    variables->at = ls_pages_map((SLOTS_MOST + 1) * sizeof *variables->at, 0);
  if (!variables->at) return 0;
  for (size_t i = 0; i < variables->n; i++) variables->at[i].blocks = 0;
  size_t before = variables->n;
  if (!add_slots(variables, search, interest)) return 0;
  size_t at = 0;
  for (unsigned round = 0;
       round < ROUNDS && at < variables->n && before != variables->n; round++)
    at = ask(variables, search, at, &arena);
  ls_arena_release(&arena);
  join_unnamed(variables);
  return 1;
}
