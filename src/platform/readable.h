/* SPDX-License-Identifier: MIT */
/*
 * Whether memory can be read, asked of the kernel, so that a read of what is
 * not there does not end the program.  Context: hook.
 */
#ifndef LS_PLATFORM_READABLE_H
#define LS_PLATFORM_READABLE_H

#include <stdint.h>

enum { LS_PAGE = 4096 };

static inline uintptr_t ls_page_of(uintptr_t address) {
  return address & ~(uintptr_t)(LS_PAGE - 1);
}

/* 1 if the word at an address that is aligned to words can be read.  0 where
   the kernel may not be asked: a filter of system calls stands or is coming
   (see ls_pages_no_advice). */
int ls_is_readable(uintptr_t address);

/* 1 if all pages from that of `from` to that of `to` can be read. */
int ls_are_readable(uintptr_t from, uintptr_t to);

#endif
