/* SPDX-License-Identifier: MIT */
/* Writes the page of the HTML report: summary, list of all tests, settings. */
#include "report/writers/html.h"

#include <inttypes.h>
#include <string.h>

#include "report/words/number.h"
#include "report/words/utf8.h"

enum { TESTS_OPEN = 50 }; /* so many are shown at once */

/* ---- the sum ------------------------------------------------------------- */

static int same_suite(const struct ls_case *a, const struct ls_case *b) {
  const char *x = a->test.suite, *y = b->test.suite;
  return a->program == b->program &&
         (x && y ? !strcmp(x, y) : x == NULL && y == NULL);
}

struct tally {
  size_t tests, failed, stale, lost;
  size_t of[LS_NOT_ARMED + 1]; /* that passed, or failed for their outcome */
};

/* Of the suite that the case is of; NULL: of all. */
static struct tally count_states(const struct ls_html *html,
                                 const struct ls_case *suite) {
  struct tally tally = {0};
  for (size_t i = 0; i < html->report->ncases; i++) {
    const struct ls_case *c = &html->report->cases[i];
    if (suite && !same_suite(suite, c)) continue;
    tally.tests++;
    if (ls_case_has_lost(c))
      tally.lost++;
    else if (ls_html_failed_itself(c))
      tally.failed++;
    else if (ls_html_is_stale(c))
      tally.stale++;
    else
      tally.of[ls_case_outcome(c)]++;
  }
  return tally;
}

static void badge(struct ls_html *html, const char *class, size_t n,
                  const char *state, const char *plural) {
  if (n)
    ls_text_addf(html->out, "<span class=\"s %s\">%zu %s%s</span>", class, n,
                 state, n > 1 ? plural : "");
}

static void badges(struct ls_html *html, const struct tally *tally) {
  static const enum ls_outcome order[] = {
      LS_LEAK,           LS_NOT_ARMED, LS_SATURATING, LS_INCONCLUSIVE,
      LS_NOT_REPEATABLE, LS_NOT_GATED, LS_CLEAN};
  badge(html, "bad", tally->failed, "failed", "");
  badge(html, "bad", tally->lost, LS_LOST, "");
  badge(html, "bad", tally->stale, "stale", "");
  for (size_t i = 0; i < sizeof order / sizeof *order; i++)
    badge(html, ls_html_outcome_class(order[i]), tally->of[order[i]],
          ls_outcome_name(order[i]), order[i] == LS_LEAK ? "s" : "");
}

