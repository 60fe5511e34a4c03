/* SPDX-License-Identifier: MIT */
/* Finds and tries the files that reports go to, and writes the reports. */
#include "gate/outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "gate/heap.h"
#include "gate/report_name.h"
#include "gate/run.h"

static const struct kind {
  const char *option;
  const char *extension;
  enum leakslope_format format;
} kinds[LS_GATE_OUTPUTS] = {
    [LS_GATE_JUNIT] = {"CK_JUNIT_LOG_FILE_NAME", "xml", LEAKSLOPE_FORMAT_JUNIT},
    [LS_GATE_JSON] = {"CK_LEAK_JSON_FILE_NAME", "json", LEAKSLOPE_FORMAT_JSON},
    [LS_GATE_HTML] = {"CK_LEAK_HTML_FILE_NAME", "html", LEAKSLOPE_FORMAT_HTML},
};

const char *lsg_outputs_program(void) {
  const char *name = program_invocation_short_name;
  return strncmp(name, "lt-", 3) ? name : name + 3;
}

static void set(struct lsg_output *output, const char *path) {
  lsg_heap_free(output->given);
  lsg_heap_free(output->file);
  output->given = path ? lsg_heap_text(path) : NULL;
  output->file = NULL;
}

void ls_gate_outputs_set(struct ls_gate_outputs **outputs,
                         enum ls_gate_output which, const char *path) {
  if (!*outputs) *outputs = lsg_heap_new(sizeof **outputs);
  if (*outputs) set(&(*outputs)->of[which], path);
}

void ls_gate_outputs_free(struct ls_gate_outputs **outputs) {
  if (!*outputs) return;
  for (int i = 0; i < LS_GATE_OUTPUTS; i++) set(&(*outputs)->of[i], NULL);
  leakslope_report_free((*outputs)->report);
  lsg_heap_free(*outputs);
  *outputs = NULL;
}

int lsg_outputs_given(const struct ls_gate_outputs *runner) {
  for (int i = 0; i < LS_GATE_OUTPUTS; i++)
    if (runner->of[i].given) return 1;
  return 0;
}

static int is_folder(const char *path) {
  struct stat st;
  size_t n = strlen(path);
  return (n && path[n - 1] == '/') ||
         (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

/* What the user is to look at: the option, or the function of the adapter. */
static const char *asked_by(const struct kind *kind, int given) {
  return given ? lsg_run.of.adapter->setters[kind - kinds] : kind->option;
}

static void refuse_fifo(const struct kind *kind, int given, const char *path) {
  ls_gate_refuse(
      "leakslope: %s='%s' is a FIFO, and no report is written to one: its "
      "reader may not be there; allowed: a file, a folder or /dev/stdout",
      asked_by(kind, given), path);
}

static void refuse_path(const struct kind *kind, int given, const char *path,
                        int error) {
  ls_gate_refuse("leakslope: %s='%s' cannot be written: %s",
                 asked_by(kind, given), path, strerror(error));
}

/* The full name: a test may change the working directory.  0 or an errno. */
static int name_report(const char *path, const char *extension,
                       char file[PATH_MAX]) {
  char here[PATH_MAX] = "";
  char name[LSG_REPORT_NAME_SIZE];
  if (path[0] != '/' && !getcwd(here, sizeof here)) return errno;
  int folder = is_folder(path);
  if (folder && mkdir(path, 0777) && errno != EEXIST) return errno;
  int n = snprintf(file, PATH_MAX, "%s%s%s", here, here[0] ? "/" : "", path);
  if (folder && n > 0 && n < PATH_MAX) {
    lsg_report_name(name, lsg_outputs_program(), extension);
    n += snprintf(file + n, PATH_MAX - (size_t)n, "%s%s",
                  file[n - 1] == '/' ? "" : "/", name);
  }
  return n < 0 || n >= PATH_MAX ? ENAMETOOLONG : 0;
}

/* A FIFO in the file system: opening it waits until somebody reads from it, and
   nobody may.  A pipe that the program was started with, as /dev/stdout or
   /dev/fd/63, has its reader, and lies in a file system of its own. */
static int is_fifo(const char *file, const struct stat *st) {
  struct statfs fs;
  return S_ISFIFO(st->st_mode) &&
         (statfs(file, &fs) || fs.f_type != PIPEFS_MAGIC);
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

static char *prepare(const struct kind *kind, int given, const char *path,
                     const struct leakslope_report *report) {
  char file[PATH_MAX];
  struct stat st;
  if (!strcmp(path, "-")) return lsg_heap_text(path); /* as in Check: stdout */
  int error = name_report(path, kind->extension, file);
  if (!error && stat(file, &st) == 0 && !S_ISREG(st.st_mode)) {
    if (is_fifo(file, &st)) refuse_fifo(kind, given, path);
    error = try_special(file, &st);
  } else if (!error)
    error = -leakslope_report_write(report, kind->format, file);
  if (error) refuse_path(kind, given, path, error);
  return lsg_heap_text(file);
}

static int is_given(const struct ls_gate_outputs *runner, int i) {
  return runner && runner->of[i].given;
}

void lsg_outputs_prepare(struct ls_gate_outputs *program,
                         struct ls_gate_outputs *runner) {
  for (int i = 0; i < LS_GATE_OUTPUTS; i++) {
    int given = is_given(runner, i);
    const struct ls_gate_outputs *to = given ? runner : program;
    struct lsg_output *output = given ? &runner->of[i] : &program->of[i];
    const char *path =
        given ? output->given : leakslope_option(kinds[i].option);
    if (path && !output->file)
      output->file = prepare(&kinds[i], given, path, to->report);
  }
}

/* The page, else the JSON, goes with the JUnit file of the same report. */
static void attach(const struct ls_gate_outputs *program,
                   const struct ls_gate_outputs *runner) {
  const int junit_is_given = is_given(runner, LS_GATE_JUNIT);
  const struct ls_gate_outputs *from = junit_is_given ? runner : program;
  static const enum ls_gate_output kinds_shown[] = {LS_GATE_HTML, LS_GATE_JSON};
  if (!from->of[LS_GATE_JUNIT].file) return;
  for (int i = 0; i < 2; i++) {
    enum ls_gate_output kind = kinds_shown[i];
    const struct ls_gate_outputs *has =
        is_given(runner, kind) ? runner : program;
    const char *file = has->of[kind].file;
    if (!file || !strcmp(file, "-")) continue;
    (void)leakslope_report_attach(from->report, file);
    return;
  }
}

void lsg_outputs_write(struct ls_gate_outputs *program,
                       struct ls_gate_outputs *runner) {
  int failed = LS_GATE_OUTPUTS, error = 0;
  attach(program, runner);
  for (int i = 0; i < LS_GATE_OUTPUTS; i++) {
    const struct ls_gate_outputs *from = is_given(runner, i) ? runner : program;
    const char *file = from->of[i].file;
    int rc =
        file ? leakslope_report_write(from->report, kinds[i].format, file) : 0;
    if (!rc || failed != LS_GATE_OUTPUTS) continue;
    failed = i;
    error = -rc;
  }
  if (failed == LS_GATE_OUTPUTS) return;
  /* A report that was asked for and is not there must not look like success;
     the others are there all the same. */
  int given = is_given(runner, failed);
  refuse_path(&kinds[failed], given,
              (given ? runner : program)->of[failed].file, error);
}
