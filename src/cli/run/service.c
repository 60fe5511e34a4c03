/* SPDX-License-Identifier: MIT */
/* Takes the flags of `leakslope run` that have a service write snapshots at a
   signal. */
#include "cli/run/service.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "platform/signals.h"

#define SIGNAL_VARIABLE "LEAKSLOPE_SNAPSHOT_SIGNAL"
#define FOLDER_VARIABLE "LEAKSLOPE_SNAPSHOT_DIR"

static int is_flag(const char *flag, size_t n, const char *name) {
  return strlen(name) == n && !strncmp(flag, name, n);
}

int cli_service_flag(const char *flag, size_t n, const char *value) {
  int is_signal = is_flag(flag, n, "snapshot-signal");
  if (!is_signal && !is_flag(flag, n, "snapshot-dir")) return 0;
  if (!value || !*value || !strcmp(value, "--")) {
    cli_wrong("--%.*s needs a value", (int)n, flag);
    return -1;
  }
  if (is_signal && !ls_signal_number(value)) {
    cli_wrong("--snapshot-signal: '%s' is not valid; allowed: %s", value,
              LS_SIGNALS_ALLOWED);
    return -1;
  }
  setenv(is_signal ? SIGNAL_VARIABLE : FOLDER_VARIABLE, value, 1);
  return 1;
}

/* A service may change to another folder: ours is named from the root. */
static int make_folder(const char *folder) {
  char path[PATH_MAX];
  if (mkdir(folder, 0777) && errno != EEXIST)
    return cli_wrong("--snapshot-dir: %s: %s", folder, strerror(errno));
  struct stat st;
  if (!stat(folder, &st) && !S_ISDIR(st.st_mode))
    return cli_wrong("--snapshot-dir: %s: %s", folder, strerror(ENOTDIR));
  if (!realpath(folder, path) || access(path, W_OK | X_OK))
    return cli_wrong("--snapshot-dir: %s: %s", folder, strerror(errno));
  setenv(FOLDER_VARIABLE, path, 1);
  return CLI_OK;
}

int cli_service_wanted(void) {
  const char *name = getenv(SIGNAL_VARIABLE);
  const char *folder = getenv(FOLDER_VARIABLE);
  if (!name || !*name) {
    if (!folder || !*folder) return 0;
    cli_wrong("--snapshot-dir needs --snapshot-signal");
    return -1;
  }
  if (!ls_signal_number(name)) {
    cli_wrong(SIGNAL_VARIABLE "='%s' is not valid; allowed: %s", name,
              LS_SIGNALS_ALLOWED);
    return -1;
  }
  return make_folder(folder && *folder ? folder : ".") ? -1 : 1;
}