void ls_html_begin(struct ls_html *html, const char *title) {
  ls_html_add(html,
              "<!DOCTYPE html>\n<html lang=\"en\"><head>"
              "<meta charset=\"utf-8\">\n"
              "<meta http-equiv=\"Content-Security-Policy\" "
              "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
              "<meta name=\"viewport\" "
              "content=\"width=device-width, initial-scale=1\">\n"
              "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
  ls_html_text(html, title);
  ls_html_add(html, ": leakslope</title>\n<style>\n");
  ls_html_add(html, ls_html_style);
  ls_html_add(html, "</style></head>\n<body>\n<header><h1><bdi>");
  ls_html_text(html, title);
  ls_html_add(html, "</bdi></h1>\n");
}

static void head(struct ls_html *html) {
  ls_html_begin(html, html->report->program);
  ls_html_add(html, "<p class=\"dim\">");
  ls_words_summary(ls_html_fresh(html), html->report);
  ls_html_words(html);
  ls_html_add(html, "</p>\n");
  struct tally all = count_states(html, NULL);
  ls_html_add(html, "<p class=\"sum\">");
  badges(html, &all);
  ls_html_add(html, "</p>\n");
  ls_html_add(html, "</header>\n<main>\n");
}

/* ---- what is to be looked at --------------------------------------------- */

typedef int belongs(const struct ls_case *c);

static int leaks(const struct ls_case *c) {
  enum ls_outcome outcome = ls_case_outcome(c);
  return !ls_html_failed_itself(c) &&
         (outcome == LS_LEAK || outcome == LS_NOT_ARMED);
}

static int is_open(const struct ls_case *c) {
  enum ls_outcome outcome = ls_case_outcome(c);
  return !ls_html_failed_itself(c) && !leaks(c) && outcome != LS_CLEAN &&
         outcome != LS_NOT_GATED;
}

/* What grows there is said with the leak where there is one as well. */
static int is_accepted(const struct ls_case *c) {
  return !ls_html_failed_itself(c) && c->is_measured && c->measured.naccepted &&
         !leaks(c) && !is_open(c) && !ls_html_is_stale(c);
}

static int is_not_gated(const struct ls_case *c) {
  return !ls_html_failed_itself(c) && ls_case_outcome(c) == LS_NOT_GATED;
}

static size_t count(const struct ls_html *html, belongs *does) {
  size_t n = 0;
  for (size_t i = 0; i < html->report->ncases; i++)
    n += (size_t)does(&html->report->cases[i]);
  return n;
}

static void articles(struct ls_html *html, const char *heading, belongs *does) {
  if (!count(html, does)) return;
  ls_text_addf(html->out, "<h2>%s</h2>\n", heading);
  for (size_t i = 0; i < html->report->ncases; i++)
    if (does(&html->report->cases[i])) ls_html_test(html, i);
}

/* One line each: there is no more to know. */
static void not_gated(struct ls_html *html) {
  if (!count(html, is_not_gated)) return;
  ls_html_add(html,
              "<h2>Not judged</h2>\n<table><thead><tr><th>test</th>"
              "<th>why</th></tr></thead><tbody>\n");
  for (size_t i = 0; i < html->report->ncases; i++) {
    const struct ls_case *c = &html->report->cases[i];
    if (!is_not_gated(c)) continue;
    ls_html_add(html, "<tr><td>");
    ls_html_name(html, c);
    ls_html_add(html, "</td><td>");
    ls_words_case(ls_html_fresh(html), c);
    ls_html_words(html);
    ls_html_add(html, "</td></tr>\n");
  }
  ls_html_add(html, "</tbody></table>\n");
}

/* ---- all tests ----------------------------------------------------------- */

static void add_time(struct ls_html *html, double seconds) {
  int short_one = seconds < 1;
  double value = seconds > 0 ? seconds : 0;
  ls_number_add(html->out, short_one ? value * 1e3 : value, 2);
  ls_html_add(html, short_one ? " ms" : " s");
}

static void row(struct ls_html *html, size_t i) {
  const struct ls_case *c = &html->report->cases[i];
  int has_article = leaks(c) || is_open(c) || ls_html_failed_itself(c) ||
                    ls_html_is_stale(c) || is_accepted(c);
  ls_html_add(html, "<tr><td class=\"st\">");
  ls_html_state(html, c);
  ls_html_add(html, "</td><td>");
  if (has_article) ls_text_addf(html->out, "<a href=\"#t%zu\">", i);
  ls_html_part_of_name(html, c->test.tcase);
  ls_html_test_name(html, c);
  if (has_article) ls_html_add(html, "</a>");
  ls_html_add(html, "</td><td class=\"r\">");
  if (c->is_measured)
    ls_number_add_count(html->out, c->measured.iterations, "iteration");
  ls_html_add(html, "</td><td class=\"r\">");
  add_time(html, c->test.seconds);
  ls_html_add(html, "</td></tr>\n");
}

/* The suite that case `first` is the first of. */
static void suite(struct ls_html *html, size_t first) {
  const struct leakslope_report *report = html->report;
  const struct ls_case *of = &report->cases[first];
  const struct tally tally = count_states(html, of);
  /* Of many tests those are to be found that are not clean. */
  int folded = report->ncases > TESTS_OPEN && tally.of[LS_CLEAN] == tally.tests;
  ls_text_addf(html->out, "<details%s class=\"suite\"><summary>",
               folded ? "" : " open");
  if (report->nprograms > 1)
    ls_html_part_of_name(html, ls_case_program(report, of));
  ls_html_add(html, "<bdi class=\"n\">");
  ls_html_text(html, of->test.suite ? of->test.suite : report->program);
  ls_html_add(html, "</bdi> <span class=\"dim\">");
  ls_number_add_count(html->out, tally.tests, "test");
  ls_html_add(html, "</span>");
  badges(html, &tally);
  ls_html_add(html,
              "</summary>\n<table class=\"all\"><thead><tr>"
              "<th class=\"st\">state</th>"
              "<th>test</th><th class=\"r\">repeated</th>"
              "<th class=\"r\">time</th></tr></thead><tbody>\n");
  for (size_t i = first; i < report->ncases; i++)
    if (same_suite(of, &report->cases[i])) row(html, i);
  ls_html_add(html, "</tbody></table></details>\n");
}

/* Backwards, because the tests of a suite mostly come one after another. */
static int is_first_of_suite(const struct leakslope_report *report, size_t i) {
  for (size_t earlier = i; earlier-- > 0;)
    if (same_suite(&report->cases[earlier], &report->cases[i])) return 0;
  return 1;
}

static void all_tests(struct ls_html *html) {
  ls_html_add(html, "<h2>All tests</h2>\n");
  for (size_t i = 0; i < html->report->ncases; i++)
    if (is_first_of_suite(html->report, i)) suite(html, i);
}

/* ---- how it was measured ------------------------------------------------- */

static void settings(struct ls_html *html) {
  for (size_t i = 0; i < html->report->nprograms; i++) {
    const struct ls_program *program = &html->report->programs[i];
    ls_html_add(html, "<details><summary>Settings of <bdi class=\"n\">");
    ls_html_text(html, program->name);
    ls_html_add(html, "</bdi></summary><dl>\n");
    for (size_t k = 0; k < program->nsettings; k++) {
      ls_html_add(html, "<dt><code>");
      ls_html_text(html, program->settings[k].name);
      ls_html_add(html, "</code></dt><dd><code>");
      ls_html_text(html, program->settings[k].value);
      ls_html_add(html, "</code></dd>\n");
    }
    ls_html_add(html, "</dl></details>\n");
  }
}

void ls_write_html(struct ls_text *out, const struct leakslope_report *report,
                   const char *sources) {
  struct ls_html html = {.out = out, .report = report};
  html.scratch.arena = &html.arena;
  html.sources = (struct ls_sources){.arena = &html.arena, .folder = sources};
  head(&html);
  articles(&html, "Leaks", leaks);
  articles(&html, "Stale in the baseline", ls_html_is_stale);
  articles(&html, "Failed by themselves", ls_html_failed_itself);
  articles(&html, "Not decided", is_open);
  articles(&html, "Accepted", is_accepted);
  not_gated(&html);
  all_tests(&html);
  ls_html_add(&html, "</main>\n<footer>\n");
  settings(&html);
  ls_html_add(&html, "</footer>\n</body></html>\n");
  if (html.scratch.truncated) out->truncated = 1;
  ls_arena_release(&html.arena);
}
