/* SPDX-License-Identifier: MIT */
/*
 * leakslope compare BASELINE AFTER, leakslope top SNAPSHOT
 *
 * Runs both subcommands: loads the snapshots, groups them and shows the rows.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/snapshots/snapshots.h"
#include "symbolize/client.h"

/* Debug information of a large program takes long to read; a person waits, or
   interrupts. */
enum { SYMBOLS_MS = 10 * 60 * 1000 };

/* As is the custom: https://no-color.org */
static int wants_colours(void) {
  const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
  return isatty(STDOUT_FILENO) && !(none && *none) && terminal &&
         strcmp(terminal, "dumb") != 0;
}

/* ---- rows ----------------------------------------------------------------
 */

/* What did not change is not shown in a comparison. */
static int diff_rows(struct ls_arena *arena, const struct cli_view *view,
                     struct leakslope_snapshot *const *of,
                     struct cli_rows *rows) {
  const struct leakslope_statistic_diff *all;
  size_t n;
  int rc =
      ls_snapshot_compare(of[1], of[0], view->key, view->cumulative, &all, &n);
  struct cli_row *at = rc ? NULL : ls_arena_alloc(arena, n * sizeof *at);
  if (!at) return rc ? rc : -ENOMEM;
  *rows = (struct cli_rows){.is_diff = 1, .at = at};
  for (size_t i = 0; i < n; i++)
    if (all[i].size_diff || all[i].count_diff)
      at[rows->n++] =
          (struct cli_row){all[i].traceback, all[i].size, all[i].count,
                           all[i].size_diff, all[i].count_diff};
  return 0;
}

static int statistic_rows(struct ls_arena *arena, const struct cli_view *view,
                          struct leakslope_snapshot *const *of,
                          struct cli_rows *rows) {
  const struct leakslope_statistic *all;
  size_t n;
  int rc = ls_snapshot_statistics(of[0], view->key, view->cumulative, &all, &n);
  struct cli_row *at = rc ? NULL : ls_arena_alloc(arena, n * sizeof *at);
  if (!at) return rc ? rc : -ENOMEM;
  *rows = (struct cli_rows){.at = at, .n = n};
  for (size_t i = 0; i < n; i++)
    at[i] = (struct cli_row){all[i].traceback, all[i].size, all[i].count, 0, 0};
  return 0;
}

/* ---- the two commands ----------------------------------------------------
 */

static int fold(struct ls_text *out, const struct cli_view *view,
                struct leakslope_snapshot *const *of) {
  int has_two = view->nfiles == 2;
  return ls_snapshot_fold(out, of[has_two], has_two ? of[0] : NULL,
                          view->weight);
}

static int compose(struct ls_text *out, const struct cli_view *view,
                   struct leakslope_snapshot *const *of) {
  struct cli_rows rows;
  if (view->form == CLI_FOLDED) return fold(out, view, of);
  int rc = view->nfiles == 2 ? diff_rows(out->arena, view, of, &rows)
                             : statistic_rows(out->arena, view, of, &rows);
  if (rc) return rc;
  if (view->form == CLI_JSON)
    cli_json(out, view, &rows, of);
  else
    cli_table(out, view, &rows, of, wants_colours());
  return out->truncated ? -ENOMEM : 0;
}

static void warn(const struct cli_view *view,
                 struct leakslope_snapshot *const *of) {
  for (size_t i = 0; i < view->nfiles; i++)
    if (of[i]->drops)
      fprintf(stderr,
              "leakslope: %s: %llu events could not be recorded: numbers may "
              "be too low\n",
              view->files[i], (unsigned long long)of[i]->drops);
}

static int show(int argc, char **argv, size_t nfiles, const char *usage) {
  struct cli_view view;
  struct leakslope_snapshot *of[2] = {NULL, NULL};
  struct ls_arena arena = {0};
  struct ls_text out = {.arena = &arena};
  int status = cli_view_parse(&view, argc, argv, nfiles, usage);
  ls_symbolize_timeout_ms = SYMBOLS_MS;
  for (size_t i = 0; i < nfiles && !status; i++)
    status = cli_view_load(&view, i, &of[i]);
  if (!status && compose(&out, &view, of))
    status = cli_wrong("there is no memory for that");
  if (!status) {
    warn(&view, of);
    fwrite(ls_text_string(&out), 1, out.length, stdout);
  }
  for (size_t i = 0; i < nfiles; i++) ls_snapshot_free(of[i]);
  ls_arena_release(&arena);
  return status;
}

int cli_compare(int argc, char **argv) {
  return show(argc, argv, 2,
              "leakslope compare BASELINE AFTER [--key KEY] [--cumulative] "
              "[--limit N] [--json | --folded]");
}

int cli_top(int argc, char **argv) {
  return show(argc, argv, 1,
              "leakslope top SNAPSHOT [--key KEY] [--cumulative] [--limit N] "
              "[--json | --folded]");
}
