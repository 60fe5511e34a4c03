/* SPDX-License-Identifier: MIT */
/*
 * Finds the zeroed data of modules in /proc/self/maps, and asks the kernel how
 * many of its pages are there.
 *
 *   7f..000-7f..200 rw-p 0001000 fd:00 1234 /usr/lib/libx.so   data
 *   7f..200-7f..900 rw-p 0000000 00:00 0                       zeroed: behind
 * it
 */
#include "measure/static_memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"

enum {
  CHUNK_PAGES = 4096, /* asked about at once */
  LEAST_PAGES = 16,   /* smaller ones do not matter */
  TEXT = 1 << 16
};

struct line {
  uintptr_t begin, end;
  int is_writable, has_file, has_name;
};

static void read_line(const char *text, struct line *line) {
  char *at;
  line->begin = strtoul(text, &at, 16);
  line->end = *at ? strtoul(at + 1, &at, 16) : 0;
  line->is_writable = !strncmp(at, " rw-p", 5);
  line->has_file = strchr(at, '/') != NULL;
  line->has_name = line->has_file || strchr(at, '[') != NULL;
}

static void note(struct ls_static_memory *memory, const struct line *line) {
  uintptr_t size = line->end - line->begin;
  if (size < LEAST_PAGES * (uintptr_t)sysconf(_SC_PAGESIZE) ||
      memory->n == LS_STATIC_RANGES)
    return;
  memory->of[memory->n].begin = line->begin;
  memory->of[memory->n++].end = line->end;
}

/* Behind a module's own data, and of no name. */
static void look(struct ls_static_memory *memory, struct line *before,
                 const char *text) {
  struct line line;
  read_line(text, &line);
  if (line.is_writable && !line.has_name && before->has_file &&
      before->is_writable && before->end == line.begin)
    note(memory, &line);
  *before = line;
}

static void look_at_all(struct ls_static_memory *memory, int fd, char *text) {
  struct line before = {0};
  size_t held = 0;
  for (;;) {
    long n = syscall(SYS_read, fd, text + held, TEXT - 1 - held);
    if (n <= 0) return;
    held += (size_t)n;
    text[held] = '\0';
    char *at = text;
    for (char *end; (end = strchr(at, '\n')); at = end + 1) {
      *end = '\0';
      look(memory, &before, at);
    }
    held -= (size_t)(at - text);
    memmove(text, at, held);
  }
}

void ls_static_find(struct ls_static_memory *memory) {
  memory->n = 0;
  char *text = ls_pages_map(TEXT, 0);
  long fd =
      syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
  if (text && fd >= 0) look_at_all(memory, (int)fd, text);
  if (fd >= 0) (void)syscall(SYS_close, fd);
  if (text) ls_pages_unmap(text, TEXT);
}

static int64_t pages_there(uintptr_t begin, uintptr_t end, uintptr_t page) {
  unsigned char there[CHUNK_PAGES];
  int64_t pages = 0;
  while (begin < end) {
    uintptr_t n = (end - begin) / page;
    if (n > CHUNK_PAGES) n = CHUNK_PAGES;
    if (!n || syscall(SYS_mincore, begin, n * page, there)) break;
    for (uintptr_t i = 0; i < n; i++) pages += there[i] & 1;
    begin += n * page;
  }
  return pages;
}

int64_t ls_static_resident(const struct ls_static_memory *memory) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  int64_t pages = 0;
  for (uint32_t i = 0; i < memory->n; i++)
    pages += pages_there(memory->of[i].begin, memory->of[i].end, page);
  return pages * (int64_t)page;
}
