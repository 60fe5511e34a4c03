/* SPDX-License-Identifier: MIT */
/* What the suppressions did in a report. */
#include <string.h>

#include "accept/accept.h"
#include "report/model/model.h"
#include "report/words/number.h"
#include "report/words/place.h"
#include "report/words/utf8.h"

unsigned ls_report_accepted(const struct leakslope_report *report) {
  size_t n = 0;
  for (size_t i = 0; i < report->ncases; i++)
    n += report->cases[i].measured.naccepted;
  return (unsigned)n;
}

static unsigned matched(const struct leakslope_report *report,
                        const struct ls_suppression *suppression) {
  unsigned n = 0;
  for (size_t i = 0; i < report->ncases; i++) {
    const struct ls_measured *m = &report->cases[i].measured;
    for (size_t k = 0; k < m->naccepted; k++)
      n += m->accepted[k].by == LS_SUPPRESSED &&
           !strcmp(m->accepted[k].rule, suppression->pattern);
  }
  return n;
}

static void add_pattern(struct ls_text *text,
                        const struct ls_suppression *suppression) {
  ls_text_add(text, "leak:");
  ls_utf8_add(text, suppression->pattern, LS_UTF8_LINE);
  ls_text_add(text, " (");
  if (suppression->file)
    ls_utf8_add(text, suppression->file, LS_UTF8_LINE);
  else
    ls_text_add(text, "__lsan_default_suppressions()");
  ls_text_addf(text, ":%u)", suppression->line);
}

/* ---- what it silenced ---------------------------------------------------- */

enum { PLACES = 8 }; /* told of one pattern */

struct places {
  size_t n, more;
  const struct ls_report_site *of[PLACES];
};

static void add_place(struct places *places,
                      const struct ls_report_site *site) {
  size_t i = 0;
  while (i < places->n && !ls_place_same(places->of[i], site)) i++;
  if (i < places->n) return;
  if (i == PLACES)
    places->more++;
  else
    places->of[places->n++] = site;
}

static void find_places(struct places *places,
                        const struct leakslope_report *report,
                        const struct ls_suppression *suppression) {
  for (size_t i = 0; i < report->ncases; i++) {
    const struct ls_measured *m = &report->cases[i].measured;
    for (size_t k = 0; k < m->naccepted; k++)
      if (m->accepted[k].by == LS_SUPPRESSED &&
          !strcmp(m->accepted[k].rule, suppression->pattern))
        add_place(places, &m->accepted[k].site);
  }
}

/* One that was meant for one leak, and silences others as well, shows it. */
static void add_places(struct ls_text *text,
                       const struct leakslope_report *report,
                       const struct ls_suppression *suppression) {
  struct places places = {0};
  find_places(&places, report, suppression);
  if (places.n + places.more < 2) return;
  ls_text_add(text, ":");
  for (size_t i = 0; i < places.n; i++) {
    if (i) ls_text_add(text, ",");
    ls_place_add_blamed(text, places.of[i]);
  }
  if (places.more) ls_text_add(text, ", and more");
}

/* The same pattern twice is said once, as the one that was tried first. */
static int is_said(const struct ls_suppression *all, size_t i) {
  for (size_t k = 0; k < i; k++)
    if (!strcmp(all[k].pattern, all[i].pattern)) return 1;
  return 0;
}

void ls_words_suppressions(struct ls_text *text,
                           const struct leakslope_report *report,
                           const struct ls_suppression *all, size_t n,
                           int whole) {
  for (size_t i = 0; i < n; i++) {
    unsigned sites = matched(report, &all[i]);
    if (is_said(all, i)) continue;
    if (sites) {
      ls_text_add(text, "suppressed: ");
      ls_number_add_count(text, sites, "call site");
      ls_text_add(text, " by ");
      add_pattern(text, &all[i]);
      add_places(text, report, &all[i]);
      ls_text_add(text, "\n");
    } else if (whole && all[i].file) {
      ls_text_add(text, "warning: nothing matched ");
      add_pattern(text, &all[i]);
      ls_text_add(text, "\n");
    }
  }
}
