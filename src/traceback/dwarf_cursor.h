/* SPDX-License-Identifier: MIT */
/*
 * Reading numbers as DWARF writes them.  Context: hook.
 */
#ifndef LS_TRACEBACK_DWARF_CURSOR_H
#define LS_TRACEBACK_DWARF_CURSOR_H

#include <stdint.h>
#include <string.h>

/* A place in a table; `end` bounds it, and a read beyond gives zeros. */
struct ls_cursor {
  const uint8_t *at;
  const uint8_t *end;
};

static inline uint64_t ls_read_bytes(struct ls_cursor *c, unsigned n) {
  uint64_t value = 0;
  if ((uintptr_t)(c->end - c->at) < n) {
    c->at = c->end;
    return 0;
  }
  memcpy(&value, c->at, n); /* little-endian */
  c->at += n;
  return value;
}

static inline uint64_t ls_read_uleb(struct ls_cursor *c) {
  uint64_t value = 0;
  for (unsigned shift = 0; c->at < c->end; shift += 7) {
    uint8_t byte = *c->at++;
    if (shift < 64) value |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  return value;
}

static inline int64_t ls_read_sleb(struct ls_cursor *c) {
  uint64_t value = 0;
  unsigned shift = 0;
  uint8_t byte = 0;
  while (c->at < c->end) {
    byte = *c->at++;
    if (shift < 64) value |= (uint64_t)(byte & 0x7f) << shift;
    shift += 7;
    if (!(byte & 0x80)) break;
  }
  if (shift < 64 && (byte & 0x40)) value |= ~(uint64_t)0 << shift;
  return (int64_t)value;
}

#endif
