/* SPDX-License-Identifier: MIT */
/* Reports are the same where the host program writes 0,5 for a half. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

enum { SKIPPED = 77 };

static int has_comma_locale(void) {
  static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8",
                                      "fr_FR.UTF-8", "es_ES.UTF-8",
                                      "it_IT.UTF-8", "de_DE"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (setlocale(LC_ALL, names[i]) && *localeconv()->decimal_point == ',')
      return 1;
  }
  return 0;
}

static const char *all_texts(void) {
  struct ls_text text = new_text();
  struct leakslope_report *report = full_report();
  struct ls_report_site site = leaking_site;
  site.law.blocks_per_iteration = 2.5;
  ls_words_site(&text, &site);
  ls_write_text(&text, report);
  ls_write_junit(&text, report, LS_JUNIT_ALL);
  return ls_text_string(&text);
}

int main(void) {
  const char *plain = all_texts();
  if (!has_comma_locale()) {
    printf("skipped: no locale with a decimal comma is installed\n");
    return SKIPPED;
  }
  char half[8];
  snprintf(half, sizeof half, "%.1f", 0.5);
  const char *comma = all_texts();
  if (strcmp(half, "0,5") == 0 && strcmp(plain, comma) == 0)
    return EXIT_SUCCESS;
  fprintf(stderr, "a half is %s; texts differ: %s\n", half, comma);
  return EXIT_FAILURE;
}
