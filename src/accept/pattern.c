/* SPDX-License-Identifier: MIT */
/* Matches the pattern of a suppression against the frames of a traceback. */
#include <string.h>

#include "accept/accept.h"

int ls_pattern_matches(const char *pattern, const char *text) {
  if (!text || !*text) return 0;
  int at_start = *pattern == '^', after_star = 0;
  pattern += at_start;
  while (*pattern) {
    if (*pattern == '*') {
      pattern++;
      at_start = 0;
      after_star = 1;
      continue;
    }
    if (*pattern == '$') return !*text || after_star;
    size_t n = strcspn(pattern, "*$");
    const char *found = memmem(text, strlen(text), pattern, n);
    if (!found || (at_start && found != text)) return 0;
    text = found + n;
    pattern += n;
    at_start = after_star = 0;
  }
  return 1;
}

int ls_pattern_matches_frame(const char *pattern,
                             const struct leakslope_frame *frame) {
  return ls_pattern_matches(pattern, frame->function) ||
         ls_pattern_matches(pattern, frame->filename) ||
         ls_pattern_matches(pattern, frame->module);
}

int ls_pattern_matches_any(const char *pattern,
                           const struct leakslope_frame *frames, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (ls_pattern_matches_frame(pattern, &frames[i])) return 1;
  return 0;
}
