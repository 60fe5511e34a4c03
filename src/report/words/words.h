/* SPDX-License-Identifier: MIT */
/*
 * The parts that words are made of; whole sentences are in model.h.
 */
#ifndef LS_REPORT_WORDS_H
#define LS_REPORT_WORDS_H

#include "report/model/model.h"

/* How a site grows: "+1 block/iteration (+1.0 KiB)". */
void ls_words_growth(struct ls_text *text, const struct ls_report_site *site);

/* From where to where, and how: "live blocks 4 -> 255, linear". */
void ls_words_law(struct ls_text *text, const struct ls_report_site *site);

/* Whether a site grows in bytes only: its count stays. */
int ls_words_in_bytes(const struct ls_report_site *site);

/* Why the outcome is what it is: "too slow: 40 of 1021 iterations in the
   budget"; nothing for LS_REASON_NONE. */
void ls_words_reason(struct ls_text *text, const struct ls_measured *m);

/* The lines before a traceback, each "prefix...\n": iterations and law, the
   reason of a leak, the note, what was dropped. */
void ls_words_facts(struct ls_text *text, const struct ls_measured *m,
                    const char *prefix);

/* A line where the survivors of a site were born at equal distances: "born in
   iterations 4, 14, 24: i mod 10 = 4". */
void ls_words_born(struct ls_text *text, const struct ls_report_site *site,
                   const char *prefix);

/* A line on what a leak is not: "a cache of up to 1,500 entries would have
   flattened". */
void ls_words_ruled_out(struct ls_text *text, const struct ls_measured *m,
                        const char *prefix);

/* A line on what to say where a leak is meant to grow. */
void ls_words_meant(struct ls_text *text, const struct ls_measured *m,
                    const char *prefix);

/* Where there is a baseline: the lines that would make the leak known to it. */
void ls_words_entries(struct ls_text *text, const struct ls_measured *m,
                      const char *prefix);

/* Such a line, without its end: "c5bf0a2d6a11d0f3 1021 Cache/Core/test_put #
   +1 block/iteration ..."; of the fingerprint, the first 16 characters. */
void ls_words_entry(struct ls_text *text, const struct ls_measured *m,
                    const struct ls_report_site *site, const char *fingerprint);

/* A line where a site has several callers. */
void ls_words_callers(struct ls_text *text, const struct ls_report_site *site,
                      const char *prefix);

/* Whether m->note is what the message says already. */
int ls_words_note_is_message(const struct ls_measured *m);

#endif
