/* SPDX-License-Identifier: MIT */
/* Reads values out of a JSON document and remembers the first thing that is
   wrong with it. */
#include "cli/report/json_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "report/words/utf8.h"

void cli_json_say(const char *path, const char *wrong) {
  struct ls_arena arena = {0};
  struct ls_text text = {.arena = &arena};
  ls_utf8_add(&text, wrong, LS_UTF8_LINE);
  cli_wrong("%s: %s", path, ls_text_string(&text));
  ls_arena_release(&arena);
}

json_t *cli_json_read(const char *path, struct ls_arena *scratch) {
  struct ls_text text = {.arena = scratch};
  int rc = cli_read(path, &text);
  if (rc) {
    cli_wrong("%s: %s", path, strerror(-rc));
    return NULL;
  }
  json_error_t error;
  json_t *root = json_loadb(ls_text_string(&text), text.length,
                            JSON_REJECT_DUPLICATES, &error);
  char wrong[JSON_ERROR_TEXT_LENGTH + 64];
  snprintf(wrong, sizeof wrong, "is not whole JSON: line %d, column %d: %s",
           error.line, error.column, error.text);
  if (!root) cli_json_say(path, wrong);
  return root;
}

void cli_json_fail(struct cli_json *json, const char *key, const char *format,
                   ...) {
  char what[256];
  va_list args;
  if (json->wrong[0]) return;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  snprintf(json->wrong, sizeof json->wrong, "%s%s%s: %s", json->where,
           json->where[0] && key[0] ? "." : "", key, what);
}

size_t cli_json_enter(struct cli_json *json, const char *key, size_t i) {
  size_t n = strlen(json->where);
  if (key)
    snprintf(json->where + n, sizeof json->where - n, "%s%s", n ? "." : "",
             key);
  else
    snprintf(json->where + n, sizeof json->where - n, "[%zu]", i);
  return n;
}

void cli_json_leave(struct cli_json *json, size_t before) {
  json->where[before] = '\0';
}

static json_t *member(struct cli_json *json, const json_t *of,
                      const char *key) {
  json_t *value = json_object_get(of, key);
  if (!value) cli_json_fail(json, key, "is missing");
  return json->wrong[0] ? NULL : value;
}

json_t *cli_json_object(struct cli_json *json, const json_t *of,
                        const char *key) {
  json_t *value = member(json, of, key);
  if (value && !json_is_object(value))
    cli_json_fail(json, key, "is not an object");
  return json->wrong[0] ? NULL : value;
}

json_t *cli_json_array(struct cli_json *json, const json_t *of,
                       const char *key) {
  json_t *value = member(json, of, key);
  if (value && !json_is_array(value))
    cli_json_fail(json, key, "is not an array");
  return json->wrong[0] ? NULL : value;
}

const char *cli_json_text(struct cli_json *json, const json_t *of,
                          const char *key) {
  json_t *value = member(json, of, key);
  if (value && !json_is_null(value) && !json_is_string(value))
    cli_json_fail(json, key, "is not a text");
  return json->wrong[0] ? NULL : json_string_value(value);
}

int64_t cli_json_whole(struct cli_json *json, const json_t *of, const char *key,
                       int64_t least, int64_t most) {
  json_t *value = member(json, of, key);
  int64_t number = json_integer_value(value);
  if (value && !json_is_integer(value))
    cli_json_fail(json, key, "is not a whole number");
  else if (value && (number < least || number > most))
    cli_json_fail(json, key, "%lld is out of range", (long long)number);
  return json->wrong[0] ? 0 : number;
}

double cli_json_real(struct cli_json *json, const json_t *of, const char *key) {
  json_t *value = member(json, of, key);
  if (value && !json_is_number(value))
    cli_json_fail(json, key, "is not a number");
  return json->wrong[0] ? 0 : json_number_value(value);
}

int cli_json_boolean(struct cli_json *json, const json_t *of, const char *key) {
  json_t *value = member(json, of, key);
  if (value && !json_is_boolean(value))
    cli_json_fail(json, key, "is neither true nor false");
  return json_is_true(value);
}

int cli_json_is_null(const json_t *of, const char *key) {
  return json_is_null(json_object_get(of, key));
}

int cli_json_name(struct cli_json *json, const json_t *of, const char *key,
                  enum ls_names table) {
  const char *name = cli_json_text(json, of, key);
  int value = name ? ls_name_value(table, name) : -1;
  if (value < 0)
    cli_json_fail(json, key, "'%.40s' is not known", name ? name : "null");
  return value < 0 ? 0 : value;
}
