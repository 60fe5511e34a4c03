/* SPDX-License-Identifier: MIT */
/* Formats a traceback as lines of text, as Python does. */
#include "platform/text.h"
#include "snapshot/snapshot.h"

static void add_frame(struct ls_text *text, size_t number,
                      const struct leakslope_frame *frame) {
  ls_text_addf(text, "#%zu ", number);
  if (frame->function)
    ls_text_add(text, frame->function);
  else
    ls_text_addf(text, "0x%llx", (unsigned long long)frame->offset);
  if (frame->filename)
    ls_text_addf(text, "   %s:%u", frame->filename, frame->lineno);
  else if (frame->module)
    ls_text_addf(text, "   (%s+0x%llx)", frame->module,
                 (unsigned long long)frame->offset);
  ls_text_add(text, frame->inlined ? " [inlined]\n" : "\n");
}

void ls_traceback_words(struct ls_text *text,
                        const struct leakslope_traceback *tb, int limit,
                        int most_recent_first) {
  size_t begin = 0, end = tb->nframe;
  if (limit > 0 && (size_t)limit < end) end = (size_t)limit;
  if (limit < 0 && (size_t) - (long)limit < end)
    begin = end - (size_t) - (long)limit;
  for (size_t i = begin; i < end; i++) {
    size_t at = most_recent_first ? i : begin + end - 1 - i;
    add_frame(text, at, &tb->frames[at]);
  }
}
