/* SPDX-License-Identifier: MIT */
/* Says in words what was measured of a test: the message, then the details. */
#include "report/words/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/model/names.h"
#include "report/words/number.h"
#include "report/words/place.h"
#include "report/words/utf8.h"

const char *ls_outcome_name(enum ls_outcome outcome) {
  return ls_name(LS_NAMES_OUTCOME, outcome);
}

void ls_words_site(struct ls_text *text, const struct ls_report_site *site) {
  ls_words_growth(text, site);
  ls_place_add_blamed(text, site);
}

void ls_words_accepted(struct ls_text *text, const struct ls_accepted *one) {
  if (one->by == LS_SUPPRESSED) {
    ls_text_add(text, "suppressed by leak:");
    ls_utf8_add(text, one->rule, LS_UTF8_LINE);
  } else if (one->by == LS_IN_BASELINE) {
    ls_text_add(text, "in the baseline");
  } else {
    ls_text_addf(text, "within its bound of %" PRIu64, one->limit);
  }
  ls_text_add(text, ": ");
  ls_words_site(text, &one->site);
}

/* ---- message ------------------------------------------------------------- */

/* A clean test leaks no block in fewer iterations than these; 0: not known. */
static uint32_t ruled_out(const struct ls_measured *m) {
  if (m->ruled_out || !m->iterations) return m->ruled_out;
  return ls_ruled_out(m->iterations);
}

static void add_rate(struct ls_text *text, uint32_t every) {
  ls_text_add(text, "1 block per ");
  if (every == 1)
    ls_text_add(text, "iteration");
  else
    ls_number_add_count(text, every, "iteration");
}

void ls_words_least_ruled_out(struct ls_text *text,
                              const struct ls_measured *m) {
  uint32_t every = ruled_out(m);
  if (every) add_rate(text, every);
}

static void add_clean(struct ls_text *text, const struct ls_measured *m) {
  ls_number_add_count(text, m->iterations, "iteration");
  if (!m->iterations) return;
  ls_text_add(text, ", rules out >= ");
  add_rate(text, ruled_out(m));
}

static void add_leak(struct ls_text *text, const struct ls_measured *m) {
  if (!m->nsites) {
    ls_words_reason(text, m);
    return;
  }
  ls_words_site(text, &m->sites[0]);
  if (m->nsites > 1) {
    ls_text_add(text, " (and ");
    ls_number_add_count(text, m->nsites - 1, "more call site");
    ls_text_add(text, ")");
  }
  if (ls_words_all_told(m)) ls_words_told_in(text, &m->sites[0]);
}

/* Said in one line with what does not fail: it has no details. */
static void add_note(struct ls_text *text, const struct ls_measured *m) {
  if (!m->note || !*m->note) return;
  ls_text_add(text, "; ");
  ls_utf8_add(text, m->note, LS_UTF8_LINE);
}

static void add_accepted(struct ls_text *text, const struct ls_measured *m) {
  for (size_t i = 0; i < m->naccepted; i++) {
    ls_text_add(text, "; ");
    ls_words_accepted(text, &m->accepted[i]);
  }
}

/* What is undecided: why, and about which site. */
static void add_open(struct ls_text *text, const struct ls_measured *m) {
  int slows = m->outcome == LS_SATURATING;
  if (slows) ls_text_add(text, "grows, but ever more slowly");
  ls_words_reason(text, m);
  if (!m->nsites) return;
  ls_text_add(text, slows ? "," : "; suspect");
  ls_place_add_blamed(text, &m->sites[0]);
}

static void add_unmeasured(struct ls_text *text, const struct ls_measured *m) {
  ls_words_reason(text, m);
  if (m->note && m->reason == LS_REASON_NONE)
    ls_utf8_add(text, m->note, LS_UTF8_LINE);
}

static void add_body(struct ls_text *text, const struct ls_measured *m) {
  if (m->outcome == LS_CLEAN)
    add_clean(text, m);
  else if (m->outcome == LS_LEAK)
    add_leak(text, m);
  else if (m->outcome <= LS_INCONCLUSIVE)
    add_open(text, m);
  else
    add_unmeasured(text, m);
  if (m->outcome == LS_LEAK || m->outcome > LS_INCONCLUSIVE) return;
  add_accepted(text, m);
  add_note(text, m);
}

