/* SPDX-License-Identifier: MIT */
/* Holds the table of options, and checks the environment against it. */
#include "platform/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

const struct ls_option ls_options[] = {
#define LS_OPTION_ROW(name, fallback, allowed, meaning) \
  {name, fallback, allowed, meaning},
    LS_OPTIONS(LS_OPTION_ROW)
#undef LS_OPTION_ROW
};
const size_t ls_options_count = sizeof ls_options / sizeof *ls_options;

static const struct ls_option *find(const char *name, size_t length) {
  for (size_t i = 0; i < ls_options_count; i++)
    if (strlen(ls_options[i].name) == length &&
        !memcmp(ls_options[i].name, name, length))
      return &ls_options[i];
  return NULL;
}

const char *ls_options_value(const char *name) {
  const struct ls_option *option = find(name, strlen(name));
  if (!option) return NULL;
  const char *value = getenv(name);
  return value && *value ? value : option->fallback;
}

/* Whether `words`, joined by `separator`, contains the n bytes at `word`. */
static int has_word(const char *words, char separator, const char *word,
                    size_t n) {
  while (*words) {
    size_t length = strcspn(words, (char[]){separator, '\0'});
    if (length == n && !memcmp(words, word, n)) return 1;
    words += length;
    if (*words) words++;
  }
  return 0;
}

int ls_options_is(const char *name, const char *word) {
  const char *value = ls_options_value(name);
  return value && has_word(value, ',', word, strlen(word));
}

/* A decimal number, '.' whatever the locale says; 0 if it is not one. */
static int parse_number(const char *text, double *number) {
  double value = 0, scale = 1;
  int digits = 0, fraction = 0;
  for (; *text; text++) {
    if (*text == '.' && !fraction) {
      fraction = 1;
    } else if (*text >= '0' && *text <= '9' && digits < 15) {
      value = value * 10 + (*text - '0');
      if (fraction) scale *= 10;
      digits++;
    } else {
      return 0;
    }
  }
  *number = value / scale;
  return digits > 0;
}

double ls_options_number(const char *name, double otherwise) {
  const char *value = ls_options_value(name);
  double number;
  return value && parse_number(value, &number) ? number : otherwise;
}

/* "A..B" against a value; whole numbers only unless `fractions`. */
static int in_range(const char *range, const char *value, int fractions) {
  double low, high, number;
  char first[32];
  size_t n = strcspn(range, ".");
  /* the first '.' may be a decimal point: the range's dots come in pairs */
  while (range[n] && range[n + 1] != '.') n += 1 + strcspn(range + n + 1, ".");
  if (n >= sizeof first) return 0;
  memcpy(first, range, n);
  first[n] = '\0';
  if (!parse_number(first, &low) || !parse_number(range + n + 2, &high))
    return 0;
  if (!fractions && strchr(value, '.')) return 0;
  return parse_number(value, &number) && number >= low && number <= high;
}

/* "90%": 1, and its number. */
static int parse_part(const char *text, double *percent) {
  char digits[8];
  size_t n = strlen(text);
  if (n < 2 || n > sizeof digits || text[n - 1] != '%') return 0;
  memcpy(digits, text, n - 1);
  digits[n - 1] = '\0';
  return !strchr(digits, '.') && parse_number(digits, percent);
}

unsigned ls_options_part(const char *name, unsigned of) {
  const char *value = ls_options_value(name);
  double number;
  if (!value) return 0;
  if (parse_part(value, &number)) return (unsigned)((of * number + 99) / 100);
  return parse_number(value, &number) ? (unsigned)number : 0;
}

/* "number A..B, or 0%..100%" */
static int is_part(const char *range, const char *value) {
  char numbers[32];
  double percent;
  if (parse_part(value, &percent)) return percent <= 100;
  snprintf(numbers, sizeof numbers, "%.*s", (int)strcspn(range, ","), range);
  return in_range(numbers, value, 0);
}

static int is_list_of(const char *words, const char *value) {
  do {
    size_t n = strcspn(value, ",");
    if (!has_word(words, '|', value, n)) return 0;
    value += n;
  } while (*value++);
  return 1;
}

static int is_allowed(const char *allowed, const char *value) {
  if (!strcmp(allowed, "path") || !strcmp(allowed, "name")) return 1;
  if (!strncmp(allowed, "list ", 5)) return is_list_of(allowed + 5, value);
  if (strchr(allowed, '%')) return is_part(allowed + 7, value);
  if (!strncmp(allowed, "number ", 7)) return in_range(allowed + 7, value, 0);
  if (!strncmp(allowed, "seconds ", 8)) return in_range(allowed + 8, value, 1);
  const char *number = strstr(allowed, "|number ");
  if (number && in_range(number + 8, value, 0)) return 1;
  return has_word(allowed, '|', value, strlen(value));
}

static int check_value(const struct ls_option *option, const char *value,
                       char *message, size_t size) {
  /* An empty value is as good as none: "CK_LEAK_WARMUP= make check". */
  if (!*value || is_allowed(option->allowed, value)) return 0;
  snprintf(message, size, "leakslope: %s='%.80s' is not valid; allowed: %s",
           option->name, value, option->allowed);
  return -EINVAL;
}

int ls_options_check_value(const char *name, const char *value, char *message,
                           size_t size) {
  return check_value(find(name, strlen(name)), value, message, size);
}

/* One "NAME=value" of the environment; 0 if it is none of our business or
   good. */
static int check_one(const char *entry, char *message, size_t size) {
  size_t n = strcspn(entry, "=");
  const char *value = entry[n] ? entry + n + 1 : "";
  const struct ls_option *option = find(entry, n);
  if (!option) {
    if (strncmp(entry, "CK_LEAK_", 8)) return 0;
    snprintf(message, size, "leakslope: %.*s is not an option", (int)n, entry);
    return -EINVAL;
  }
  return check_value(option, value, message, size);
}

int ls_options_check(char *message, size_t size) {
  for (char **entry = environ; entry && *entry; entry++) {
    int rc = check_one(*entry, message, size);
    if (rc) return rc;
  }
  return 0;
}
