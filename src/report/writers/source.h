/* SPDX-License-Identifier: MIT */
/*
 * Lines of source files, for excerpts.
 *
 * The names come from debug information or from a file that somebody else
 * wrote, so not everything is read: only what is named like a source, is a
 * regular file and no larger than sources are.  A file is read once.
 */
#ifndef LS_REPORT_SOURCE_H
#define LS_REPORT_SOURCE_H

#include <stddef.h>

#include "platform/arena.h"

struct ls_source_file;

struct ls_sources {
  struct ls_arena *arena;
  const char *folder; /* of relative names; NULL: the working directory */
  size_t bytes;       /* read so far */
  struct ls_source_file *files;
};

struct ls_line {
  const char *text; /* not ended by a NUL */
  size_t length;    /* without the end of the line */
};

/* The lines `first` to `last` (from 1) of the file, as far as it has them;
   returns how many, 0 where there is nothing to show.  At most `last - first +
   1` are stored in `lines`. */
size_t ls_source_lines(struct ls_sources *sources, const char *name,
                       unsigned first, unsigned last, struct ls_line *lines);

#endif
