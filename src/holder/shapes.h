/* SPDX-License-Identifier: MIT */
/*
 * Many ways that are one: nodes on the way to leaked blocks, by the call sites
 * on their way.
 *
 *   root answers -> block of put -> block of put -> ...
 *   is               put, reached from itself by offset 8
 */
#ifndef LS_HOLDER_SHAPES_H
#define LS_HOLDER_SHAPES_H

#include "holder/mark.h"

/* A variable, or the slot of one whose extent is not known. */
struct ls_held_by {
  uintptr_t begin, end;
  uint32_t root; /* index in the roots */
  uintptr_t slot;
  uint64_t blocks; /* of interest, by the latest search */
};

struct ls_variables {
  size_t n;
  struct ls_held_by *at; /* by address */
};

/* After a search: the variables by which blocks of interest were reached, and
   how many by each.  0 without memory. */
int ls_variables_find(struct ls_variables *variables,
                      const struct ls_search *search, const uint8_t *interest);

/* The first variable that ends behind the slot: the slot lies in this variable,
   or before it.  Where none ends there, the number of all variables. */
size_t ls_variables_at(const struct ls_variables *variables, uintptr_t slot);

/* Offsets at which pointers were seen. */
struct ls_offsets {
  uint32_t n; /* LS_HOLDER_OFFSETS + 1: more */
  int64_t at[LS_HOLDER_OFFSETS];
  int64_t lowest;
};

struct ls_shape {
  uint32_t parent; /* a shape plus one, or LS_PARENT_ROOT and a variable */
  uint32_t site;   /* the tracker's, of the first of its nodes */
  uint64_t key;
  uint64_t size;               /* of the largest of its nodes */
  struct ls_offsets in, again; /* from the parent; from a node of this shape */
  uint64_t blocks;             /* of interest */
  uint32_t shown;              /* their shown site plus one */
  uint32_t oldest;
};

struct ls_shapes {
  size_t n, capacity;
  struct ls_shape *at;
  uint32_t *cells;
  size_t ncells;
};

/* Sorts the nodes that lead to blocks of interest (interest[i]: the shown site
   of node i plus one) into shapes.  0 without memory. */
int ls_shapes_make(struct ls_shapes *shapes, struct ls_search *search,
                   const struct ls_variables *variables,
                   const struct ls_holders_question *question,
                   const uint8_t *interest);

#endif
