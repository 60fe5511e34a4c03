/* SPDX-License-Identifier: MIT */
/*
 * A measurement as flat bytes, and back.
 *
 *   magic, version, length of all; then the fields in the order of the walk
 *   below: numbers as they lie in memory, strings and arrays with their length
 *   in front
 *
 * One walk over the fields serves both directions, so that the two cannot
 * disagree about the order.  The reader trusts nothing: the bytes may come
 * from a process that died of a wild pointer.
 */
#include <string.h>

#include "platform/domains.h"
#include "report/model/model.h"

enum {
  MAGIC = 0x4d72536c, /* "lSrM" */
  VERSION = 8,
  NO_STRING = -1,
  /* the least that one of an array takes: what a claimed count must fit */
  CHECKPOINT_BYTES = 4 + 8 + 8,
  FRAME_BYTES = 4 + 4 + 4 + 4 + 8 + 4,
  LAW_BYTES = 4 + 6 * 8,
  PATH_BYTES = LAW_BYTES + 4 + 4,
  STEP_BYTES = FRAME_BYTES + 4 + 4,
  HOLDER_BYTES = 4 + 4 + 8 + 8 + 4 + 4 + 4 + 2 * FRAME_BYTES + 4,
  SITE_BYTES = 4 + 4 + LAW_BYTES + 4 + 4 + 4 + 8 + 4 + 4 + 4 + 4 + 4 + 8 + 4 +
               4 * (1 + LS_BORN) + 4,
  ACCEPTED_BYTES = 4 + 4 + 8 + SITE_BYTES,
  CALL_BYTES = 8,
  CALLS_BYTES = 4 + 4 + 4
};

struct wire {
  struct ls_arena *arena; /* of what is read; NULL: writing */
  const unsigned char *from;
  unsigned char *to; /* NULL: only counting */
  size_t size;       /* of `from` */
  size_t at;
  int bad; /* reading: these are not our bytes (or no memory) */
};

static size_t left(const struct wire *w) {
  return w->bad ? 0 : w->size - w->at;
}

static void walk(struct wire *w, void *value, size_t n) {
  if (w->arena && n > left(w)) {
    w->bad = 1;
    memset(value, 0, n);
    return;
  }
  if (w->arena) memcpy(value, w->from + w->at, n);
  if (w->to) memcpy(w->to + w->at, value, n);
  w->at += n;
}

#define WALK(wire, field) walk((wire), &(field), sizeof(field))

/* A number from 0 to `last`: an enum, a flag, an index. */
static unsigned walk_choice(struct wire *w, unsigned value, unsigned last) {
  uint32_t n = value;
  WALK(w, n);
  if (n <= last || !w->arena) return n;
  w->bad = 1;
  return 0;
}

static void walk_string(struct wire *w, const char **string) {
  int32_t length = *string ? (int32_t)strlen(*string) : NO_STRING;
  WALK(w, length);
  if (!w->arena) {
    if (w->to && *string) memcpy(w->to + w->at, *string, (size_t)length);
    w->at += length > 0 ? (size_t)length : 0;
    return;
  }
  *string = NULL;
  if (length == NO_STRING) return;
  /* one byte more than the string: the arena's zeros end it */
  char *copy = length >= 0 && (size_t)length <= left(w)
                   ? ls_arena_alloc(w->arena, (size_t)length + 1)
                   : NULL;
  if (copy)
    walk(w, copy, (size_t)length);
  else
    w->bad = 1;
  *string = copy;
}

/* The length of an array whose items take at least `least` bytes each: what
   cannot fit is refused before there is memory for it. */
static size_t walk_count(struct wire *w, size_t n, size_t least) {
  uint32_t count = (uint32_t)n;
  WALK(w, count);
  if (!w->arena || count <= left(w) / least) return count;
  w->bad = 1;
  return 0;
}

/* Where an array is read to; NULL while writing. */
static void *room(struct wire *w, size_t n, size_t size) {
  if (!w->arena) return NULL;
  void *array = ls_arena_alloc(w->arena, n * size);
  if (!array) w->bad = 1;
  return array;
}

/* ---- what is in a measurement -------------------------------------------- */

static void walk_checkpoint(struct wire *w, struct ls_checkpoint *c) {
  WALK(w, c->iteration);
  WALK(w, c->count);
  WALK(w, c->bytes);
}

static void walk_frame(struct wire *w, struct leakslope_frame *f) {
  walk_string(w, &f->function);
  walk_string(w, &f->filename);
  WALK(w, f->lineno);
  walk_string(w, &f->module);
  WALK(w, f->offset);
  f->inlined = (int)walk_choice(w, f->inlined != 0, 1);
}

