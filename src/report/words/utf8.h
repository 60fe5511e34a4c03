/* SPDX-License-Identifier: MIT */
/*
 * Foreign strings (names, paths, assertion texts, any bytes) as UTF-8 that is
 * valid, fit for XML 1.0 and harmless on a terminal.
 *
 * What is none of that is shown byte by byte as "\x1b": control characters,
 * C1 ones included, bytes that are no UTF-8 (overlong forms, surrogates), and
 * U+FFFE and U+FFFF, which XML forbids.
 */
#ifndef LS_REPORT_UTF8_H
#define LS_REPORT_UTF8_H

#include <stddef.h>

#include "platform/text.h"

enum ls_utf8_form {
  LS_UTF8_LINE,      /* one line of plain text: newline and tab are blanks */
  LS_UTF8_XML_TEXT,  /* the text of an XML element */
  LS_UTF8_XML_VALUE, /* an XML attribute's value, between double quotes */
  LS_UTF8_JSON       /* a JSON string, between double quotes; there a byte that
                        is no text is the text "\\x1b", which stays so when the
                        string is read and written again */
};

/* Adds `string` in that form; NULL adds nothing. */
void ls_utf8_add(struct ls_text *text, const char *string,
                 enum ls_utf8_form form);

/* Columns that `string` takes as one line (one for each character). */
size_t ls_utf8_columns(const char *string);

/* Bytes of the character that begins at `bytes` (n of them are left), or 0
   where the first byte is to be shown as "\xNN". */
size_t ls_utf8_length(const char *bytes, size_t n);

#endif
