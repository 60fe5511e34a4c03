/* SPDX-License-Identifier: MIT */
/* Writes the text of a failure within the length that the framework takes. */
#include "gate/message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gate/run.h"
#include "gate/texts.h"

static size_t limit(void) {
  size_t size = lsg_run.of.adapter->longest();
  return size < LS_GATE_TEXT ? size : LS_GATE_TEXT;
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

void lsg_message_write(char *text, size_t size,
                       const struct leakslope_report *report,
                       const char *repeat, const struct lsg_slot *slot) {
  if (size > limit()) size = limit();
  snprintf(text, size, "%s", leakslope_report_message(report));
  const char *details = leakslope_report_details(report);
  if (!*details) return; /* all of it was told before: one line */
  append(text, size, "\n");
  static const char prefix[] = "# repeat: ";
  size_t reserve = sizeof prefix + strlen(repeat);
  if (strlen(text) + reserve >= size) reserve = 0;
  if (slot->in_place)
    append_lines(text, size, reserve,
                 "# repeated in place, because threads are alive\n");
  append_lines(text, size, reserve, details);
  if (reserve) {
    append(text, size, prefix);
    append(text, size, repeat);
  }
  size_t n = strlen(text);
  if (n && text[n - 1] == '\n') text[n - 1] = '\0';
}

void lsg_message_cut(char *text, size_t size, const char *whole) {
  if (size > limit()) size = limit();
  text[0] = '\0';
  append_lines(text, size, 0, whole);
  size_t n = strlen(text);
  if (n && text[n - 1] == '\n') text[n - 1] = '\0';
}
