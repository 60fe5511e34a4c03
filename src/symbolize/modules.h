/* SPDX-License-Identifier: MIT */
/*
 * Which program or library an address of this process lies in, and where.
 *
 *   /proc/self/maps    7f31a000-7f31c000 r-xp 00001000 ... /usr/lib/libx.so
 *   address 7f31a234   is at 0x234 of the mapping, 0x1234 of the file
 *   program headers    file 0x1000.. is linked at 0x2000..: offset = 0x2234
 *
 * `offset` is the link-time address: what st_value, the line table and
 * `addr2line -e <path> <offset>` use, for position-independent code and other
 * code alike.
 *
 * The loader is not asked (dl_iterate_phdr): a forked copy of a program with
 * threads may hold its lock for ever.
 */
#ifndef LS_SYMBOLIZE_MODULES_H
#define LS_SYMBOLIZE_MODULES_H

#include <stddef.h>
#include <stdint.h>

#include "platform/arena.h"

struct ls_module {
  const char *path;     /* or a name such as "[vdso]" */
  const char *build_id; /* of what is loaded, hexadecimal; "" when unknown */
  int deleted;          /* the file at `path` is another one by now, if any */
};

struct ls_place {
  const struct ls_module *module; /* NULL: generated code, or no code at all */
  uint64_t offset;                /* the address itself without a module */
};

struct ls_mapping;

/* The executable mappings of the process at one moment. */
struct ls_modules {
  struct ls_arena *scratch;
  struct ls_arena *names;
  size_t n;
  struct ls_mapping *mappings;
};

/*
 * Reads the mappings.  Module paths are made in `names` as they are needed,
 * all the rest in `scratch`.  0 or a negative errno, with no mappings then.
 */
int ls_modules_read(struct ls_modules *modules, struct ls_arena *scratch,
                    struct ls_arena *names);

/* Where `address` lies.  For the call that a return address belongs to, pass
   the address before it: a call may be the last instruction of a function. */
struct ls_place ls_modules_place(struct ls_modules *modules, uintptr_t address);

#endif
