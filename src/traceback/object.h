/* SPDX-License-Identifier: MIT */
/*
 * The object that code lies in, as _dl_find_object tells it, which takes no
 * lock; the program itself, which is never unloaded, is asked for once.
 * Context: hook.
 */
#ifndef LS_TRACEBACK_OBJECT_H
#define LS_TRACEBACK_OBJECT_H

#include <dlfcn.h>
#include <stdint.h>

/* 1, or 0 where no object is mapped at that address. */
int ls_object_of(uintptr_t address, struct dl_find_object *object);

#endif
