/* SPDX-License-Identifier: MIT */
/*
 * LeakSanitizer's runtimes before LLVM 16 tell of what malloc gives and free
 * takes, and nothing of what realloc does.  Taking realloc's place is not to
 * be had, as theirs comes first; so the calls are led to us where they are
 * made: through the slots of the loaded modules, and for a program into which
 * the runtime is linked through the slot of the Check layer's --wrap.
 */
#ifndef LS_INTERPOSE_SLOTS_H
#define LS_INTERPOSE_SLOTS_H

#include <stddef.h>

typedef void *ls_realloc(void *block, size_t size);
typedef void *ls_reallocarray(void *block, size_t n, size_t size);

/* 1 where the program's own calls go through the Check layer's slot. */
int ls_slots_has_program(void);

/* Leads the calls of all modules but `except` (an address in it) and ours to
   these functions. */
void ls_slots_lead(const void *except, ls_realloc *resize,
                   ls_reallocarray *resize_array);

#endif
