/* SPDX-License-Identifier: MIT */
/*
 * leakslope run [--OPTION VALUE]... -- PROGRAM [ARGUMENT]...
 *
 * Starts a Check or cmocka program with the gate, or (service.h) any program so
 * that it writes snapshots.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/doctor/inspect.h"
#include "cli/run/flags.h"
#include "cli/run/service.h"

/* ---- options ------------------------------------------------------------- */

/* --name VALUE or --name=VALUE: how many arguments it took, or -1. */
static int take_flag(char **argv) {
  const char *flag = argv[0] + 2;
  size_t n = strcspn(flag, "=");
  const struct ls_option *option = cli_flag_option(flag, n);
  const char *value = flag[n] ? flag + n + 1 : argv[1];
  int service = cli_service_flag(flag, n, value);
  if (service) return service < 0 ? -1 : flag[n] ? 1 : 2;
  if (!option) {
    cli_wrong("%s is not an option; see leakslope --help", argv[0]);
    return -1;
  }
  if (!value || !*value || (!flag[n] && !strcmp(value, "--"))) {
    cli_wrong("%s needs a value; allowed: %s", argv[0], option->allowed);
    return -1;
  }
  setenv(option->name, value, 1);
  return flag[n] ? 1 : 2;
}

/* The index of PROGRAM, or -1. */
static int take_flags(int argc, char **argv) {
  int i = 0;
  while (i < argc && argv[i][0] == '-') {
    if (!strcmp(argv[i], "--")) {
      i++;
      break;
    }
    int taken = strncmp(argv[i], "--", 2) ? 0 : take_flag(argv + i);
    if (!taken) cli_wrong("%s is not an option", argv[i]);
    if (taken <= 0) return -1;
    i += taken;
  }
  if (i < argc) return i;
  cli_wrong(
      "usage: leakslope run [--OPTION VALUE]... -- PROGRAM "
      "[ARGUMENT]...");
  return -1;
}

/* ---- the program --------------------------------------------------------- */

static int can_run(const char *path) {
  struct stat st;
  return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

/* As a shell finds it. */
static int find_program(const char *name, char *path, size_t size) {
  const char *folder = getenv("PATH");
  snprintf(path, size, "%s", name);
  if (strchr(name, '/')) return CLI_OK;
  while (folder && *folder) {
    size_t n = strcspn(folder, ":");
    char found[PATH_MAX];
    int length = snprintf(found, sizeof found, "%.*s%s%s", (int)n, folder,
                          n ? "/" : "./", name);
    if (length > 0 && (size_t)length < size && can_run(found)) {
      memcpy(path, found, (size_t)length + 1);
      return CLI_OK;
    }
    folder += n;
    folder += *folder == ':';
  }
  return cli_wrong("%s is not found in PATH", name);
}

/* In front of all others. */
static int preload(const char *name) {
  char library[PATH_MAX];
  char all[2 * PATH_MAX];
  const char *others = getenv("LD_PRELOAD");
  if (cli_library_file(name, library, sizeof library))
    return cli_wrong("there is no %s to preload", library);
  if (strpbrk(library, ": "))
    return cli_wrong("'%s' cannot be preloaded: the name has a space or a ':'",
                     library);
  int n = snprintf(all, sizeof all, "%s%s%s", library,
                   others && *others ? ":" : "", others ? others : "");
  if (n < 0 || (size_t)n >= sizeof all)
    return cli_wrong("LD_PRELOAD is too long");
  setenv("LD_PRELOAD", all, 1);
  return CLI_OK;
}

static const char *layer_of(const struct cli_program *program) {
  return program->check == CLI_CHECK_NONE && program->cmocka
             ? "leakslope/libleakslope_cmocka_preload.so"
             : "leakslope/libleakslope_check_preload.so";
}

static int preload_all(const struct cli_program *program, enum cli_way way) {
  int status = CLI_OK;
  if (way == CLI_PRELOAD_LAYER) status = preload(layer_of(program));
  /* The very first: it is the first malloc that counts. */
  return status ? status : preload("libleakslope.so");
}

/* Makes it ready to be started, gated or `as_service`; CLI_OK or CLI_WRONG. */
static int prepare(const char *path, int as_service) {
  struct ls_arena arena = {0};
  struct cli_program program;
  const char *why;
  int rc = cli_inspect(path, &arena, &program);
  if (rc) return cli_wrong("%s: %s", path, strerror(-rc));
  enum cli_way way = as_service ? cli_judge_service(&program, &why)
                                : cli_judge(&program, &why);
  int status = CLI_OK;
  if (way == CLI_NO_WAY)
    status = cli_wrong("%s is not run, it cannot be %s: %s", path,
                       as_service ? "traced" : "gated", why);
  else if (way == CLI_PRELOAD || way == CLI_PRELOAD_LAYER)
    status = preload_all(&program, way);
  ls_arena_release(&arena);
  return status;
}

int cli_run(int argc, char **argv) {
  char message[512];
  char path[PATH_MAX];
  int program = take_flags(argc, argv);
  if (program < 0) return CLI_WRONG;
  if (ls_options_check(message, sizeof message)) {
    fprintf(stderr, "%s\n", message);
    return CLI_WRONG;
  }
  int service = cli_service_wanted();
  if (service < 0) return CLI_WRONG;
  if (service && ls_options_is("CK_LEAK", "no"))
    return cli_wrong("CK_LEAK=no traces nothing: there are no snapshots then");
  int status = find_program(argv[program], path, sizeof path);
  /* Off is as if never linked: for any program. */
  if (!status && !ls_options_is("CK_LEAK", "no"))
    status = prepare(path, service);
  if (status) return status;
  execv(path, argv + program);
  return cli_wrong("%s cannot be started: %s", path, strerror(errno));
}
