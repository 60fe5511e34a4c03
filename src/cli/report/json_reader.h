/* SPDX-License-Identifier: MIT */
/*
 * Values out of a JSON document that may be anything.
 *
 * The first thing that is not as it should be is kept as a message that says
 * where it is ("tests[3].measured.sites: is missing"); from then on every
 * function gives 0, NULL or "", and the caller asks once, at the end.
 */
#ifndef LS_CLI_JSON_READER_H
#define LS_CLI_JSON_READER_H

#include <jansson.h>
#include <stdint.h>

#include "platform/arena.h"
#include "report/model/names.h"

struct cli_json {
  char where[256]; /* of the object that is read, "" for the whole */
  char wrong[640]; /* what is not right, "" for nothing */
};

/* The document in a file, to be given back by json_decref(); NULL with a
   message on stderr.  The bytes stay in `scratch`. */
json_t *cli_json_read(const char *path, struct ls_arena *scratch);

/* Says on stderr what is wrong with the file.  That may repeat what is in it,
   which may be anything. */
void cli_json_say(const char *path, const char *wrong);

/* Keeps a message about `key` of the object that is read. */
void cli_json_fail(struct cli_json *json, const char *key, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

/* Goes into a member (or, with key NULL, into the element `i` of the array that
   is read), and back to where it was. */
size_t cli_json_enter(struct cli_json *json, const char *key, size_t i);
void cli_json_leave(struct cli_json *json, size_t before);

/* Members; a text may be null, which is NULL. */
json_t *cli_json_object(struct cli_json *json, const json_t *of,
                        const char *key);
json_t *cli_json_array(struct cli_json *json, const json_t *of,
                       const char *key);
const char *cli_json_text(struct cli_json *json, const json_t *of,
                          const char *key);
int64_t cli_json_whole(struct cli_json *json, const json_t *of, const char *key,
                       int64_t least, int64_t most);
double cli_json_real(struct cli_json *json, const json_t *of, const char *key);
int cli_json_boolean(struct cli_json *json, const json_t *of, const char *key);
int cli_json_is_null(const json_t *of, const char *key);

/* A word of one of the tables. */
int cli_json_name(struct cli_json *json, const json_t *of, const char *key,
                  enum ls_names table);

#endif
