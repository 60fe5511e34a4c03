/* SPDX-License-Identifier: MIT */
/* Searches the graph breadth first, and notes by which pointer each node was
   reached. */
#include "holder/mark.h"

#include <string.h>
#include <time.h>

#include "platform/arena.h"
#include "platform/clock.h"

enum { WORD = sizeof(uintptr_t) };

int ls_search_make(struct ls_search *search) {
  search->waiting =
      ls_pages_map((search->graph->n + 1) * sizeof *search->waiting, 0);
  return search->waiting != NULL;
}

int ls_search_is_late(struct ls_search *search) {
  if (!search->is_late && search->deadline_ns)
    search->is_late = ls_clock_ns(CLOCK_MONOTONIC) > search->deadline_ns;
  return search->is_late;
}

/* ---- what a word points at ----------------------------------------------- */

uint32_t ls_search_pointer(const struct ls_graph *graph, enum ls_holder_by by,
                           uintptr_t word, uint64_t *into) {
  enum { ADDRESS_BITS = 48 };
  uint32_t node = ls_graph_at(graph, word, into);
  if (node || by == LS_BY_POINTER || by == LS_BY_UNALIGNED) return node;
  if (by == LS_BY_TAGGED)
    return ls_graph_at(graph, word & (((uintptr_t)1 << ADDRESS_BITS) - 1),
                       into);
  node = ls_graph_at(graph, word - 1, into);
  if (node && *into + 1 != graph->size[node - 1]) node = 0;
  *into += 1;
  return node;
}

static void reach(struct ls_search *search, const struct ls_waiting *by) {
  struct ls_graph *graph = search->graph;
  graph->parent[by->node] = by->parent;
  graph->where[by->node] = by->where;
  graph->into[by->node] = by->into;
  graph->order[graph->nreached++] = by->node;
}

/* A pointer to a first byte counts at once, one into a block waits until there
   are no others: it may be what is left of a walk over an array. */
static void point(struct ls_search *search, const struct ls_waiting *by) {
  struct ls_graph *graph = search->graph;
  if (graph->parent[by->node] != LS_PARENT_NONE) return;
  if (!by->into) {
    reach(search, by);
  } else if (!(graph->flags[by->node] & LS_NODE_PENDING)) {
    graph->flags[by->node] |= LS_NODE_PENDING;
    search->waiting[search->nwaiting++] = *by;
  }
}

/* ---- reading memory ------------------------------------------------------ */

struct reading {
  struct ls_search *search;
  uint32_t parent;
  uintptr_t origin; /* of `where` */
  int begins_only;
};

static void read_word(const struct reading *reading, uintptr_t at) {
  struct ls_search *search = reading->search;
  uintptr_t word;
  uint64_t into;
  /* NOLINTNEXTLINE(performance-no-int-to-ptr): any memory */
  memcpy(&word, (const void *)at, sizeof word);
  const struct ls_graph *graph = search->graph;
  if (search->by < LS_BY_TAGGED && word - graph->low >= graph->span) return;
  uint32_t node = ls_search_pointer(graph, search->by, word, &into);
  if (!node || (into && reading->begins_only)) return;
  const struct ls_waiting by = {node - 1, reading->parent,
                                into < UINT32_MAX ? (uint32_t)into : UINT32_MAX,
                                at - reading->origin};
  point(search, &by);
}

static void read_part(void *arg, uintptr_t from, uintptr_t to) {
  const struct reading *reading = arg;
  uintptr_t step = reading->search->by == LS_BY_UNALIGNED ? 1 : WORD;
  from = (from + step - 1) / step * step;
  for (; from + WORD <= to; from += step) read_word(reading, from);
}

static void read_memory(struct reading *reading, uintptr_t begin,
                        uintptr_t end) {
  enum { SHORT = 4096 };
  const struct ls_memory *memory = reading->search->memory;
  if (end - begin <= SHORT && ls_memory_is_plain(memory, begin, end))
    ls_memory_guarded(read_part, reading, begin, end);
  else
    ls_memory_parts(memory, begin, end, read_part, reading);
}

/* ---- the search ---------------------------------------------------------- */

static void read_node(struct ls_search *search, uint32_t node) {
  const struct ls_graph *graph = search->graph;
  struct reading reading = {search, node + 1, graph->begin[node], 0};
  read_memory(&reading, graph->begin[node],
              graph->begin[node] + graph->size[node]);
}

static int next_waiting(struct ls_search *search) {
  while (search->first_waiting < search->nwaiting) {
    const struct ls_waiting *by = &search->waiting[search->first_waiting++];
    if (search->graph->parent[by->node] != LS_PARENT_NONE) continue;
    reach(search, by);
    return 1;
  }
  return 0;
}

static void go_on(struct ls_search *search) {
  enum { LOOK_EVERY = 1024 };
  struct ls_graph *graph = search->graph;
  do {
    while (search->head < graph->nreached) {
      if (search->head % LOOK_EVERY == 0 && ls_search_is_late(search)) return;
      read_node(search, graph->order[search->head++]);
    }
  } while (next_waiting(search));
}

static void read_root(struct ls_search *search, size_t i, uintptr_t from,
                      uintptr_t to) {
  const struct ls_root *root = &search->roots->at[i];
  struct reading reading = {search, LS_PARENT_ROOT | (uint32_t)i, 0,
                            root->begins_only};
  if (from < root->begin) from = root->begin;
  if (to > root->end) to = root->end;
  if (from >= to) return;
  if (root->kind == LS_ROOT_EPOLL || root->kind == LS_ROOT_TIMER)
    read_part(&reading, from, to); /* it lies in pages of ours */
  else
    read_memory(&reading, from, to);
}

static void forget(struct ls_search *search) {
  struct ls_graph *graph = search->graph;
  memset(graph->parent, 0, graph->n * sizeof *graph->parent);
  memset(graph->flags, 0, graph->n * sizeof *graph->flags);
  graph->nreached = search->head = 0;
  search->nwaiting = search->first_waiting = 0;
}

void ls_search_run(struct ls_search *search, uintptr_t first,
                   uintptr_t first_end) {
  const struct ls_roots *roots = search->roots;
  forget(search);
  for (size_t i = 0; i < roots->n && first < first_end; i++)
    read_root(search, i, first, first_end);
  go_on(search);
  /* Roots of one kind are searched together, and to the end. */
  for (size_t i = 0; i < roots->n; i++) {
    read_root(search, i, 0, UINTPTR_MAX);
    if (i + 1 == roots->n || roots->at[i + 1].kind != roots->at[i].kind)
      go_on(search);
  }
}

void ls_search_from(struct ls_search *search, uint32_t node, uint32_t parent) {
  const struct ls_waiting by = {node, parent, 0, 0};
  if (search->graph->parent[node] != LS_PARENT_NONE) return;
  reach(search, &by);
  go_on(search);
}
