/* SPDX-License-Identifier: MIT */
/* Writes frames and tracebacks as words. */
#include "report/words/place.h"

#include <inttypes.h>
#include <string.h>

#include "report/words/utf8.h"

/* Longer names (of C++ templates) only push their own line's place out. */
enum { WIDEST_COLUMN = 40, GAP = 3 };

const struct leakslope_frame *ls_place_blamed(
    const struct ls_report_site *site) {
  if (!site->nframes) return NULL;
  return &site->frames[site->named < site->nframes ? site->named : 0];
}

int ls_place_same(const struct ls_report_site *a,
                  const struct ls_report_site *b) {
  const struct leakslope_frame *x = ls_place_blamed(a);
  const struct leakslope_frame *y = ls_place_blamed(b);
  if (a->domain != b->domain) return 0;
  if (a->label && b->label) return !strcmp(a->label, b->label);
  if (!x || !y) return 0;
  if (x->filename && y->filename)
    return x->lineno == y->lineno && !strcmp(x->filename, y->filename);
  return x->offset == y->offset && x->module && y->module &&
         !strcmp(x->module, y->module);
}

size_t ls_place_stem(const char *function) {
  size_t n = 0;
  while (function[n] && (function[n] != '.' || n == 0 ||
                         function[n + 1] == '.' || function[n - 1] == '.'))
    n++;
  return n;
}

const char *ls_place_module(const struct leakslope_frame *frame) {
  if (!frame->module) return "";
  const char *slash = strrchr(frame->module, '/');
  return slash ? slash + 1 : frame->module;
}

void ls_place_add(struct ls_text *text, const struct leakslope_frame *frame) {
  if (frame->filename) {
    ls_utf8_add(text, frame->filename, LS_UTF8_LINE);
    if (frame->lineno) ls_text_addf(text, ":%u", frame->lineno);
    return;
  }
  const char *module = ls_place_module(frame);
  ls_utf8_add(text, module, LS_UTF8_LINE);
  ls_text_addf(text, "%s0x%" PRIx64, *module ? "+" : "", frame->offset);
}

/* Each program calls these: that they allocated says nothing. */
static int is_everywhere(const char *module) {
  static const char *const names[] = {"libc.so", "libc-", "ld-linux",
                                      "libstdc++.so", "libleakslope"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strncmp(module, names[i], strlen(names[i]))) return 1;
  return 0;
}

/* The innermost frame of another library, of which no line is known, that a
   blamed frame with a line called; NULL where there is none. */
static const struct leakslope_frame *called_library(
    const struct ls_report_site *site, const struct leakslope_frame *blamed) {
  const char *home = ls_place_module(blamed);
  if (!blamed->filename) return NULL;
  for (const struct leakslope_frame *f = site->frames; f < blamed; f++) {
    const char *module = ls_place_module(f);
    if (!f->filename && *module && !is_everywhere(module) &&
        strcmp(module, home) != 0)
      return f;
  }
  return NULL;
}

void ls_place_add_blamed(struct ls_text *text,
                         const struct ls_report_site *site) {
  const struct leakslope_frame *frame = ls_place_blamed(site);
  if (site->label) {
    ls_text_add(text, " ");
    ls_utf8_add(text, site->label, LS_UTF8_LINE);
    if (!frame) return;
  }
  if (!frame) {
    ls_text_add(text, " at an unknown place");
    return;
  }
  ls_text_add(text, " at ");
  ls_place_add(text, frame);
  if (frame->function) {
    ls_text_add(text, " in ");
    ls_utf8_add(text, frame->function, LS_UTF8_LINE);
  }
  const struct leakslope_frame *library = called_library(site, frame);
  if (!library) return;
  ls_text_add(text, " (");
  ls_place_add(text, library);
  ls_text_add(text, ")");
}

static const char *function_of(const struct leakslope_frame *frame) {
  return frame->function ? frame->function : "??";
}

static size_t widest(const struct ls_report_site *site, size_t n) {
  size_t width = 0;
  for (size_t i = 0; i < n; i++) {
    size_t columns = ls_utf8_columns(function_of(&site->frames[i]));
    if (columns > width && columns <= WIDEST_COLUMN) width = columns;
  }
  return width;
}

/* What is behind the first n frames. */
static void add_rest(struct ls_text *text, const struct ls_report_site *site,
                     size_t n, const char *prefix) {
  if (n < site->nframes)
    ls_text_addf(text, "%s#%zu ... as above\n", prefix, n);
  else if (site->truncated)
    ls_text_addf(text, "%s... truncated\n", prefix);
}

void ls_place_add_columns(struct ls_text *text,
                          const struct ls_report_site *site, size_t n) {
  size_t width = widest(site, n);
  for (size_t i = 0; i < n; i++) {
    const struct leakslope_frame *frame = &site->frames[i];
    const char *function = function_of(frame);
    size_t columns = ls_utf8_columns(function);
    int blanks = GAP + (columns < width ? (int)(width - columns) : 0);
    /* #9 and #10 in one column as well */
    int one_more = n > 10 && i < 10;
    ls_text_addf(text, "# #%zu %s", i, one_more ? " " : "");
    ls_utf8_add(text, function, LS_UTF8_LINE);
    ls_text_addf(text, "%*s%s", blanks, "", frame->filename ? "" : "(");
    ls_place_add(text, frame);
    ls_text_add(text, frame->filename ? "\n" : ")\n");
  }
  add_rest(text, site, n, "# ");
}

void ls_place_add_lines(struct ls_text *text, const struct ls_report_site *site,
                        size_t n) {
  for (size_t i = 0; i < n; i++) {
    ls_text_addf(text, "#%zu ", i);
    ls_utf8_add(text, function_of(&site->frames[i]), LS_UTF8_LINE);
    ls_text_add(text, " (");
    ls_place_add(text, &site->frames[i]);
    ls_text_add(text, ")\n");
  }
  add_rest(text, site, n, "");
}
