/* SPDX-License-Identifier: MIT */
/*
 * Calls at known places.  fixture.c is linked into the tests and built as
 * libraries with more or less debug information.
 */
#ifndef TESTS_SYMBOLIZE_FIXTURE_H
#define TESTS_SYMBOLIZE_FIXTURE_H

#include <stdint.h>

#define FIXTURE_API __attribute__((visibility("default")))

struct spot {
  uintptr_t pc;    /* a return address */
  int line;        /* of its call */
  int middle_line; /* where the function of that line was inlined */
  int outer_line;  /* and where that one was */
};

typedef struct spot fixture_function(void);

FIXTURE_API fixture_function fixture_call;    /* the call is its own */
FIXTURE_API fixture_function fixture_hidden;  /* of a static function */
FIXTURE_API fixture_function fixture_inlined; /* of inner, in middle, in it */

#endif
