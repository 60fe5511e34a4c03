/* SPDX-License-Identifier: MIT */
/*
 * The search: what is reached from the roots, and by which pointer.
 */
#ifndef LS_HOLDER_MARK_H
#define LS_HOLDER_MARK_H

#include "holder/graph.h"
#include "holder/memory.h"
#include "holder/roots.h"

struct ls_waiting {
  uint32_t node, parent, into;
  uint64_t where;
};

struct ls_search {
  struct ls_graph *graph;
  const struct ls_memory *memory;
  const struct ls_roots *roots;
  enum ls_holder_by by;
  uint64_t deadline_ns;
  int is_late;
  struct ls_waiting *waiting; /* pointers into the middle of a node */
  size_t nwaiting, first_waiting;
  size_t head; /* of graph->order: nodes before it were looked into */
};

/* Room for searches of a graph; 0 without memory. */
int ls_search_make(struct ls_search *search);

/* Searches from all roots in their order; of them, [first, first_end) before
   all else (NULL: none).  What an earlier search noted is forgotten. */
void ls_search_run(struct ls_search *search, uintptr_t first,
                   uintptr_t first_end);

/* Goes on from one node, which is noted as reached, to all that was not reached
   so far. */
void ls_search_from(struct ls_search *search, uint32_t node, uint32_t parent);

/* The word at an address, by what counts as a pointer: the node, plus one. */
uint32_t ls_search_pointer(const struct ls_graph *graph, enum ls_holder_by by,
                           uintptr_t word, uint64_t *into);

int ls_search_is_late(struct ls_search *search);

#endif
