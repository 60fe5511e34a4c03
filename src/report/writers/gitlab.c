/* SPDX-License-Identifier: MIT */
/*
 * For GitLab: a test case of a JUnit file names a file that is shown with it
 * where it failed.
 *
 * https://docs.gitlab.com/ci/testing/unit_test_reports/
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/model/model.h"

static const char *project(void) {
  const char *is_gitlab = getenv("GITLAB_CI");
  const char *root = getenv("CI_PROJECT_DIR");
  return is_gitlab && !strcmp(is_gitlab, "true") && root && *root ? root : NULL;
}

/* Without symbolic links, as it may not be there yet: its folder is. */
static int full_name(const char *file, char full[PATH_MAX]) {
  char folder[PATH_MAX];
  const char *slash = strrchr(file, '/');
  const char *name = slash ? slash + 1 : file;
  int n = snprintf(folder, sizeof folder, "%.*s", (int)(name - file), file);
  if (n < 0 || n >= PATH_MAX) return 0;
  if (!realpath(n ? folder : ".", full)) return 0;
  size_t length = strlen(full);
  n = snprintf(full + length, PATH_MAX - length, "/%s", name);
  return n > 0 && (size_t)n < PATH_MAX - length;
}

int ls_report_attach(struct leakslope_report *report, const char *file) {
  char root[PATH_MAX];
  char full[PATH_MAX];
  report->attachment = NULL;
  if (!project() || !realpath(project(), root) || !full_name(file, full))
    return 0;
  size_t n = strcmp(root, "/") ? strlen(root) : 0;
  /* What is not below the project is no artifact; "]]" would end the name. */
  if (strncmp(full, root, n) || full[n] != '/' || strstr(full + n, "]]"))
    return 0;
  report->attachment = ls_arena_string(&report->arena, full + n + 1);
  return report->attachment ? 0 : -ENOMEM;
}
