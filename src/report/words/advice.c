/* SPDX-License-Identifier: MIT */
/*
 * What a leak's words have beside law and place: when its blocks were born,
 * what it cannot be, and what to say where it is meant.
 */
#include <stdio.h>
#include <string.h>

#include "report/words/number.h"
#include "report/words/place.h"
#include "report/words/utf8.h"
#include "report/words/words.h"

void ls_words_born(struct ls_text *text, const struct ls_report_site *site,
                   const char *prefix) {
  if (!site->every) return;
  ls_text_addf(text, "%sborn in iterations ", prefix);
  for (unsigned i = 0; i < LS_BORN && site->born[i]; i++)
    ls_text_addf(text, "%s%u", i ? ", " : "", site->born[i]);
  ls_text_addf(text, ": i mod %u = %u\n", site->every,
               site->born[0] % site->every);
}

/* "1,500": two digits that count, rounded down. */
static void add_rounded(struct ls_text *text, uint64_t n) {
  uint64_t unit = 1;
  while (n / unit >= 100) unit *= 10;
  n = n / unit * unit;
  if (n >= 1000000)
    ls_text_addf(text, "%u,%03u,%03u", (unsigned)(n / 1000000),
                 (unsigned)(n / 1000 % 1000), (unsigned)(n % 1000));
  else if (n >= 1000)
    ls_text_addf(text, "%u,%03u", (unsigned)(n / 1000), (unsigned)(n % 1000));
  else
    ls_text_addf(text, "%u", (unsigned)n);
}

/* A cache that is full after three quarters of a run has a plateau that the
   rule sees. */
static void add_ruled_out(struct ls_text *text, const struct ls_measured *m,
                          const char *prefix) {
  enum { LEAST = 16, MOST = 99999999 };
  const double share = 0.75;
  const struct ls_law *law = &m->sites[0].law;
  double grown = (double)law->last_count - (double)law->first_count;
  if (ls_words_in_bytes(&m->sites[0]) || grown < LEAST || grown > MOST ||
      ls_words_flattens(&m->sites[0]))
    return;
  ls_text_addf(text, "%sa cache of up to ", prefix);
  add_rounded(text, (uint64_t)(grown * share));
  ls_text_add(text, " entries would have flattened\n");
}

void ls_words_ruled_out(struct ls_text *text, const struct ls_measured *m,
                        const char *prefix) {
  if (m->outcome != LS_LEAK || !m->nsites) return;
  if (m->reason == LS_REASON_NONE)
    add_ruled_out(text, m, prefix);
  else if (m->reason == LS_REASON_SHORT_RUN)
    ls_text_addf(text,
                 "%sa cache that is filling would look the same: more "
                 "iterations tell\n",
                 prefix);
}

/* ---- lines for the file of the baseline ---------------------------------- */

static void add_rate(struct ls_text *text, double rate, unsigned decimals) {
  ls_number_add(text, rate > 0 ? rate : 0, decimals);
}

void ls_words_entry(struct ls_text *text, const struct ls_measured *m,
                    const struct ls_report_site *site,
                    const char *fingerprint) {
  enum { DIGITS = 16, RARE = 4 };
  const struct ls_rate rate = ls_fingerprint_rate(site, fingerprint);
  ls_text_addf(text, "%.*s %u +", DIGITS, fingerprint, m->first_rung);
  add_rate(text, rate.blocks, RARE);
  ls_text_add(text, "/+");
  add_rate(text, rate.bytes, 1);
  ls_text_add(text, " ");
  ls_utf8_add(text, m->name, LS_UTF8_LINE);
  ls_text_add(text, " # ");
  ls_words_site(text, site);
}

static void add_entry(struct ls_text *text, const struct ls_measured *m,
                      const struct ls_report_site *site,
                      const char *fingerprint, const char *prefix) {
  ls_text_add(text, prefix);
  ls_words_entry(text, m, site, fingerprint);
  ls_text_add(text, "\n");
}

/* One for each of its callers that has a fingerprint of its own. */
static void add_entries(struct ls_text *text, const struct ls_measured *m,
                        const struct ls_report_site *site, const char *prefix) {
  char fingerprint[17];
  ls_fingerprint(site, fingerprint);
  add_entry(text, m, site, fingerprint, prefix);
  for (const char *at = site->also; at && *at; at += *at == ' ') {
    add_entry(text, m, site, at, prefix);
    at += strcspn(at, " ");
  }
}

void ls_words_entries(struct ls_text *text, const struct ls_measured *m,
                      const char *prefix) {
  char begin[16];
  if (!m->name || !m->has_baseline || m->outcome != LS_LEAK) return;
  snprintf(begin, sizeof begin, "%sbaseline: ", prefix);
  for (size_t i = 0; i < m->nsites; i++)
    add_entries(text, m, &m->sites[i], begin);
}

/* ---- where it is meant --------------------------------------------------- */

/* Each suppression would silence another site as well; with a baseline its
   lines are told anyway. */
static void add_meant_entries(struct ls_text *text, const struct ls_measured *m,
                              const char *prefix) {
  char begin[64];
  if (!m->name || m->has_baseline) return;
  snprintf(begin, sizeof begin,
           "%sif it is meant, in CK_LEAK_BASELINE: ", prefix);
  add_entries(text, m, &m->sites[0], begin);
}
void ls_words_meant(struct ls_text *text, const struct ls_measured *m,
                    const char *prefix) {
  if (m->outcome != LS_LEAK || !m->nsites) return;
  if (!m->advice) {
    add_meant_entries(text, m, prefix);
    return;
  }
  ls_text_addf(text, "%sif it is meant: leakslope_bound(\"", prefix);
  ls_utf8_add(text, m->advice, LS_UTF8_LINE);
  ls_text_add(text, "\", <most>), or the suppression leak:");
  ls_utf8_add(text, m->advice, LS_UTF8_LINE);
  ls_text_add(text, "\n");
}
