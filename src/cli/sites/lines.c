/* SPDX-License-Identifier: MIT */
/* Reads how often each source line ran, from a file that gcovr --json wrote. */
#include "cli/sites/lines.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/report/json_reader.h"
#include "report/words/utf8.h"

/* ---- paths ----------------------------------------------------------------
 */

/* Without ".", ".." and empty parts. */
static const char *without_dots(struct ls_arena *arena, const char *path) {
  char *to = ls_arena_alloc(arena, strlen(path) + 2), *end = to;
  if (!to) return NULL;
  while (*path) {
    size_t n = strcspn(path, "/");
    if (n == 2 && !memcmp(path, "..", 2)) {
      while (end > to && *--end != '/') {
      }
    } else if (n && !(n == 1 && *path == '.')) {
      *end++ = '/';
      memcpy(end, path, n);
      end += n;
    }
    path += n + (path[n] == '/');
  }
  *end = '\0';
  return to;
}

const char *cli_whole_path(struct ls_arena *arena, const char *path) {
  char real[PATH_MAX];
  if (realpath(path, real)) return ls_arena_string(arena, real);
  return without_dots(arena, path);
}

static const char *path_in(struct ls_arena *arena, const char *root,
                           const char *name) {
  struct ls_text text = {.arena = arena};
  if (*name != '/') ls_text_addf(&text, "%s/", root);
  ls_text_add(&text, name);
  return text.truncated ? NULL : cli_whole_path(arena, ls_text_string(&text));
}

/* ---- reading --------------------------------------------------------------
 */

static int by_number(const void *a, const void *b) {
  const struct cli_line *x = a, *y = b;
  return (x->number > y->number) - (x->number < y->number);
}

static int by_path(const void *a, const void *b) {
  const struct cli_file *x = a, *y = b;
  return strcmp(x->path, y->path);
}

static int is_true(const json_t *of, const char *key) {
  return json_is_true(json_object_get(of, key));
}

static void read_line(struct cli_json *json, const json_t *from,
                      struct cli_line *line) {
  line->number =
      (unsigned)cli_json_whole(json, from, "line_number", 0, UINT_MAX);
  line->count = (uint64_t)cli_json_whole(json, from, "count", 0, INT64_MAX);
  line->left_out =
      is_true(from, "gcovr/noncode") || is_true(from, "gcovr/excluded");
}

/* A line may be there more than once: for each function that is made of it. */
static size_t join_lines(struct cli_line *lines, size_t n) {
  size_t kept = 0;
  qsort(lines, n, sizeof *lines, by_number);
  for (size_t i = 0; i < n; i++) {
    if (!kept || lines[kept - 1].number != lines[i].number) {
      lines[kept++] = lines[i];
      continue;
    }
    lines[kept - 1].count += lines[i].count;
    lines[kept - 1].left_out &= lines[i].left_out;
  }
  return kept;
}

static void read_file(struct cli_json *json, struct ls_arena *arena,
                      const json_t *from, const char *root,
                      struct cli_file *file) {
  const char *name = cli_json_text(json, from, "file");
  if (!name) cli_json_fail(json, "file", "has no name");
  json_t *lines = cli_json_array(json, from, "lines");
  size_t n = json_array_size(lines);
  file->lines = ls_arena_alloc(arena, n * sizeof *file->lines + 1);
  file->name = ls_arena_string(arena, name);
  file->path = name ? path_in(arena, root, name) : NULL;
  if (!file->lines || !file->name || !file->path) {
    cli_json_fail(json, "", "takes more memory than there is");
    return;
  }
  size_t before = cli_json_enter(json, "lines", 0);
  for (size_t i = 0; i < n && !json->wrong[0]; i++) {
    size_t inside = cli_json_enter(json, NULL, i);
    read_line(json, json_array_get(lines, i), &file->lines[i]);
    cli_json_leave(json, inside);
  }
  cli_json_leave(json, before);
  if (!json->wrong[0]) file->nlines = join_lines(file->lines, n);
}

static void read_root(struct cli_json *json, struct ls_arena *arena,
                      const json_t *root, const char *folder,
                      struct cli_lines *lines) {
  if (!json_object_get(root, "gcovr/format_version")) {
    cli_json_fail(json, "", "this is not what gcovr --json writes");
    return;
  }
  json_t *files = cli_json_array(json, root, "files");
  size_t n = json_array_size(files);
  lines->files = ls_arena_alloc(arena, n * sizeof *lines->files + 1);
  if (!lines->files) {
    cli_json_fail(json, "", "takes more memory than there is");
    return;
  }
  size_t before = cli_json_enter(json, "files", 0);
  for (size_t i = 0; i < n && !json->wrong[0]; i++) {
    size_t inside = cli_json_enter(json, NULL, i);
    read_file(json, arena, json_array_get(files, i), folder, &lines->files[i]);
    cli_json_leave(json, inside);
  }
  cli_json_leave(json, before);
  if (json->wrong[0]) return;
  lines->n = n;
  qsort(lines->files, n, sizeof *lines->files, by_path);
}

int cli_lines_read(struct ls_arena *arena, const char *file, const char *root,
                   struct cli_lines *lines) {
  struct cli_json json = {0};
  struct ls_arena scratch = {0};
  json_t *document = cli_json_read(file, &scratch);
  if (document) read_root(&json, arena, document, root, lines);
  json_decref(document);
  if (json.wrong[0]) cli_json_say(file, json.wrong);
  ls_arena_release(&scratch);
  return document && !json.wrong[0];
}

/* ---- asking ---------------------------------------------------------------
 */

const struct cli_file *cli_lines_file(const struct cli_lines *lines,
                                      const char *path) {
  const struct cli_file key = {.path = path};
  return lines->n ? bsearch(&key, lines->files, lines->n, sizeof key, by_path)
                  : NULL;
}

const struct cli_line *cli_lines_line(const struct cli_file *file,
                                      unsigned number) {
  const struct cli_line key = {.number = number};
  return file->nlines
             ? bsearch(&key, file->lines, file->nlines, sizeof key, by_number)
             : NULL;
}
