/* SPDX-License-Identifier: MIT */
/*
 * Chooses, for each path that is shown, the frame that is to blame: by the path
 * alone at first, then by what the other paths of this run show.
 */
#include <string.h>
#include <unistd.h>

#include "measure/measurement.h"
#include "report/words/place.h"

enum {
  NESTED = 3, /* wrappers of wrappers that only their callers tell of */
  LOOKED = 64 /* ways of most growth, for which it is looked at */
};

static struct ls_path path_of(const struct ls_way *way) {
  return (struct ls_path){way->site.frames, way->shapes, way->site.nframes};
}

/* ---- the frames of a path ------------------------------------------------ */

static int is_ours(uintptr_t pc, const struct leakslope_frame *frame) {
  return ls_callsite_is_ours(frame) || ls_tracker_is_outermost(pc);
}

static size_t frames_of(const struct ls_frames *parts, size_t n) {
  size_t total = 0;
  for (size_t i = 0; i < n; i++) total += parts[i].n;
  return total;
}

/* Those before the first own one say whether it is a stream. */
static void note_stream(struct ls_way *way, const struct leakslope_frame *f) {
  if (way->stream == LS_NO_STREAM) way->stream = ls_callsite_stream(f, 1);
}

/* All frames but ours.  0 without memory. */
static int add_frames(struct ls_arena *arena, const struct ls_frames *parts,
                      struct ls_way *way) {
  const struct ls_record *record = way->record;
  size_t room = frames_of(parts, record->npcs) + 1, n = 0;
  struct leakslope_frame *frames = ls_arena_alloc(arena, room * sizeof *frames);
  way->shapes = ls_arena_alloc(arena, room);
  way->pcs = ls_arena_alloc(arena, room * sizeof *way->pcs);
  if (!frames || !way->shapes || !way->pcs) return 0;
  for (uint32_t pc = 0; pc < record->npcs; pc++)
    for (size_t i = 0; i < parts[pc].n; i++) {
      const struct leakslope_frame *frame = &parts[pc].frames[i];
      if (way->stream != LS_STREAM_BUFFER) note_stream(way, frame);
      if (is_ours(record->pcs[pc], frame)) continue;
      frames[n] = *frame;
      way->shapes[n] = parts[pc].shapes ? parts[pc].shapes[i] : 0;
      way->pcs[n++] = pc;
    }
  way->site.frames = frames;
  way->site.nframes = n;
  return 1;
}

/* Where calls became jumps, or none was seen, there is no frame of the
   program's: what is repeated stands for it. */
static void add_itself(const struct leakslope_measurement *m,
                       struct ls_way *way) {
  const struct ls_path path = path_of(way);
  size_t n = way->site.nframes;
  way->site.named = ls_callsite_foreign(&path);
  if (!m->plan.itself) return;
  /* There is room for one more (add_frames), and nobody else has it yet. */
  ((struct leakslope_frame *)way->site.frames)[n] = *m->plan.itself;
  way->pcs[n] = way->record->npcs;
  way->site.nframes = n + 1;
  way->site.named = n;
}

int ls_places_way(const struct leakslope_measurement *m, struct ls_arena *arena,
                  const struct ls_record *record, const struct ls_frames *parts,
                  struct ls_way *way) {
  struct ls_report_site *site = &way->site;
  memset(way, 0, sizeof *way);
  way->record = record;
  site->domain = (enum leakslope_domain)record->domain;
  site->state = (enum ls_site_state)record->state;
  site->law = ls_law_of(&record->series);
  site->callers = 1;
  site->truncated = record->is_truncated;
  site->label = record->label[0] ? ls_arena_string(arena, record->label) : NULL;
  site->every = record->every;
  memcpy(site->born, record->born, sizeof site->born);
  if (!add_frames(arena, parts, way)) return 0;
  const struct ls_path path = path_of(way);
  site->named = ls_callsite_named(&path, 0);
  way->has_no_place = site->named == site->nframes;
  if (way->has_no_place) add_itself(m, way);
  return 1;
}

/* ---- by what the run shows ----------------------------------------------- */

static void move_to(struct ls_way *way, size_t named) {
  if (named <= way->site.named || named >= way->site.nframes) return;
  way->site.beyond += named - way->site.named;
  way->site.named = named;
}

/* The first frame of the pc behind that of the frame `at`. */
static size_t next_pc(const struct ls_way *way, size_t at) {
  size_t i = at;
  while (i < way->site.nframes && way->pcs[i] == way->pcs[at]) i++;
  return i;
}

/* The function that the pc is in: the last of its frames. */
static unsigned shape_at(const struct ls_way *way, size_t at) {
  return way->shapes[next_pc(way, at) - 1];
}

static void pass_wrappers(struct leakslope_measurement *m, struct ls_way *way) {
  const struct ls_path path = path_of(way);
  size_t last = ls_callsite_outermost(&path);
  for (unsigned i = 0; i < NESTED && !way->has_no_place; i++) {
    size_t at = way->site.named, next = next_pc(way, at);
    if (next > last || !ls_wrappers_hands_on(m, way->record, way->pcs[at] + 1U,
                                             shape_at(way, at)))
      return;
    move_to(way, ls_callsite_named(&path, next));
  }
}

/* ---- streams ------------------------------------------------------------- */

static int64_t blocks_of(const struct ls_way *way) {
  return way->site.law.last_count - way->site.law.first_count;
}

/* How many outer frames two paths share. */
static size_t shared(const struct ls_way *a, const struct ls_way *b) {
  const struct ls_record *x = a->record, *y = b->record;
  size_t n = 0;
  while (n < x->npcs && n < y->npcs &&
         x->pcs[x->npcs - 1 - n] == y->pcs[y->npcs - 1 - n])
    n++;
  return n;
}

/* A stream's buffer is lost with the stream: of those that grow as it does, the
   one that was opened nearest by. */
static void join_stream(struct ls_way *ways, size_t n, struct ls_way *buffer) {
  size_t best = 0;
  for (size_t i = 0; i < n; i++) {
    if (ways[i].stream != LS_STREAM_ITSELF ||
        ways[i].site.domain != LEAKSLOPE_DOMAIN_MALLOC ||
        blocks_of(&ways[i]) < blocks_of(buffer))
      continue;
    size_t near = 1 + shared(&ways[i], buffer);
    if (near <= best) continue;
    best = near;
    buffer->joins = (uint32_t)i + 1;
  }
}

void ls_places_settle(struct leakslope_measurement *m, struct ls_way *ways,
                      size_t n) {
  for (size_t i = 0; i < n; i++)
    if (ways[i].stream == LS_STREAM_BUFFER) join_stream(ways, n, &ways[i]);
  if (m->book && m->owner == getpid())
    for (size_t i = 0; i < n && i < LOOKED; i++) pass_wrappers(m, &ways[i]);
  ls_objects_find(ways, n);
}
