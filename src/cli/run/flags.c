/* SPDX-License-Identifier: MIT */
/* Turns the table of options into flags of `leakslope run`. */
#include "cli/run/flags.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static size_t without_end(const char *text, size_t n, const char *end) {
  size_t length = strlen(end);
  return n > length && !memcmp(text + n - length, end, length) ? n - length : n;
}

static const char *without_start(const char *text, const char *start) {
  size_t n = strlen(start);
  return strncmp(text, start, n) ? text : text + n;
}

void cli_flag_name(const struct ls_option *option, char name[CLI_FLAG_SIZE]) {
  const char *from = without_start(option->name, "CK_LEAK_");
  if (from == option->name) from = without_start(from, "CK_");
  size_t n = strlen(from);
  n = without_end(from, n, "_FILE_NAME");
  n = without_end(from, n, "_LOG");
  if (n >= CLI_FLAG_SIZE) n = CLI_FLAG_SIZE - 1;
  for (size_t i = 0; i < n; i++)
    name[i] = from[i] == '_' ? '-' : (char)tolower((unsigned char)from[i]);
  name[n] = '\0';
}

const struct ls_option *cli_flag_option(const char *flag, size_t n) {
  for (size_t i = 0; i < ls_options_count; i++) {
    char name[CLI_FLAG_SIZE];
    cli_flag_name(&ls_options[i], name);
    if (strlen(name) == n && !memcmp(name, flag, n)) return &ls_options[i];
  }
  return NULL;
}

static const char *default_of(const struct ls_option *option) {
  return option->fallback ? option->fallback : "none";
}

void cli_flags_help(void) {
  for (size_t i = 0; i < ls_options_count; i++) {
    const struct ls_option *option = &ls_options[i];
    char name[CLI_FLAG_SIZE];
    cli_flag_name(option, name);
    printf("  --%s VALUE  (%s, default: %s)\n      %s\n      allowed: %s\n",
           name, option->name, default_of(option), option->meaning,
           option->allowed);
  }
}

void cli_flags_list(void) {
  for (size_t i = 0; i < ls_options_count; i++) {
    const struct ls_option *option = &ls_options[i];
    char name[CLI_FLAG_SIZE];
    cli_flag_name(option, name);
    printf("%s\t--%s\t%s\t%s\t%s\n", option->name, name, default_of(option),
           option->allowed, option->meaning);
  }
}
