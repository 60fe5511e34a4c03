/* SPDX-License-Identifier: MIT */
/* Writes the text of a failure: verdict, table of growth, traceback, how to
   repeat it. */
#include "report/words/measure_text.h"

#include <inttypes.h>

#include "platform/domains.h"
#include "report/words/place.h"
#include "report/words/utf8.h"
#include "report/words/words.h"

enum { ROWS = 3 };   /* iteration, count, bytes */
enum { LABEL = 15 }; /* width of what is in front of them */

/* Where viewers are to jump: the blamed place, else the test's own. */
static void add_jump(struct ls_text *text, const struct ls_case *c) {
  const struct leakslope_frame *frame =
      c->measured.nsites ? ls_place_blamed(&c->measured.sites[0]) : NULL;
  if (frame) {
    ls_place_add(text, frame);
  } else if (c->test.file) {
    ls_utf8_add(text, c->test.file, LS_UTF8_LINE);
    if (c->test.line > 0) ls_text_addf(text, ":%d", c->test.line);
  } else {
    return;
  }
  ls_text_add(text, ": ");
}

static int64_t cell(const struct ls_checkpoint *c, unsigned row) {
  if (row == 0) return c->iteration;
  return row == 1 ? c->count : c->bytes;
}

static int digits(int64_t n) {
  int width = n < 0 ? 2 : 1;
  while (n > 9 || n < -9) {
    n /= 10;
    width++;
  }
  return width;
}

static int width_of(const struct ls_checkpoint *c) {
  int width = 0;
  for (unsigned row = 0; row < ROWS; row++) {
    int needed = digits(cell(c, row));
    if (needed > width) width = needed;
  }
  return width;
}

static void add_checkpoints(struct ls_text *text,
                            const struct ls_report_site *site) {
  const struct ls_domain_row *words = &ls_domains[site->domain];
  const char *const labels[ROWS] = {"after iteration", words->live,
                                    "live bytes"};
  unsigned rows = words->has_size ? ROWS : ROWS - 1;
  if (!site->ncheckpoints) return;
  for (unsigned row = 0; row < rows; row++) {
    size_t start = text->length;
    ls_text_add(text, labels[row]);
    while (text->length - start < LABEL && !text->truncated)
      ls_text_add(text, " ");
    for (size_t i = 0; i < site->ncheckpoints; i++) {
      const struct ls_checkpoint *c = &site->checkpoints[i];
      ls_text_addf(text, " %*" PRId64, width_of(c), cell(c, row));
    }
    ls_text_add(text, "\n");
  }
}

/* Where services show but the beginning, that is the traceback. */
static void add_site(struct ls_text *text, const struct ls_measured *m,
                     size_t i) {
  const struct ls_report_site *site = &m->sites[i];
  ls_words_holders(text, site, "");
  ls_words_callers(text, site, "");
  ls_place_add_lines(text, site, ls_words_differ(m, i));
  add_checkpoints(text, site);
}

static void add_further(struct ls_text *text, const struct ls_measured *m,
                        size_t i) {
  ls_text_add(text, "also ");
  ls_words_site(text, &m->sites[i]);
  ls_text_add(text, "\n");
  ls_words_born(text, &m->sites[i], "");
  add_site(text, m, i);
}

/* What another test's text has: no more than where to read it, and what is of
   this test alone. */
static void add_told(struct ls_text *text, const struct ls_case *c,
                     const char *told_in) {
  ls_text_add(text, "the same cause as in ");
  ls_utf8_add(text, told_in, LS_UTF8_LINE);
  ls_text_add(text, ", whose text has the traceback\n");
  ls_words_facts(text, &c->measured, "");
  ls_words_entries(text, &c->measured, "");
}

void ls_measure_text(struct ls_text *text, const struct ls_case *c,
                     const char *told_in) {
  const struct ls_measured *m = &c->measured;
  add_jump(text, c);
  ls_words_message(text, m);
  ls_text_add(text, "\n");
  if (told_in) {
    add_told(text, c, told_in);
  } else {
    for (size_t i = 0; i < m->nsites; i++)
      if (i)
        add_further(text, m, i);
      else
        add_site(text, m, i);
    ls_words_facts(text, m, "");
    ls_words_meant(text, m, "");
    ls_words_entries(text, m, "");
  }
  if (!c->test.repeat) return;
  ls_text_add(text, "repeat: ");
  ls_utf8_add(text, c->test.repeat, LS_UTF8_LINE);
  ls_text_add(text, "\n");
}
