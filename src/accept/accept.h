/* SPDX-License-Identifier: MIT */
/*
 * What may grow although it grows: said by the user, in three ways.
 *
 *   suppressions.c  leak:<pattern>       whatever grows there
 *   bounds.c        pattern -> count     as long as so many are alive
 *   baseline.c      fingerprint + test   the leaks that are known already
 *   pattern.c       LeakSanitizer's patterns, for the first two
 *   lines.c         the two files
 *
 * Context: runner.  Loaded once, before the first copy is forked; read by all.
 */
#ifndef LS_ACCEPT_ACCEPT_H
#define LS_ACCEPT_ACCEPT_H

#include <stddef.h>
#include <stdint.h>

#include "leakslope.h" /* types */
#include "platform/arena.h"

/* Loads the files that the options name, once.  0; or -EINVAL and `message`
   says which file or line, why, and what is allowed. */
int ls_accept_load(char *message, size_t size);

/*
 * Whether `text` matches a pattern as LeakSanitizer's TemplateMatch (of
 * compiler-rt's sanitizer_common) has it: the pattern is anywhere in the text;
 * '*' is for any characters, '^' at the beginning and '$' at the end stand for
 * the ends of the text.  Each piece between stars is found where it comes
 * first.  Nothing matches an empty text or NULL.
 */
int ls_pattern_matches(const char *pattern, const char *text);

/* Whether a frame's function, file or module does. */
int ls_pattern_matches_frame(const char *pattern,
                             const struct leakslope_frame *frame);

/* Whether one of them does, or, for a pair "^caller$/^callee$", one that the
   next one called. */
int ls_pattern_matches_any(const char *pattern,
                           const struct leakslope_frame *frames, size_t n);

/* ---- suppressions -------------------------------------------------------- */

struct ls_suppression {
  const char *pattern;
  const char *file; /* NULL: of __lsan_default_suppressions() */
  unsigned line;
};

/* The first that matches any of the frames, or NULL. */
const struct ls_suppression *ls_suppression_of(
    const struct leakslope_frame *frames, size_t n);

/* Adds those of a text that the program gives; returns as ls_accept_load(). */
int ls_suppress(const char *text, char *message, size_t size);

/* All of them, in the order in which they are tried. */
size_t ls_suppressions(const struct ls_suppression **all);

/* ---- bounds -------------------------------------------------------------- */

/* Sets the bound of a pattern for the whole program (copied).  0, -EINVAL for
   an empty pattern, -ENOSPC when there are too many. */
int ls_bound_set(const char *pattern, size_t count);

/* How many there are of the program. */
size_t ls_bounds(void);

/* The bound of a call path, by those of the program and `own` ones; the
   largest where several match, 0 where none does. */
const struct leakslope_limit *ls_bound_of(const struct leakslope_limit *own,
                                          size_t nown,
                                          const struct leakslope_frame *frames,
                                          size_t n);

/* ---- baseline ------------------------------------------------------------ */

/*
 * One accepted leak, a line of the file:
 *
 *   c5bf0a2d6a11d0f3 1021 +1/+64 Cache/Core/test_handle_request # for people
 *
 * `iterations`: a clean run of so many shows that the leak is gone.  Then
 * blocks and bytes that it grows by in an iteration; lines of the first version
 * have none.  The name "*" is that of any test.
 */
struct ls_baseline_entry {
  char fingerprint[17];
  uint32_t iterations;
  int has_rate;
  double blocks, bytes; /* per iteration */
  const char *name;     /* of the test */
  unsigned line;
};

/* The entry of a leak in the test `name`, or NULL. */
const struct ls_baseline_entry *ls_baseline_find(const char *name,
                                                 const char *fingerprint);
/* Whether a leak that grew so much per iteration, over `iterations`, is worse
   than its entry says: by more than CK_LEAK_WORSE times, and by more than
   chance. */
int ls_baseline_is_worse(const struct ls_baseline_entry *entry, double blocks,
                         double bytes, uint32_t iterations);
size_t ls_baseline(const struct ls_baseline_entry **all);
/* As the option names it; NULL without one. */
const char *ls_baseline_file(void);

/* ---- for the parts above ------------------------------------------------- */

int ls_suppressions_load(char *message, size_t size);
int ls_baseline_load(char *message, size_t size);
/* From a file, NULL for none; `option` is what messages call it. */
int ls_baseline_read(const char *option, const char *path, char *message,
                     size_t size);

/* Lines that are not empty and no comment, without blanks around them. */
struct ls_lines {
  char *at;
  unsigned number; /* of the line given last */
};
char *ls_lines_next(struct ls_lines *lines);

/* The whole file as a string in `arena`; NULL, and the message, if not. */
char *ls_lines_read(struct ls_arena *arena, const char *option,
                    const char *path, char *message, size_t size);

#endif
