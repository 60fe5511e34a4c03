/* SPDX-License-Identifier: MIT */
/* Joins the paths that are blamed on one place into a call site of the report.
 */
#include <string.h>

#include "measure/measurement.h"
#include "report/words/place.h"

enum { SITES_SHOWN = 20 };

/* ---- a record as a site of the report
 * ----------------------------------------------- */

/* The values at the ends of all windows, after those at the baseline. */
static void add_curve(struct ls_arena *arena, const struct ls_series *series,
                      struct ls_report_site *site) {
  unsigned windows = ls_series_windows(series);
  struct ls_checkpoint *points =
      ls_arena_alloc(arena, (windows + 1) * sizeof *points);
  if (!points) return;
  points[0] = (struct ls_checkpoint){0, series->base_count, series->base_bytes};
  for (unsigned w = 0; w < windows; w++) {
    uint32_t iteration = (w + 1) << series->shift;
    if (iteration > series->recorded) iteration = series->recorded;
    points[w + 1] = (struct ls_checkpoint){iteration, series->count.last[w],
                                           series->bytes.last[w]};
  }
  site->curve = points;
  site->ncurve = windows + 1;
}

/* Of the curve: what a table has room for. */
static void add_checkpoints(struct ls_arena *arena,
                            struct ls_report_site *site) {
  const unsigned last = LS_CHECKPOINTS - 1;
  struct ls_checkpoint *points =
      ls_arena_alloc(arena, LS_CHECKPOINTS * sizeof *points);
  if (!points || !site->ncurve) return;
  size_t n = 0, windows = site->ncurve - 1;
  points[n++] = site->curve[0];
  for (unsigned k = 1; k <= last && windows; k++) {
    size_t at = (windows * k + last - 1) / last;
    if (site->curve[at].iteration == points[n - 1].iteration) continue;
    points[n++] = site->curve[at];
  }
  site->checkpoints = points;
  site->ncheckpoints = n;
}

/* What a baseline calls another caller of the same place. */
static void note_fingerprint(struct ls_arena *arena, struct ls_report_site *to,
                             const struct ls_report_site *from) {
  struct ls_text text = {.arena = arena};
  char first[17], other[17];
  ls_fingerprint(to, first);
  ls_fingerprint(from, other);
  if (!strcmp(first, other) || (to->also && strstr(to->also, other))) return;
  ls_text_addf(&text, "%s%s%s", to->also ? to->also : "", to->also ? " " : "",
               other);
  if (!text.truncated) to->also = ls_text_string(&text);
}

/* ---- callers of one place ------------------------------------------------ */

enum { CALLERS_TOLD = 6 };

struct caller {
  const struct leakslope_frame *frame;
  int64_t blocks, bytes;
  const struct ls_report_site *most; /* its path of most growth */
};

struct callers {
  struct caller of[CALLERS_TOLD];
  size_t n;
  int more; /* there is no room for all */
};

static int same_text(const char *a, const char *b) {
  return a == b || (a && b && !strcmp(a, b));
}

/* Recursion and loops reach a place from one caller in many ways. */
static int same_caller(const struct leakslope_frame *a,
                       const struct leakslope_frame *b) {
  if (a->function || b->function) return same_text(a->function, b->function);
  return a->offset == b->offset && same_text(a->module, b->module);
}

/* The frame that called the place; NULL where it is the outermost. */
static const struct leakslope_frame *caller_of(
    const struct ls_report_site *site) {
  const struct leakslope_frame *place = ls_place_blamed(site);
  for (size_t k = site->named + 1; place && k < site->nframes; k++)
    if (!same_caller(&site->frames[k], place)) return &site->frames[k];
  return NULL;
}

static int64_t blocks_of(const struct ls_law *law) {
  return law->last_count - law->first_count;
}

static int64_t bytes_of(const struct ls_law *law) {
  return law->last_bytes - law->first_bytes;
}

/* By blocks, which are what is told; where they do not differ, by bytes. */
static int is_more(int64_t blocks, int64_t bytes, int64_t than_blocks,
                   int64_t than_bytes) {
  return blocks != than_blocks ? blocks > than_blocks : bytes > than_bytes;
}

