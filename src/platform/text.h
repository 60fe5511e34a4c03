/* SPDX-License-Identifier: MIT */
/*
 * A growing string in an arena: what every writer of text writes into.
 *
 * A text that ran out of memory stays valid (what fitted is there) and says so
 * in `truncated`; callers check once, at the end.
 * Context: above the hook line (formatting is vsnprintf's).
 */
#ifndef LS_PLATFORM_TEXT_H
#define LS_PLATFORM_TEXT_H

#include <stdarg.h>
#include <stddef.h>

#include "platform/arena.h"

struct ls_text {
  struct ls_arena *arena;
  char *data; /* NUL-terminated; NULL while empty */
  size_t length;
  size_t capacity;
  int truncated; /* memory ran out: the text is not whole */
};

void ls_text_add(struct ls_text *text, const char *string);
void ls_text_add_bytes(struct ls_text *text, const char *bytes, size_t n);
void ls_text_addf(struct ls_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void ls_text_vaddf(struct ls_text *text, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* The string so far, never NULL. */
const char *ls_text_string(const struct ls_text *text);

/* "10.0 KiB", "+1.5 MiB": binary units as tracemalloc prints them; `sign`
   forces the plus. */
void ls_text_add_size(struct ls_text *text, double bytes, int sign);

#endif
