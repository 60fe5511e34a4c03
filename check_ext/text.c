/* SPDX-License-Identifier: MIT */
/* Knows how long texts may be for Check, and how Check is told what to run. */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Check's limit unless told otherwise, and what its own framing takes. */
enum { CHECK_LIMIT = 4096, FRAMING = 64, LEAST = 128 };

static size_t limit_set;

void ck_text_limit(size_t size) { limit_set = size; }

size_t ck_text_longest(void) {
  const char *variable = getenv("CK_MAX_MSG_SIZE");
  size_t size = variable ? strtoul(variable, NULL, 10) : 0;
  if (!size) size = limit_set;
  if (!size) size = CHECK_LIMIT;
  return size > FRAMING + LEAST ? size - FRAMING : LEAST;
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

void ck_text_select(const struct ls_gate_test *test, char *text, size_t size) {
  char suite[256], tcase[256], name[256], index[16] = "";
  quote(suite, sizeof suite, test->group->suite);
  quote(tcase, sizeof tcase, test->group->name);
  quote(name, sizeof name, test->name);
  if (test->loops > 1) snprintf(index, sizeof index, "[%d]", test->index);
  snprintf(text, size, "CK_RUN_SUITE='%s' CK_RUN_CASE='%s' CK_LEAK_TEST='%s%s'",
           suite, tcase, name, index);
}
