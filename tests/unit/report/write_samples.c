/* SPDX-License-Identifier: MIT */
/* Writes a file of each kind and form into the working directory, to be
   validated. */
#include <stdio.h>
#include <stdlib.h>

#include "platform/file.h"
#include "support.h"

static int write_text(const char *name, const char *extension,
                      const struct ls_text *text) {
  char path[64];
  snprintf(path, sizeof path, "%s.%s", name, extension);
  int error = ls_file_replace(path, ls_text_string(text), text->length);
  if (error) fprintf(stderr, "%s: error %d\n", path, error);
  return error || text->truncated;
}

static int write_sample(const char *name,
                        const struct leakslope_report *report) {
  struct ls_text junit = new_text(), strict = new_text();
  struct ls_text json = new_text(), text = new_text(), html = new_text();
  ls_write_junit(&junit, report, LS_JUNIT_ALL);
  ls_write_junit(&strict, report, LS_JUNIT_10);
  ls_write_json(&json, report);
  ls_write_text(&text, report);
  ls_write_html(&html, report, NULL);
  return write_text(name, "html", &html) || write_text(name, "txt", &text) ||
         write_text(name, "xml", &junit) ||
         write_text(name, "strict.xml", &strict) ||
         write_text(name, "json", &json);
}

int main(void) {
  int failed = write_sample("empty", ls_report_new("p"));
  failed |= write_sample("full", full_report());
  failed |= write_sample("lost", lost_report());
  failed |= write_sample("evil", evil_report());
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
