/* SPDX-License-Identifier: MIT */
/* Says what still points at the blocks of a leak, or that nothing does. */
#include <inttypes.h>

#include "report/words/number.h"
#include "report/words/place.h"
#include "report/words/utf8.h"
#include "report/words/words.h"

enum { LINES = 3 };

static int is_known(const struct leakslope_frame *frame) {
  return frame->function || frame->filename || frame->module;
}

static void add_place(struct ls_text *text,
                      const struct leakslope_frame *frame) {
  if (!is_known(frame)) return;
  ls_text_add(text, " (");
  ls_place_add(text, frame);
  ls_text_add(text, ")");
}

static void add_function(struct ls_text *text,
                         const struct leakslope_frame *frame) {
  ls_utf8_add(text, frame->function ? frame->function : "??", LS_UTF8_LINE);
  add_place(text, frame);
}

static void add_count(struct ls_text *text,
                      const struct ls_report_holder *one) {
  ls_text_addf(text, ": %" PRIu64 " of ", one->blocks);
  ls_number_add_count(text, one->of, "block");
}

static void add_path(struct ls_text *text, const struct ls_report_holder *one) {
  ls_utf8_add(text, one->path ? one->path : "?", LS_UTF8_LINE);
  add_place(text, &one->place);
}

/* How the pointers are kept, where they are no ordinary ones. */
static void add_by(struct ls_text *text, const struct ls_report_holder *one) {
  static const char *const words[] = {
      [LS_POINTER] = "",
      [LS_POINTER_UNALIGNED] = " (by pointers that are not aligned)",
      [LS_POINTER_TAGGED] = " (by tagged pointers)",
      [LS_POINTER_TO_END] = " (by pointers to their ends)"};
  ls_text_add(text, words[one->by]);
}

static void add_held(struct ls_text *text, const struct ls_report_holder *one) {
  add_path(text, one);
  add_count(text, one);
  if (is_known(&one->from)) {
    ls_text_add(text, "; it grows from the block of ");
    add_function(text, &one->from);
  }
  add_by(text, one);
}

static void add_lost(struct ls_text *text, const struct ls_report_holder *one) {
  if (one->kind == LS_LOST_ALL) {
    ls_text_add(text, "lost: no pointer to them was found");
  } else {
    ls_text_add(text, "lost with the block of ");
    add_function(text, &one->place);
    ls_text_add(text, ", which nothing points at");
  }
  add_count(text, one);
}

void ls_words_holder(struct ls_text *text, const struct ls_report_holder *one) {
  if (one->kind == LS_HOLDERS_ENDED) {
    ls_text_add(text, "holders: ");
    ls_utf8_add(text, one->path ? one->path : "not known", LS_UTF8_LINE);
  } else if (one->kind == LS_HELD_BY) {
    add_held(text, one);
  } else {
    add_lost(text, one);
  }
}

/* Most of a site is lost: a slot that keeps a single block is no news. */
static int is_left_out(const struct ls_report_site *site,
                       const struct ls_report_holder *one) {
  uint64_t lost = 0;
  for (size_t i = 0; i < site->nholders; i++)
    if (site->holders[i].kind == LS_LOST_ALL ||
        site->holders[i].kind == LS_LOST_WITH)
      lost += site->holders[i].blocks;
  return one->kind == LS_HELD_BY && one->blocks == 1 &&
         20 * lost >= 19 * one->of;
}

/* Said with the first line: "; the other 64 are in use: slots[].key". */
static void add_in_use(struct ls_text *text,
                       const struct ls_report_site *site) {
  for (size_t i = 1; i < site->nholders; i++) {
    const struct ls_report_holder *one = &site->holders[i];
    if (!one->in_use || is_left_out(site, one)) continue;
    ls_text_addf(text, "; the other %" PRIu64 " %s in use: ", one->blocks,
                 one->blocks == 1 ? "is" : "are");
    add_path(text, one);
    return;
  }
}

void ls_words_holders(struct ls_text *text, const struct ls_report_site *site,
                      const char *prefix) {
  size_t told = 0;
  for (size_t i = 0; i < site->nholders && told < LINES; i++) {
    const struct ls_report_holder *one = &site->holders[i];
    if ((one->in_use && told) || is_left_out(site, one)) continue;
    ls_text_add(text, prefix);
    if (one->kind == LS_HELD_BY) ls_text_add(text, "held by ");
    ls_words_holder(text, one);
    if (!told++) add_in_use(text, site);
    ls_text_add(text, "\n");
  }
}
