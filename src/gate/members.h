/* SPDX-License-Identifier: MIT */
/*
 * The tests that take part in a scope, and why the others do not.
 */
#ifndef CHECK_EXT_MEMBERS_H
#define CHECK_EXT_MEMBERS_H

#include <stddef.h>

#include "page.h"
#include "registry.h"
#include "rerun.h"

struct ck_member {
  struct ck_pass pass;
  struct ck_slot *slot;
  int dropped;
};

enum { CK_LEFT_OUT = 12 };

struct ck_members {
  const struct ck_suite *suite; /* NULL: all of the runner */
  struct ck_member *all;        /* in Check's order */
  unsigned n;
  unsigned tests; /* with those left out */
  struct {
    const char *why;
    unsigned n;
  } left_out[CK_LEFT_OUT];
  char failed[128]; /* the first that was dropped, and how it failed */
};

/* Those that were clean by themselves; without memory, none. */
void ck_members_find(struct ck_members *members, struct ck_runner *runner,
                     const struct ck_suite *suite);
void ck_members_free(struct ck_members *members);

unsigned ck_members_left(const struct ck_members *members);

/* The `i`th failed among the others, as `note` says; with all of its test case
   where that was in a fixture around them. */
void ck_members_drop(struct ck_members *members, unsigned i, int in_fixture,
                     const char *note);

/* The parts of a pass as steps: the `i`th test, or the unchecked fixtures
   around it. */
unsigned ck_members_step(unsigned i, int in_fixture);

/* The member that a step is of, NULL for step 0; "grows in test_uses of
   Second:Core" goes to `text`. */
const struct ck_member *ck_members_at_step(const struct ck_members *members,
                                           unsigned step, char *text,
                                           size_t size);

/* "17 of 20 tests; left out: 1 leak, 2 not gated"; "" where all took part. */
void ck_members_describe(const struct ck_members *members, char *text,
                         size_t size);

#endif
