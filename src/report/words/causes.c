/* SPDX-License-Identifier: MIT */
/* Says which tests leak for one cause, once for all of them. */
#include "report/model/cause.h"
#include "report/words/number.h"
#include "report/words/place.h"
#include "report/words/utf8.h"
#include "report/words/words.h"

enum { SHOWN = 10 }; /* places in the text of a summary */

/* ---- of all -------------------------------------------------------------- */

void ls_words_places(struct ls_text *text, const struct ls_causes *causes) {
  ls_number_add_count(text, causes->tests, "test");
  ls_text_addf(text, " leak%s, from ", causes->tests == 1 ? "s" : "");
  ls_number_add_count(text, causes->n, "place");
}

static const struct ls_report_site *site_of(
    const struct leakslope_report *report, const struct ls_causes *causes,
    size_t i) {
  const struct ls_caused *first = &causes->leaks[causes->all[i].first];
  return &report->cases[first->test].measured.sites[first->site];
}

/* Several causes of one line differ by who called it. */
static void add_caller(struct ls_text *text,
                       const struct leakslope_report *report,
                       const struct ls_causes *causes, size_t i) {
  const struct ls_report_site *site = site_of(report, causes, i);
  size_t others = 0;
  for (size_t k = 0; k < causes->n; k++)
    others += k != i && ls_place_same(site, site_of(report, causes, k));
  if (!others || site->named + 1 >= site->nframes) return;
  const char *caller = site->frames[site->named + 1].function;
  if (!caller) return;
  ls_text_add(text, ", called by ");
  ls_utf8_add(text, caller, LS_UTF8_LINE);
}

void ls_words_cause(struct ls_text *text, const struct leakslope_report *report,
                    const struct ls_causes *causes, size_t i) {
  ls_number_add_count(text, causes->all[i].tests, "test");
  ls_text_add(text, ": ");
  ls_words_site(text, site_of(report, causes, i));
  add_caller(text, report, causes, i);
}

void ls_words_causes(struct ls_text *text,
                     const struct leakslope_report *report) {
  struct ls_arena arena = {0};
  struct ls_causes causes;
  if (ls_causes_find(report, &arena, &causes)) {
    text->truncated = 1;
  } else if (causes.tests > 1 && causes.n) {
    ls_words_places(text, &causes);
    ls_text_add(text, "\n");
    for (size_t i = 0; i < causes.n && i < SHOWN; i++) {
      ls_text_add(text, "  ");
      ls_words_cause(text, report, &causes, i);
      ls_text_add(text, "\n");
    }
    if (causes.n > SHOWN)
      ls_text_addf(text, "  and %zu more\n", causes.n - SHOWN);
  }
  ls_arena_release(&arena);
}

static void add_name(struct ls_text *text, const char *name,
                     const char *after) {
  if (!name) return;
  ls_utf8_add(text, name, LS_UTF8_LINE);
  ls_text_add(text, after);
}

void ls_words_test(struct ls_text *text, const struct leakslope_report *report,
                   const struct ls_case *c, const char *between) {
  if (report->nprograms > 1)
    add_name(text, ls_case_program(report, c), between);
  add_name(text, c->test.suite, between);
  add_name(text, c->test.tcase, between);
  add_name(text, c->test.name ? c->test.name : "measurement", "");
  if (c->test.index >= 0) ls_text_addf(text, "[%d]", c->test.index);
}
