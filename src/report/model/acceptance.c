/* SPDX-License-Identifier: MIT */
/* What the suppressions did in a report. */
#include <string.h>

#include "accept/accept.h"
#include "report/model/model.h"
#include "report/words/number.h"
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
      ls_text_add(text, "\n");
    } else if (whole && all[i].file) {
      ls_text_add(text, "warning: nothing matched ");
      add_pattern(text, &all[i]);
      ls_text_add(text, "\n");
    }
  }
}
