/* SPDX-License-Identifier: MIT */
/*
 * Libraries that were unloaded: where they lay, so that a traceback through
 * them can still be read.  The latest at an address wins.
 *
 * Context: any but a hook of the malloc family; one of our locks is taken.
 */
#ifndef LS_PLATFORM_UNLOADED_H
#define LS_PLATFORM_UNLOADED_H

#include <stdint.h>

struct ls_unloaded {
  uintptr_t begin, end; /* of its addresses */
  uintptr_t bias;       /* address minus link-time address */
  const char *path;
};

/* Remembers a library that is about to be unloaded; `path` is copied.  Where
   others hold it after all, _stays forgets it again. */
void ls_unloaded_note(const struct ls_unloaded *library);
void ls_unloaded_stays(const struct ls_unloaded *library);

/* The library that lay at `address`; NULL if none is known. */
const struct ls_unloaded *ls_unloaded_at(uintptr_t address);

#endif
