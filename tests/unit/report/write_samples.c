/* SPDX-License-Identifier: MIT */
/* Writes one JUnit file of each kind into the working directory, for xmllint
   to validate. */
#include <stdio.h>
#include <stdlib.h>

#include "platform/file.h"
#include "support.h"

static int write_sample(const char *path,
                        const struct leakslope_report *report) {
  struct ls_text text = new_text();
  ls_write_junit(&text, report);
  int error = ls_file_replace(path, ls_text_string(&text), text.length);
  if (error) fprintf(stderr, "%s: error %d\n", path, error);
  return error || text.truncated;
}

int main(void) {
  int failed = write_sample("empty.xml", ls_report_new("p"));
  failed |= write_sample("full.xml", full_report());
  failed |= write_sample("evil.xml", evil_report());
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
