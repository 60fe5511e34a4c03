/* SPDX-License-Identifier: MIT */
/* Writes what all parts of the HTML report are made of: texts, the names of
   tests, their states. */
#include "report/words/utf8.h"
#include "report/writers/html.h"

/* ---- pieces -------------------------------------------------------------- */

void ls_html_add(struct ls_html *html, const char *markup) {
  ls_text_add(html->out, markup);
}

void ls_html_text(struct ls_html *html, const char *text) {
  ls_utf8_add(html->out, text, LS_UTF8_XML_TEXT);
}

struct ls_text *ls_html_fresh(struct ls_html *html) {
  html->scratch.length = 0;
  if (html->scratch.data) html->scratch.data[0] = '\0';
  return &html->scratch;
}

void ls_html_words(struct ls_html *html) {
  ls_html_text(html, ls_text_string(&html->scratch));
}

void ls_html_part_of_name(struct ls_html *html, const char *name) {
  if (!name) return;
  ls_html_add(html, "<bdi class=\"n\">");
  ls_html_text(html, name);
  ls_html_add(html, "</bdi> / ");
}

void ls_html_test_name(struct ls_html *html, const struct ls_case *c) {
  ls_html_add(html, "<bdi class=\"n\">");
  ls_html_text(html, c->test.name ? c->test.name : "measurement");
  if (c->test.index >= 0) ls_text_addf(html->out, "[%d]", c->test.index);
  ls_html_add(html, "</bdi>");
}

void ls_html_name(struct ls_html *html, const struct ls_case *c) {
  if (html->report->nprograms > 1)
    ls_html_part_of_name(html, ls_case_program(html->report, c));
  ls_html_part_of_name(html, c->test.suite);
  ls_html_part_of_name(html, c->test.tcase);
  ls_html_test_name(html, c);
}

/* ---- states -------------------------------------------------------------- */

int ls_html_failed_itself(const struct ls_case *c) {
  return c->test.result != LEAKSLOPE_PASSED && !ls_case_failed_by_measure(c) &&
         ls_case_outcome(c) != LS_NOT_ARMED;
}

const char *ls_html_outcome_class(enum ls_outcome outcome) {
  static const char *const classes[] = {
      [LS_CLEAN] = "good",          [LS_LEAK] = "bad",
      [LS_SATURATING] = "warn",     [LS_INCONCLUSIVE] = "warn",
      [LS_NOT_REPEATABLE] = "warn", [LS_NOT_GATED] = "off",
      [LS_NOT_ARMED] = "bad"};
  return classes[outcome];
}

/* Clean, and for that it fails: a baseline says otherwise. */
int ls_html_is_stale(const struct ls_case *c) {
  return !ls_html_failed_itself(c) && ls_case_outcome(c) == LS_CLEAN &&
         c->measured.reason == LS_REASON_STALE;
}

const char *ls_html_class(const struct ls_case *c) {
  return ls_html_failed_itself(c) || ls_html_is_stale(c)
             ? "bad"
             : ls_html_outcome_class(ls_case_outcome(c));
}

static const char *state_of(const struct ls_case *c) {
  if (ls_html_is_stale(c)) return "stale";
  if (!ls_html_failed_itself(c)) return ls_outcome_name(ls_case_outcome(c));
  if (ls_case_has_lost(c)) return LS_LOST;
  return c->test.result == LEAKSLOPE_ERROR ? "error" : "failed";
}

void ls_html_state(struct ls_html *html, const struct ls_case *c) {
  ls_text_addf(html->out, "<span class=\"s %s\">%s</span> ", ls_html_class(c),
               state_of(c));
}
