/* SPDX-License-Identifier: MIT */
/*
 * Finds the suppression for a leak that is meant: one that covers it and no
 * other call site of this process.
 *
 *   ^cache_put$             if all that was allocated by way of it is this leak
 *   ^handle$/^cache_put$    else, if that is so of one caller
 *
 * and so on outward in the traceback.  Never of a library, an allocator or of
 * what stands for a missing frame.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accept/accept.h"
#include "measure/measurement.h"
#include "report/words/place.h"

enum { PCS_MOST = 1 << 13 }; /* distinct: more take too long to ask for */

/* All paths of the process. */
struct paths {
  struct ls_arena scratch;
  struct leakslope_measurement *m;
  uint32_t n;
  unsigned char *is_meant; /* of each site: it is the leak's */
  size_t npcs;
  uintptr_t *pcs; /* distinct, ascending */
  struct ls_frames *parts;
  struct leakslope_frame *frames; /* room for one path */
  size_t room;
};

/* ---- which of them are the leak's ---------------------------------------- */

static int same_function(const struct ls_report_site *a,
                         const struct ls_report_site *b) {
  const struct leakslope_frame *x = ls_place_blamed(a), *y = ls_place_blamed(b);
  return x && y && x->function && y->function &&
         !strcmp(x->function, y->function);
}

/* Whatever the domain. */
static int same_place(const struct ls_report_site *a,
                      const struct ls_report_site *b) {
  struct ls_report_site of_its = *a;
  of_its.domain = b->domain;
  return ls_place_same(&of_its, b);
}

/* The records that the site was made of; another domain's at the same line are
   of the same cause. */
static void find_records(const struct leakslope_measurement *m,
                         const struct ls_way *ways, size_t n,
                         const struct ls_report_site *site,
                         unsigned char *records) {
  for (size_t i = 0; i < n; i++) {
    const struct ls_way *as =
        ways[i].joins ? &ways[ways[i].joins - 1] : &ways[i];
    if (as->is_object ? same_function(&as->site, site)
                      : same_place(&as->site, site))
      records[ways[i].record - m->records] = 1;
  }
}

static int is_of_group(const struct leakslope_measurement *m, uint32_t group,
                       const unsigned char *records) {
  for (uint32_t i = 0; i < m->nrecords; i++)
    if (records[i] && m->records[i].level == LS_LEVEL_TRACEBACK &&
        m->records[i].group == group)
      return 1;
  return 0;
}

/* Of a call site's record that is shown itself, all members are meant; so is
   one that grew only once, and has no record, beside those that have. */
static int is_of(struct leakslope_measurement *m, uint32_t site,
                 const unsigned char *records) {
  const struct ls_seen *seen = ls_book_seen(m, site);
  if (!seen) return 0;
  if (seen->record && records[seen->record - 1]) return 1;
  if (!seen->group) return 0;
  return records[seen->group - 1] ||
         (!seen->record && seen->count > seen->base_count &&
          is_of_group(m, seen->group, records));
}

/* ---- all paths in words -------------------------------------------------- */

static int ascending(const void *a, const void *b) {
  uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
  return (x > y) - (x < y);
}

static size_t path_of(uint32_t site, uintptr_t *pcs) {
  return ls_tracker_path(site, pcs, LS_RECORD_FRAMES);
}

static void sort_distinct(struct paths *paths) {
  size_t n = 0;
  qsort(paths->pcs, paths->npcs, sizeof *paths->pcs, ascending);
  for (size_t i = 0; i < paths->npcs; i++)
    if (!n || paths->pcs[n - 1] != paths->pcs[i])
      paths->pcs[n++] = paths->pcs[i];
  paths->npcs = n;
}

/* 0 where there are too many. */
static int collect(struct paths *paths) {
  const size_t room = 8 * (size_t)PCS_MOST;
  uintptr_t pcs[LS_RECORD_FRAMES];
  paths->pcs = ls_arena_alloc(&paths->scratch, room * sizeof *paths->pcs);
  if (!paths->pcs) return 0;
  for (uint32_t site = 1; site <= paths->n; site++) {
    size_t n = path_of(site, pcs);
    if (paths->npcs + n > room) sort_distinct(paths);
    if (paths->npcs + n > room) return 0;
    for (size_t i = 0; i < n; i++)
      if (!ls_callsite_is_system(pcs[i])) paths->pcs[paths->npcs++] = pcs[i];
  }
  sort_distinct(paths);
  return paths->npcs && paths->npcs <= PCS_MOST;
}

static int resolve(struct paths *paths) {
  size_t most = 0;
  paths->parts =
      ls_arena_alloc(&paths->scratch, paths->npcs * sizeof *paths->parts);
  if (!paths->parts ||
      ls_symbolize(&paths->scratch, paths->pcs, paths->npcs, paths->parts) != 0)
    return 0;
  for (size_t i = 0; i < paths->npcs; i++)
    if (paths->parts[i].n > most) most = paths->parts[i].n;
  paths->room = most * LS_RECORD_FRAMES;
  paths->frames =
      ls_arena_alloc(&paths->scratch, paths->room * sizeof *paths->frames);
  return paths->frames != NULL;
}

