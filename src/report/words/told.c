/* SPDX-License-Identifier: MIT */
/* Finds out what a reader was told already: by another test's failure, or by
   the first traceback of the same. */
#include <string.h>

#include "report/words/place.h"
#include "report/words/utf8.h"
#include "report/words/words.h"

/* ---- of one that was told before ----------------------------------------- */

int ls_words_all_told(const struct ls_measured *m) {
  for (size_t i = 0; i < m->nsites; i++)
    if (!m->sites[i].told_in) return 0;
  return m->nsites > 0;
}

void ls_words_told_in(struct ls_text *text, const struct ls_report_site *site) {
  ls_text_add(text, " (as in ");
  ls_utf8_add(text, site->told_in, LS_UTF8_LINE);
  ls_text_add(text, ")");
}

/* ---- of further sites of a test ------------------------------------------ */

static int is_same_frame(const struct leakslope_frame *a,
                         const struct leakslope_frame *b) {
  const char *x = a->function, *y = b->function;
  return a->lineno == b->lineno && a->offset == b->offset &&
         (x && y ? !strcmp(x, y) : x == y) &&
         !strcmp(ls_place_module(a), ls_place_module(b));
}

size_t ls_words_differ(const struct ls_measured *m, size_t i) {
  const struct ls_report_site *site = &m->sites[i], *first = &m->sites[0];
  size_t n = site->nframes, k = first->nframes;
  if (!i || first->told_in) return n;
  while (n && k && is_same_frame(&site->frames[n - 1], &first->frames[k - 1])) {
    n--;
    k--;
  }
  /* one line is no longer than to say that it is left out; and the blamed
     frame is always there */
  if (site->nframes - n < 2) return site->nframes;
  return n > site->named ? n : site->named + 1;
}
