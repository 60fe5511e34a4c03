/* SPDX-License-Identifier: MIT */
#include "junit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner.h"

const char *ck_junit_program(void) {
  const char *name = program_invocation_short_name;
  return strncmp(name, "lt-", 3) ? name : name + 3;
}

static int is_folder(const char *path) {
  struct stat st;
  size_t n = strlen(path);
  return (n && path[n - 1] == '/') ||
         (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

static void refuse_path(const char *option, const char *path, int error) {
  ck_runner_refuse("leakslope: %s='%s' cannot be written: %s", option, path,
                   strerror(error));
}

/* The full name: a test may change the working directory.  0 or an errno. */
static int name_report(const char *path, char file[PATH_MAX]) {
  char here[PATH_MAX] = "";
  if (path[0] != '/' && !getcwd(here, sizeof here)) return errno;
  int folder = is_folder(path);
  if (folder && mkdir(path, 0777) && errno != EEXIST) return errno;
  int n = snprintf(file, PATH_MAX, "%s%s%s", here, here[0] ? "/" : "", path);
  if (folder && n > 0 && n < PATH_MAX)
    n += snprintf(file + n, PATH_MAX - (size_t)n, "%sTEST-%s.xml",
                  file[n - 1] == '/' ? "" : "/", ck_junit_program());
  return n < 0 || n >= PATH_MAX ? ENAMETOOLONG : 0;
}

/* A pipe or a terminal takes the report once, at the end; a device may tell
   already that it will not.  0 or an errno. */
static int try_special(const char *file, const struct stat *st) {
  if (!S_ISCHR(st->st_mode)) return access(file, W_OK) ? errno : 0;
  int fd = open(file, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  int error = fd < 0 || write(fd, "", 0) < 0 ? errno : 0;
  if (fd >= 0) close(fd);
  return error;
}

char *ck_junit_prepare(const char *option, const char *path,
                       const struct leakslope_report *report) {
  char file[PATH_MAX];
  struct stat st;
  if (!strcmp(path, "-")) return strdup(path); /* as in Check: stdout */
  int error = name_report(path, file);
  if (!error && stat(file, &st) == 0 && !S_ISREG(st.st_mode))
    error = try_special(file, &st);
  else if (!error)
    error = -leakslope_report_write(report, LEAKSLOPE_FORMAT_JUNIT, file);
  if (error) refuse_path(option, path, error);
  return strdup(file);
}

void ck_junit_write(const char *option, const char *file,
                    const struct leakslope_report *report) {
  int rc = leakslope_report_write(report, LEAKSLOPE_FORMAT_JUNIT, file);
  /* A report that was asked for and is not there must not look like success. */
  if (rc) refuse_path(option, file, -rc);
}
