/* SPDX-License-Identifier: MIT */
/*
 * Streams, and other calls whose descriptor libc opens or closes inside.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "interpose/hooks.h"
#include "interpose/sink.h"
#include "platform/guard.h"

#define HOOK __attribute__((visibility("default"), noinline))
#define RECORD ((const uintptr_t *)__builtin_frame_address(0))

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);
int fcntl64(int fd, int command, ...);
int shm_open(const char *name, int flags, mode_t mode);

static int wanted(void) {
  return __atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED) &&
         ls_owner == LS_OWNER_HOST;
}

static int opened(int fd, const uintptr_t *record) {
  if (fd >= 0 && wanted()) {
    ls_owner = LS_OWNER_HOOK;
    ls_sink_fd_open(fd, record);
    ls_owner = LS_OWNER_HOST;
  }
  return fd;
}

static void closing(int fd) {
  if (fd < 0 || !wanted()) return;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_fd_close(fd);
  ls_owner = LS_OWNER_HOST;
}

#define REAL_OR(name, failure) \
  ls_hooks_resolve();          \
  if (!ls_real.name) {         \
    errno = ENOSYS;            \
    return failure;            \
  }

static FILE *stream(FILE *file, const uintptr_t *record) {
  if (file) (void)opened(fileno(file), record);
  return file;
}

HOOK FILE *fopen(const char *path, const char *mode) {
  REAL_OR(fopen, NULL)
  return stream(ls_real.fopen(path, mode), RECORD);
}

HOOK FILE *fopen64(const char *path, const char *mode) {
  REAL_OR(fopen64, NULL)
  return stream(ls_real.fopen64(path, mode), RECORD);
}

HOOK FILE *tmpfile(void) {
  REAL_OR(tmpfile, NULL)
  return stream(ls_real.tmpfile(), RECORD);
}

HOOK FILE *tmpfile64(void) {
  REAL_OR(tmpfile64, NULL)
  return stream(ls_real.tmpfile64(), RECORD);
}

HOOK FILE *popen(const char *command, const char *mode) {
  REAL_OR(popen, NULL)
  return stream(ls_real.popen(command, mode), RECORD);
}

HOOK int fclose(FILE *file) {
  REAL_OR(fclose, EOF)
  closing(fileno(file));
  return ls_real.fclose(file);
}

HOOK int pclose(FILE *file) {
  REAL_OR(pclose, -1)
  closing(fileno(file));
  return ls_real.pclose(file);
}

HOOK DIR *opendir(const char *path) {
  REAL_OR(opendir, NULL)
  DIR *dir = ls_real.opendir(path);
  if (dir) (void)opened(dirfd(dir), RECORD);
  return dir;
}

HOOK int closedir(DIR *dir) {
  REAL_OR(closedir, -1)
  /* The header says never NULL; libc answers EINVAL to it, and so do we. */
  DIR *volatile given = dir;
  if (given) closing(dirfd(given));
  return ls_real.closedir(given);
}

HOOK int shm_open(const char *name, int flags, mode_t mode) {
  REAL_OR(shm_open, -1)
  return opened(ls_real.shm_open(name, flags, mode), RECORD);
}

HOOK int __open_2(const char *path, int flags) {
  REAL_OR(__open_2, -1)
  return opened(ls_real.__open_2(path, flags), RECORD);
}

HOOK int __open64_2(const char *path, int flags) {
  REAL_OR(__open64_2, -1)
  return opened(ls_real.__open64_2(path, flags), RECORD);
}

HOOK int __openat_2(int dir, const char *path, int flags) {
  REAL_OR(__openat_2, -1)
  return opened(ls_real.__openat_2(dir, path, flags), RECORD);
}

HOOK int __openat64_2(int dir, const char *path, int flags) {
  REAL_OR(__openat64_2, -1)
  return opened(ls_real.__openat64_2(dir, path, flags), RECORD);
}

static int duplicates(int command) {
  return command == F_DUPFD || command == F_DUPFD_CLOEXEC;
}

/* The third argument is an int, a pointer or nothing; as a pointer it is
   passed on whatever it is. */
HOOK int fcntl(int fd, int command, ...) {
  va_list args;
  va_start(args, command);
  void *argument = va_arg(args, void *);
  va_end(args);
  REAL_OR(fcntl, -1)
  int result = ls_real.fcntl(fd, command, argument);
  return duplicates(command) ? opened(result, RECORD) : result;
}

HOOK int fcntl64(int fd, int command, ...) {
  va_list args;
  va_start(args, command);
  void *argument = va_arg(args, void *);
  va_end(args);
  REAL_OR(fcntl64, -1)
  int result = ls_real.fcntl64(fd, command, argument);
  return duplicates(command) ? opened(result, RECORD) : result;
}
