/* SPDX-License-Identifier: MIT */
/*
 * The mappings of the process, and how their memory is read without harm.
 */
#ifndef LS_HOLDER_MEMORY_H
#define LS_HOLDER_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct ls_mapped {
  uintptr_t begin, end;
  int is_readable, is_writable, is_shared;
  int is_anonymous; /* without a file and a name */
  uint64_t file_offset;
  const char *path; /* "" for none, "[heap]", "[stack]" */
};

struct ls_memory {
  size_t n, capacity;
  struct ls_mapped *at;
  char *paths;
  size_t paths_used;
};

/* 0 or a negative errno. */
int ls_memory_read(struct ls_memory *memory);

/* The mapping of an address, NULL where there is none. */
const struct ls_mapped *ls_memory_at(const struct ls_memory *memory,
                                     uintptr_t address);

/* Calls part(arg, from, to) for the parts of [begin, end) that can be read, are
   not ours and were ever touched. */
typedef void ls_memory_part(void *arg, uintptr_t from, uintptr_t to);
void ls_memory_parts(const struct ls_memory *memory, uintptr_t begin,
                     uintptr_t end, ls_memory_part *part, void *arg);

/* 1 where [begin, end) lies in one mapping that can be read: there is no need
   to look at its parts. */
int ls_memory_is_plain(const struct ls_memory *memory, uintptr_t begin,
                       uintptr_t end);

/* A fault while memory is read ends that part, not the search: what is called
   between is abandoned.  Nested calls are not possible. */
void ls_memory_guard(void);
void ls_memory_guarded(ls_memory_part *part, void *arg, uintptr_t from,
                       uintptr_t to);

#endif
