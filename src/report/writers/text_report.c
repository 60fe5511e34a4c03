/* SPDX-License-Identifier: MIT */
/*
 * The report as plain text: a block for each test that is not clean, then the
 * summary.  And the texts that the public accessors give out, which are the
 * same words.
 */
#include "report/words/utf8.h"
#include "report/words/words.h"

/* ---- accessors ----------------------------------------------------------- */

typedef void words(struct ls_text *text, const struct ls_measured *m);

/* The text kept in *kept, made of the first case where it is not yet there. */
static const char *of_first(struct leakslope_report *report, words *add,
                            const char **kept) {
  if (*kept) return *kept;
  if (!report->ncases || !report->cases[0].is_measured) return "";
  struct ls_text text = {.arena = &report->arena};
  add(&text, &report->cases[0].measured);
  return *kept = ls_text_string(&text);
}

const char *ls_report_message(struct leakslope_report *report) {
  return of_first(report, ls_words_message, &report->message);
}

const char *ls_report_details(struct leakslope_report *report) {
  return of_first(report, ls_words_details, &report->details);
}

const char *ls_report_summary(struct leakslope_report *report) {
  if (report->summary) return report->summary;
  struct ls_text text = {.arena = &report->arena};
  ls_words_summary(&text, report);
  return report->summary = ls_text_string(&text);
}

/* ---- writer -------------------------------------------------------------- */

/* A measurement of its own has no name; it is always told about. */
static int is_worth_a_block(const struct ls_case *c) {
  return ls_case_outcome(c) != LS_CLEAN || c->test.result != LEAKSLOPE_PASSED ||
         !c->test.name;
}

static void add_word(struct ls_text *out, const char *word, const char *after) {
  if (!word) return;
  ls_utf8_add(out, word, LS_UTF8_LINE);
  ls_text_add(out, after);
}

/* "tests/test_cache.c:31: Cache:Core:test_put[3]: " */
static void add_heading(struct ls_text *out,
                        const struct leakslope_case *test) {
  if (!test->name) return;
  if (test->file) {
    ls_utf8_add(out, test->file, LS_UTF8_LINE);
    if (test->line > 0) ls_text_addf(out, ":%d", test->line);
    ls_text_add(out, ": ");
  }
  add_word(out, test->suite, ":");
  add_word(out, test->tcase, ":");
  add_word(out, test->name, "");
  if (test->index >= 0) ls_text_addf(out, "[%d]", test->index);
  ls_text_add(out, ": ");
}

/* "failed: tests/test_cache.c:40: Assertion ..." */
static void add_failure(struct ls_text *out,
                        const struct leakslope_case *test) {
  ls_text_add(out, test->result == LEAKSLOPE_ERROR ? "error" : "failed");
  if (test->message_file) {
    ls_text_add(out, ": ");
    ls_utf8_add(out, test->message_file, LS_UTF8_LINE);
    if (test->message_line > 0) ls_text_addf(out, ":%d", test->message_line);
  }
  if (test->message) {
    ls_text_add(out, ": ");
    ls_utf8_add(out, test->message, LS_UTF8_LINE);
  }
}

static void add_repeat(struct ls_text *out, const char *repeat) {
  if (!repeat) return;
  ls_text_add(out, "# repeat: ");
  ls_utf8_add(out, repeat, LS_UTF8_LINE);
  ls_text_add(out, "\n");
}

static void add_block(struct ls_text *out,
                      const struct leakslope_report *report,
                      const struct ls_causes *causes, const struct ls_case *c) {
  const struct ls_case *teller =
      ls_causes_teller(report, causes, (size_t)(c - report->cases));
  add_heading(out, &c->test);
  if (c->test.result != LEAKSLOPE_PASSED && !ls_case_failed_by_measure(c) &&
      !ls_case_has_lost(c))
    add_failure(out, &c->test);
  else
    ls_words_case(out, c);
  if (teller) {
    ls_text_add(out, " (as in ");
    ls_words_test(out, report, teller, ":");
    ls_text_add(out, ")");
  }
  ls_text_add(out, "\n");
  if (teller) return;
  ls_words_lost(out, c);
  if (!c->is_measured) return;
  ls_words_details(out, &c->measured);
  add_repeat(out, c->test.repeat);
}

void ls_write_text(struct ls_text *out, const struct leakslope_report *report) {
  struct ls_arena arena = {0};
  struct ls_causes causes;
  if (ls_causes_find(report, &arena, &causes)) out->truncated = 1;
  ls_words_causes(out, report);
  for (size_t i = 0; i < report->ncases; i++)
    if (is_worth_a_block(&report->cases[i]))
      add_block(out, report, &causes, &report->cases[i]);
  ls_words_summary(out, report);
  ls_text_add(out, "\n");
  ls_arena_release(&arena);
}
