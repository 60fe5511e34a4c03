/* SPDX-License-Identifier: MIT */
/*
 * For GitHub Actions: workflow commands, which become annotations at the place
 * of the leak, and a summary of the job in Markdown.
 *
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
#include <stdlib.h>
#include <string.h>

#include "report/words/number.h"
#include "report/words/place.h"
#include "report/words/utf8.h"
#include "report/words/words.h"

enum {
  SHOWN_MOST = 10, /* annotations of a level that are shown for a step */
  ROWS_MOST = 100, /* of a summary */
  PLACES_MOST = 20,
  CELL_MOST = 1000,  /* bytes in a row's cell: names may be of any length */
  TRACES_MOST = 20,  /* unfolded by who wants to see them */
  TRACE_MOST = 4096, /* bytes of one */
  /* A step's summary may be 1 MiB, for all of its programs; else none of it is
     shown. */
  SUMMARY_MOST = 192 * 1024
};

struct github {
  struct ls_text *out;
  struct ls_text scratch;
  size_t start; /* of what is ours in `out` */
  const struct leakslope_report *report;
  struct ls_causes causes;
};

static struct ls_text *fresh(struct github *g) {
  g->scratch.length = 0;
  if (g->scratch.data) g->scratch.data[0] = '\0';
  return &g->scratch;
}

static void cut_at(struct ls_text *text, size_t n) {
  text->length = n;
  text->data[n] = '\0';
}

/* Whole lines of it. */
static void cut_lines(struct ls_text *text, size_t most) {
  if (text->length <= most) return;
  while (most && text->data[most - 1] != '\n') most--;
  cut_at(text, most);
}

/* Scratch, whole characters of it. */
static void cut_cell(struct github *g) {
  size_t n = CELL_MOST;
  if (g->scratch.length <= n) return;
  while (n && ((unsigned char)g->scratch.data[n] & 0xC0) == 0x80) n--;
  cut_at(&g->scratch, n);
  ls_text_add(&g->scratch, "...");
}

static void add_name(struct ls_text *text, const struct leakslope_case *test,
                     const char *between) {
  const char *const parts[] = {test->suite, test->tcase};
  for (int i = 0; i < 2; i++) {
    if (!parts[i]) continue;
    ls_utf8_add(text, parts[i], LS_UTF8_LINE);
    ls_text_add(text, between);
  }
  ls_utf8_add(text, test->name ? test->name : "measurement", LS_UTF8_LINE);
  if (test->index >= 0) ls_text_addf(text, "[%d]", test->index);
}

/* ---- annotations --------------------------------------------------------- */

/* Scratch as the data of a command or as one of its properties, which commas
   and colons end. */
static void escaped(struct github *g, int property) {
  for (const char *at = ls_text_string(&g->scratch); *at; at++) {
    int special = *at == '%' || *at == '\r' || *at == '\n' ||
                  (property && (*at == ':' || *at == ','));
    if (special)
      ls_text_addf(g->out, "%%%02X", (unsigned)*at);
    else
      ls_text_add_bytes(g->out, at, 1);
  }
}

/* Names of files are wanted relative to the repository. */
static const char *in_repository(const char *file) {
  const char *root = getenv("GITHUB_WORKSPACE");
  size_t n = root ? strlen(root) : 0;
  while (n && root[n - 1] == '/') n--;
  return n && !strncmp(file, root, n) && file[n] == '/' ? file + n + 1 : file;
}

static void add_file(struct github *g, const char *file, unsigned line) {
  ls_text_add(g->out, "file=");
  ls_utf8_add(fresh(g), in_repository(file), LS_UTF8_LINE);
  escaped(g, 1);
  if (line) ls_text_addf(g->out, ",line=%u", line);
  ls_text_add(g->out, ",");
}

/* Where the leak is, else where the test is. */
static void add_place(struct github *g, const struct ls_case *c) {
  const struct leakslope_frame *frame = NULL;
  if (c->is_measured && c->measured.nsites)
    frame = ls_place_blamed(&c->measured.sites[0]);
  if (frame && frame->filename)
    add_file(g, frame->filename, frame->lineno);
  else if (c->test.file)
    add_file(g, c->test.file, c->test.line > 0 ? (unsigned)c->test.line : 0);
}

