/* SPDX-License-Identifier: MIT */
/* Writes annotations and the job's summary of GitHub Actions. */
#include "gate/github.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/killed.h"
#include "gate/run.h"

int lsg_github_wanted(void) {
  const char *value = getenv("GITHUB_ACTIONS");
  return value && !strcmp(value, "true");
}

static int is_stdout(const char *file) {
  return file && (!strcmp(file, "-") || !strcmp(file, "/dev/stdout"));
}

static int any_is_stdout(const struct ls_gate_outputs *outputs) {
  for (int i = 0; outputs && i < LS_GATE_OUTPUTS; i++)
    if (is_stdout(outputs->of[i].file)) return 1;
  return 0;
}

/* One write for all of it: other programs append at the same time. */
static void append_summary(const struct leakslope_report *run) {
  const char *path = getenv("GITHUB_STEP_SUMMARY");
  if (!path || !*path) return;
  /* Not waited for: a FIFO that nobody reads from. */
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY;
  int fd = open(path, flags | O_NONBLOCK, 0666);
  if (fd >= 0) (void)fcntl(fd, F_SETFL, O_APPEND);
  int rc = fd < 0
               ? -errno
               : leakslope_report_write_fd(run, LEAKSLOPE_FORMAT_MARKDOWN, fd);
  if (fd >= 0) close(fd);
  if (rc)
    fprintf(stderr, "leakslope: GITHUB_STEP_SUMMARY='%s' is not written: %s\n",
            path, strerror(-rc));
}

void lsg_github_tell(const struct leakslope_report *run,
                     const struct ls_gate_outputs *program,
                     const struct ls_gate_outputs *runner) {
  /* Lines of ours would be read as something else there. */
  int taken = lsg_run.of.takes_stdout || any_is_stdout(program) ||
              any_is_stdout(runner);
  if (!lsg_killed_writes()) fflush(stdout);
  (void)leakslope_report_write_fd(run, LEAKSLOPE_FORMAT_GITHUB,
                                  taken ? STDERR_FILENO : STDOUT_FILENO);
  append_summary(run);
}
