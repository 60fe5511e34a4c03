/* SPDX-License-Identifier: MIT */
/* Reads the baseline: the file of known leaks, which are accepted as long as
   they are found. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accept/accept.h"
#include "platform/options.h"

static const char option[] = "CK_LEAK_BASELINE";
enum { DIGITS = 16, MOST_ITERATIONS = 1000000 };

static struct {
  struct ls_arena arena;
  struct ls_baseline_entry *all;
  size_t n, capacity;
} known;

static struct ls_baseline_entry *add(void) {
  if (known.n == known.capacity) {
    size_t capacity = known.capacity ? 2 * known.capacity : 64;
    struct ls_baseline_entry *all =
        ls_arena_alloc(&known.arena, capacity * sizeof *all);
    if (!all) return NULL;
    if (known.n) memcpy(all, known.all, known.n * sizeof *all);
    known.all = all;
    known.capacity = capacity;
  }
  return &known.all[known.n++];
}

/* The word at *at, ended by a NUL; *at goes to what follows it. */
static char *word(char **at) {
  char *begin = *at + strspn(*at, " \t");
  char *end = begin + strcspn(begin, " \t");
  *at = *end ? end + 1 : end;
  *end = '\0';
  return begin;
}

static int is_fingerprint(const char *text) {
  return strlen(text) == DIGITS && strspn(text, "0123456789abcdef") == DIGITS;
}

/* 0 if it is no number from 1 on. */
static uint32_t iterations_of(const char *text) {
  size_t n = strlen(text);
  if (!n || n > 7 || strspn(text, "0123456789") != n) return 0;
  unsigned long value = strtoul(text, NULL, 10);
  return value <= MOST_ITERATIONS ? (uint32_t)value : 0;
}

/* "+1.5" at *at, which goes behind it; -1 if there is no such. */
static double rate_at(const char **at) {
  double value = 0, unit = 1;
  const char *p = *at;
  if (*p++ != '+' || *p < '0' || *p > '9') return -1;
  for (; *p >= '0' && *p <= '9'; p++) value = value * 10 + (*p - '0');
  if (*p == '.')
    for (p++; *p >= '0' && *p <= '9'; p++) value += (unit /= 10) * (*p - '0');
  *at = p;
  return value;
}

/* "+1/+64 " in front of a name; what follows it. */
static char *take_rate(char *rest, struct ls_baseline_entry *entry) {
  const char *at = rest + strspn(rest, " \t");
  double blocks = rate_at(&at);
  double bytes = blocks >= 0 && *at++ == '/' ? rate_at(&at) : -1;
  entry->has_rate = bytes >= 0 && (*at == ' ' || *at == '\t');
  if (!entry->has_rate) return rest;
  entry->blocks = blocks;
  entry->bytes = bytes;
  return rest + (at - rest);
}

/* What is left of a line: a name, and a comment after " #". */
static char *name_of(char *rest) {
  rest += strspn(rest, " \t");
  char *end = *rest == '#' ? rest : strstr(rest, " #");
  if (!end) end = rest + strlen(rest);
  while (end > rest && (end[-1] == ' ' || end[-1] == '\t')) end--;
  *end = '\0';
  return rest;
}

static int take(char *line, unsigned number) {
  char *rest = line;
  const char *fingerprint = word(&rest);
  uint32_t iterations = iterations_of(word(&rest));
  struct ls_baseline_entry rated = {.iterations = iterations};
  const char *name = name_of(take_rate(rest, &rated));
  if (!is_fingerprint(fingerprint) || !iterations || !*name) return -EINVAL;
  struct ls_baseline_entry *entry = add();
  if (!entry) return -ENOMEM;
  *entry = rated;
  memcpy(entry->fingerprint, fingerprint, DIGITS + 1);
  entry->name = name;
  entry->line = number;
  return 0;
}

int ls_baseline_read(const char *name, const char *path, char *message,
                     size_t size) {
  ls_arena_release(&known.arena);
  memset(&known, 0, sizeof known);
  if (!path) return 0;
  char *text = ls_lines_read(&known.arena, name, path, message, size);
  if (!text) return -EINVAL;
  struct ls_lines lines = {text, 0};
  for (char *line; (line = ls_lines_next(&lines));) {
    char shown[80];
    snprintf(shown, sizeof shown, "%s", line);
    int rc = take(line, lines.number);
    if (rc == -EINVAL)
      snprintf(message, size,
               "leakslope: %s:%u: '%s' is not valid; allowed: "
               "<fingerprint, 16 hexadecimal digits> <iterations> "
               "[+<blocks>/+<bytes>] <suite>/<test case>/<test> [# comment], "
               "# comment",
               path, lines.number, shown);
    if (rc) return rc;
  }
  return 0;
}

int ls_baseline_load(char *message, size_t size) {
  return ls_baseline_read(option, ls_options_value(option), message, size);
}

const struct ls_baseline_entry *ls_baseline_find(const char *name,
                                                 const char *fingerprint) {
  for (size_t i = 0; name && i < known.n; i++)
    if (!strcmp(known.all[i].fingerprint, fingerprint) &&
        (!strcmp(known.all[i].name, name) || !strcmp(known.all[i].name, "*")))
      return &known.all[i];
  return NULL;
}

/* A leak that happens by chance grows by its rate give or take the root of what
   is expected (as counts of Poisson's do): thrice that is rare. */
static int is_beyond(double count, double expected) {
  double more = count - expected;
  return more > 0 && more * more > 9 * expected;
}

int ls_baseline_is_worse(const struct ls_baseline_entry *entry, double blocks,
                         double bytes, uint32_t iterations) {
  const double some = 1.1; /* of bytes that come without a block */
  if (!entry->has_rate || !iterations) return 0;
  double times = ls_options_number("CK_LEAK_WORSE", 1.5);
  double expected = times * entry->blocks * iterations;
  if (entry->blocks <= 0) return bytes > times * some * entry->bytes;
  if (is_beyond(blocks * iterations, expected)) return 1;
  /* Bytes, as so many blocks of the size that they had. */
  double size = entry->bytes / entry->blocks;
  return size > 0 && is_beyond(bytes / size * iterations, expected);
}

size_t ls_baseline(const struct ls_baseline_entry **all) {
  *all = known.all;
  return known.n;
}

const char *ls_baseline_file(void) { return ls_options_value(option); }

/* ---- both files ---------------------------------------------------------- */

int ls_accept_load(char *message, size_t size) {
  static int loaded;
  if (loaded) return 0;
  snprintf(message, size, "leakslope: no memory for what is accepted");
  int rc = ls_suppressions_load(message, size);
  if (!rc) rc = ls_baseline_load(message, size);
  loaded = !rc;
  return rc;
}
