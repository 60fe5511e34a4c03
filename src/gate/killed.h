/* SPDX-License-Identifier: MIT */
/*
 * A run that is ended from outside.
 *
 * Check handles SIGTERM and SIGINT while it runs: it ends the test's process
 * and hands the signal on to what was there before it.  That is us then, where
 * it had been nobody: the reports are written, and the signal ends the runner
 * as it would have without us.  A program that handles the signal itself keeps
 * its handler, and a test sees Check's, as ever.
 *
 * The handler may have interrupted anything.  So a process that is made for it
 * writes, a copy of the runner with a stack of its own: what is locked or half
 * done there harms nobody.  It takes no memory but the layer's own, and where
 * it has to ask Check, whose memory is the program's, a second one does without
 * if the first comes to no end.
 */
#ifndef LS_GATE_KILLED_H
#define LS_GATE_KILLED_H

/* Around a run.  write(name of the signal, whether Check can be asked) is
   called in the process that writes. */
void lsg_killed_begin(void (*write)(const char *by, int asks_check));
void lsg_killed_end(void);

/* After lsg_killed_end() such a signal is held back until this is called: the
   reports of the whole run are being written. */
void lsg_killed_let_go(void);

/* In a run, before code of a test's that runs in the runner itself. */
void lsg_killed_come_in_front(void);

/* In that process: Check needs not to be asked any more. */
void lsg_killed_asked(void);

/* 1 in the process that writes: nothing but it is to end. */
int lsg_killed_writes(void);

#endif