static void walk_law(struct wire *w, struct ls_law *law) {
  law->form = walk_choice(w, law->form, LS_LAW_IRREGULAR);
  WALK(w, law->blocks_per_iteration);
  WALK(w, law->bytes_per_iteration);
  WALK(w, law->first_count);
  WALK(w, law->last_count);
  WALK(w, law->first_bytes);
  WALK(w, law->last_bytes);
}

static void walk_points(struct wire *w, size_t *n,
                        const struct ls_checkpoint **points) {
  *n = walk_count(w, *n, CHECKPOINT_BYTES);
  struct ls_checkpoint *into = room(w, *n, sizeof *into);
  for (size_t i = 0; i < *n && !w->bad; i++) {
    struct ls_checkpoint one = into ? into[i] : (*points)[i];
    walk_checkpoint(w, &one);
    if (into) into[i] = one;
  }
  if (into) *points = into;
}

static void walk_frames(struct wire *w, size_t *n,
                        const struct leakslope_frame **frames) {
  *n = walk_count(w, *n, FRAME_BYTES);
  struct leakslope_frame *into = room(w, *n, sizeof *into);
  for (size_t i = 0; i < *n && !w->bad; i++) {
    struct leakslope_frame one = into ? into[i] : (*frames)[i];
    walk_frame(w, &one);
    if (into) into[i] = one;
  }
  if (into) *frames = into;
}

static void walk_paths(struct wire *w, struct ls_report_site *s) {
  s->npaths = walk_count(w, s->npaths, PATH_BYTES);
  struct ls_report_path *into = room(w, s->npaths, sizeof *into);
  for (size_t i = 0; i < s->npaths && !w->bad; i++) {
    struct ls_report_path one = into ? into[i] : s->paths[i];
    walk_law(w, &one.law);
    walk_frames(w, &one.nframes, &one.frames);
    one.truncated = walk_choice(w, one.truncated, 1);
    if (into) into[i] = one;
  }
  if (into) s->paths = into;
}

static void walk_steps(struct wire *w, struct ls_report_holder *one) {
  one->nsteps = walk_count(w, one->nsteps, STEP_BYTES);
  struct ls_report_step *into = room(w, one->nsteps, sizeof *into);
  for (size_t i = 0; i < one->nsteps && !w->bad; i++) {
    struct ls_report_step step = into ? into[i] : one->steps[i];
    walk_frame(w, &step.frame);
    step.repeats = walk_choice(w, step.repeats, 1);
    walk_string(w, &step.offsets);
    if (into) into[i] = step;
  }
  if (into) one->steps = into;
}

static void walk_holder(struct wire *w, struct ls_report_holder *one) {
  one->kind = walk_choice(w, one->kind, LS_HOLDERS_ENDED);
  one->by = walk_choice(w, one->by, LS_POINTER_TO_END);
  WALK(w, one->blocks);
  WALK(w, one->of);
  one->in_use = walk_choice(w, one->in_use, 1);
  walk_string(w, &one->path);
  walk_string(w, &one->root);
  walk_frame(w, &one->place);
  walk_frame(w, &one->from);
  walk_steps(w, one);
}

static void walk_holders(struct wire *w, struct ls_report_site *s) {
  s->nholders = walk_count(w, s->nholders, HOLDER_BYTES);
  struct ls_report_holder *into = room(w, s->nholders, sizeof *into);
  for (size_t i = 0; i < s->nholders && !w->bad; i++) {
    struct ls_report_holder one = into ? into[i] : s->holders[i];
    walk_holder(w, &one);
    if (into) into[i] = one;
  }
  if (into) s->holders = into;
}

static void walk_site(struct wire *w, struct ls_report_site *s) {
  s->domain = walk_choice(w, s->domain, LS_DOMAINS - 1);
  s->state = walk_choice(w, s->state, LS_SITE_LIMIT);
  walk_law(w, &s->law);
  walk_points(w, &s->ncheckpoints, &s->checkpoints);
  walk_points(w, &s->ncurve, &s->curve);
  walk_frames(w, &s->nframes, &s->frames);
  s->truncated = walk_choice(w, s->truncated, 1);
  uint64_t named = s->named;
  WALK(w, named);
  if (w->arena && named && named >= s->nframes) w->bad = 1;
  s->named = (size_t)named;
  walk_string(w, &s->label);
  uint64_t beyond = s->beyond;
  WALK(w, beyond);
  if (w->arena && beyond > named) w->bad = 1;
  s->beyond = (size_t)beyond;
  walk_string(w, &s->by);
  WALK(w, s->callers);
  walk_paths(w, s);
  walk_string(w, &s->fingerprint);
  walk_string(w, &s->also);
  WALK(w, s->every);
  WALK(w, s->born);
  walk_holders(w, s);
}

