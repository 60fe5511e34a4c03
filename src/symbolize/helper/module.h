/* SPDX-License-Identifier: MIT */
/*
 * The files that addresses are looked up in, opened once each.
 *
 * libdwfl is told that every module is loaded where it was linked, so that an
 * offset of the request is an address here; `bias` is what libdwfl makes of it
 * all the same.  It also finds separate debug files (by build id, by
 * .gnu_debuglink) and dwz's common ones.
 */
#ifndef LS_SYMBOLIZE_HELPER_MODULE_H
#define LS_SYMBOLIZE_HELPER_MODULE_H

#include <elfutils/libdwfl.h>

struct module {
  struct module *next;
  char *path;
  char *build_id; /* that the file must have; "" where any will do */
  Dwfl *dwfl;
  Dwfl_Module *handle; /* NULL when there is no such file, or another one */
  Dwarf_Addr bias;     /* of addresses in libdwfl over offsets */
};

/* Where libdwfl has `offset`, which in an object file is a position. */
Dwarf_Addr module_address(const struct module *module, uint64_t offset);

/* The module of `path`, from the list or added to it; NULL without memory. */
struct module *module_get(struct module **list, const char *path,
                          const char *build_id);

void modules_free(struct module *list);

#endif
