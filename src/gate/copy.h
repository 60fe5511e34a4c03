/* SPDX-License-Identifier: MIT */
/*
 * A throw-away copy of the process, made so that nobody notices.
 *
 * While the copy lives, the original only waits, and it waits longer than the
 * test's author had in mind.  So what could reach it in that time is held
 * back: signals, the alarm, SIGCHLD of the copy.  The copy is a process group
 * of its own: what a test sends to its group must not meet the original, and
 * what a test leaves behind is killed with the group.
 */
#ifndef LS_GATE_COPY_H
#define LS_GATE_COPY_H

#include <signal.h>
#include <sys/time.h>
#include <sys/types.h>

struct lsg_copy {
  pid_t pid;
  int pidfd;  /* -1 where the kernel has none to give */
  int status; /* as of waitpid, once it has ended */
  sigset_t mask, pending;
  struct sigaction child_action;
  struct itimerval alarm;
};

/* What Check's own handlers are, to be told from the test's: called before any
   code of the test's runs. */
void lsg_copy_know_handlers(void);

/* Like fork(): 0 in the copy, -1 where there is none. */
pid_t lsg_copy_begin(struct lsg_copy *copy);

/* Waits at most `ms`; 1 once the copy has ended. */
int lsg_copy_wait(struct lsg_copy *copy, int ms);
void lsg_copy_kill(struct lsg_copy *copy);

/* In a handler: the copy that there is now, if any, with all that it forked. */
void lsg_copy_kill_last(void);

/* After the copy has ended.  `last`: the process is about to end, so that
   signals which came in meanwhile would have come too late. */
void lsg_copy_end(struct lsg_copy *copy, int last);

#endif
