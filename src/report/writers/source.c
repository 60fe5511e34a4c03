/* SPDX-License-Identifier: MIT */
/* Reads lines of source files for excerpts in reports. */
#include "report/writers/source.h"

#include <limits.h>
#include <string.h>

#include "platform/file.h"
#include "platform/text.h"

enum {
  FILE_MOST = 4 << 20, /* bytes; what is larger was made by a generator */
  BYTES_MOST = 64 << 20,
  LINE_MOST = 240 /* bytes shown of one */
};

struct ls_source_file {
  const char *name;
  char *data; /* NULL: not to be had */
  size_t size;
  struct ls_source_file *next;
};

static int is_source(const char *name) {
  static const char *const ends[] = {
      ".c",   ".h", ".cc", ".hh",  ".cpp", ".hpp", ".cxx", ".hxx",
      ".c++", ".C", ".H",  ".inc", ".inl", ".ipp", ".tcc", ".y",
      ".l",   ".s", ".S",  ".def", ".m",   ".re",  ".rl",  ".in"};
  const char *end = strrchr(name, '.');
  for (size_t i = 0; end && i < sizeof ends / sizeof *ends; i++)
    if (!strcmp(end, ends[i])) return 1;
  return 0;
}

static void load(struct ls_sources *sources, struct ls_source_file *file) {
  struct ls_text path = {.arena = sources->arena};
  if (!is_source(file->name) || sources->bytes > BYTES_MOST) return;
  if (sources->folder && file->name[0] != '/') {
    ls_text_add(&path, sources->folder);
    ls_text_add(&path, "/");
  }
  ls_text_add(&path, file->name);
  if (path.truncated || ls_file_read(ls_text_string(&path), FILE_MOST,
                                     sources->arena, &file->data, &file->size))
    file->data = NULL;
  else
    sources->bytes += file->size;
}

static const struct ls_source_file *file_of(struct ls_sources *sources,
                                            const char *name) {
  for (struct ls_source_file *f = sources->files; f; f = f->next)
    if (!strcmp(f->name, name)) return f;
  struct ls_source_file *file = ls_arena_alloc(sources->arena, sizeof *file);
  if (!file) return NULL;
  file->name = name; /* the report's: it outlives this */
  load(sources, file);
  file->next = sources->files;
  sources->files = file;
  return file;
}

static size_t length_of(const char *line, const char *end) {
  const char *newline = memchr(line, '\n', (size_t)(end - line));
  return (size_t)((newline ? newline : end) - line);
}

/* No half of a character at the end of a long line. */
static size_t shown(const char *line, size_t n) {
  if (n && line[n - 1] == '\r') n--;
  if (n <= LINE_MOST) return n;
  n = LINE_MOST;
  while (n && ((unsigned char)line[n] & 0xc0) == 0x80) n--;
  return n;
}

size_t ls_source_lines(struct ls_sources *sources, const char *name,
                       unsigned first, unsigned last, struct ls_line *lines) {
  const struct ls_source_file *file = file_of(sources, name);
  size_t n = 0;
  if (!file || !file->data) return 0;
  const char *at = file->data, *end = file->data + file->size;
  for (unsigned number = 1; at < end && number <= last; number++) {
    size_t length = length_of(at, end);
    if (number >= first) lines[n++] = (struct ls_line){at, shown(at, length)};
    at += length + 1;
  }
  return n;
}
