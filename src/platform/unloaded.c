/* SPDX-License-Identifier: MIT */
/* Remembers libraries that were unloaded, so that their addresses keep a name.
 */
#include "platform/unloaded.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/arena.h"
#include "platform/file.h"
#include "platform/lock.h"

enum { LIBRARIES = 256 }; /* different ones; the rest stay nameless */

static struct {
  struct ls_lock lock;
  struct ls_arena arena;
  _Atomic size_t n;
  struct ls_unloaded at[LIBRARIES];
} unloaded;

static int is_known(const struct ls_unloaded *library) {
  for (size_t i = 0; i < unloaded.n; i++)
    if (unloaded.at[i].begin == library->begin &&
        unloaded.at[i].end == library->end &&
        !strcmp(unloaded.at[i].path, library->path))
      return 1;
  return 0;
}

/* ---- whole paths --------------------------------------------------------- */

enum { LINE = 4096 + 128 }; /* a path, and what is in front of it */

/* Under the lock: a hook has no room for it on its stack. */
static char line[LINE], piece[4096];

/* "7f31a000-7f31c000 r-xp 00001000 08:01 1234   /usr/lib/libx.so" */
static const char *path_at(uintptr_t address) {
  char *rest;
  unsigned long begin = strtoul(line, &rest, 16);
  unsigned long end = *rest == '-' ? strtoul(rest + 1, NULL, 16) : 0;
  return address >= begin && address < end ? strchr(line, '/') : NULL;
}

/* What the kernel says is there; the dynamic linker keeps a name as it was
   given, and the working directory may be another one since. */
static const char *mapped_at(uintptr_t address) {
  const char *path = NULL;
  size_t used = 0;
  ssize_t n = 0;
  int saved = errno;
  int fd = ls_file_open("/proc/self/maps", O_RDONLY);
  while (fd >= 0 && !path && (n = read(fd, piece, sizeof piece)) > 0)
    for (ssize_t i = 0; i < n && !path; i++) {
      line[used] = piece[i] == '\n' ? '\0' : piece[i];
      used += used + 1 < LINE;
      if (piece[i] != '\n') continue;
      path = path_at(address);
      used = 0;
    }
  if (fd >= 0) (void)ls_file_close(fd);
  errno = saved;
  return path;
}

void ls_unloaded_note(const struct ls_unloaded *library) {
  if (!ls_lock_take(&unloaded.lock)) return;
  if (unloaded.n < LIBRARIES && !is_known(library)) {
    struct ls_unloaded copy = *library;
    const char *whole =
        *library->path == '/' ? NULL : mapped_at(library->begin);
    copy.path = ls_arena_string(&unloaded.arena, whole ? whole : library->path);
    if (copy.path) {
      unloaded.at[unloaded.n] = copy;
      unloaded.n++;
    }
  }
  ls_lock_release(&unloaded.lock);
}

/* Only the latest can be: what is in the middle was unloaded before. */
void ls_unloaded_stays(const struct ls_unloaded *library) {
  if (!ls_lock_take(&unloaded.lock)) return;
  size_t n = unloaded.n;
  if (n && unloaded.at[n - 1].begin == library->begin &&
      unloaded.at[n - 1].end == library->end)
    unloaded.n = n - 1;
  ls_lock_release(&unloaded.lock);
}

const struct ls_unloaded *ls_unloaded_at(uintptr_t address) {
  for (size_t i = unloaded.n; i-- > 0;)
    if (address >= unloaded.at[i].begin && address < unloaded.at[i].end)
      return &unloaded.at[i];
  return NULL;
}
