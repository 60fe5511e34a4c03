/* SPDX-License-Identifier: MIT */
/*
 * File names as the compiler was given them.
 *
 * `cc -c src/cache.c` in /home/me/app records the folder and the name;
 * libdw joins them.  The reader knows the file as src/cache.c, and so does
 * every other machine; what was given as an absolute path stays one.
 */
#ifndef LS_SYMBOLIZE_HELPER_FILENAME_H
#define LS_SYMBOLIZE_HELPER_FILENAME_H

#include <elfutils/libdw.h>

/* 1: names are to stay as libdw joins them. */
extern int filename_whole;

/* `file` (may be NULL), or the part of it after the unit's folder.  `files` is
   the table that it was found in, or NULL. */
const char *filename_as_given(const char *file, Dwarf_Die *unit,
                              Dwarf_Files *files);

#endif
