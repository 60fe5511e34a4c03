/* SPDX-License-Identifier: MIT */
/*
 * The tests that take part in a scope, and why the others do not.
 */
#ifndef LS_GATE_MEMBERS_H
#define LS_GATE_MEMBERS_H

#include <stddef.h>

#include "gate/gate.h"
#include "gate/page.h"

struct lsg_member {
  const struct ls_gate_test *test;
  struct lsg_slot *slot;
  int dropped;
};

enum { LSG_LEFT_OUT = 12 };

struct lsg_members {
  struct lsg_member *all; /* in the order in which they run */
  unsigned n;
  unsigned tests; /* with those left out */
  struct {
    const char *why;
    unsigned n;
  } left_out[LSG_LEFT_OUT];
  char failed[128]; /* the first that was dropped, and how it failed */
};

/* Those of the scope that were clean by themselves; without memory, none. */
void lsg_members_find(struct lsg_members *members,
                      const struct ls_gate_scope *scope);
void lsg_members_free(struct lsg_members *members);

unsigned lsg_members_left(const struct lsg_members *members);

/* The `i`th failed among the others, as `note` says; with all of its test case
   where that was in a fixture around them. */
void lsg_members_drop(struct lsg_members *members, unsigned i, int in_fixture,
                      const char *note);

/* The parts of a pass as steps: the `i`th test, or the unchecked fixtures
   around it. */
unsigned lsg_members_step(unsigned i, int in_fixture);

/* The member that a step is of, NULL for step 0; "grows in test_uses of
   Second:Core" goes to `text`. */
const struct lsg_member *lsg_members_at_step(const struct lsg_members *members,
                                             unsigned step, char *text,
                                             size_t size);

/* "17 of 20 tests; left out: 1 leak, 2 not gated"; "" where all took part. */
void lsg_members_describe(const struct lsg_members *members, char *text,
                          size_t size);

#endif
