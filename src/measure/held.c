/* SPDX-License-Identifier: MIT */
/* Puts what a search for holders found into the words and places of a report.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "holder/holder.h"
#include "measure/measurement.h"
#include "report/words/place.h"
#include "symbolize/variables.h"

enum { PLACES = 256, FRAMES = 24 };

/* ---- where blocks were made
 * -------------------------------------------------- */

/* Call sites of the tracker, and the frame that is to blame for each. */
struct sites {
  size_t n;
  uint32_t site[PLACES];
  struct leakslope_frame frame[PLACES];
};

static void want(struct sites *sites, uint32_t site) {
  if (!site || sites->n == PLACES) return;
  for (size_t i = 0; i < sites->n; i++)
    if (sites->site[i] == site) return;
  sites->site[sites->n++] = site;
}

static void want_all(struct sites *sites, const struct ls_holders *answer) {
  for (uint32_t i = 0; i < answer->nways; i++) {
    want(sites, answer->ways[i].from);
    for (uint32_t k = 0; k < answer->ways[i].nsteps; k++)
      want(sites, answer->ways[i].steps[k].site);
  }
  for (uint32_t i = 0; i < answer->nheads; i++)
    want(sites, answer->heads[i].site);
}

/* All frames of a path, and the one to blame. */
static struct leakslope_frame blamed(struct ls_arena *arena,
                                     const struct ls_frames *parts, size_t n) {
  size_t total = 0, at = 0;
  for (size_t i = 0; i < n; i++) total += parts[i].n;
  struct leakslope_frame *frames =
      ls_arena_alloc(arena, total * sizeof *frames);
  unsigned char *shapes = ls_arena_alloc(arena, total);
  struct leakslope_frame none = {0};
  if (!total || !frames || !shapes) return none;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < parts[i].n; k++) {
      if (ls_callsite_is_ours(&parts[i].frames[k])) continue;
      shapes[at] = parts[i].shapes ? parts[i].shapes[k] : 0;
      frames[at++] = parts[i].frames[k];
    }
  const struct ls_path path = {frames, shapes, at};
  size_t named = ls_callsite_named(&path, 0);
  if (named == at) named = ls_callsite_foreign(&path);
  return at ? frames[named] : none;
}

static void name_sites(struct ls_arena *arena, struct sites *sites) {
  uintptr_t *pcs = ls_arena_alloc(arena, sites->n * FRAMES * sizeof *pcs);
  struct ls_frames *parts =
      ls_arena_alloc(arena, sites->n * FRAMES * sizeof *parts);
  size_t lengths[PLACES], total = 0;
  if (!sites->n || !pcs || !parts) return;
  for (size_t i = 0; i < sites->n; i++) {
    lengths[i] = ls_tracker_path(sites->site[i], pcs + total, FRAMES);
    if (lengths[i] > FRAMES) lengths[i] = FRAMES;
    total += lengths[i];
  }
  if (ls_symbolize(arena, pcs, total, parts) == -ENOMEM) return;
  for (size_t i = 0, at = 0; i < sites->n; at += lengths[i++])
    sites->frame[i] = blamed(arena, parts + at, lengths[i]);
}

static struct leakslope_frame frame_of(const struct sites *sites,
                                       uint32_t site) {
  struct leakslope_frame none = {0};
  for (size_t i = 0; i < sites->n; i++)
    if (sites->site[i] == site) return sites->frame[i];
  return none;
}

/* ---- the path
 * ---------------------------------------------------------------- */

static const char *offsets_text(struct ls_arena *arena,
                                const struct ls_holder_step *step) {
  struct ls_text text = {.arena = arena};
  if (!step->noffsets) return "[]";
  for (uint32_t i = 0; i < step->noffsets; i++) {
    int64_t at = step->offsets[i];
    ls_text_addf(&text, "%s%c0x%" PRIx64, i ? "/" : "", at < 0 ? '-' : '+',
                 at < 0 ? -(uint64_t)at : (uint64_t)at);
  }
  return ls_text_string(&text);
}

