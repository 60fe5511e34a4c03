/* SPDX-License-Identifier: MIT */
/* Writes the text of a failure within the length that Check takes. */
#include "message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "texts.h"

/* Check's limit unless told otherwise, and what its own framing takes. */
enum { CHECK_LIMIT = 4096, FRAMING = 64, LEAST = 128 };

static size_t limit_set;

void ck_message_limit(size_t size) { limit_set = size; }

static size_t limit(void) {
  const char *variable = getenv("CK_MAX_MSG_SIZE");
  size_t size = variable ? strtoul(variable, NULL, 10) : 0;
  if (!size) size = limit_set;
  if (!size) size = CHECK_LIMIT;
  size = size > FRAMING + LEAST ? size - FRAMING : LEAST;
  return size < CK_MESSAGE_SIZE ? size : CK_MESSAGE_SIZE;
}

/* A name as one shell word. */
static void quote(char *out, size_t size, const char *name) {
  size_t n = 0;
  for (; *name && n + 6 < size; name++) {
    if (*name == '\'') {
      memcpy(out + n, "'\\''", 4);
      n += 4;
    } else {
      out[n++] = *name;
    }
  }
  out[n] = '\0';
}

const char *ck_message_repeat(const struct leakslope_report *report,
                              const struct ck_test *test) {
  char *text = ck_texts->repeat;
  char suite[256], tcase[256];
  quote(suite, sizeof suite,
        test->tcase->suite ? test->tcase->suite->name : "");
  quote(tcase, sizeof tcase, test->tcase->name);
  unsigned n = leakslope_report_iterations(report);
  snprintf(
      text, sizeof ck_texts->repeat,
      "CK_RUN_SUITE='%s' CK_RUN_CASE='%s' CK_LEAK_ITERATIONS=%u " CK_STARTED_BY
      "%s",
      suite, tcase, n < 8 ? 8 : n, program_invocation_name);
  return text;
}

const char *ck_message_repeat_scope(int suite) {
  char *text = ck_texts->repeat_scope;
  snprintf(text, sizeof ck_texts->repeat_scope,
           "CK_LEAK_SCOPE=test,%s " CK_STARTED_BY "%s",
           suite ? "suite" : "session", program_invocation_name);
  return text;
}

static void append(char *text, size_t size, const char *more) {
  size_t n = strlen(text);
  if (n < size) snprintf(text + n, size - n, "%s", more);
}

/* The lines of `details` that leave room for `reserve` bytes. */
static void append_lines(char *text, size_t size, size_t reserve,
                         const char *details) {
  static const char cut[] = "# ... truncated; see the reports\n";
  while (*details) {
    size_t line = strcspn(details, "\n");
    line += details[line] == '\n';
    size_t n = strlen(text);
    if (n + line + reserve + sizeof cut >= size) {
      if (n + reserve + sizeof cut < size) append(text, size - reserve, cut);
      return;
    }
    memcpy(text + n, details, line);
    text[n + line] = '\0';
    details += line;
  }
}

void ck_message_write(char *text, size_t size,
                      const struct leakslope_report *report, const char *repeat,
                      const struct ck_slot *slot) {
  if (size > limit()) size = limit();
  snprintf(text, size, "%s", leakslope_report_message(report));
  append(text, size, "\n");
  static const char prefix[] = "# repeat: ";
  size_t reserve = sizeof prefix + strlen(repeat);
  if (strlen(text) + reserve >= size) reserve = 0;
  if (slot->in_place)
    append_lines(text, size, reserve,
                 "# repeated in place, because threads are alive\n");
  append_lines(text, size, reserve, leakslope_report_details(report));
  if (reserve) {
    append(text, size, prefix);
    append(text, size, repeat);
  }
  size_t n = strlen(text);
  if (n && text[n - 1] == '\n') text[n - 1] = '\0';
}

void ck_message_cut(char *text, size_t size, const char *whole) {
  if (size > limit()) size = limit();
  text[0] = '\0';
  append_lines(text, size, 0, whole);
  size_t n = strlen(text);
  if (n && text[n - 1] == '\n') text[n - 1] = '\0';
}
