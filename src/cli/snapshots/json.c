/* SPDX-License-Identifier: MIT */
/* Writes the JSON of `leakslope compare` and `leakslope top`, for programs. */
#include <inttypes.h>
#include <stdint.h>

#include "cli/snapshots/snapshots.h"

/* The length of the UTF-8 sequence that such a byte begins, or 0. */
static size_t length_by_lead(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/* Whether `second` may follow `lead`.  The bounds rule out a sequence that is
   longer than it need be, surrogates, and what lies beyond U+10FFFF. */
static int may_follow(unsigned char lead, unsigned char second) {
  unsigned char least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  unsigned char most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most;
}

/* The length of a well-formed UTF-8 sequence (RFC 3629), or 0. */
static size_t sequence(const unsigned char *at) {
  size_t n = length_by_lead(at[0]);
  if (n > 1 && !may_follow(at[0], at[1])) return 0;
  for (size_t i = 2; i < n; i++)
    if ((at[i] & 0xc0) != 0x80) return 0;
  return n;
}

static void add_string(struct ls_text *out, const char *text) {
  const unsigned char *at = (const unsigned char *)text;
  if (!text) {
    ls_text_add(out, "null");
    return;
  }
  ls_text_add(out, "\"");
  while (*at) {
    size_t n = sequence(at);
    if (!n)
      ls_text_add(out, "\\ufffd");
    else if (*at < ' ' || *at == 0x7f)
      ls_text_addf(out, "\\u%04x", *at);
    else if (*at == '"' || *at == '\\')
      ls_text_addf(out, "\\%c", *at);
    else
      ls_text_add_bytes(out, (const char *)at, n);
    at += n ? n : 1;
  }
  ls_text_add(out, "\"");
}

static void add_frame(struct ls_text *out,
                      const struct leakslope_frame *frame) {
  ls_text_add(out, "{\"function\": ");
  add_string(out, frame->function);
  ls_text_add(out, ", \"filename\": ");
  add_string(out, frame->filename);
  ls_text_addf(out, ", \"lineno\": %u, \"module\": ", frame->lineno);
  add_string(out, frame->module);
  ls_text_addf(out, ", \"offset\": %" PRIu64 ", \"inlined\": %s}",
               frame->offset, frame->inlined ? "true" : "false");
}

static void add_row(struct ls_text *out, const struct cli_row *row,
                    int is_diff) {
  ls_text_addf(out, "    {\"size\": %" PRIu64 ", \"count\": %" PRIu64,
               row->size, row->count);
  if (is_diff)
    ls_text_addf(out, ", \"size_diff\": %" PRId64 ", \"count_diff\": %" PRId64,
                 row->size_diff, row->count_diff);
  ls_text_add(out, ", \"traceback\": [");
  for (size_t i = 0; i < row->traceback.nframe; i++) {
    ls_text_add(out, i ? ",\n      " : "\n      ");
    add_frame(out, &row->traceback.frames[i]);
  }
  ls_text_add(out, "]}");
}

static void add_origin(struct ls_text *out, const char *path,
                       const struct leakslope_snapshot *snapshot) {
  ls_text_add(out, "    {\"file\": ");
  add_string(out, path);
  ls_text_addf(out,
               ", \"pid\": %" PRIu32 ", \"time\": %" PRIu64 ".%09" PRIu64
               ", \"traceback_limit\": %" PRIu32 ", \"drops\": %" PRIu64 "}",
               snapshot->pid, snapshot->time / 1000000000,
               snapshot->time % 1000000000, snapshot->nframe, snapshot->drops);
}

void cli_json(struct ls_text *out, const struct cli_view *view,
              const struct cli_rows *rows,
              struct leakslope_snapshot *const *origin) {
  size_t shown = view->limit && (size_t)view->limit < rows->n
                     ? (size_t)view->limit
                     : rows->n;
  ls_text_addf(out, "{\n  \"version\": 1,\n  \"key\": \"%s\",\n",
               cli_key_name(view->key));
  ls_text_addf(out, "  \"cumulative\": %s,\n  \"snapshots\": [\n",
               view->cumulative ? "true" : "false");
  for (size_t i = 0; i < view->nfiles; i++) {
    add_origin(out, view->files[i], origin[i]);
    ls_text_add(out, i + 1 < view->nfiles ? ",\n" : "\n");
  }
  ls_text_addf(out, "  ],\n  \"omitted\": %zu,\n  \"statistics\": [\n",
               rows->n - shown);
  for (size_t i = 0; i < shown; i++) {
    add_row(out, &rows->at[i], rows->is_diff);
    ls_text_add(out, i + 1 < shown ? ",\n" : "\n");
  }
  ls_text_add(out, "  ]\n}\n");
}