static const char *base_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* What stands for a variable that has no name. */
static void add_root(struct ls_text *text, const struct ls_holder_way *way,
                     const struct ls_variable *variable) {
  switch ((enum ls_root_kind)way->kind) {
    case LS_ROOT_PROGRAM:
    case LS_ROOT_MODULE:
      if (variable->name)
        ls_text_add(text, variable->name);
      else
        ls_text_addf(text, "a global at %s+0x%" PRIx64, base_of(way->module),
                     way->module_offset);
      if (variable->name && way->kind == LS_ROOT_MODULE)
        ls_text_addf(text, " (%s)", base_of(way->module));
      return;
    case LS_ROOT_TLS:
      ls_text_add(text, "a thread-local variable");
      return;
    case LS_ROOT_KEY:
      ls_text_add(text, "thread-specific data");
      return;
    case LS_ROOT_STACK:
      ls_text_add(text, "the stack of this thread");
      return;
    case LS_ROOT_REGISTERS:
      ls_text_add(text, "a local of the loop's caller");
      return;
    case LS_ROOT_EPOLL:
      ls_text_addf(text, "the kernel: epoll on descriptor %u", way->number);
      return;
    case LS_ROOT_TIMER:
      ls_text_add(text, "the kernel: the value of a timer");
      return;
    case LS_ROOT_THREAD:
      ls_text_addf(text, "the stack of thread %u", way->number);
      return;
    case LS_ROOT_MAPPING:
      ls_text_add(text, "memory from before tracing began");
      return;
  }
}

static const char *const root_names[] = {
    [LS_ROOT_PROGRAM] = "global",   [LS_ROOT_MODULE] = "global",
    [LS_ROOT_TLS] = "thread-local", [LS_ROOT_KEY] = "thread-specific",
    [LS_ROOT_STACK] = "stack",      [LS_ROOT_REGISTERS] = "register",
    [LS_ROOT_EPOLL] = "kernel",     [LS_ROOT_TIMER] = "kernel",
    [LS_ROOT_THREAD] = "thread",    [LS_ROOT_MAPPING] = "memory"};

/* Where no name goes on: the places at which objects were made, and offsets. */
static void add_steps(struct ls_text *text, const struct ls_report_holder *one,
                      size_t from, int is_variable) {
  for (size_t i = from; i < one->nsteps; i++) {
    const struct ls_report_step *step = &one->steps[i];
    int is_plain = !i && (!is_variable || !strcmp(step->offsets, "+0x0"));
    if (is_plain) continue;
    if (i && !(step->repeats && i > from)) {
      ls_text_add(text, " -> ");
      if (step->frame.function)
        ls_text_addf(text, "%s in ", step->frame.function);
      if (step->frame.filename || step->frame.module)
        ls_place_add(text, &step->frame);
      else
        ls_text_add(text, "memory from before tracing began");
    }
    ls_text_addf(text, "%s%s%s", strcmp(step->offsets, "[]") ? " " : "",
                 step->offsets, step->repeats ? " repeatedly" : "");
  }
}

static void question_of(struct ls_arena *arena, const struct ls_holder_way *way,
                        struct ls_path_question *question) {
  struct ls_path_step *steps =
      ls_arena_alloc(arena, way->nsteps * sizeof *steps);
  *question = (struct ls_path_question){.kind = LS_VARIABLE_STATIC,
                                        .address = way->root,
                                        .nsteps = steps ? way->nsteps : 0,
                                        .steps = steps};
  for (uint32_t i = 0; steps && i < way->nsteps; i++) {
    const struct ls_holder_step *from = &way->steps[i];
    steps[i] = (struct ls_path_step){.size = from->size,
                                     .noffsets = from->noffsets,
                                     .stride_of_many = (uint64_t)from->lowest,
                                     .repeats = (int)from->repeats};
    for (uint32_t k = 0; k < from->noffsets; k++)
      steps[i].offsets[k] = (uint64_t)from->offsets[k];
  }
}

