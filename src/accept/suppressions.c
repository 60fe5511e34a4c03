/* SPDX-License-Identifier: MIT */
/*
 * LeakSanitizer's suppressions: the same file may be given to both.
 *
 *   # a comment
 *   leak:<pattern>
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "accept/accept.h"
#include "platform/options.h"

/* What a program built for LeakSanitizer may define. */
extern const char *__lsan_default_suppressions(void) __attribute__((weak));

static const char option[] = "CK_LEAK_SUPPRESSIONS";
static const char type[] = "leak:";
enum { TYPE = sizeof type - 1 };

static struct {
  struct ls_arena arena;
  struct ls_suppression *all;
  size_t n, capacity;
} known;

static int has_room(void) {
  if (known.n < known.capacity) return 1;
  size_t capacity = known.capacity ? 2 * known.capacity : 64;
  struct ls_suppression *all =
      ls_arena_alloc(&known.arena, capacity * sizeof *all);
  if (!all) return 0;
  if (known.n) memcpy(all, known.all, known.n * sizeof *all);
  known.all = all;
  known.capacity = capacity;
  return 1;
}

static int take(char *text, const char *file, char *message, size_t size) {
  struct ls_lines lines = {text, 0};
  for (char *line; (line = ls_lines_next(&lines));) {
    if (strncmp(line, type, TYPE) || !line[TYPE]) {
      snprintf(message, size,
               "leakslope: %s:%u: '%.80s' is not valid; allowed: "
               "leak:<pattern>, # comment",
               file ? file : "__lsan_default_suppressions()", lines.number,
               line);
      return -EINVAL;
    }
    if (!has_room()) return -ENOMEM;
    known.all[known.n++] =
        (struct ls_suppression){line + TYPE, file, lines.number};
  }
  return 0;
}

int ls_suppress(const char *given, char *message, size_t size) {
  char *text = ls_arena_string(&known.arena, given);
  return text ? take(text, NULL, message, size) : 0;
}

int ls_suppressions_load(char *message, size_t size) {
  const char *path = ls_options_value(option);
  ls_arena_release(&known.arena);
  memset(&known, 0, sizeof known);
  if (path) {
    const char *file = ls_arena_string(&known.arena, path);
    char *text = ls_lines_read(&known.arena, option, path, message, size);
    if (!text) return -EINVAL;
    int rc = take(text, file, message, size);
    if (rc) return rc;
  }
  return ls_suppress(
      __lsan_default_suppressions ? __lsan_default_suppressions() : NULL,
      message, size);
}

const struct ls_suppression *ls_suppression_of(
    const struct leakslope_frame *frames, size_t n) {
  for (size_t i = 0; i < known.n; i++)
    if (ls_pattern_matches_any(known.all[i].pattern, frames, n))
      return &known.all[i];
  return NULL;
}

size_t ls_suppressions(const struct ls_suppression **all) {
  *all = known.all;
  return known.n;
}
