/* SPDX-License-Identifier: MIT */
/*
 * What is said on standard error at the end of a run.
 */
#ifndef LS_GATE_SAY_H
#define LS_GATE_SAY_H

#include "gate/gate.h"

/* One line for each test that was to be judged and was not, or that shows
   something which does not fail. */
void lsg_say_tests(void);

/* Where the gate did not see all tests. */
void lsg_say_tally(struct ls_gate_tally tally);

/* Each line of a text behind our name. */
void lsg_say_lines(const char *lines);

/* Where the total budget was too little. */
void lsg_say_budget(void);

#endif
