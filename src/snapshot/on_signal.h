/* SPDX-License-Identifier: MIT */
/*
 * Snapshots of a service: a file for each signal.
 *
 *   LEAKSLOPE_SNAPSHOT_SIGNAL  which signal, as ls_signal_number() has them
 *   LEAKSLOPE_SNAPSHOT_DIR     an absolute path; "." where it is not set
 *
 * The handler runs in whatever the program was doing.  It takes no lock and
 * calls no malloc and no stdio: it copies counters into pages of its own,
 * reads where the modules lie, writes, and renames.  Symbols are looked up by
 * who reads the file.  What goes wrong leaves no file: standard error may be
 * anything by then.
 */
#ifndef LS_SNAPSHOT_ON_SIGNAL_H
#define LS_SNAPSHOT_ON_SIGNAL_H

/* Installs the handler where the environment asks for it. */
void ls_snapshot_on_signal(void);

#endif