void ls_words_message(struct ls_text *text, const struct ls_measured *m) {
  if (m->reason == LS_REASON_STALE) ls_text_add(text, "stale baseline, ");
  ls_text_add(text, ls_outcome_name(m->outcome));
  size_t name_end = text->length;
  ls_text_add(text, ": ");
  size_t start = text->length;
  add_body(text, m);
  if (text->length > start || start == name_end) return;
  /* no colon with nothing behind it */
  text->length = name_end;
  text->data[name_end] = '\0';
}

const char *ls_case_outcome_name(const struct ls_case *c) {
  return ls_case_has_lost(c) ? LS_LOST : ls_outcome_name(ls_case_outcome(c));
}

/* The first line of some; returns where the next begins. */
static const char *add_line(struct ls_text *text, const char *lines) {
  char line[512];
  size_t n = strcspn(lines, "\n");
  snprintf(line, sizeof line, "%.*s", (int)n, lines);
  ls_utf8_add(text, line, LS_UTF8_LINE);
  return lines + n + (lines[n] == '\n');
}

void ls_words_lost(struct ls_text *text, const struct ls_case *c) {
  if (!ls_case_has_lost(c) || !c->test.message) return;
  const char *rest = c->test.message + strcspn(c->test.message, "\n");
  while (*rest == '\n') rest++;
  while (*rest) {
    rest = add_line(text, rest);
    ls_text_add(text, "\n");
  }
}

void ls_words_case(struct ls_text *text, const struct ls_case *c) {
  if (ls_case_has_lost(c)) {
    (void)add_line(text, c->test.message ? c->test.message : LS_LOST);
    return;
  }
  if (c->is_measured) {
    ls_words_message(text, &c->measured);
    return;
  }
  ls_text_add(text, ls_outcome_name(ls_case_outcome(c)));
  if (!c->reason || !*c->reason) return;
  ls_text_add(text, ": ");
  ls_utf8_add(text, c->reason, LS_UTF8_LINE);
}

/* ---- details ------------------------------------------------------------- */

/* "251 of 251 iterations after 3 warm-ups" */
static void add_iterations(struct ls_text *text, const struct ls_measured *m) {
  /* a ladder goes beyond what was planned for its first rung */
  uint32_t planned = m->planned > m->iterations ? m->planned : m->iterations;
  if (!planned) {
    ls_text_add(text, "nothing was measured: it ended in the warm-up");
    return;
  }
  ls_text_addf(text, "%u of ", m->iterations);
  ls_number_add_count(text, planned, "iteration");
  ls_text_add(text, " after ");
  ls_number_add_count(text, m->warmup, "warm-up");
  if (!m->nsites) return;
  ls_text_add(text, ": ");
  ls_words_law(text, &m->sites[0]);
}

/* A leak's message is about its site, so its reason comes in a line of its
   own; unless the note says the same, and in which iteration. */
static int has_reason_line(const struct ls_measured *m) {
  if (m->outcome != LS_LEAK || !m->nsites) return 0;
  if (m->reason == LS_REASON_ENDED_GROWING && m->note) return 0;
  return m->reason != LS_REASON_NONE;
}

void ls_words_facts(struct ls_text *text, const struct ls_measured *m,
                    const char *prefix) {
  if (m->outcome == LS_NOT_GATED || m->outcome == LS_NOT_ARMED) return;
  ls_text_add(text, prefix);
  add_iterations(text, m);
  ls_text_add(text, "\n");
  if (m->nsites) ls_words_born(text, &m->sites[0], prefix);
  ls_words_ruled_out(text, m, prefix);
  if (has_reason_line(m)) {
    ls_text_add(text, prefix);
    ls_words_reason(text, m);
    ls_text_add(text, "\n");
  }
  if (m->note && *m->note && !ls_words_note_is_message(m)) {
    ls_text_add(text, prefix);
    ls_utf8_add(text, m->note, LS_UTF8_LINE);
    ls_text_add(text, "\n");
  }
  for (size_t i = 0; i < m->naccepted && m->outcome == LS_LEAK; i++) {
    ls_text_add(text, prefix);
    ls_words_accepted(text, &m->accepted[i]);
    ls_text_add(text, "\n");
  }
  if (m->drops && m->reason != LS_REASON_DROPS) {
    ls_text_addf(text, "%sthe tracer had to drop ", prefix);
    ls_number_add_count(text, m->drops, "event");
    ls_text_add(text, "\n");
  }
}

