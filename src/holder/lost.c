/* SPDX-License-Identifier: MIT */
/* Finds the heads of what is lost, as Valgrind counts what is lost directly. */
#include "holder/lost.h"

#include <string.h>

#include "platform/arena.h"

/* ---- the order: blocks of the rarest sites first ---------------------------
 */

struct lost {
  uint32_t *nodes; /* in the order of the search */
  size_t n;
};

static uint32_t count_of(const uint32_t *counts, uint32_t nsites,
                         uint32_t site) {
  return site <= nsites ? counts[site] : UINT32_MAX;
}

/* Whether node a comes before b: fewer blocks of its site, then the site that
   was seen first, then the address. */
static int is_before(const struct ls_graph *graph, const uint32_t *counts,
                     uint32_t nsites, uint32_t a, uint32_t b) {
  uint32_t x = graph->site[a], y = graph->site[b];
  uint32_t nx = count_of(counts, nsites, x), ny = count_of(counts, nsites, y);
  if (nx != ny) return nx < ny;
  if (x != y) return x < y;
  return a < b;
}

struct sorting {
  const struct ls_graph *graph;
  const uint32_t *counts;
  uint32_t nsites;
};

static void merge_runs(const struct sorting *by, const uint32_t *from,
                       uint32_t *to, size_t begin, size_t middle, size_t end) {
  size_t a = begin, b = middle;
  for (size_t i = begin; i < end; i++) {
    int first =
        a < middle && (b == end || !is_before(by->graph, by->counts, by->nsites,
                                              from[b], from[a]));
    to[i] = first ? from[a++] : from[b++];
  }
}

/* Libc's function would allocate. */
static uint32_t *sort(const struct sorting *by, uint32_t *nodes, uint32_t *room,
                      size_t n) {
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t at = 0; at < n; at += 2 * width) {
      size_t middle = at + width < n ? at + width : n;
      size_t end = at + 2 * width < n ? at + 2 * width : n;
      merge_runs(by, nodes, room, at, middle, end);
    }
    uint32_t *other = nodes;
    nodes = room;
    room = other;
  }
  return nodes;
}

static int collect(const struct ls_graph *graph, uint32_t nsites,
                   struct lost *lost) {
  uint32_t *counts = ls_pages_map(((size_t)nsites + 1) * sizeof *counts, 0);
  lost->nodes = ls_pages_map((graph->n + 1) * sizeof *lost->nodes, 0);
  uint32_t *room = ls_pages_map((graph->n + 1) * sizeof *room, 0);
  if (!counts || !lost->nodes || !room) return 0;
  lost->n = 0;
  for (size_t i = 0; i < graph->n; i++) {
    uint32_t site = graph->site[i];
    if (graph->parent[i] != LS_PARENT_NONE || !site) continue;
    if (site <= nsites) counts[site]++;
    lost->nodes[lost->n++] = (uint32_t)i;
  }
  const struct sorting by = {graph, counts, nsites};
  lost->nodes = sort(&by, lost->nodes, room, lost->n);
  return 1;
}

/* ---- the heads -------------------------------------------------------------
 */

/* All that was reached since `from` is as it was. */
static void unreach(struct ls_search *search, size_t from) {
  struct ls_graph *graph = search->graph;
  for (size_t i = from; i < graph->nreached; i++)
    graph->parent[graph->order[i]] = LS_PARENT_NONE;
  for (size_t i = 0; i < graph->n; i++)
    graph->flags[i] &= (uint8_t)~LS_NODE_PENDING;
  graph->nreached = search->head = from;
  search->nwaiting = search->first_waiting = 0;
}

/* What hangs from a head has it as its own. */
static void note_head(const struct ls_graph *graph, size_t from, uint32_t head,
                      uint32_t *head_of) {
  for (size_t i = from; i < graph->nreached; i++)
    head_of[graph->order[i]] = head + 1;
}

int ls_lost_find(struct ls_search *search, uint32_t nsites, uint32_t *head_of) {
  struct ls_graph *graph = search->graph;
  struct lost lost;
  if (!collect(graph, nsites, &lost)) return 0;
  size_t from = graph->nreached, nstarts = 0;
  search->head = from;
  unreach(search, from);
  /* The list of starts takes the place of the list of nodes. */
  for (size_t i = 0; i < lost.n && !search->is_late; i++) {
    if (graph->parent[lost.nodes[i]] != LS_PARENT_NONE) continue;
    ls_search_from(search, lost.nodes[i], LS_PARENT_ROOT);
    lost.nodes[nstarts++] = lost.nodes[i];
  }
  unreach(search, from);
  for (size_t i = nstarts; i-- && !search->is_late;) {
    size_t before = graph->nreached;
    if (graph->parent[lost.nodes[i]] != LS_PARENT_NONE) continue;
    ls_search_from(search, lost.nodes[i], LS_PARENT_ROOT);
    note_head(graph, before, lost.nodes[i], head_of);
  }
  return 1;
}