/* ---- holders
 * ------------------------------------------------------------------ */

struct naming {
  struct ls_arena *arena;
  const struct ls_holders *answer;
  struct sites sites;
  struct ls_path_answer *paths;
  struct ls_variable *variables;
};

static int is_global(const struct ls_holder_way *way) {
  return way->kind == LS_ROOT_PROGRAM || way->kind == LS_ROOT_MODULE;
}

static int ask_names(struct naming *naming) {
  const struct ls_holders *answer = naming->answer;
  size_t n = answer->nways;
  struct ls_path_question *questions =
      ls_arena_alloc(naming->arena, n * sizeof *questions);
  uintptr_t *roots = ls_arena_alloc(naming->arena, n * sizeof *roots);
  naming->paths = ls_arena_alloc(naming->arena, n * sizeof *naming->paths);
  naming->variables =
      ls_arena_alloc(naming->arena, n * sizeof *naming->variables);
  if (!questions || !roots || !naming->paths || !naming->variables) return 0;
  size_t *of = ls_arena_alloc(naming->arena, n * sizeof *of), asked = 0;
  struct ls_path_answer *paths =
      ls_arena_alloc(naming->arena, n * sizeof *paths);
  struct ls_variable *variables =
      ls_arena_alloc(naming->arena, n * sizeof *variables);
  if (!of || !paths || !variables) return 0;
  for (size_t i = 0; i < n; i++) {
    if (!is_global(&answer->ways[i])) continue;
    of[asked] = i;
    roots[asked] = answer->ways[i].root;
    question_of(naming->arena, &answer->ways[i], &questions[asked++]);
  }
  if (!asked) return 1;
  if (ls_symbolize_paths(questions, asked, naming->arena, paths))
    memset(paths, 0, asked * sizeof *paths);
  if (ls_symbolize_variables(roots, asked, naming->arena, variables))
    memset(variables, 0, asked * sizeof *variables);
  for (size_t i = 0; i < asked; i++) {
    naming->paths[of[i]] = paths[i];
    naming->variables[of[i]] = variables[i];
  }
  return 1;
}

static void add_report_steps(struct naming *naming,
                             const struct ls_holder_way *way,
                             struct ls_report_holder *one) {
  struct ls_report_step *steps =
      ls_arena_alloc(naming->arena, way->nsteps * sizeof *steps);
  if (!steps) return;
  for (uint32_t i = 0; i < way->nsteps; i++)
    steps[i] = (struct ls_report_step){
        .frame = frame_of(&naming->sites, way->steps[i].site),
        .repeats = way->steps[i].repeats,
        .offsets = offsets_text(naming->arena, &way->steps[i])};
  one->steps = steps;
  one->nsteps = way->nsteps;
}

static struct ls_report_holder held_of(struct naming *naming, size_t i) {
  const struct ls_holder_way *way = &naming->answer->ways[i];
  const struct ls_path_answer *path = &naming->paths[i];
  struct ls_report_holder one = {.kind = LS_HELD_BY,
                                 .by = (enum ls_pointer_kind)naming->answer->by,
                                 .blocks = way->blocks,
                                 .of = naming->answer->of[way->shown],
                                 .root = root_names[way->kind],
                                 .from = frame_of(&naming->sites, way->from)};
  struct ls_text text = {.arena = naming->arena};
  add_report_steps(naming, way, &one);
  if (path->text) {
    ls_text_add(&text, path->text);
    one.place = (struct leakslope_frame){.function = path->function,
                                         .filename = path->file,
                                         .lineno = path->line};
  } else {
    add_root(&text, way, &naming->variables[i]);
  }
  add_steps(&text, &one, path->text ? path->named : 0, is_global(way));
  one.path = ls_text_string(&text);
  return one;
}

/* ---- a site
 * -------------------------------------------------------------------- */

struct list {
  size_t n;
  struct ls_report_holder at[LS_REPORT_HOLDERS];
};

