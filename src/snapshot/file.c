/* SPDX-License-Identifier: MIT */
/* Writes a snapshot to a file, and loads one from a file. */
#define _GNU_SOURCE 1
#include "snapshot/file.h"

#include <errno.h>
#include <sys/stat.h>

#include "platform/file.h"
#include "symbolize/sys.h"

/* No snapshot of ours comes near it: 2^24 sites are the most there can be. */
static const size_t size_limit = (size_t)1 << 32;

int ls_snapshot_dump(struct leakslope_snapshot *snapshot, const char *path) {
  struct ls_arena arena = {0};
  struct ls_text text = {.arena = &arena};
  int rc = ls_snapshot_encode(&text, snapshot);
  if (!rc) rc = ls_file_replace(path, text.data, text.length);
  ls_arena_release(&arena);
  return rc;
}

static int read_all(int fd, struct ls_text *out) {
  static const size_t piece = 64 * 1024;
  char *bytes = ls_arena_alloc(out->arena, piece);
  if (!bytes) return -ENOMEM;
  for (;;) {
    long n = LS_SYS(SYS_read, fd, bytes, piece);
    if (n == -EINTR) continue;
    if (n <= 0) return (int)n;
    ls_text_add_bytes(out, bytes, (size_t)n);
    if (out->truncated) return -ENOMEM;
    if (out->length > size_limit) return -EFBIG;
  }
}

/* To open a FIFO would wait for whoever writes to it. */
static int open_file(const char *path) {
  struct stat st;
  int fd = (int)LS_SYS(SYS_openat, AT_FDCWD, path,
                       O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (fd < 0) return fd;
  int rc = fstat(fd, &st) ? -errno : S_ISDIR(st.st_mode) ? -EISDIR : 0;
  if (!rc) return fd;
  ls_sys_close(fd);
  return rc;
}

int ls_snapshot_load(const char *path, struct leakslope_snapshot **out) {
  *out = NULL;
  int fd = open_file(path);
  if (fd < 0) return fd;
  struct ls_arena arena = {0};
  struct ls_text text = {.arena = &arena};
  int rc = read_all(fd, &text);
  ls_sys_close(fd);
  if (!rc) rc = ls_snapshot_decode(ls_text_string(&text), text.length, out);
  ls_arena_release(&arena);
  return rc;
}
