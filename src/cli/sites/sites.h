/* SPDX-License-Identifier: MIT */
/*
 * Which call sites of allocating functions a gated test has exercised.
 *
 *   machine code      -> calls of malloc and the like          calls.h
 *   debug information -> their lines, also of what is inlined  symbolize.h
 *   gcovr             -> which files are asked for, and whether a line ran
 *   reports           -> from which of the calls a test that was judged has
 *                        allocated
 *
 *   sites.c       the command
 *   sites_find.c  the four together
 *   sites_text.c  as text and as JSON
 *   sites_html.c  as a page
 */
#ifndef LS_CLI_SITES_H
#define LS_CLI_SITES_H

#include "cli/sites/allocators.h"
#include "cli/sites/lines.h"
#include "platform/text.h"
#include "report/model/model.h"

/* Best first: of the calls in a line, the best one counts. */
enum cli_site_state {
  CLI_SITE_GATED,
  CLI_SITE_RUN, /* its line ran, but no test that was judged allocated there */
  CLI_SITE_NEVER,
  CLI_SITE_STATES
};

/* All calls of a function from one line of another. */
struct cli_site {
  const struct cli_file *file;
  unsigned line;
  const char *function; /* may be NULL */
  struct cli_allocator callee;
  enum cli_site_state state;
  int is_jump;  /* a tail call: no traceback has it */
  int left_out; /* gcovr does not count its line */
};

struct cli_sites {
  size_t n;
  struct cli_site *of; /* by file and line */
  size_t counts[CLI_SITE_STATES];
  size_t left_out; /* further ones */
  size_t reports;  /* that say which calls were made */
  size_t tests, judged;
};

struct cli_sites_input {
  struct ls_arena *arena;
  struct cli_lines lines;
  size_t nreports;
  struct leakslope_report **reports;
  const char **report_names;
  size_t nobjects;
  const char **objects; /* programs, libraries and object files */
  struct cli_wrappers wrappers;
  int all; /* text: what is gated too */
};

/* 1, or 0 with a message on stderr. */
int cli_sites_find(struct cli_sites_input *input, struct cli_sites *sites);

/* "gated", "run", "never run"; and in words. */
const char *cli_site_state_name(enum cli_site_state state);

/* "9 of 12 allocation sites are in gated tests (75.0%)" */
void cli_sites_sum(struct ls_text *out, const struct cli_sites *sites);

/* What is to be known about the list, one sentence; "" for nothing. */
void cli_sites_notes(struct ls_text *out, const struct cli_sites *sites);

/* In tenths of a per cent, rounded down: 1000 is all of them.  Of none: 1000.
 */
unsigned cli_sites_share(size_t part, size_t of);

typedef void cli_sites_write(struct ls_text *out,
                             const struct cli_sites_input *input,
                             const struct cli_sites *sites);
cli_sites_write cli_sites_text;
cli_sites_write cli_sites_json;
cli_sites_write cli_sites_html;

#endif
