/* SPDX-License-Identifier: MIT */
/*
 * Matches patterns as the fnmatch module of Python does.
 *
 * A star takes as little as it can, and only the last one is ever given more:
 * what is between two stars matches at its first place or nowhere that helps.
 * So the time is at most pattern times text, whatever the pattern.
 */
#include "snapshot/fnmatch.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The length of a character's sequence by its first byte, 1 for no start. */
static size_t sequence(unsigned char first) {
  return first >= 0xf0 && first < 0xf8   ? 4
         : first >= 0xe0 && first < 0xf0 ? 3
         : first >= 0xc2 && first < 0xe0 ? 2
                                         : 1;
}

/* Takes a character; a byte that is none counts above all characters. */
static uint32_t take(const char **at) {
  const unsigned char *bytes = (const unsigned char *)*at;
  size_t n = sequence(bytes[0]);
  uint32_t value = n == 1 ? bytes[0] : bytes[0] & (0x7fu >> n);
  for (size_t i = 1; i < n; i++) {
    if ((bytes[i] & 0xc0) != 0x80) {
      n = 1;
      break;
    }
    value = value << 6 | (bytes[i] & 0x3f);
  }
  *at += n;
  return n == 1 && bytes[0] >= 0x80 ? 0x110000u + bytes[0] : value;
}

/* The end of a set that begins behind `at`'s '[': its ']', or NULL. */
static const char *set_end(const char *at) {
  if (*at == '!') at++;
  if (*at == ']') at++;
  return strchr(at, ']');
}

/* A hyphen makes a range of the characters beside it, unless it is the first
   or the last of the set, or comes right after another range. */
static int is_in_set(const char *at, const char *end, uint32_t wanted) {
  int found = 0;
  while (at < end) {
    uint32_t low = take(&at);
    uint32_t high = low;
    if (at + 1 < end && *at == '-') {
      at++;
      high = take(&at);
    }
    /* one from high to low is empty: wanted cannot be in it */
    if (wanted >= low && wanted <= high) found = 1;
  }
  return found;
}

/* Matches one character: what is left of the pattern, or NULL. */
static const char *match_one(const char *pattern, const char **text) {
  const char *end = *pattern == '[' ? set_end(pattern + 1) : NULL;
  uint32_t wanted = take(text);
  if (*pattern == '?') return pattern + 1;
  if (!end) return take(&pattern) == wanted ? pattern : NULL;
  const char *set = pattern + 1;
  int negated = *set == '!';
  return is_in_set(set + negated, end, wanted) != negated ? end + 1 : NULL;
}

int ls_fnmatch(const char *pattern, const char *text) {
  const char *star = NULL, *retry = NULL;
  for (;;) {
    if (*pattern == '*') {
      star = ++pattern;
      retry = text;
      continue;
    }
    if (!*text) return !*pattern;
    const char *rest = *pattern ? match_one(pattern, &text) : NULL;
    if (rest) {
      pattern = rest;
      continue;
    }
    if (!star) return 0;
    take(&retry);
    pattern = star;
    text = retry;
  }
}
