/* SPDX-License-Identifier: MIT */
/* Names the report of a program, or of a part of it, in a folder of reports. */
#include "gate/report_name.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "gate/run.h"

enum { PART_MOST = 40, PART_SIZE = PART_MOST + 16 };

static int is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* FNV-1a, 32 bits. */
static uint32_t hash_of(const char *text) {
  uint32_t hash = 0x811c9dc5;
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 0x01000193;
  return hash;
}

/* '~' is in no part that was not cut. */
static void encode(char part[PART_SIZE], const char *text) {
  const char *from = text;
  size_t n = 0;
  for (; *from && n < PART_MOST; from++) {
    if (is_plain(*from))
      part[n++] = *from;
    else
      n += (size_t)snprintf(part + n, 4, "%%%02X", (unsigned char)*from);
  }
  part[n] = '\0';
  if (*from) snprintf(part + n, PART_SIZE - n, "~%08x", hash_of(text));
}

void lsg_report_name(char name[LSG_REPORT_NAME_SIZE], const char *program,
                     const char *extension) {
  const char *const *filters = lsg_run.of.adapter->filters;
  int last = -1;
  for (int i = 0; filters && filters[i]; i++)
    if (getenv(filters[i])) last = i;
  int n = snprintf(name, LSG_REPORT_NAME_SIZE, "TEST-%.255s", program);
  for (int i = 0; i <= last; i++) {
    char part[PART_SIZE] = "";
    const char *value = getenv(filters[i]);
    if (value) encode(part, value);
    n += snprintf(name + n, LSG_REPORT_NAME_SIZE - (size_t)n, "@%s", part);
  }
  snprintf(name + n, LSG_REPORT_NAME_SIZE - (size_t)n, ".%s", extension);
}
