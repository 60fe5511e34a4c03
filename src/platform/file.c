/* SPDX-License-Identifier: MIT */
/* Writes files whole or not at all, and reads small ones. */
#include "platform/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int ls_file_open(const char *path, int flags) {
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0666);
}

int ls_file_close(int fd) { return (int)syscall(SYS_close, fd); }

int ls_file_write_all(int fd, const void *data, size_t size) {
  const char *at = data;
  while (size) {
    ssize_t n = write(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    at += n;
    size -= (size_t)n;
  }
  return 0;
}

/* A pipe or a device cannot be replaced by rename, only written to. */
static int is_special(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int write_in_place(const char *path, const void *data, size_t size) {
  /* A FIFO that nobody reads from is an error, not waited for. */
  int fd = ls_file_open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -errno;
  (void)syscall(SYS_fcntl, fd, F_SETFL, 0);
  int rc = ls_file_write_all(fd, data, size);
  if (ls_file_close(fd) < 0 && !rc) rc = -errno;
  return rc;
}

static int write_new(const char *path, const void *data, size_t size) {
  int fd = ls_file_open(path, O_WRONLY | O_CREAT | O_EXCL);
  if (fd < 0) return -errno;
  int rc = ls_file_write_all(fd, data, size);
  /* A full disk may only show at fsync or close. */
  if (!rc && fsync(fd) < 0 && errno != EINVAL && errno != EROFS) rc = -errno;
  if (ls_file_close(fd) < 0 && !rc) rc = -errno;
  return rc;
}

static int temporary_name(const char *path, char *name, size_t size) {
  int n = snprintf(name, size, "%s.%ld.tmp", path, (long)getpid());
  return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int ls_file_replace(const char *path, const void *data, size_t size) {
  if (is_special(path)) return write_in_place(path, data, size);
  char name[PATH_MAX];
  int rc = temporary_name(path, name, sizeof name);
  if (rc) return rc;
  (void)unlink(name);
  rc = write_new(name, data, size);
  if (!rc && rename(name, path) < 0) rc = -errno;
  if (rc) (void)unlink(name);
  return rc;
}

static int read_all(int fd, char *data, size_t size) {
  while (size) {
    ssize_t n = read(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    if (n == 0) return -EIO; /* it became shorter */
    data += n;
    size -= (size_t)n;
  }
  return 0;
}

int ls_file_read(const char *path, size_t most, struct ls_arena *arena,
                 char **data, size_t *size) {
  struct stat st;
  int fd = ls_file_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -errno;
  int rc = fstat(fd, &st) ? -errno : 0;
  if (!rc && !S_ISREG(st.st_mode)) rc = -EINVAL;
  if (!rc && (size_t)st.st_size > most) rc = -EFBIG;
  *data = rc ? NULL : ls_arena_alloc(arena, (size_t)st.st_size + 1);
  if (!rc && !*data) rc = -ENOMEM;
  if (!rc) rc = read_all(fd, *data, *size = (size_t)st.st_size);
  ls_file_close(fd);
  return rc;
}
