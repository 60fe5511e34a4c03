/* SPDX-License-Identifier: MIT */
/* The dynamic symbols of a loaded module, read where the loader has them. */
#ifndef LS_INTERPOSE_DYNAMIC_H
#define LS_INTERPOSE_DYNAMIC_H

#include <link.h>
#include <stddef.h>

struct ls_dynamic {
  const ElfW(Sym) * symbols;
  const char *names;
  size_t n; /* 0 where the module has no table to count them by */
};

struct ls_dynamic ls_dynamic_of(const struct link_map *map);

/* Whether it has the symbol itself.  A program that asks for the address of a
   function may have an entry of that name which only leads on. */
int ls_dynamic_defines(const struct link_map *map, const char *name);

#endif