/* What fails is an error; a leak that was only to be reported a warning. */
static const char *level_of(const struct ls_case *c) {
  enum ls_outcome outcome = ls_case_outcome(c);
  if (ls_case_failed_by_measure(c) || ls_case_has_lost(c) ||
      outcome == LS_NOT_ARMED)
    return "error";
  return outcome == LS_LEAK ? "warning" : NULL;
}

/* " and 31 more tests": those that have its cause too. */
static void add_others(struct github *g, const struct ls_case *c) {
  int all_known;
  const struct ls_caused *worst =
      ls_causes_of(&g->causes, (size_t)(c - g->report->cases), &all_known);
  size_t tests = worst ? g->causes.all[worst->cause].tests : 0;
  if (tests < 2) return;
  ls_text_add(&g->scratch, " and ");
  ls_number_add_count(&g->scratch, tests - 1, "more test");
}

static void annotation(struct github *g, const struct ls_case *c,
                       const char *level) {
  ls_text_addf(g->out, "::%s ", level);
  add_place(g, c);
  ls_text_add(g->out, "title=");
  ls_text_addf(fresh(g), "%s in ", ls_case_outcome_name(c));
  add_name(&g->scratch, &c->test, "/");
  cut_cell(g);
  add_others(g, c);
  escaped(g, 1);
  ls_text_add(g->out, "::");
  ls_words_case(fresh(g), c);
  cut_cell(g);
  ls_text_add(&g->scratch, "\n");
  ls_words_lost(&g->scratch, c);
  if (c->is_measured) ls_words_details(&g->scratch, &c->measured);
  cut_lines(&g->scratch, TRACE_MOST);
  if (c->test.repeat) {
    ls_text_add(&g->scratch, "repeat: ");
    ls_utf8_add(&g->scratch, c->test.repeat, LS_UTF8_LINE);
  }
  escaped(g, 0);
  ls_text_add(g->out, "\n");
}

/* That there are more than are shown. */
static void tell_hidden(struct github *g, const char *level, size_t n) {
  if (n <= SHOWN_MOST) return;
  ls_text_addf(g->out,
               "::notice title=leakslope::%zu %ss: only %d of a step are shown "
               "as annotations. The job's summary and the log have the rest\n",
               n, level, SHOWN_MOST);
}

static struct github begin(struct ls_text *out, struct ls_arena *arena,
                           const struct leakslope_report *report) {
  struct github g = {out, {.arena = arena}, out->length, report, {0}};
  if (ls_causes_find(report, arena, &g.causes)) out->truncated = 1;
  return g;
}

/* Whether the leaks of this test are another's as well, which has told. */
static int is_told_elsewhere(const struct github *g, size_t test) {
  return ls_causes_teller(g->report, &g->causes, test) != NULL;
}

static void end(struct github *g) {
  if (g->scratch.truncated) g->out->truncated = 1;
  ls_arena_release(g->scratch.arena);
}

void ls_write_annotations(struct ls_text *out,
                          const struct leakslope_report *report) {
  struct ls_arena arena = {0};
  struct github g = begin(out, &arena, report);
  size_t errors = 0, warnings = 0;
  for (size_t i = 0; i < report->ncases; i++) {
    const char *level = level_of(&report->cases[i]);
    if (!level || is_told_elsewhere(&g, i)) continue;
    annotation(&g, &report->cases[i], level);
    *(level[0] == 'e' ? &errors : &warnings) += 1;
  }
  tell_hidden(&g, "error", errors);
  tell_hidden(&g, "warning", warnings);
  end(&g);
}

/* ---- summary ------------------------------------------------------------- */

static int is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || (c & 0x80) || strchr(" ./,:()+-='\"", c);
}

static int has_room(const struct github *g) {
  return g->out->length - g->start < SUMMARY_MOST;
}

/* Scratch as text that Markdown makes nothing of. */
static void plain(struct github *g) {
  cut_cell(g);
  for (const char *at = ls_text_string(&g->scratch); *at; at++) {
    if (is_plain(*at))
      ls_text_add_bytes(g->out, at, 1);
    else
      ls_text_addf(g->out, "&#%u;", (unsigned)(unsigned char)*at);
  }
}

