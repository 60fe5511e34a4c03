/* SPDX-License-Identifier: MIT */
/*
 * The rooms of the HTML report.
 *
 *   html.c        the page: sum, what is to be looked at, all tests, settings
 *   html_text.c   texts, names of tests, states
 *   html_test.c   one test: its call sites, tracebacks, what to do
 *   html_graph.c  how a call site grew, as SVG
 *   html_style.c  colours and layout
 *
 * The page takes nothing from elsewhere and runs no script; a policy in it says
 * so to the browser.  Every foreign string goes through ls_html_text().
 */
#ifndef LS_REPORT_HTML_H
#define LS_REPORT_HTML_H

#include "report/model/model.h"
#include "report/writers/source.h"

struct ls_html {
  struct ls_text *out;
  const struct leakslope_report *report;
  struct ls_arena arena;
  struct ls_text scratch; /* words not yet escaped */
  struct ls_sources sources;
};

extern const char ls_html_style[];

/* Markup of ours, and any text (NULL adds nothing). */
void ls_html_add(struct ls_html *html, const char *markup);
void ls_html_text(struct ls_html *html, const char *text);

/* The page up to its title, in an open header. */
void ls_html_begin(struct ls_html *html, const char *title);

/* Scratch, emptied; and its text, escaped. */
struct ls_text *ls_html_fresh(struct ls_html *html);
void ls_html_words(struct ls_html *html);

/* "suite / case / test[3]", with the program where there are several. */
void ls_html_name(struct ls_html *html, const struct ls_case *c);

/* Of that: "suite / " for one of the outer names, and "test[3]". */
void ls_html_part_of_name(struct ls_html *html, const char *name);
void ls_html_test_name(struct ls_html *html, const struct ls_case *c);

/* The word for an outcome, or for a failure of the test's own, in its colour;
   and the class of that colour. */
void ls_html_state(struct ls_html *html, const struct ls_case *c);
const char *ls_html_class(const struct ls_case *c);
const char *ls_html_outcome_class(enum ls_outcome outcome);

/* Whether the test failed for what it asserts; and whether the baseline has a
   leak of it that did not show. */
int ls_html_failed_itself(const struct ls_case *c);
int ls_html_is_stale(const struct ls_case *c);

/* Case i with all its call sites. */
void ls_html_test(struct ls_html *html, size_t i);

/* Live count and bytes over the iterations. */
void ls_html_graphs(struct ls_html *html, const struct ls_measured *m,
                    const struct ls_report_site *site);

#endif