static void walk_accepted(struct wire *w, struct ls_measured *m) {
  m->naccepted = walk_count(w, m->naccepted, ACCEPTED_BYTES);
  struct ls_accepted *into = room(w, m->naccepted, sizeof *into);
  for (size_t i = 0; i < m->naccepted && !w->bad; i++) {
    struct ls_accepted one = into ? into[i] : m->accepted[i];
    one.by = walk_choice(w, one.by, LS_WITHIN_BOUND);
    walk_string(w, &one.rule);
    WALK(w, one.limit);
    walk_site(w, &one.site);
    if (into) into[i] = one;
  }
  if (into) m->accepted = into;
}

static void walk_offsets(struct wire *w, struct ls_calls *calls) {
  calls->n = walk_count(w, calls->n, CALL_BYTES);
  uint64_t *into = room(w, calls->n, sizeof *into);
  for (size_t i = 0; i < calls->n && !w->bad; i++) {
    uint64_t one = into ? into[i] : calls->offsets[i];
    WALK(w, one);
    if (into) into[i] = one;
  }
  if (into) calls->offsets = into;
}

static void walk_calls(struct wire *w, struct ls_measured *m) {
  m->knows_calls = (int)walk_choice(w, m->knows_calls != 0, 1);
  m->ncalls = walk_count(w, m->ncalls, CALLS_BYTES);
  struct ls_calls *into = room(w, m->ncalls, sizeof *into);
  for (size_t i = 0; i < m->ncalls && !w->bad; i++) {
    struct ls_calls one = into ? into[i] : m->calls[i];
    walk_string(w, &one.module);
    walk_string(w, &one.build_id);
    if (w->arena && (!one.module || !one.build_id)) w->bad = 1;
    walk_offsets(w, &one);
    if (into) into[i] = one;
  }
  if (into) m->calls = into;
}

static void walk_measured(struct wire *w, struct ls_measured *m) {
  m->outcome = walk_choice(w, m->outcome, LS_NOT_ARMED);
  m->reason = walk_choice(w, m->reason, LS_REASON_ENDED);
  walk_string(w, &m->note);
  WALK(w, m->iterations);
  WALK(w, m->planned);
  WALK(w, m->warmup);
  WALK(w, m->ruled_out);
  WALK(w, m->step);
  WALK(w, m->first_rung);
  walk_string(w, &m->advice);
  walk_string(w, &m->name);
  m->has_baseline = (int)walk_choice(w, m->has_baseline != 0, 1);
  walk_accepted(w, m);
  WALK(w, m->drops);
  WALK(w, m->untraced_bytes);
  m->nsites = walk_count(w, m->nsites, SITE_BYTES);
  struct ls_report_site *into = room(w, m->nsites, sizeof *into);
  for (size_t i = 0; i < m->nsites && !w->bad; i++) {
    struct ls_report_site one = into ? into[i] : m->sites[i];
    walk_site(w, &one);
    if (into) into[i] = one;
  }
  if (into) m->sites = into;
  walk_calls(w, m);
}

/* `length` is that of the whole encoding, once it is known. */
static void walk_all(struct wire *w, struct ls_measured *m, size_t length) {
  uint32_t magic = MAGIC, version = VERSION;
  uint64_t claimed = length;
  WALK(w, magic);
  WALK(w, version);
  WALK(w, claimed);
  if (magic != MAGIC || version != VERSION) w->bad = 1;
  walk_measured(w, m);
  if (w->arena && w->at != claimed) w->bad = 1;
}

/* ---- both ways ----------------------------------------------------------- */

size_t ls_report_encode(const struct leakslope_report *report, void *buffer,
                        size_t size) {
  if (!report->ncases || !report->cases[0].is_measured) return 0;
  struct ls_measured m = report->cases[0].measured;
  struct wire counting = {0};
  walk_all(&counting, &m, 0);
  if (!buffer || counting.at > size) return counting.at;
  struct wire writing = {.to = buffer};
  walk_all(&writing, &m, counting.at);
  return writing.at;
}

struct leakslope_report *ls_report_decode(const void *buffer, size_t size) {
  struct leakslope_report *report = buffer ? ls_report_new("") : NULL;
  if (!report) return NULL;
  const struct leakslope_case nameless = {.index = -1};
  struct ls_case *c = ls_report_add_case(report, &nameless);
  struct wire w = {.arena = &report->arena, .from = buffer, .size = size};
  if (c) {
    walk_all(&w, &c->measured, 0);
    c->is_measured = 1;
  }
  if (c && !w.bad) return report;
  ls_report_free(report);
  return NULL;
}