static int same(const struct ls_report_holder *a,
                const struct ls_report_holder *b) {
  if (a->kind != b->kind || a->in_use != b->in_use) return 0;
  if (a->kind == LS_LOST_WITH)
    return a->place.lineno == b->place.lineno && a->place.filename &&
           b->place.filename && !strcmp(a->place.filename, b->place.filename);
  return a->path && b->path && !strcmp(a->path, b->path);
}

static int is_before(const struct ls_report_holder *a,
                     const struct ls_report_holder *b) {
  if (a->in_use != b->in_use) return b->in_use;
  return a->blocks > b->blocks;
}

static void add(struct list *list, struct ls_report_holder one) {
  size_t i = 0;
  while (i < list->n && !same(&list->at[i], &one)) i++;
  if (i == LS_REPORT_HOLDERS) return;
  if (i == list->n) {
    list->at[list->n++] = one;
  } else {
    list->at[i].blocks += one.blocks;
  }
  for (; i && is_before(&list->at[i], &list->at[i - 1]); i--) {
    struct ls_report_holder other = list->at[i - 1];
    list->at[i - 1] = list->at[i];
    list->at[i] = other;
  }
}

/* Holders of which no block is old are a working set; unless all are, as with a
   buffer that is resized. */
static int is_working_set(const struct leakslope_measurement *m,
                          const struct ls_holders *answer,
                          const struct ls_holder_way *way) {
  if (way->oldest <= m->iterations / 2) return 0;
  if (answer->lost[way->shown] + answer->beside[way->shown]) return 1;
  for (uint32_t i = 0; i < answer->nways; i++)
    if (answer->ways[i].shown == way->shown &&
        answer->ways[i].oldest <= m->iterations / 2)
      return 1;
  return 0;
}

static void add_lost(struct naming *naming, struct list *list, uint32_t shown) {
  const struct ls_holders *answer = naming->answer;
  if (answer->unsure >> shown & 1) return;
  struct ls_report_holder lost = {.kind = LS_LOST_ALL,
                                  .blocks = answer->lost[shown],
                                  .of = answer->of[shown],
                                  .path = ""};
  if (lost.blocks) add(list, lost);
  for (uint32_t i = 0; i < answer->nheads; i++) {
    const struct ls_holder_head *head = &answer->heads[i];
    if (head->shown != shown) continue;
    struct ls_report_holder with = {
        .kind = LS_LOST_WITH,
        .blocks = head->blocks,
        .of = answer->of[shown],
        .place = frame_of(&naming->sites, head->site)};
    add(list, with);
  }
}

/* Where it is not known whether most blocks are lost, the few that are held
   would be taken for an answer. */
static int is_told(const struct ls_holders *answer, uint32_t shown) {
  uint64_t held = 0;
  for (uint32_t i = 0; i < answer->nways; i++)
    if (answer->ways[i].shown == shown) held += answer->ways[i].blocks;
  int sure = answer->state == LS_HOLDERS_DONE && !(answer->unsure >> shown & 1);
  return sure || 2 * held > answer->of[shown];
}

void ls_held_add(const struct leakslope_measurement *m, struct ls_arena *arena,
                 const struct ls_holders *answer, struct ls_report_site *sites,
                 size_t nsites) {
  struct naming *naming = ls_arena_alloc(arena, sizeof *naming);
  if (!naming) return;
  naming->arena = arena;
  naming->answer = answer;
  want_all(&naming->sites, answer);
  name_sites(arena, &naming->sites);
  if (!ask_names(naming)) return;
  for (uint32_t s = 0; s < nsites; s++) {
    struct list *list = ls_arena_alloc(arena, sizeof *list);
    if (!list || !is_told(answer, s)) continue;
    for (uint32_t i = 0; i < answer->nways; i++) {
      if (answer->ways[i].shown != s) continue;
      struct ls_report_holder one = held_of(naming, i);
      one.in_use = (uint32_t)is_working_set(m, answer, &answer->ways[i]);
      add(list, one);
    }
    add_lost(naming, list, s);
    sites[s].holders = list->at;
    sites[s].nholders = list->n;
  }
}
