/* SPDX-License-Identifier: MIT */
/*
 * JSON, written into a text: valid UTF-8, two blanks for each level, and small
 * objects on one line.
 *
 * A NULL key is for an element of an array.  Nothing here fails: a text that
 * ran out of memory says so itself.
 */
#ifndef LS_REPORT_JSON_TEXT_H
#define LS_REPORT_JSON_TEXT_H

#include <stdint.h>

#include "platform/text.h"

struct ls_json {
  struct ls_text *out;
  unsigned depth;
  unsigned on_one_line; /* the depth from which on there are no new lines, 0
                           for none */
  int has_members;      /* of what is open */
};

/* kind: '{' or '['. */
void ls_json_open(struct ls_json *json, const char *key, char kind);
/* The same, all on one line. */
void ls_json_open_line(struct ls_json *json, const char *key, char kind);
/* kind: '}' or ']'. */
void ls_json_close(struct ls_json *json, char kind);

/* NULL is null. */
void ls_json_string(struct ls_json *json, const char *key, const char *value);
void ls_json_whole(struct ls_json *json, const char *key, int64_t value);
void ls_json_real(struct ls_json *json, const char *key, double value);
void ls_json_boolean(struct ls_json *json, const char *key, int value);

#endif
