/* SPDX-License-Identifier: MIT */
/*
 * The frames of one address.
 *
 *   1  void *get(void) { return malloc(8); }      inlined
 *   2  void *put(void) { return get(); }          inlined
 *   3  void *run(void) { return put(); }
 *
 * An address in run() that stems from get() has three frames: get at line 1,
 * which is the line table's; put at line 2, where get was called; run at
 * line 3, where put was called.
 */
#ifndef LS_SYMBOLIZE_HELPER_FRAMES_H
#define LS_SYMBOLIZE_HELPER_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "symbolize/helper/module.h"

enum { FRAMES_MAX = 256 };

/* Strings belong to the module or to the list of names (name.h); NULL and 0 are
   what is not known. */
struct frame {
  const char *function;
  const char *file;
  int line;
  unsigned shape; /* enum ls_shape */
};

/* Innermost first.  Returns how many: 0 when nothing is known. */
size_t frames_find(const struct module *module, uint64_t offset,
                   struct frame frames[FRAMES_MAX]);

#endif
