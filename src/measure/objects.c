/* SPDX-License-Identifier: MIT */
/*
 * One object that is lost is several blocks, from several calls, and one place:
 * the function that made it.
 *
 *   grab <- request_new            \
 *   grab <- list_new <- request_new > all that grows here comes from
 *   grab <- text_new <- request_new/  request_new, which returns it
 *
 * Of functions that return something, or fill what they are given, that is the
 * innermost which all of the ways have in common.  Two leaks in one test have
 * only the test in common, which returns nothing.
 */
#include <string.h>

#include "measure/measurement.h"
#include "report/words/place.h"
#include "symbolize/shape.h"

enum { FAR = 16 }; /* frames outward from a place */

static int same_text(const char *a, const char *b) {
  return a == b || (a && b && !strcmp(a, b));
}

static int same_function(const struct leakslope_frame *a,
                         const struct leakslope_frame *b) {
  return a->function && same_text(a->function, b->function) &&
         same_text(a->module, b->module);
}

static int makes(const struct ls_way *way, size_t at) {
  return (way->shapes[at] & LS_SHAPE_RESULT) >= LS_SHAPE_BLOCK;
}

static int is_part(const struct ls_way *way, size_t at) {
  return makes(way, at) || (way->shapes[at] & LS_SHAPE_TAKES_OBJECT);
}

static struct ls_path path_of(const struct ls_way *way) {
  return (struct ls_path){way->site.frames, way->shapes, way->site.nframes};
}

/* Where the functions that may make an object end, outward from a place. */
static size_t end_of(const struct ls_way *way) {
  const struct ls_path path = path_of(way);
  size_t last = ls_callsite_outermost(&path), at = way->site.named;
  if (way->has_no_place || way->site.domain != LEAKSLOPE_DOMAIN_MALLOC ||
      way->joins)
    return at;
  while (at < last && at < way->site.named + FAR &&
         (!ls_callsite_is_own(&path, at) || is_part(way, at)))
    at++;
  return at;
}

static int leads_by(const struct ls_way *way, size_t end,
                    const struct leakslope_frame *frame) {
  for (size_t i = way->site.named; i < end; i++)
    if (same_function(&way->site.frames[i], frame)) return 1;
  return 0;
}

static size_t number_by(const struct ls_way *ways, const size_t *ends, size_t n,
                        const struct leakslope_frame *frame) {
  size_t number = 0;
  for (size_t i = 0; i < n; i++)
    number += (size_t)leads_by(&ways[i], ends[i], frame);
  return number;
}

/* The innermost maker that most ways lead by; the way's own place where there
   is none but itself. */
static size_t maker_of(const struct ls_way *ways, const size_t *ends, size_t n,
                       size_t way) {
  const struct ls_way *own = &ways[way];
  const struct ls_path path = path_of(own);
  size_t most = 1, found = own->site.named;
  for (size_t at = own->site.named; at < ends[way]; at++) {
    if (!makes(own, at) || !ls_callsite_is_own(&path, at)) continue;
    size_t number = number_by(ways, ends, n, &own->site.frames[at]);
    if (number <= most) continue;
    most = number;
    found = at;
  }
  return most > 1 ? found : own->site.nframes;
}

/* ---- C++ ----------------------------------------------------------------- */

/* "Class::Class", also of a template. */
static int is_constructor(const char *function) {
  const char *last = function ? strstr(function, "::") : NULL;
  if (!last) return 0;
  for (const char *next; (next = strstr(last + 2, "::"));) last = next;
  const char *begin = last;
  while (begin > function && begin[-1] != ':') begin--;
  size_t n = strcspn(begin, "<:");
  return n && !strncmp(last + 2, begin, n) &&
         (last[2 + n] == '\0' || last[2 + n] == '<');
}

static int is_blamed(const struct ls_way *ways, size_t n,
                     const struct leakslope_frame *frame) {
  for (size_t i = 0; i < n; i++) {
    const struct leakslope_frame *place = ls_place_blamed(&ways[i].site);
    if (place && place->lineno == frame->lineno &&
        same_text(place->filename, frame->filename) &&
        same_function(place, frame))
      return 1;
  }
  return 0;
}

/* What a constructor allocates is lost with the object, where its `new` is
   blamed as well. */
static void leave_constructors(const struct ls_way *ways, size_t n,
                               struct ls_way *way) {
  const struct ls_path path = path_of(way);
  size_t at = way->site.named;
  while (at < way->site.nframes &&
         (!ls_callsite_is_own(&path, at) ||
          is_constructor(way->site.frames[at].function)))
    at++;
  if (at == way->site.named || at == way->site.nframes ||
      !is_blamed(ways, n, &way->site.frames[at]))
    return;
  way->site.beyond += at - way->site.named;
  way->site.named = at;
}

/* ---- all ----------------------------------------------------------------- */

void ls_objects_find(struct ls_way *ways, size_t n) {
  struct ls_arena scratch = {0};
  size_t *ends = ls_arena_alloc(&scratch, n * sizeof *ends);
  size_t *makers = ls_arena_alloc(&scratch, n * sizeof *makers);
  for (size_t i = 0; ends && i < n; i++) ends[i] = end_of(&ways[i]);
  for (size_t i = 0; ends && makers && i < n; i++)
    makers[i] = maker_of(ways, ends, n, i);
  for (size_t i = 0; ends && makers && i < n; i++) {
    struct ls_report_site *site = &ways[i].site;
    if (makers[i] >= site->nframes) continue;
    site->beyond += makers[i] - site->named;
    site->named = makers[i];
    ways[i].is_object = 1;
  }
  ls_arena_release(&scratch);
  for (size_t i = 0; i < n; i++)
    if (!ways[i].is_object) leave_constructors(ways, n, &ways[i]);
}

int ls_objects_same(const struct ls_way *a, const struct ls_way *b) {
  const struct leakslope_frame *x = ls_place_blamed(&a->site);
  const struct leakslope_frame *y = ls_place_blamed(&b->site);
  return a->site.domain == b->site.domain && x && y && same_function(x, y);
}