static int is_same_frame(const struct leakslope_frame *a,
                         const struct leakslope_frame *b) {
  return a == b || (a && b && same_caller(a, b));
}

static void add_caller(struct callers *callers,
                       const struct ls_report_site *site) {
  const struct leakslope_frame *frame = caller_of(site);
  const struct ls_law *law = &site->law;
  size_t i = 0;
  while (i < callers->n && !is_same_frame(callers->of[i].frame, frame)) i++;
  callers->more |= i == CALLERS_TOLD;
  if (i == CALLERS_TOLD) return;
  struct caller *one = &callers->of[i];
  if (i == callers->n) *one = (struct caller){.frame = frame};
  callers->n += i == callers->n;
  one->blocks += blocks_of(law);
  one->bytes += bytes_of(law);
  if (!one->most ||
      is_more(blocks_of(law), bytes_of(law), blocks_of(&one->most->law),
              bytes_of(&one->most->law)))
    one->most = site;
}

/* Most growth first. */
static void sort_callers(struct callers *callers) {
  for (size_t i = 1; i < callers->n; i++) {
    struct caller one = callers->of[i];
    size_t at = i;
    for (; at && is_more(one.blocks, one.bytes, callers->of[at - 1].blocks,
                         callers->of[at - 1].bytes);
         at--)
      callers->of[at] = callers->of[at - 1];
    callers->of[at] = one;
  }
}

/* "by first_caller (+4093), second_caller (+4093)" */
static void tell_callers(struct ls_arena *arena, const struct callers *callers,
                         struct ls_report_site *site) {
  struct ls_text text = {.arena = arena};
  unsigned told = 0;
  for (size_t i = 0; i < callers->n; i++) {
    const struct leakslope_frame *frame = callers->of[i].frame;
    if (!frame || !frame->function) continue;
    ls_text_addf(&text, "%s%s (%+lld)", told++ ? ", " : "by ", frame->function,
                 (long long)callers->of[i].blocks);
  }
  if (callers->more) ls_text_add(&text, " and others");
  if (told > 1 && !text.truncated) site->by = ls_text_string(&text);
}

static struct ls_report_path path_of(const struct ls_report_site *site) {
  return (struct ls_report_path){site->law, site->nframes, site->frames,
                                 site->truncated};
}

/* One that there was no room for takes the last one's. */
static void put_first(struct ls_report_site *site,
                      const struct ls_report_site *most) {
  /* The arena is the report's own, so its paths may be changed. */
  struct ls_report_path *paths = (struct ls_report_path *)site->paths;
  size_t at = 1;
  while (at < site->npaths && paths[at].frames != most->frames) at++;
  if (site->npaths < 2) return;
  if (at == site->npaths) paths[--at] = path_of(most);
  struct ls_report_path first = paths[0];
  paths[0] = paths[at];
  paths[at] = first;
}

/* What is shown first is the path of the caller that grew most. */
static void show_most(const struct callers *callers,
                      struct ls_report_site *site) {
  const struct ls_report_site *most = callers->n ? callers->of[0].most : NULL;
  if (!most || most->frames == site->frames) return;
  char before[17], after[17];
  ls_fingerprint(site, before);
  ls_fingerprint(most, after);
  put_first(site, most);
  site->frames = most->frames;
  site->nframes = most->nframes;
  site->named = most->named;
  site->beyond = most->beyond;
  /* The arena is the report's own, so its texts may be changed. */
  char *also = site->also ? strstr((char *)site->also, after) : NULL;
  if (also) memcpy(also, before, strlen(before));
}

/* ---- what is joined ------------------------------------------------------ */

/* All series of a measurement have the same windows. */
static void join_curve(struct ls_report_site *to,
                       const struct ls_series *series) {
  /* The arena is the report's own, so its points may be changed. */
  struct ls_checkpoint *points = (struct ls_checkpoint *)to->curve;
  if (!to->ncurve || to->ncurve != ls_series_windows(series) + 1U) return;
  points[0].count += series->base_count;
  points[0].bytes += series->base_bytes;
  for (size_t i = 1; i < to->ncurve; i++) {
    points[i].count += series->count.last[i - 1];
    points[i].bytes += series->bytes.last[i - 1];
  }
}

