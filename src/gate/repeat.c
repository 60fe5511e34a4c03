/* SPDX-License-Identifier: MIT */
/* Writes the command that measures a test again. */
#include "gate/repeat.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gate/run.h"
#include "gate/texts.h"

enum { LEAST_ITERATIONS = 8 };

/* As one word of a shell's; plain ones as they are. */
static void quote(char *to, size_t size, const char *word) {
  static const char plain[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-:,@%";
  size_t n = strlen(word), used = 0;
  if (n < size && n && strspn(word, plain) == n) {
    memcpy(to, word, n + 1);
    return;
  }
  to[0] = '\0';
  /* an apostrophe takes four, and the last and the end two */
  if (4 * n + 3 > size) return;
  to[used++] = '\'';
  for (; *word; word++) {
    if (*word == '\'') {
      memcpy(to + used, "'\\''", 4);
      used += 4;
    } else {
      to[used++] = *word;
    }
  }
  to[used++] = '\'';
  to[used] = '\0';
}

/* libtool runs .libs/x or .libs/lt-x by a script x beside that folder, which
   says where the libraries are that were not installed yet. */
static const char *wrapper_of(const char *program, char *to, size_t size) {
  static const char folder[] = ".libs/";
  const char *slash = strrchr(program, '/');
  const char *name = slash ? slash + 1 : program;
  size_t n = (size_t)(name - program);
  if (n < sizeof folder - 1 ||
      memcmp(name - (sizeof folder - 1), folder, sizeof folder - 1))
    return program;
  n -= sizeof folder - 1;
  if (n && program[n - 1] != '/') return program; /* of another name */
  for (int without = 0; without < 2; without++) {
    const char *own = without && !strncmp(name, "lt-", 3) ? name + 3 : name;
    snprintf(to, size, "%.*s%s%s", (int)n, program, n ? "" : "./", own);
    if (!access(to, X_OK)) return to;
  }
  return program;
}

void lsg_repeat_begin(void) {
  char here[LSG_FOLDER], wrapper[LSG_FOLDER];
  const char *program =
      wrapper_of(program_invocation_name, wrapper, sizeof wrapper);
  lsg_texts->folder[0] = '\0';
  quote(lsg_texts->program, sizeof lsg_texts->program, program);
  /* one without a slash was found by PATH, as it will be again */
  if (program[0] != '/' && strchr(program, '/') && getcwd(here, sizeof here))
    quote(lsg_texts->folder, sizeof lsg_texts->folder, here);
}

/* "cd '/home/me/cache' && " */
static void begin(char *text, size_t size) {
  text[0] = '\0';
  if (lsg_texts->folder[0])
    snprintf(text, size, "cd %s && ", lsg_texts->folder);
}

static const char *program(void) {
  return lsg_texts->program[0] ? lsg_texts->program : program_invocation_name;
}

const char *lsg_repeat(const struct leakslope_report *report,
                       const struct ls_gate_test *test) {
  char *text = lsg_texts->repeat, variables[sizeof lsg_texts->repeat / 2];
  const size_t size = sizeof lsg_texts->repeat;
  unsigned n = leakslope_report_iterations(report);
  lsg_run.of.adapter->select(test, variables, sizeof variables);
  begin(text, size);
  size_t used = strlen(text);
  snprintf(text + used, size - used, "%s CK_LEAK_ITERATIONS=%u %s%s", variables,
           n < LEAST_ITERATIONS ? LEAST_ITERATIONS : n,
           lsg_run.of.adapter->started_by, program());
  return text;
}

const char *lsg_repeat_scope(int suite) {
  char *text = lsg_texts->repeat_scope;
  const size_t size = sizeof lsg_texts->repeat_scope;
  begin(text, size);
  size_t used = strlen(text);
  snprintf(text + used, size - used, "CK_LEAK_SCOPE=test,%s %s%s",
           suite ? "suite" : "session", lsg_run.of.adapter->started_by,
           program());
  return text;
}
