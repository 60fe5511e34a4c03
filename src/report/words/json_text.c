/* SPDX-License-Identifier: MIT */
/* Writes JSON into a text, with indentation and valid UTF-8. */
#include "report/words/json_text.h"

#include <inttypes.h>

#include "report/words/number.h"
#include "report/words/utf8.h"

static void new_line(struct ls_json *json) {
  if (json->on_one_line) return;
  ls_text_add(json->out, "\n");
  for (unsigned i = 0; i < json->depth; i++) ls_text_add(json->out, "  ");
}

static void quoted(struct ls_json *json, const char *string) {
  ls_text_add(json->out, "\"");
  ls_utf8_add(json->out, string, LS_UTF8_JSON);
  ls_text_add(json->out, "\"");
}

/* What comes in front of a value. */
static void begin(struct ls_json *json, const char *key) {
  if (json->has_members) ls_text_add(json->out, ",");
  if (json->has_members && json->on_one_line) ls_text_add(json->out, " ");
  if (json->depth) new_line(json);
  json->has_members = 1;
  if (!key) return;
  quoted(json, key);
  ls_text_add(json->out, ": ");
}

void ls_json_open(struct ls_json *json, const char *key, char kind) {
  begin(json, key);
  ls_text_add_bytes(json->out, &kind, 1);
  json->depth++;
  json->has_members = 0;
}

void ls_json_open_line(struct ls_json *json, const char *key, char kind) {
  ls_json_open(json, key, kind);
  if (!json->on_one_line) json->on_one_line = json->depth;
}

void ls_json_close(struct ls_json *json, char kind) {
  int empty = !json->has_members;
  if (json->depth == json->on_one_line) {
    json->on_one_line = 0;
    empty = 1; /* as if: the end of a line is on the line */
  }
  json->depth--;
  if (!empty) new_line(json);
  ls_text_add_bytes(json->out, &kind, 1);
  json->has_members = 1;
}

void ls_json_string(struct ls_json *json, const char *key, const char *value) {
  begin(json, key);
  if (value)
    quoted(json, value);
  else
    ls_text_add(json->out, "null");
}

void ls_json_whole(struct ls_json *json, const char *key, int64_t value) {
  begin(json, key);
  ls_text_addf(json->out, "%" PRId64, value);
}

void ls_json_real(struct ls_json *json, const char *key, double value) {
  begin(json, key);
  ls_number_add_exact(json->out, value);
}

void ls_json_boolean(struct ls_json *json, const char *key, int value) {
  begin(json, key);
  ls_text_add(json->out, value ? "true" : "false");
}
