/* SPDX-License-Identifier: MIT */
/*
 * Rules remembered by pc.
 *
 * Reading .eh_frame takes a hundred times as long as a look-up here.  A rule
 * and the part of the pc that its slot does not imply fit one 8-byte word, so
 * reads and writes are single and no lock is needed.  Context: hook.
 */
#ifndef LS_TRACEBACK_RULES_H
#define LS_TRACEBACK_RULES_H

#include "traceback/eh_frame.h"

/* The rule at `pc`, from memory or from .eh_frame. */
struct ls_rule ls_rule_of(uintptr_t pc);

/* A library was unloaded: its addresses may mean other code now. */
void ls_rules_flush(void);

/* Makes ready; 0 or -ENOMEM. */
int ls_rules_init(void);

#endif
