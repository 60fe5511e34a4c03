/* SPDX-License-Identifier: MIT */
/*
 * Memory that is there by itself, in the order in which it is searched.
 */
#ifndef LS_HOLDER_ROOTS_H
#define LS_HOLDER_ROOTS_H

#include <stddef.h>
#include <stdint.h>

#include "holder/holder.h"
#include "holder/memory.h"

struct ls_root {
  uintptr_t begin, end;
  enum ls_root_kind kind;
  int begins_only; /* 1: pointers into the middle of a block do not count */
  uint32_t number;
  const char *module; /* of a global */
  uintptr_t bias;     /* address - bias is what the module's symbols say */
};

enum { LS_ROOTS = 4096 };

struct ls_roots {
  size_t n;
  int overflowed; /* 1: there was no room for some */
  struct ls_root at[LS_ROOTS];
};

void ls_roots_add(struct ls_roots *roots, struct ls_root root);

struct ls_graph;

/* All of them.  `graph`: mappings with traced blocks inside are no roots. */
void ls_roots_find(struct ls_roots *roots, const struct ls_memory *memory,
                   const struct ls_graph *graph,
                   const struct ls_holders_question *question);

/* ---- parts --------------------------------------------------------------- */

/* Writable segments of all modules but ours: the program's first. */
void ls_roots_segments(struct ls_roots *roots, const struct ls_memory *memory);

/* Bytes of thread-local storage below a thread's descriptor at most. */
size_t ls_roots_tls_size(const struct ls_memory *memory);

void ls_roots_kernel(struct ls_roots *roots,
                     const struct ls_holders_question *question);

/* Other threads, and mappings that nobody told of: after all others. */
void ls_roots_threads(struct ls_roots *roots, const struct ls_memory *memory,
                      const struct ls_holders_question *question);
void ls_roots_mappings(struct ls_roots *roots, const struct ls_memory *memory,
                       const struct ls_graph *graph);

#endif
