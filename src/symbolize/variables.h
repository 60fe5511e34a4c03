/* SPDX-License-Identifier: MIT */
/*
 * Names of variables: which one covers an address, and what a path through
 * memory is called in the program's source.  Asked of the helper process.
 */
#ifndef LS_SYMBOLIZE_VARIABLES_H
#define LS_SYMBOLIZE_VARIABLES_H

#include <stddef.h>
#include <stdint.h>

#include "platform/arena.h"

enum ls_variable_kind {
  LS_VARIABLE_STATIC,
  LS_VARIABLE_THREAD,
  LS_VARIABLE_LOCAL
};

/* Question 1: which variable covers this address (extent, so that slots of one
   array are joined). */
struct ls_variable {
  const char *name;       /* symbol or DWARF name; NULL: unknown (then module
                             and offset are all there is) */
  const char *module;     /* base name of the file */
  uint64_t module_offset; /* address - load bias */
  uint64_t offset;        /* of the asked address in the variable */
  uint64_t size;          /* of the variable, 0 unknown */
};
int ls_symbolize_variables(const uintptr_t *addresses, size_t n,
                           struct ls_arena *arena, struct ls_variable *out);

/* Question 2: a path from a variable on, as a C expression. */
struct ls_path_step {
  uint64_t size; /* bytes of the object that this step leaves; 0 for the root */
  uint32_t noffsets;   /* 1..6 offsets below; 0: many, said as [] */
  uint64_t offsets[6]; /* where in that object the pointers are, ascending */
  uint64_t stride_of_many; /* with noffsets 0: lowest offset that was seen */
  int repeats;             /* the step leads back to this shape: "->next..." */
};
struct ls_path_question {
  enum ls_variable_kind kind;
  uintptr_t address;        /* STATIC: of the variable or of its lowest slot;
                               THREAD: offset in the module's TLS segment;
                               LOCAL: of the slot */
  uintptr_t module_address; /* THREAD: any address in the module; LOCAL: the
                               frame's pc */
  uintptr_t cfa, sp;        /* LOCAL: of the frame */
  size_t nsteps; /* steps[0] leaves the root: its offsets are relative
                    to `address` */
  const struct ls_path_step *steps;
};
struct ls_path_answer {
  const char *text; /* "jobs.head->next..."; NULL: no name */
  size_t named;     /* how many steps the text covers; the caller appends the
                       rest as offsets */
  const char *variable, *function; /* function: of a local or of a static in a
                                      function */
  const char *file;
  unsigned line;
};
int ls_symbolize_paths(const struct ls_path_question *questions, size_t n,
                       struct ls_arena *arena, struct ls_path_answer *out);

#endif
