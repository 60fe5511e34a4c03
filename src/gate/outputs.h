/* SPDX-License-Identifier: MIT */
/*
 * Where the reports go: as JUnit XML, as JSON, as HTML.
 *
 * Each of them is asked for by an option of the environment or, for one run, by
 * ls_gate_outputs_set(), which goes before.
 */
#ifndef LS_GATE_OUTPUTS_H
#define LS_GATE_OUTPUTS_H

#include <leakslope.h>

#include "gate/gate.h"

/* What is reported, and where that is to go. */
struct ls_gate_outputs {
  struct leakslope_report *report;
  struct lsg_output {
    char *given; /* by the runner; NULL: not set */
    char *file;  /* the full name, once it was tried; NULL: none */
  } of[LS_GATE_OUTPUTS];
};

/* The program's name as users know it: libtool runs its wrappers as lt-x. */
const char *lsg_outputs_program(void);

/* Whether a runner asks for any. */
int lsg_outputs_given(const struct ls_gate_outputs *runner);

/*
 * Finds and tries the files of this run by writing the reports to them, so that
 * a path which cannot be used ends the program before the first test.  What the
 * runner asks for gets its report, else what the environment does that of the
 * program.  `runner` may be NULL.
 */
void lsg_outputs_prepare(struct ls_gate_outputs *program,
                         struct ls_gate_outputs *runner);

/* Writes them; a report that was asked for and cannot be there ends the
   program. */
void lsg_outputs_write(struct ls_gate_outputs *program,
                       struct ls_gate_outputs *runner);

#endif
