/* SPDX-License-Identifier: MIT */
/*
 * A copy of a shared library to be linked with, under another name: a program
 * that is linked with it asks the dynamic linker for the library of that name.
 * If that is a full path, it needs no rpath.
 *
 * Only what linkers read is altered: the copy cannot be loaded.
 */
#ifndef LS_CLI_SONAME_H
#define LS_CLI_SONAME_H

/* Writes the copy of `from` to `to`, with `name`; 0 or a negative errno. */
int cli_soname_copy(const char *from, const char *to, const char *name);

#endif
