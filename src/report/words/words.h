/* SPDX-License-Identifier: MIT */
/*
 * The parts that words are made of; whole sentences are in model.h.
 */
#ifndef LS_REPORT_WORDS_H
#define LS_REPORT_WORDS_H

#include "report/model/cause.h"
#include "report/model/model.h"

/* How a site grows: "+1 block/iteration (+1.0 KiB)". */
void ls_words_growth(struct ls_text *text, const struct ls_report_site *site);

/* From where to where, and how: "live blocks 4 -> 255, linear". */
void ls_words_law(struct ls_text *text, const struct ls_report_site *site);

/* Whether the second half of its curve adds much less than the first. */
int ls_words_flattens(const struct ls_report_site *site);

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

/* "32 tests leak, from 4 places"; and of one of these places "28 tests: +1
   block/iteration (+24.0 B) at src/cache.c:9 in put". */
void ls_words_places(struct ls_text *text, const struct ls_causes *causes);
void ls_words_cause(struct ls_text *text, const struct leakslope_report *report,
                    const struct ls_causes *causes, size_t i);

/* "Cache.Core.test_put[3]", with what is between the names, and the program in
   front where there are several. */
void ls_words_test(struct ls_text *text, const struct leakslope_report *report,
                   const struct ls_case *c, const char *between);

/* Whether another test's failure has told of all that leaks here; " (as in
   Cache:Core:test_put)" of a site that was told of. */
int ls_words_all_told(const struct ls_measured *m);
void ls_words_told_in(struct ls_text *text, const struct ls_report_site *site);

/* Frames of the i-th site, from the innermost on, that are not the same in the
   first one's traceback: the rest was read there.  All of the first's. */
size_t ls_words_differ(const struct ls_measured *m, size_t i);

/* Whether m->note is what the message says already. */
int ls_words_note_is_message(const struct ls_measured *m);

#endif
