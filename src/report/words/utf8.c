/* SPDX-License-Identifier: MIT */
/* Turns foreign strings into UTF-8 that is valid in XML and harmless on a
   terminal. */
#include "report/words/utf8.h"

#include <stdint.h>
#include <string.h>

/* The first code point that needs so many bytes; for two, the first beyond the
   C1 controls. */
static const uint32_t LOWEST[] = {0, 0, 0xa0, 0x800, 0x10000};

static size_t length_by_lead(unsigned char lead) {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

static int is_fit(uint32_t code, size_t length) {
  if (code < LOWEST[length] || code > 0x10ffff) return 0;
  if (code >= 0xd800 && code <= 0xdfff) return 0;
  return code != 0xfffe && code != 0xffff;
}

size_t ls_utf8_length(const char *bytes, size_t n) {
  const unsigned char *b = (const unsigned char *)bytes;
  if (!n) return 0;
  if (b[0] < 0x80) return b[0] >= 0x20 && b[0] != 0x7f;
  size_t length = length_by_lead(b[0]);
  if (b[0] < 0xc2 || b[0] > 0xf4 || n < length) return 0;
  uint32_t code = b[0] & (0x7fU >> length);
  for (size_t i = 1; i < length; i++) {
    if ((b[i] & 0xc0) != 0x80) return 0;
    code = code << 6 | (b[i] & 0x3f);
  }
  return is_fit(code, length) ? length : 0;
}

static const char *special_in_json(char byte) {
  switch (byte) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    default:
      return NULL;
  }
}

/* What a byte becomes in that form, or NULL where it has no special part. */
static const char *special(char byte, enum ls_utf8_form form) {
  if (form == LS_UTF8_JSON) return special_in_json(byte);
  if (form == LS_UTF8_LINE) return byte == '\n' || byte == '\t' ? " " : NULL;
  int value = form == LS_UTF8_XML_VALUE;
  switch (byte) {
    case '\n': /* as it is, an attribute would be read with a blank for it */
      return value ? "&#10;" : "\n";
    case '\t':
      return value ? "&#9;" : "\t";
    case '<':
      return "&lt;";
    case '>': /* only "]]>" needs it */
      return "&gt;";
    case '&':
      return "&amp;";
    case '"':
      return value ? "&quot;" : NULL;
    default:
      return NULL;
  }
}

/* Bytes at `bytes` that can be added as they are. */
static size_t plain_run(const char *bytes, size_t n, enum ls_utf8_form form) {
  size_t run = 0;
  while (run < n && !special(bytes[run], form)) {
    size_t length = ls_utf8_length(bytes + run, n - run);
    if (!length) break;
    run += length;
  }
  return run;
}

void ls_utf8_add(struct ls_text *text, const char *string,
                 enum ls_utf8_form form) {
  size_t left = string ? strlen(string) : 0;
  while (left) {
    size_t run = plain_run(string, left, form);
    ls_text_add_bytes(text, string, run);
    string += run;
    left -= run;
    if (!left) break;
    const char *instead = special(*string, form);
    if (instead)
      ls_text_add(text, instead);
    else
      ls_text_addf(text, form == LS_UTF8_JSON ? "\\\\x%02x" : "\\x%02x",
                   (unsigned)(unsigned char)*string);
    string++;
    left--;
  }
}

size_t ls_utf8_columns(const char *string) {
  size_t columns = 0;
  size_t left = string ? strlen(string) : 0;
  while (left) {
    size_t length = ls_utf8_length(string, left);
    int shown_as_hex = !length && !special(*string, LS_UTF8_LINE);
    columns += shown_as_hex ? sizeof "\\xff" - 1 : 1;
    string += length ? length : 1;
    left -= length ? length : 1;
  }
  return columns;
}
