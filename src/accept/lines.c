/* SPDX-License-Identifier: MIT */
/* Reads a text file line by line, without comments. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "accept/accept.h"
#include "platform/file.h"
#include "platform/text.h"

static int is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

char *ls_lines_next(struct ls_lines *lines) {
  while (*lines->at) {
    char *line = lines->at, *end = line + strcspn(line, "\n");
    lines->at = *end ? end + 1 : end;
    lines->number++;
    *end = '\0';
    while (is_blank(*line)) line++;
    while (end > line && is_blank(end[-1])) *--end = '\0';
    if (*line && *line != '#') return line;
  }
  return NULL;
}

enum { MOST = 64 << 20 };

/* 0 or an errno.  Any file: a pipe has no size to ask for, and a device may
   have no end.  A text with a NUL in it is no text: it would end there unseen.
 */
static int read_all(struct ls_text *text, const char *path) {
  char piece[4096];
  ssize_t n;
  int error = 0;
  int fd = ls_file_open(path, O_RDONLY);
  if (fd < 0) return errno;
  while (!error && (n = read(fd, piece, sizeof piece)) != 0) {
    if (n < 0) {
      error = errno == EINTR ? 0 : errno;
      continue;
    }
    ls_text_add_bytes(text, piece, (size_t)n);
    if (memchr(piece, '\0', (size_t)n)) error = EILSEQ;
    if (text->length > MOST) error = EFBIG;
  }
  (void)ls_file_close(fd);
  return text->truncated && !error ? ENOMEM : error;
}

char *ls_lines_read(struct ls_arena *arena, const char *option,
                    const char *path, char *message, size_t size) {
  struct ls_text text = {.arena = arena};
  int error = read_all(&text, path);
  if (!error) return text.data ? text.data : ls_arena_string(arena, "");
  snprintf(message, size,
           "leakslope: %s='%.200s' cannot be read: %s; allowed: a text file",
           option, path, strerror(error));
  return NULL;
}
