/* SPDX-License-Identifier: MIT */
/* Writes the table of `leakslope compare` and `leakslope top`, for people. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/snapshots/snapshots.h"

#define RED "\033[31m"
#define GREEN "\033[32m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

enum { CELL = 32 };

struct table {
  struct ls_text *out;
  int colours;
  int is_diff;
};

/* ---- pieces --------------------------------------------------------------
 */

static void size_words(double bytes, int sign, char cell[CELL]) {
  struct ls_arena arena = {0};
  struct ls_text text = {.arena = &arena};
  ls_text_add_size(&text, bytes, sign);
  snprintf(cell, CELL, "%s", ls_text_string(&text));
  ls_arena_release(&arena);
}

/* What is in a file may be meant for the terminal. */
static void add_safe(struct ls_text *out, const char *text) {
  for (; *text; text++) {
    char safe = (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text;
    ls_text_add_bytes(out, &safe, 1);
  }
}

static void add_place(struct ls_text *out,
                      const struct leakslope_frame *frame) {
  const char *name = frame->filename ? frame->filename : frame->module;
  add_safe(out, name ? name : "(no module)");
  if (frame->filename && frame->lineno)
    ls_text_addf(out, ":%u", frame->lineno);
  else if (!frame->filename && frame->offset)
    ls_text_addf(out, "+0x%" PRIx64, frame->offset);
  if (!frame->function) return;
  ls_text_add(out, " in ");
  add_safe(out, frame->function);
}

static void add_frames(struct ls_text *out,
                       const struct leakslope_traceback *tb) {
  for (size_t i = 0; i < tb->nframe; i++) {
    ls_text_addf(out, "    #%zu ", i);
    add_place(out, &tb->frames[i]);
    ls_text_add(out, tb->frames[i].inlined ? " [inlined]\n" : "\n");
  }
}

static const char *colour_of(const struct table *table, int64_t diff) {
  if (!table->colours || !diff) return "";
  return diff > 0 ? RED : GREEN;
}

/* ---- rows ----------------------------------------------------------------
 */

static void add_diffs(struct table *table, const struct cli_row *row) {
  char diff[CELL];
  int64_t change = row->size_diff ? row->size_diff : row->count_diff;
  const char *colour = colour_of(table, change);
  size_words((double)row->size_diff, 1, diff);
  ls_text_addf(table->out, "%s%11s %+10" PRId64 "%s  ", colour, diff,
               row->count_diff, *colour ? PLAIN : "");
}

static void add_row(struct table *table, const struct cli_view *view,
                    const struct cli_row *row) {
  char size[CELL];
  size_words((double)row->size, 0, size);
  if (table->is_diff) add_diffs(table, row);
  ls_text_addf(table->out, "%10s %9" PRIu64 "  ", size, row->count);
  if (row->traceback.nframe) add_place(table->out, row->traceback.frames);
  ls_text_add(table->out, "\n");
  if (view->key == LEAKSLOPE_TRACEBACK) add_frames(table->out, &row->traceback);
}

static void add_header(struct table *table, enum leakslope_key key) {
  static const char *const places[] = {[LEAKSLOPE_FILENAME] = "file",
                                       [LEAKSLOPE_LINENO] = "line",
                                       [LEAKSLOPE_TRACEBACK] = "traceback"};
  if (table->colours) ls_text_add(table->out, BOLD);
  if (table->is_diff)
    ls_text_addf(table->out, "%11s %10s  ", "size_diff", "count_diff");
  ls_text_addf(table->out, "%10s %9s  %s", "size", "count", places[key]);
  ls_text_add(table->out, table->colours ? PLAIN "\n" : "\n");
}

/* ---- totals --------------------------------------------------------------
 */

struct total {
  int64_t size, count, size_diff, count_diff;
};

static void add_to(struct total *total, const struct leakslope_snapshot *of,
                   int domain, int64_t sign, int is_after) {
  for (size_t i = 0; i < of->ntraces; i++) {
    const struct ls_trace *trace = &of->traces[i];
    if ((int)trace->domain != domain) continue;
    total->size_diff += sign * trace->bytes;
    total->count_diff += sign * trace->count;
    if (!is_after) continue;
    total->size += trace->bytes;
    total->count += trace->count;
  }
}

static void say_total(struct table *table, const struct total *total,
                      int domain) {
  char name[CELL], size[CELL], diff[CELL];
  cli_domain_name(domain, name, sizeof name);
  size_words((double)total->size, 0, size);
  size_words((double)total->size_diff, 1, diff);
  ls_text_addf(table->out, "%s: ", name);
  int has_size = total->size || total->size_diff;
  if (has_size) ls_text_add(table->out, size);
  if (has_size && table->is_diff) ls_text_addf(table->out, " (%s)", diff);
  ls_text_addf(table->out, "%s%" PRId64, has_size ? ", " : "", total->count);
  if (domain == LEAKSLOPE_DOMAIN_MALLOC) ls_text_add(table->out, " blocks");
  if (table->is_diff)
    ls_text_addf(table->out, " (%+" PRId64 ")", total->count_diff);
  ls_text_add(table->out, "\n");
}

/* The next greater domain that there is, or -1. */
static int next_domain(struct leakslope_snapshot *const *of, size_t n,
                       int domain) {
  int next = -1;
  for (size_t k = 0; k < n; k++)
    for (size_t i = 0; i < of[k]->ntraces; i++) {
      int is = (int)of[k]->traces[i].domain;
      if (is > domain && (next < 0 || is < next)) next = is;
    }
  return next;
}

static void add_totals(struct table *table, const struct cli_view *view,
                       struct leakslope_snapshot *const *of) {
  size_t n = view->nfiles;
  for (int domain = -1; (domain = next_domain(of, n, domain)) >= 0;) {
    struct total total = {0};
    if (n == 2) add_to(&total, of[0], domain, -1, 0);
    add_to(&total, of[n - 1], domain, 1, 1);
    say_total(table, &total, domain);
  }
}

void cli_table(struct ls_text *out, const struct cli_view *view,
               const struct cli_rows *rows,
               struct leakslope_snapshot *const *origin, int colours) {
  struct table table = {out, colours, rows->is_diff};
  size_t shown = view->limit && (size_t)view->limit < rows->n
                     ? (size_t)view->limit
                     : rows->n;
  if (rows->n) add_header(&table, view->key);
  for (size_t i = 0; i < shown; i++) add_row(&table, view, &rows->at[i]);
  if (!rows->n)
    ls_text_add(out,
                rows->is_diff ? "nothing changed\n" : "nothing is alive\n");
  if (rows->n > shown)
    ls_text_addf(out, "... and %zu more (--limit 0 shows all)\n",
                 rows->n - shown);
  add_totals(&table, view, origin);
}
