/* SPDX-License-Identifier: MIT */
/*
 * The run that is going on, as all processes of it know it.
 *
 * Set by ls_gate_open() before the first test is run; a process that is forked
 * for a test has it from there.
 */
#ifndef LS_GATE_RUN_H
#define LS_GATE_RUN_H

#include <sys/types.h>

#include "gate/gate.h"
#include "gate/page.h"

struct lsg_run {
  struct ls_gate_run of; /* as the adapter described it */
  struct lsg_page *page;
  pid_t runner;    /* the process that opened the run; 0: none is open */
  int report_only; /* CK_LEAK=report */
  int strict;
  int scopes; /* enum ls_gate_scopes */
  int armed;
  const char *off; /* why not armed */
  unsigned before; /* slots of the runs before this one */
  unsigned slots;  /* of this one: its tests, then its scopes */
  int calls;       /* 1: reports tell which calls were made */
};
extern struct lsg_run lsg_run;

/* The slots of a test and of a scope; NULL where there is no memory. */
struct lsg_slot *lsg_run_slot(unsigned test);
struct lsg_slot *lsg_run_scope_slot(unsigned scope);

/* "[3]" for a test of a loop, else "". */
struct lsg_index {
  char text[16];
};
struct lsg_index lsg_run_index(const struct ls_gate_test *test);

/* Tests that the run takes, of those before the n-th. */
unsigned lsg_run_taken(unsigned n);

#endif
