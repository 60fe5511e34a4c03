/* SPDX-License-Identifier: MIT */
/*
 * What /proc/self/fd says, which is the truth about descriptors: calls exist
 * that open or close them without passing by a hook (a message over a socket,
 * a system call made by hand).  Context: runner.
 */
#ifndef LS_TRACKER_OPEN_FDS_H
#define LS_TRACKER_OPEN_FDS_H

#include <stddef.h>
#include <stdint.h>

/* Whatever is open now and has no site is from before, and nobody's fault. */
void ls_open_fds_baseline(void);

/* Descriptors that are gone are forgotten; those that are there without a call
   that was seen get a site without frames, by what they are. */
void ls_open_fds_reconcile(void);

/* Reconciles only if the number of open descriptors has changed since the last
   time, or if the kernel does not tell that number (before Linux 6.2). */
void ls_open_fds_look(void);

/* What the descriptors of such a site are, by number: "socket:[..]". */
const char *ls_open_fds_kind(uintptr_t number);

#endif
