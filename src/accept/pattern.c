/* SPDX-License-Identifier: MIT */
/* Matches the pattern of a suppression against the frames of a traceback. */
#include <string.h>

#include "accept/accept.h"

static int matches(const char *pattern, const char *end, const char *text) {
  if (!text || !*text) return 0;
  int at_start = pattern < end && *pattern == '^', after_star = 0;
  pattern += at_start;
  while (pattern < end) {
    if (*pattern == '*') {
      pattern++;
      at_start = 0;
      after_star = 1;
      continue;
    }
    if (*pattern == '$') return !*text || after_star;
    size_t n = 0;
    while (pattern + n < end && pattern[n] != '*' && pattern[n] != '$') n++;
    const char *found = memmem(text, strlen(text), pattern, n);
    if (!found || (at_start && found != text)) return 0;
    text = found + n;
    pattern += n;
    at_start = after_star = 0;
  }
  return 1;
}

static int matches_frame(const char *pattern, const char *end,
                         const struct leakslope_frame *frame) {
  return matches(pattern, end, frame->function) ||
         matches(pattern, end, frame->filename) ||
         matches(pattern, end, frame->module);
}

int ls_pattern_matches(const char *pattern, const char *text) {
  return matches(pattern, pattern + strlen(pattern), text);
}

int ls_pattern_matches_frame(const char *pattern,
                             const struct leakslope_frame *frame) {
  return matches_frame(pattern, pattern + strlen(pattern), frame);
}

/* Where the first pattern of a pair ends; NULL for one that is no pair. */
static const char *end_of_caller(const char *pattern) {
  const char *between = *pattern == '^' ? strstr(pattern, "$/^") : NULL;
  return between ? between + 1 : NULL;
}

int ls_pattern_matches_any(const char *pattern,
                           const struct leakslope_frame *frames, size_t n) {
  const char *caller = end_of_caller(pattern), *end = pattern + strlen(pattern);
  const char *callee = caller ? caller + 1 : pattern;
  for (size_t i = 0; i < n; i++)
    if (matches_frame(callee, end, &frames[i]) &&
        (!caller ||
         (i + 1 < n && matches_frame(pattern, caller, &frames[i + 1]))))
      return 1;
  return 0;
}
