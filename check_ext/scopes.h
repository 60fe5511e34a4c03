/* SPDX-License-Identifier: MIT */
/*
 * The checks that repeat all tests of a suite, or of all suites.
 *
 * Such a check is added to each suite (or in a suite of ours, as the last),
 * runs after the tests and carries the verdict.
 */
#ifndef CHECK_EXT_SCOPES_H
#define CHECK_EXT_SCOPES_H

#include "registry.h"

/* Before a run: adds those that it wants. */
void ck_scopes_add(struct ck_runner *runner, const struct ls_gate_run *run);

/* The scope whose check has its name at this address, or NULL. */
struct ck_scope *ck_scope_by_name(struct ck_runner *runner, const char *name);

#endif
