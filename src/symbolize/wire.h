/* SPDX-License-Identifier: MIT */
/*
 * What the library and the helper program say to each other.
 *
 * Everything is a field, `<length>:<bytes>\n`, so that a file name may hold
 * whatever it likes; numbers are fields of decimal digits.
 *
 *   request   hello, then for each address: module path, build id, offset;
 *             of an object file, not linked yet: the position in the file
 *   answer    hello, then for each address: n, then n times (innermost first)
 *             function, file name, line, shape (shape.h)
 *
 * Greeted with the other hello, file names are whole, not as they were given to
 * the compiler.
 *
 * What is unknown is empty, or 0 for a line; n = 0 where nothing is known.
 * The helper reads until the end of its input before it looks anything up, and
 * answers one address after the other, in order.
 */
#ifndef LS_SYMBOLIZE_WIRE_H
#define LS_SYMBOLIZE_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Changes with the format: two versions then refuse each other. */
#define LS_WIRE_HELLO "leakslope-symbolize 2"
#define LS_WIRE_HELLO_WHOLE "leakslope-symbolize 2 whole"

/* What is left to read. */
struct ls_wire {
  const char *at;
  const char *end;
};

struct ls_field {
  const char *data; /* not terminated */
  size_t size;
};

/* Digits at wire->at, none of which may overflow; 0 when there are none. */
static inline int ls_wire_digits(struct ls_wire *wire, uint64_t *value) {
  const char *begin = wire->at;
  *value = 0;
  for (; wire->at < wire->end; wire->at++) {
    unsigned digit = (unsigned)(unsigned char)*wire->at - '0';
    if (digit > 9) break;
    if (*value > (UINT64_MAX - digit) / 10) return 0;
    *value = *value * 10 + digit;
  }
  return wire->at > begin;
}

/* Takes the next field: 1, or 0 when there is no whole one. */
static inline int ls_wire_field(struct ls_wire *wire, struct ls_field *field) {
  uint64_t size;
  if (!ls_wire_digits(wire, &size)) return 0;
  if (wire->at == wire->end || *wire->at != ':') return 0;
  wire->at++;
  size_t left = (size_t)(wire->end - wire->at);
  if (size >= left || wire->at[size] != '\n') return 0;
  field->data = wire->at;
  field->size = (size_t)size;
  wire->at += size + 1;
  return 1;
}

/* Takes a field that is a number: 1, or 0. */
static inline int ls_wire_number(struct ls_wire *wire, uint64_t *value) {
  struct ls_field field;
  if (!ls_wire_field(wire, &field)) return 0;
  struct ls_wire digits = {field.data, field.data + field.size};
  return ls_wire_digits(&digits, value) && digits.at == digits.end;
}

static inline int ls_wire_is(const struct ls_field *field, const char *text) {
  return field->size == strlen(text) &&
         memcmp(field->data, text, field->size) == 0;
}

/* Takes the greeting: 1, or 0 when the other side is something else; *whole:
   whether file names are to be whole. */
static inline int ls_wire_hello(struct ls_wire *wire, int *whole) {
  struct ls_field field;
  if (!ls_wire_field(wire, &field)) return 0;
  *whole = ls_wire_is(&field, LS_WIRE_HELLO_WHOLE);
  return *whole || ls_wire_is(&field, LS_WIRE_HELLO);
}

#endif
