/* SPDX-License-Identifier: MIT */
/*
 * Scopes: all tests of a suite, or of all suites, repeated as one iteration.
 *
 *   iteration   for each test case: unchecked set-ups
 *                 for each test: checked set-ups, body, tear-downs
 *               unchecked tear-downs
 *
 * That shows what a fixture around the tests retains, and growth that needs
 * more than one test in a process.  A check of ours is added to each suite (or
 * a suite of ours, as the last), runs after the tests and carries the verdict.
 * Only tests take part that were clean by themselves; one that fails among the
 * others is dropped, and the check of the rest starts again.
 */
#ifndef CHECK_EXT_SCOPE_H
#define CHECK_EXT_SCOPE_H

#include "registry.h"

/* Gives each scope a slot, from `first` on; returns the first that is free. */
unsigned ck_scope_number(struct ck_runner *runner, unsigned first);

/* Before a run: adds the checks of these scopes (enum leak_scope). */
void ck_scope_add(struct ck_runner *runner, int scopes);

/* The scope whose check has its name at this address, or NULL; *suite is NULL
   for that of all suites. */
struct ck_scope *ck_scope_by_name(struct ck_runner *runner, const char *name,
                                  const struct ck_suite **suite);

/* The test that runs in a repetition of many; NULL elsewhere. */
const char *ck_scope_current(void);

/* Calls visit for each scope that the run had. */
void ck_scope_each(struct ck_runner *runner,
                   void (*visit)(void *arg, const struct ck_scope *scope,
                                 const struct ck_suite *suite),
                   void *arg);

#endif