static int is_told(const struct ls_case *c) {
  return ls_case_outcome(c) != LS_CLEAN || c->test.result != LEAKSLOPE_PASSED;
}

static int failed_itself(const struct ls_case *c) {
  return c->test.result != LEAKSLOPE_PASSED && !ls_case_failed_by_measure(c) &&
         !ls_case_has_lost(c) && ls_case_outcome(c) != LS_NOT_ARMED;
}

static void row(struct github *g, const struct ls_case *c) {
  int failed = failed_itself(c);
  ls_text_addf(g->out, "| %s | ",
               !failed                             ? ls_case_outcome_name(c)
               : c->test.result == LEAKSLOPE_ERROR ? "error"
                                                   : "failed");
  add_name(fresh(g), &c->test, " / ");
  plain(g);
  ls_text_add(g->out, " | ");
  if (failed)
    ls_utf8_add(fresh(g), c->test.message, LS_UTF8_LINE);
  else
    ls_words_case(fresh(g), c);
  plain(g);
  ls_text_add(g->out, " |\n");
}

static void rows(struct github *g, const struct leakslope_report *report) {
  size_t rows = 0, more = 0;
  for (size_t i = 0; i < report->ncases; i++) {
    if (!is_told(&report->cases[i])) continue;
    if (more || rows == ROWS_MOST || !has_room(g)) {
      more++;
      continue;
    }
    if (!rows++) ls_text_add(g->out, "| state | test | |\n|---|---|---|\n");
    row(g, &report->cases[i]);
  }
  if (more) ls_text_addf(g->out, "\nand %zu more\n", more);
}

/* What is to be fixed, before all that it hits. */
static void places(struct github *g) {
  if (g->causes.tests < 2 || !g->causes.n) return;
  ls_words_places(fresh(g), &g->causes);
  plain(g);
  ls_text_add(g->out, ":\n\n");
  for (size_t i = 0; i < g->causes.n && i < PLACES_MOST; i++) {
    ls_text_add(g->out, "- ");
    ls_words_cause(fresh(g), g->report, &g->causes, i);
    plain(g);
    ls_text_add(g->out, "\n");
  }
  if (g->causes.n > PLACES_MOST)
    ls_text_addf(g->out, "- and %zu more\n", g->causes.n - PLACES_MOST);
  ls_text_add(g->out, "\n");
}

static void trace(struct github *g, const struct ls_case *c) {
  struct ls_arena arena = {0};
  struct ls_text words = {.arena = &arena};
  ls_text_add(g->out, "\n<details><summary>");
  ls_words_case(fresh(g), c);
  plain(g);
  ls_text_add(g->out, "</summary>\n\n<pre>\n");
  ls_words_details(&words, &c->measured);
  cut_lines(&words, TRACE_MOST);
  if (c->test.repeat) ls_text_addf(&words, "# repeat: %s\n", c->test.repeat);
  ls_utf8_add(g->out, ls_text_string(&words), LS_UTF8_XML_TEXT);
  ls_text_add(g->out, "</pre>\n\n</details>\n");
  ls_arena_release(&arena);
}

void ls_write_markdown(struct ls_text *out,
                       const struct leakslope_report *report) {
  struct ls_arena arena = {0};
  struct github g = begin(out, &arena, report);
  size_t traces = 0;
  ls_text_add(out, "### leakslope: ");
  ls_utf8_add(fresh(&g), report->program, LS_UTF8_LINE);
  plain(&g);
  ls_text_add(out, "\n\n");
  ls_words_summary(fresh(&g), report);
  plain(&g);
  ls_text_add(out, "\n\n");
  places(&g);
  rows(&g, report);
  for (size_t i = 0; i < report->ncases; i++) {
    const struct ls_case *c = &report->cases[i];
    if (ls_case_outcome(c) != LS_LEAK || !has_room(&g) ||
        is_told_elsewhere(&g, i))
      continue;
    if (traces++ < TRACES_MOST) trace(&g, c);
  }
  ls_text_add(out, "\n");
  end(&g);
}