/* Ways to the same place are kept apart, as many as people look at. */
static void join_path(struct ls_arena *arena, struct ls_report_site *to,
                      const struct ls_report_site *from) {
  struct ls_report_path *paths = (struct ls_report_path *)to->paths;
  if (!paths) {
    to->paths = paths = ls_arena_alloc(arena, LS_PATHS * sizeof *paths);
    if (!paths) return;
    paths[to->npaths++] = path_of(to);
  }
  if (to->npaths < LS_PATHS) paths[to->npaths++] = path_of(from);
}

/* Together they have a distance only where each has the same. */
static void join_born(struct ls_report_site *to,
                      const struct ls_report_site *from) {
  if (to->every != from->every ||
      (to->every && to->born[0] % to->every != from->born[0] % to->every))
    to->every = 0;
}

static void join_law(struct ls_law *to, const struct ls_law *from) {
  to->blocks_per_iteration += from->blocks_per_iteration;
  to->bytes_per_iteration += from->bytes_per_iteration;
  to->first_count += from->first_count;
  to->last_count += from->last_count;
  to->first_bytes += from->first_bytes;
  to->last_bytes += from->last_bytes;
}

/* ---- ways -> sites ------------------------------------------------------- */

static int is_same(const struct ls_way *a, const struct ls_way *b) {
  if (a->is_object || b->is_object) return ls_objects_same(a, b);
  return ls_place_same(&a->site, &b->site);
}

static void join(struct ls_arena *arena, struct ls_report_site *to,
                 const struct ls_way *way) {
  join_born(to, &way->site);
  note_fingerprint(arena, to, &way->site);
  join_path(arena, to, &way->site);
  join_law(&to->law, &way->site.law);
  join_curve(to, &way->record->series);
  to->callers++;
}

/* What is being made: sites, the way that each began with, and who calls. */
struct making {
  struct ls_arena *arena;
  struct ls_report_site *sites;
  const struct ls_way **first;
  struct callers *callers;
  uint32_t *at; /* of each way, its site plus one */
  size_t n;
};

static size_t site_for(const struct making *made, const struct ls_way *way) {
  size_t i = 0;
  while (i < made->n && !is_same(made->first[i], way)) i++;
  return i;
}

static void add_way(struct making *made, const struct ls_way *all,
                    const struct ls_way *way) {
  const struct ls_way *as = way->joins ? &all[way->joins - 1] : way;
  size_t at = site_for(made, as);
  made->at[way - all] = (uint32_t)at + 1;
  if (at == made->n) {
    made->n++;
    made->first[at] = as;
    made->sites[at] = way->site;
    add_curve(made->arena, &way->record->series, &made->sites[at]);
  } else {
    join(made->arena, &made->sites[at], way);
  }
  /* A part of something is told by the way to the whole. */
  if (as == way) add_caller(&made->callers[at], &way->site);
}

void ls_sites_add(struct leakslope_report *report, const struct ls_way *ways,
                  size_t n, struct ls_measured *to, uint32_t *at) {
  struct making made = {.arena = &report->arena, .at = at};
  made.sites = ls_arena_alloc(made.arena, n * sizeof *made.sites);
  made.first = ls_arena_alloc(made.arena, n * sizeof *made.first);
  made.callers = ls_arena_alloc(made.arena, n * sizeof *made.callers);
  if (!n || !made.sites || !made.first || !made.callers) return;
  for (size_t i = 0; i < n; i++)
    if (!ways[i].joins) add_way(&made, ways, &ways[i]);
  for (size_t i = 0; i < n; i++)
    if (ways[i].joins) add_way(&made, ways, &ways[i]);
  to->nsites = made.n < SITES_SHOWN ? made.n : SITES_SHOWN;
  for (size_t i = 0; i < to->nsites; i++) {
    sort_callers(&made.callers[i]);
    tell_callers(made.arena, &made.callers[i], &made.sites[i]);
    show_most(&made.callers[i], &made.sites[i]);
    add_checkpoints(made.arena, &made.sites[i]);
  }
  to->sites = made.sites;
}
