/* SPDX-License-Identifier: MIT */
/* Signals by name.  Context: anywhere. */
#ifndef LS_PLATFORM_SIGNALS_H
#define LS_PLATFORM_SIGNALS_H

/*
 * The number of "USR2", "SIGUSR2", "RTMIN+3", "RTMAX-1" or "12"; 0 for what is
 * no signal, or one that a process cannot be told something by: those that
 * cannot be caught, and those that a fault, a child or a terminal's stop
 * raises.
 */
int ls_signal_number(const char *name);

#define LS_SIGNALS_ALLOWED                                                 \
  "HUP, INT, QUIT, USR1, USR2, ALRM, TERM, URG, VTALRM, PROF, WINCH, IO, " \
  "PWR, RTMIN+n, RTMAX-n, or a number of these"

#endif