void ls_words_callers(struct ls_text *text, const struct ls_report_site *site,
                      const char *prefix) {
  if (site->callers < 2) return;
  ls_text_addf(text, "%sreached by %u paths", prefix, site->callers);
  if (site->by) {
    ls_text_add(text, ", ");
    ls_utf8_add(text, site->by, LS_UTF8_LINE);
  }
  ls_text_add(text, "; that of most growth:\n");
}

/* Of one that was told of before there is no more than its line. */
static void add_traceback(struct ls_text *text, const struct ls_measured *m,
                          size_t i) {
  const struct ls_report_site *site = &m->sites[i];
  if (site->told_in && !i) {
    ls_text_add(text, "# the first");
    ls_words_told_in(text, site);
    ls_text_add(text, "\n");
  }
  if (site->told_in) return;
  ls_words_holders(text, site, "# ");
  ls_words_callers(text, site, "# ");
  ls_place_add_columns(text, site, ls_words_differ(m, i));
}

static void add_further(struct ls_text *text, const struct ls_measured *m,
                        size_t i) {
  const struct ls_report_site *site = &m->sites[i];
  ls_text_add(text, "# also ");
  ls_words_site(text, site);
  if (site->told_in) ls_words_told_in(text, site);
  ls_text_add(text, ": ");
  ls_words_law(text, site);
  ls_text_add(text, "\n");
  ls_words_born(text, site, "# ");
  add_traceback(text, m, i);
}

void ls_words_details(struct ls_text *text, const struct ls_measured *m) {
  int told = ls_words_all_told(m);
  if (!told) ls_words_facts(text, m, "# ");
  /* before tracebacks, of which a limit on the text may cut some */
  ls_words_entries(text, m, "# ");
  if (told) return;
  if (m->nsites) add_traceback(text, m, 0);
  for (size_t i = 1; i < m->nsites; i++) add_further(text, m, i);
  ls_words_meant(text, m, "# ");
}

/* ---- summary ------------------------------------------------------------- */

/* What all clean tests rule out: what the least of them does. */
static void add_least_ruled_out(struct ls_text *text,
                                const struct leakslope_report *report) {
  uint32_t least = 0;
  for (size_t i = 0; i < report->ncases; i++) {
    if (ls_case_outcome(&report->cases[i]) != LS_CLEAN) continue;
    uint32_t every = ruled_out(&report->cases[i].measured);
    if (every && (!least || every < least)) least = every;
  }
  if (!least) return;
  ls_text_add(text, "; what is clean rules out >= ");
  add_rate(text, least);
}

void ls_words_summary(struct ls_text *text,
                      const struct leakslope_report *report) {
  static const char *const accepted[] = {
      [LS_SUPPRESSED] = "suppressed",
      [LS_IN_BASELINE] = "in the baseline",
      [LS_WITHIN_BOUND] = "within its bound"};
  size_t counts[LS_NOT_ARMED + 1] = {0}, by[LS_WITHIN_BOUND + 1] = {0},
                               stale = 0, lost = 0;
  for (size_t i = 0; i < report->ncases; i++) {
    const struct ls_measured *m = &report->cases[i].measured;
    counts[ls_case_outcome(&report->cases[i])]++;
    for (size_t k = 0; k < m->naccepted; k++) by[m->accepted[k].by]++;
    stale += m->reason == LS_REASON_STALE;
    lost += (size_t)ls_case_has_lost(&report->cases[i]);
  }
  ls_number_add_count(text, report->ncases, "test");
  ls_text_addf(text, ": %zu judged",
               counts[LS_CLEAN] + counts[LS_LEAK] + counts[LS_SATURATING]);
  if (counts[LS_LEAK]) {
    ls_text_add(text, ", ");
    ls_number_add_count(text, counts[LS_LEAK], ls_outcome_name(LS_LEAK));
  }
  if (lost) ls_text_addf(text, ", %zu " LS_LOST, lost);
  for (unsigned o = LS_SATURATING; o <= LS_NOT_ARMED; o++) {
    if (counts[o])
      ls_text_addf(text, ", %zu %s", counts[o], ls_name(LS_NAMES_OUTCOME, o));
  }
  if (stale) ls_text_addf(text, ", %zu stale in the baseline", stale);
  for (unsigned k = 0; k <= LS_WITHIN_BOUND; k++) {
    if (by[k]) ls_text_addf(text, ", %zu %s", by[k], accepted[k]);
  }
  add_least_ruled_out(text, report);
}
