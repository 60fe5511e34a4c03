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

#include "interpose/descriptors.h"

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);
int fcntl64(int fd, int command, ...);
int shm_open(const char *name, int flags, mode_t mode);

/* A stream in memory has none, which is no error of the program's. */
static int number_of(FILE *file) {
  int saved = errno;
  int fd = fileno(file);
  errno = saved;
  return fd;
}

static FILE *stream(FILE *file, const uintptr_t *record) {
  if (file) (void)ls_descriptor_opened(number_of(file), record);
  return file;
}

LS_HOOK FILE *fopen(const char *path, const char *mode) {
  LS_REAL_OR(fopen, NULL)
  return stream(ls_real.fopen(path, mode), LS_RECORD);
}

LS_HOOK FILE *fopen64(const char *path, const char *mode) {
  LS_REAL_OR(fopen64, NULL)
  return stream(ls_real.fopen64(path, mode), LS_RECORD);
}

LS_HOOK FILE *tmpfile(void) {
  LS_REAL_OR(tmpfile, NULL)
  return stream(ls_real.tmpfile(), LS_RECORD);
}

LS_HOOK FILE *tmpfile64(void) {
  LS_REAL_OR(tmpfile64, NULL)
  return stream(ls_real.tmpfile64(), LS_RECORD);
}

LS_HOOK FILE *popen(const char *command, const char *mode) {
  LS_REAL_OR(popen, NULL)
  return stream(ls_real.popen(command, mode), LS_RECORD);
}

LS_HOOK int fclose(FILE *file) {
  LS_REAL_OR(fclose, EOF)
  ls_descriptor_closing(number_of(file));
  return ls_real.fclose(file);
}

LS_HOOK int pclose(FILE *file) {
  LS_REAL_OR(pclose, -1)
  ls_descriptor_closing(number_of(file));
  return ls_real.pclose(file);
}

LS_HOOK DIR *opendir(const char *path) {
  LS_REAL_OR(opendir, NULL)
  DIR *dir = ls_real.opendir(path);
  if (dir) (void)ls_descriptor_opened(dirfd(dir), LS_RECORD);
  return dir;
}

LS_HOOK int closedir(DIR *dir) {
  LS_REAL_OR(closedir, -1)
  /* The header says never NULL; libc answers EINVAL to it, and so do we. */
  DIR *volatile given = dir;
  if (given) ls_descriptor_closing(dirfd(given));
  return ls_real.closedir(given);
}

LS_HOOK int shm_open(const char *name, int flags, mode_t mode) {
  LS_REAL_OR(shm_open, -1)
  return ls_descriptor_opened(ls_real.shm_open(name, flags, mode), LS_RECORD);
}

LS_HOOK int __open_2(const char *path, int flags) {
  LS_REAL_OR(__open_2, -1)
  return ls_descriptor_opened(ls_real.__open_2(path, flags), LS_RECORD);
}

LS_HOOK int __open64_2(const char *path, int flags) {
  LS_REAL_OR(__open64_2, -1)
  return ls_descriptor_opened(ls_real.__open64_2(path, flags), LS_RECORD);
}

LS_HOOK int __openat_2(int dir, const char *path, int flags) {
  LS_REAL_OR(__openat_2, -1)
  return ls_descriptor_opened(ls_real.__openat_2(dir, path, flags), LS_RECORD);
}

LS_HOOK int __openat64_2(int dir, const char *path, int flags) {
  LS_REAL_OR(__openat64_2, -1)
  return ls_descriptor_opened(ls_real.__openat64_2(dir, path, flags),
                              LS_RECORD);
}

static int duplicates(int command) {
  return command == F_DUPFD || command == F_DUPFD_CLOEXEC;
}

/* The third argument is an int, a pointer or nothing; as a pointer it is
   passed on whatever it is. */
LS_HOOK int fcntl(int fd, int command, ...) {
  va_list args;
  va_start(args, command);
  void *argument = va_arg(args, void *);
  va_end(args);
  LS_REAL_OR(fcntl, -1)
  int result = ls_real.fcntl(fd, command, argument);
  return duplicates(command) ? ls_descriptor_opened(result, LS_RECORD) : result;
}

LS_HOOK int fcntl64(int fd, int command, ...) {
  va_list args;
  va_start(args, command);
  void *argument = va_arg(args, void *);
  va_end(args);
  LS_REAL_OR(fcntl64, -1)
  int result = ls_real.fcntl64(fd, command, argument);
  return duplicates(command) ? ls_descriptor_opened(result, LS_RECORD) : result;
}
