/* SPDX-License-Identifier: MIT */
/*
 * What `leakslope compare` and `leakslope top` share: their options, the files,
 * and how what they find is shown.
 */
#ifndef LS_CLI_SNAPSHOTS_H
#define LS_CLI_SNAPSHOTS_H

#include "platform/text.h"
#include "snapshot/snapshot.h"

enum { CLI_FILTERS = 32 };

enum cli_form { CLI_TABLE, CLI_JSON, CLI_FOLDED };

struct cli_view {
  enum leakslope_key key;
  int cumulative;
  long limit; /* rows; 0: all */
  enum cli_form form;
  enum leakslope_weight weight; /* of folded stacks */
  size_t nfilters;
  struct leakslope_filter filters[CLI_FILTERS];
  struct leakslope_filter domain; /* inclusive is 0: of any */
  const char *symbols; /* folder with the files of another machine, or NULL */
  const char *files[2];
  size_t nfiles;
};

/* One row of what is shown. */
struct cli_row {
  struct leakslope_traceback traceback;
  uint64_t size, count;
  int64_t size_diff, count_diff;
};

struct cli_rows {
  int is_diff;
  size_t n;
  const struct cli_row *at;
};

/* Takes the arguments of a command that reads `nfiles` files; CLI_OK, or
   CLI_WRONG with what is wrong said. */
int cli_view_parse(struct cli_view *view, int argc, char **argv, size_t nfiles,
                   const char *usage);

/* The file, filtered; CLI_OK or CLI_WRONG. */
int cli_view_load(const struct cli_view *view, size_t file,
                  struct leakslope_snapshot **out);

/* Names, as users write them. */
const char *cli_key_name(enum leakslope_key key);
void cli_domain_name(int domain, char *name, size_t size);

/* Writes the rows for people; `origin` are the snapshots they are made of, the
   older one first. */
void cli_table(struct ls_text *out, const struct cli_view *view,
               const struct cli_rows *rows,
               struct leakslope_snapshot *const *origin, int colours);

/* ... and for programs. */
void cli_json(struct ls_text *out, const struct cli_view *view,
              const struct cli_rows *rows,
              struct leakslope_snapshot *const *origin);

#endif
