/* SPDX-License-Identifier: MIT */
/* Folds the ways from variables to leaked blocks into a few shapes. */
#include "holder/shapes.h"

#include <string.h>

#include "platform/arena.h"
#include "tracker/tracker.h"

enum { SHAPES_MOST = 65536, CELLS = 4 * SHAPES_MOST };

/* ---- offsets ---------------------------------------------------------------
 */

static void add_offset(struct ls_offsets *to, int64_t offset) {
  if (!to->n || offset < to->lowest) to->lowest = offset;
  if (to->n > LS_HOLDER_OFFSETS) return;
  unsigned at = 0;
  while (at < to->n && to->at[at] < offset) at++;
  if (at < to->n && to->at[at] == offset) return;
  if (to->n < LS_HOLDER_OFFSETS) {
    memmove(&to->at[at + 1], &to->at[at], (to->n - at) * sizeof *to->at);
    to->at[at] = offset;
  }
  to->n++;
}

/* ---- keys ------------------------------------------------------------------
 */

/* Blocks are alike by their innermost calls, up to the one that called the
   place that is blamed: the line alone would join two calls of it, the place
   all that a wrapper made, and the whole path tells the test's own pass from
   its repetitions. */
static uint64_t key_of(const struct ls_holders_question *question,
                       uint32_t site, uint64_t size) {
  enum { CALLS = 3, MOST = 16 };
  uintptr_t pcs[MOST];
  uint64_t hash = 14695981039346656037u;
  if (!site) return (uint64_t)1 << 62 | size;
  size_t depth = site <= question->nsites ? question->depth[site] : 0;
  if (!depth) depth = CALLS;
  if (depth > MOST) depth = MOST;
  size_t n = ls_tracker_path(site, pcs, depth);
  if (!n) return (uint64_t)1 << 61 | site;
  for (size_t i = 0; i < n && i < depth; i++)
    hash = (hash ^ pcs[i]) * 1099511628211u;
  return (uint64_t)1 << 63 | hash >> 1;
}

/* ---- the table -------------------------------------------------------------
 */

static uint32_t *cell_of(struct ls_shapes *shapes, uint32_t parent,
                         uint64_t key) {
  size_t at =
      (size_t)((key ^ parent * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u >>
               40);
  for (;; at++) {
    uint32_t *cell = &shapes->cells[at & (CELLS - 1)];
    if (!*cell || (shapes->at[*cell - 1].parent == parent &&
                   shapes->at[*cell - 1].key == key))
      return cell;
  }
}

/* On the way up to the root, a shape with this key. */
static uint32_t folded(const struct ls_shapes *shapes, uint32_t parent,
                       uint64_t key) {
  for (; parent && !(parent & LS_PARENT_ROOT);
       parent = shapes->at[parent - 1].parent)
    if (shapes->at[parent - 1].key == key) return parent;
  return 0;
}

static uint32_t shape_for(struct ls_shapes *shapes, uint32_t parent,
                          uint64_t key) {
  uint32_t shape = folded(shapes, parent, key);
  if (shape) return shape;
  uint32_t *cell = cell_of(shapes, parent, key);
  if (!*cell && shapes->n < SHAPES_MOST) {
    shapes->at[shapes->n] =
        (struct ls_shape){.parent = parent, .key = key, .oldest = UINT32_MAX};
    *cell = (uint32_t)++shapes->n;
  }
  return *cell;
}

/* ---- nodes -----------------------------------------------------------------
 */

static void mark_ways(struct ls_graph *graph, const uint8_t *interest) {
  for (size_t i = 0; i < graph->nreached; i++) {
    uint32_t node = graph->order[i];
    if (!interest[node]) continue;
    while (!(graph->flags[node] & LS_NODE_WAY)) {
      graph->flags[node] |= LS_NODE_WAY;
      if (graph->parent[node] & LS_PARENT_ROOT) break;
      node = graph->parent[node] - 1;
    }
  }
}

struct making {
  struct ls_shapes *shapes;
  struct ls_graph *graph;
  const struct ls_variables *variables;
  const struct ls_holders_question *question;
  const uint8_t *interest;
  uint32_t *of; /* the shape of each node, plus one */
};

static void add_node(const struct making *making, uint32_t node) {
  const struct ls_graph *graph = making->graph;
  uint32_t parent = graph->parent[node], above;
  int64_t offset = (int64_t)graph->where[node];
  if (parent & LS_PARENT_ROOT) {
    size_t at =
        ls_variables_at(making->variables, (uintptr_t)graph->where[node]);
    uint32_t variable = at < making->variables->n ? (uint32_t)at : 0;
    above = LS_PARENT_ROOT | variable;
    offset -= (int64_t)making->variables->at[variable].begin;
  } else {
    above = making->of[parent - 1];
    /* A pointer with a tag in its lowest bits is one to the object. */
    offset -= graph->into[parent - 1] & ~(uint32_t)7;
  }
  uint64_t key = key_of(making->question, graph->site[node], graph->size[node]);
  uint32_t shape = above ? shape_for(making->shapes, above, key) : 0;
  making->of[node] = shape;
  if (!shape) return;
  struct ls_shape *to = &making->shapes->at[shape - 1];
  if (!to->site) to->site = graph->site[node];
  if (graph->size[node] > to->size) to->size = graph->size[node];
  if (above == to->parent) add_offset(&to->in, offset);
  if (above == shape) add_offset(&to->again, offset);
  if (!making->interest[node]) return;
  uint32_t born = ls_birth_epoch(graph->birth[node]);
  born = born > making->question->epoch ? born - making->question->epoch : 0;
  to->blocks++;
  to->shown = making->interest[node];
  if (born < to->oldest) to->oldest = born;
}

int ls_shapes_make(struct ls_shapes *shapes, struct ls_search *search,
                   const struct ls_variables *variables,
                   const struct ls_holders_question *question,
                   const uint8_t *interest) {
  struct ls_graph *graph = search->graph;
  memset(shapes, 0, sizeof *shapes);
  shapes->at = ls_pages_map(SHAPES_MOST * sizeof *shapes->at, 0);
  shapes->cells = ls_pages_map(CELLS * sizeof *shapes->cells, 0);
  const struct making making = {
      shapes,   graph,    variables,
      question, interest, ls_pages_map((graph->n + 1) * sizeof(uint32_t), 0)};
  if (!shapes->at || !shapes->cells || !making.of) return 0;
  mark_ways(graph, interest);
  if (!variables->n) return 1;
  for (size_t i = 0; i < graph->nreached; i++)
    if (graph->flags[graph->order[i]] & LS_NODE_WAY)
      add_node(&making, graph->order[i]);
  return 1;
}
