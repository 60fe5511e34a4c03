/* SPDX-License-Identifier: MIT */
/* Helpers of all subcommands: errors, whole files, the output of other
   programs, installed files. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "platform/file.h"

int cli_wrong(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("leakslope: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  return CLI_WRONG;
}

/* ---- reading ------------------------------------------------------------- */

enum { READ_MOST = 256 << 20 }; /* a device may have no end */

static int drain(int fd, struct ls_text *out) {
  char bytes[4096];
  ssize_t n;
  while ((n = read(fd, bytes, sizeof bytes)) != 0) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    ls_text_add_bytes(out, bytes, (size_t)n);
    if (out->length > READ_MOST) return -EFBIG;
  }
  return out->truncated ? -ENOMEM : 0;
}

int cli_read(const char *path, struct ls_text *out) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  int rc = drain(fd, out);
  close(fd);
  return rc;
}

int cli_write(const char *to, const struct ls_text *text) {
  const char *bytes = ls_text_string(text);
  int rc = strcmp(to, "-")
               ? ls_file_replace(to, bytes, text->length)
               : ls_file_write_all(STDOUT_FILENO, bytes, text->length);
  if (rc) return cli_wrong("%s cannot be written: %s", to, strerror(-rc));
  return CLI_OK;
}

static int wait_for(pid_t pid) {
  int status;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return -errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int cli_capture(const char *const argv[], struct ls_text *out) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC)) return -errno;
  pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
  }
  close(ends[1]);
  int rc = pid < 0 ? -errno : drain(ends[0], out);
  close(ends[0]);
  int status = pid < 0 ? 0 : wait_for(pid);
  return rc ? rc : status;
}

/* ---- where we are -------------------------------------------------------- */

static int here(char *folder, size_t size) {
  ssize_t n = readlink("/proc/self/exe", folder, size - 1);
  if (n <= 0) return -ENOENT;
  folder[n] = '\0';
  *strrchr(folder, '/') = '\0';
  return 0;
}

/* From the command's folder (where it is installed, then where it is built),
   or where it was to be installed. */
int cli_library_file(const char *name, char *path, size_t size) {
  static const char *const folders[] = {LS_LIBDIR_BESIDE, "../lib"};
  char folder[PATH_MAX];
  for (size_t i = 0; i < 2 && !here(folder, sizeof folder); i++) {
    char joined[2 * PATH_MAX];
    char real[PATH_MAX];
    snprintf(joined, sizeof joined, "%s/%s", folder, folders[i]);
    if (!realpath(joined, real)) continue;
    /* By the name that was asked for: libleakslope.so is a link. */
    int n = snprintf(path, size, "%s/%s", real, name);
    if (n < 0 || (size_t)n >= size) return -ENAMETOOLONG;
    if (!access(path, R_OK)) return 0;
  }
  snprintf(path, size, "%s/%s", LS_LIBDIR, name);
  return access(path, R_OK) ? -ENOENT : 0;
}
