/* SPDX-License-Identifier: MIT */
/*
 * The graph of what points at what: nodes in the order of their addresses, an
 * index from addresses to nodes, and what the search notes of each node.
 */
#ifndef LS_HOLDER_GRAPH_H
#define LS_HOLDER_GRAPH_H

#include <stddef.h>
#include <stdint.h>

#include "holder/holder.h"

/* A parent that is no node. */
#define LS_PARENT_ROOT (1u << 31)
enum { LS_PARENT_NONE = 0 }; /* else the node's index plus one */

enum ls_node_flag { LS_NODE_PENDING = 1, LS_NODE_WAY = 2, LS_NODE_HEAD = 4 };

struct ls_graph {
  size_t n, capacity;
  uintptr_t *begin;
  uint64_t *size;
  uint32_t *site; /* the tracker's; 0: from before tracing began */
  uint32_t *birth;
  /* of the search */
  uint32_t *parent;
  uint64_t *where; /* offset in the parent; of a root, the slot's address */
  uint32_t *into;  /* offset in the node that the pointer points at */
  uint8_t *flags;
  uint32_t *order; /* of the nodes that were reached */
  size_t nreached;
  int is_partial; /* 1: the heap from before tracing could not be walked whole
                   */
  /* of the index */
  uintptr_t low, span;
  uint32_t **leaves; /* one for each 16 MiB of addresses */
};

struct ls_memory;

/* Takes the live blocks and mappings of the process: enum ls_holders_state, of
   which DONE is the good one. */
enum ls_holders_state ls_graph_make(struct ls_graph *graph,
                                    const struct ls_memory *memory,
                                    uint64_t most_bytes);

/* For graphs of tests: room, nodes in any order, then the index. */
int ls_graph_room(struct ls_graph *graph, size_t capacity);
void ls_graph_add(struct ls_graph *graph, uintptr_t begin, uint64_t size,
                  uint32_t site, uint32_t birth);
int ls_graph_index(struct ls_graph *graph);

/* The node that an address lies in: index plus one, 0 for none.  *into is the
   offset in it. */
static inline uint32_t ls_graph_at(const struct ls_graph *graph,
                                   uintptr_t address, uint64_t *into) {
  enum { CELL_BITS = 8, LEAF_BITS = 24 };
  if (address - graph->low >= graph->span) return 0;
  const uint32_t *leaf =
      graph->leaves[(address >> LEAF_BITS) - (graph->low >> LEAF_BITS)];
  if (!leaf) return 0;
  uint32_t i =
      leaf[address >> CELL_BITS & ((1u << (LEAF_BITS - CELL_BITS)) - 1)];
  while (i && graph->begin[i - 1] > address) i--;
  if (!i) return 0;
  uint64_t at = address - graph->begin[i - 1];
  uint64_t size = graph->size[i - 1];
  if (at >= size && (at || size)) return 0;
  *into = at;
  return i;
}

#endif
