/* SPDX-License-Identifier: MIT */
/*
 * How often each line ran, as gcovr says (gcovr --json).
 */
#ifndef LS_CLI_LINES_H
#define LS_CLI_LINES_H

#include <stdint.h>

#include "platform/arena.h"

struct cli_line {
  unsigned number;
  int left_out; /* by a GCOV_EXCL comment */
  uint64_t count;
};

struct cli_file {
  const char *name; /* as gcovr has it */
  const char *path; /* the whole, without links in it */
  size_t nlines;
  struct cli_line *lines; /* ascending */
};

struct cli_lines {
  size_t n;
  struct cli_file *files; /* by path */
};

/* Reads the file; relative names in it begin at `root`.  1, or 0 with a message
   on stderr. */
int cli_lines_read(struct ls_arena *arena, const char *file, const char *root,
                   struct cli_lines *lines);

/* A file by its whole path; NULL where gcovr does not have it. */
const struct cli_file *cli_lines_file(const struct cli_lines *lines,
                                      const char *path);

/* NULL: no code is in that line. */
const struct cli_line *cli_lines_line(const struct cli_file *file,
                                      unsigned number);

/* A whole path without links, and without "." and ".." where there is no such
   file; NULL without memory. */
const char *cli_whole_path(struct ls_arena *arena, const char *path);

#endif