static int open_paths(struct paths *paths, const struct ls_way *ways, size_t n,
                      const struct ls_report_site *site) {
  struct leakslope_measurement *m = paths->m;
  paths->n = ls_tracker_sites();
  unsigned char *records = ls_arena_alloc(&paths->scratch, m->nrecords + 1U);
  paths->is_meant = ls_arena_alloc(&paths->scratch, paths->n + 1U);
  if (!records || !paths->is_meant) return 0;
  find_records(m, ways, n, site, records);
  for (uint32_t i = 1; i <= paths->n; i++)
    paths->is_meant[i] = (unsigned char)is_of(m, i, records);
  return collect(paths) && resolve(paths);
}

static size_t frames_of(struct paths *paths, uint32_t site) {
  uintptr_t pcs[LS_RECORD_FRAMES];
  size_t n = path_of(site, pcs), frames = 0;
  for (size_t i = 0; i < n; i++) {
    const uintptr_t *at = bsearch(&pcs[i], paths->pcs, paths->npcs,
                                  sizeof *paths->pcs, ascending);
    if (!at) continue;
    const struct ls_frames *part = &paths->parts[at - paths->pcs];
    for (size_t k = 0; k < part->n; k++)
      if (!ls_callsite_is_ours(&part->frames[k]))
        paths->frames[frames++] = part->frames[k];
  }
  return frames;
}

/* ---- patterns ------------------------------------------------------------ */

/* Matches each path of the leak, and none but those. */
static int is_exact(struct paths *paths, const char *pattern) {
  unsigned covered = 0;
  for (uint32_t site = 1; site <= paths->n; site++) {
    size_t n = frames_of(paths, site);
    int matches = ls_pattern_matches_any(pattern, paths->frames, n);
    if (matches != paths->is_meant[site]) return 0;
    covered += (unsigned)matches;
  }
  return covered > 0;
}

/* "^cache_put$"; where the optimizer appended something (".part.0"), without
   that. */
static void add_anchored(struct ls_text *text, const char *function) {
  size_t n = ls_place_stem(function);
  ls_text_add(text, "^");
  ls_text_add_bytes(text, function, n);
  ls_text_add(text, function[n] ? "." : "$");
}

static const char *pattern_of(struct ls_arena *arena, const char *caller,
                              const char *callee) {
  struct ls_text text = {.arena = arena};
  if (caller && caller[ls_place_stem(caller)]) return NULL;
  if (caller) {
    add_anchored(&text, caller);
    ls_text_add(&text, "/");
  }
  add_anchored(&text, callee);
  return text.truncated ? NULL : ls_text_string(&text);
}

/* What a pattern may name: a function of the program's own that keeps what it
   allocates. */
static int is_nameable(const struct ls_way *way, const struct ls_path *path,
                       size_t at) {
  const struct leakslope_frame *frame = &path->frames[at];
  return frame->function && way->pcs[at] < way->record->npcs &&
         ls_callsite_is_own(path, at) &&
         (at == ls_callsite_outermost(path) || !ls_callsite_hands_on(path, at));
}

static const char *find(struct paths *paths, struct ls_arena *arena,
                        const struct ls_way *way) {
  const struct ls_path path = {way->site.frames, way->shapes,
                               way->site.nframes};
  const char *inner = NULL;
  size_t inner_at = 0;
  for (size_t at = way->site.named; at < path.n; at++) {
    if (!is_nameable(way, &path, at)) continue;
    const char *function = path.frames[at].function, *pattern;
    if (inner && inner_at + 1 == at) {
      pattern = pattern_of(arena, function, inner);
      if (pattern && is_exact(paths, pattern)) return pattern;
    }
    pattern = pattern_of(arena, NULL, function);
    if (pattern && is_exact(paths, pattern)) return pattern;
    inner = function;
    inner_at = at;
  }
  return NULL;
}

static const struct ls_way *way_of(const struct ls_way *ways, size_t n,
                                   const struct ls_report_site *site) {
  for (size_t i = 0; i < n; i++)
    if (ways[i].site.frames == site->frames) return &ways[i];
  return NULL;
}

const char *ls_advice_of(struct leakslope_measurement *m,
                         struct ls_arena *arena, const struct ls_way *ways,
                         size_t n, const struct ls_report_site *site) {
  struct paths paths = {.m = m};
  const struct ls_way *way = way_of(ways, n, site);
  const char *advice = NULL;
  if (!way || !m->book || m->owner != getpid()) return NULL;
  if (open_paths(&paths, ways, n, site)) advice = find(&paths, arena, way);
  ls_arena_release(&paths.scratch);
  return advice;
}
