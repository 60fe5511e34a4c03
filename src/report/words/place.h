/* SPDX-License-Identifier: MIT */
/*
 * Words for places in code: frames and tracebacks.
 * All of it is one line of clean UTF-8 per frame (see utf8.h).
 */
#ifndef LS_REPORT_PLACE_H
#define LS_REPORT_PLACE_H

#include "report/model/model.h"

/* The frame that is blamed, or NULL for a site without frames. */
const struct leakslope_frame *ls_place_blamed(
    const struct ls_report_site *site);

/* Whether two sites are blamed on the same place. */
int ls_place_same(const struct ls_report_site *a,
                  const struct ls_report_site *b);

/* How long a function's name is without what the optimizer appends to it
   (".part.0"); "<..>" of a template is none of it. */
size_t ls_place_stem(const char *function);

/* The module's name without its folders, "" if unknown. */
const char *ls_place_module(const struct leakslope_frame *frame);

/* "src/cache.c:9"; without debug information "libcache.so+0x1234", which
   addr2line and its kin take. */
void ls_place_add(struct ls_text *text, const struct leakslope_frame *frame);

/* " at src/cache.c:9 in handle_request" of the blamed frame, behind what stands
   for a call that nobody saw; with " (libjansson.so.4+0x3aac)" where a library
   of which no line is known allocated for it. */
void ls_place_add_blamed(struct ls_text *text,
                         const struct ls_report_site *site);

/* "# #0 handle_request   src/cache.c:9\n" for each of the first n frames, in
   columns; and that the others are as they were where some are left. */
void ls_place_add_columns(struct ls_text *text,
                          const struct ls_report_site *site, size_t n);

/* "#0 handle_request (src/cache.c:9)\n", likewise. */
void ls_place_add_lines(struct ls_text *text, const struct ls_report_site *site,
                        size_t n);

#endif
