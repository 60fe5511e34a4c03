/* SPDX-License-Identifier: MIT */
/* Does the whole search, and puts what it found into plain numbers. */
#include <string.h>
#include <time.h>

#include "holder/graph.h"
#include "holder/holder.h"
#include "holder/lost.h"
#include "holder/mark.h"
#include "holder/shapes.h"
#include "platform/arena.h"
#include "platform/clock.h"
#include "platform/own_pages.h"
#include "tracker/tracker.h"

struct whole {
  const struct ls_holders_question *question;
  struct ls_holders *answer;
  struct ls_memory memory;
  struct ls_graph graph;
  struct ls_roots *roots;
  struct ls_search search;
  struct ls_variables variables;
  struct ls_shapes shapes;
  uint8_t *interest; /* of each node, its shown site plus one */
  uint32_t *head_of;
};

/* ---- which blocks are asked about ------------------------------------------
 */

static void find_interest(struct whole *w) {
  const struct ls_holders_question *question = w->question;
  for (size_t i = 0; i < w->graph.n; i++) {
    uint32_t site = w->graph.site[i];
    if (!site || site > question->nsites || !question->shown[site] ||
        (ls_birth_epoch(w->graph.birth[i]) <= question->epoch &&
         !(question->in_bytes >> (question->shown[site] - 1) & 1)))
      continue;
    w->interest[i] = question->shown[site];
    w->answer->of[question->shown[site] - 1]++;
  }
}

static void count_lost(struct whole *w, uint64_t *lost) {
  memset(lost, 0, LS_HOLDER_SITES * sizeof *lost);
  for (size_t i = 0; i < w->graph.n; i++)
    if (w->interest[i] && w->graph.parent[i] == LS_PARENT_NONE)
      lost[w->interest[i] - 1]++;
}

/* ---- the searches ----------------------------------------------------------
 */

/* A slot somewhere else that is stale must not take a part of a list away: the
   variable that holds most is searched from before all others. */
static int search_by_most(struct whole *w) {
  if (!ls_variables_find(&w->variables, &w->search, w->interest)) return 0;
  const struct ls_held_by *most = NULL;
  size_t holding = 0;
  for (size_t i = 0; i < w->variables.n; i++) {
    const struct ls_held_by *one = &w->variables.at[i];
    holding += one->blocks != 0;
    if (!most || one->blocks > most->blocks) most = one;
  }
  if (holding < 2) return 1;
  ls_search_run(&w->search, most->begin, most->end);
  return ls_variables_find(&w->variables, &w->search, w->interest);
}

/* Of each shown site of which blocks are lost, some from all over the heap. */
static void take_sample(const struct whole *w, const uint64_t *lost,
                        struct ls_sample *sample) {
  enum { EACH = 64 };
  uint64_t seen[LS_HOLDER_SITES] = {0}, sites = 0;
  for (unsigned s = 0; s < LS_HOLDER_SITES; s++) sites += lost[s] != 0;
  uint64_t each = sites && LS_SAMPLE / sites < EACH ? LS_SAMPLE / sites : EACH;
  sample->n = 0;
  for (size_t i = 0; i < w->graph.n && sample->n < LS_SAMPLE; i++) {
    if (!w->interest[i] || w->graph.parent[i] != LS_PARENT_NONE) continue;
    unsigned s = w->interest[i] - 1U;
    uint64_t before = seen[s] * each / lost[s];
    seen[s]++;
    if (seen[s] * each / lost[s] == before) continue;
    sample->nodes[sample->n] = (uint32_t)i;
    sample->groups[sample->n++] = (uint8_t)s;
  }
}

static void look_again(struct whole *w) {
  uint64_t lost[LS_HOLDER_SITES];
  struct ls_sample sample;
  count_lost(w, lost);
  take_sample(w, lost, &sample);
  if (!sample.n) return;
  w->search.by = ls_second_look(&w->search, &sample, &w->answer->unsure);
  if (w->search.by == LS_BY_POINTER) return;
  size_t before = w->graph.nreached;
  ls_search_run(&w->search, 0, 0);
  w->answer->by = w->search.by;
  if (w->graph.nreached > before) return;
  /* What is lost points at itself in that way. */
  w->answer->by = w->search.by = LS_BY_POINTER;
  ls_search_run(&w->search, 0, 0);
}

/* ---- the answer ------------------------------------------------------------
 */

static void put_offsets(struct ls_holder_step *step,
                        const struct ls_offsets *offsets) {
  step->noffsets = offsets->n <= LS_HOLDER_OFFSETS ? offsets->n : 0;
  memcpy(step->offsets, offsets->at, sizeof step->offsets);
  step->lowest = offsets->lowest;
}

/* From the root to the shape: a step for each shape on the way, and one more
   for each that leads to itself. */
static void put_steps(const struct whole *w, const struct ls_shape *shape,
                      struct ls_holder_way *way) {
  const struct ls_shape *chain[LS_HOLDER_STEPS];
  size_t n = 0;
  for (const struct ls_shape *at = shape;; at = &w->shapes.at[at->parent - 1]) {
    if (n == LS_HOLDER_STEPS) {
      way->is_cut = 1;
      memmove(&chain[0], &chain[1], (n - 1) * sizeof *chain);
      n--;
    }
    chain[n++] = at;
    if (at->parent & LS_PARENT_ROOT) break;
  }
  const struct ls_shape *above = NULL;
  while (n--) {
    for (unsigned again = 0; again < 2; again++) {
      const struct ls_offsets *by = again ? &chain[n]->again : &chain[n]->in;
      const struct ls_shape *left = again ? chain[n] : above;
      if (again && !by->n) continue;
      if (way->nsteps == LS_HOLDER_STEPS) {
        way->is_cut = 1;
        return;
      }
      struct ls_holder_step *step = &way->steps[way->nsteps++];
      put_offsets(step, by);
      step->repeats = again;
      step->is_known = !left || left->site;
      step->site = left ? left->site : 0;
      step->size = left ? left->size : 0;
    }
    above = chain[n];
  }
}

/* The nearest block on the way of which the call site does not leak. */
static uint32_t from_of(const struct whole *w, const struct ls_shape *shape) {
  while (!(shape->parent & LS_PARENT_ROOT)) {
    shape = &w->shapes.at[shape->parent - 1];
    uint32_t site = shape->site;
    if (site && !(site <= w->question->nsites && w->question->shown[site]))
      return site;
  }
  return 0;
}

static void put_root(const struct whole *w, const struct ls_shape *shape,
                     struct ls_holder_way *way) {
  while (!(shape->parent & LS_PARENT_ROOT))
    shape = &w->shapes.at[shape->parent - 1];
  const struct ls_held_by *variable =
      &w->variables.at[shape->parent & ~LS_PARENT_ROOT];
  const struct ls_root *root = &w->roots->at[variable->root];
  way->kind = root->kind;
  way->number = root->number;
  way->root = variable->begin;
  way->slot = variable->slot;
  way->module_offset = variable->begin - root->bias;
  if (!root->module) return;
  size_t size = strlen(root->module) + 1;
  if (size <= sizeof way->module) memcpy(way->module, root->module, size);
}

static void put_way(struct whole *w, const struct ls_shape *shape) {
  struct ls_holder_way *way = &w->answer->ways[w->answer->nways++];
  memset(way, 0, sizeof *way);
  way->shown = shape->shown - 1;
  way->blocks = shape->blocks;
  way->oldest = shape->oldest;
  way->from = from_of(w, shape);
  put_root(w, shape, way);
  put_steps(w, shape, way);
}

/* Most blocks first, for each site as many as there is room for. */
static void put_ways(struct whole *w, uint32_t shown, uint32_t most) {
  for (uint32_t k = 0; k < most && w->answer->nways < LS_HOLDER_WAYS; k++) {
    struct ls_shape *best = NULL;
    for (size_t i = 0; i < w->shapes.n; i++) {
      struct ls_shape *one = &w->shapes.at[i];
      if (one->shown == shown + 1 && one->blocks &&
          (!best || one->blocks > best->blocks))
        best = one;
    }
    if (!best) return;
    put_way(w, best);
    best->blocks = 0;
  }
}

static void put_head(struct ls_holders *answer, uint32_t shown, uint32_t site) {
  for (uint32_t i = 0; i < answer->nheads; i++)
    if (answer->heads[i].shown == shown && answer->heads[i].site == site) {
      answer->heads[i].blocks++;
      return;
    }
  if (answer->nheads == LS_HOLDER_HEADS) return;
  answer->heads[answer->nheads++] = (struct ls_holder_head){shown, site, 1};
}

/* A block that hangs from another of its own site's is lost as that is. */
static void put_lost(struct whole *w) {
  const struct ls_holders_question *question = w->question;
  for (size_t i = 0; i < w->graph.n; i++) {
    if (!w->interest[i] || !w->head_of[i]) continue;
    uint32_t shown = w->interest[i] - 1U;
    uint32_t site = w->graph.site[w->head_of[i] - 1];
    if (site <= question->nsites && question->shown[site] == shown + 1) {
      w->answer->lost[shown]++;
    } else {
      w->answer->beside[shown]++;
      put_head(w->answer, shown, site);
    }
  }
}

/* ---- all -------------------------------------------------------------------
 */

static int room(struct whole *w) {
  size_t n = w->graph.n + 1;
  w->interest = ls_pages_map(n, 0);
  w->head_of = ls_pages_map(n * sizeof *w->head_of, 0);
  return w->interest && w->head_of;
}

static enum ls_holders_state make(struct whole *w) {
  const struct ls_holders_question *question = w->question;
  /* Pages of ours are full of addresses. */
  if (!ls_own_pages_are_known() || ls_memory_read(&w->memory))
    return LS_HOLDERS_UNREAD;
  enum ls_holders_state made =
      ls_graph_make(&w->graph, &w->memory, question->most_bytes);
  if (made != LS_HOLDERS_DONE) return made;
  w->answer->nodes = w->graph.n;
  w->roots = ls_pages_map(sizeof *w->roots, 0);
  w->search = (struct ls_search){
      .graph = &w->graph,
      .memory = &w->memory,
      .roots = w->roots,
      .deadline_ns = ls_clock_ns(CLOCK_MONOTONIC) + question->most_ns};
  if (!room(w) || !w->roots || !ls_search_make(&w->search))
    return LS_HOLDERS_MEMORY;
  ls_roots_find(w->roots, &w->memory, &w->graph, question);
  return LS_HOLDERS_DONE;
}

static int put_held(struct whole *w) {
  const struct ls_holders_question *question = w->question;
  if (!search_by_most(w) ||
      !ls_shapes_make(&w->shapes, &w->search, &w->variables, question,
                      w->interest))
    return 0;
  uint32_t most = LS_HOLDER_WAYS / (question->nshown ? question->nshown : 1);
  for (uint32_t s = 0; s < question->nshown; s++) put_ways(w, s, most);
  return 1;
}

static enum ls_holders_state find(struct whole *w) {
  enum ls_holders_state made = make(w);
  if (made != LS_HOLDERS_DONE) return made;
  find_interest(w);
  ls_search_run(&w->search, 0, 0);
  look_again(w);
  if (w->roots->overflowed || w->graph.is_partial)
    w->answer->unsure = UINT32_MAX;
  if (!put_held(w)) return LS_HOLDERS_MEMORY;
  if (!w->search.is_late &&
      !ls_lost_find(&w->search, w->question->nsites, w->head_of))
    return LS_HOLDERS_MEMORY;
  if (w->search.is_late) return LS_HOLDERS_LATE;
  put_lost(w);
  return LS_HOLDERS_DONE;
}

void ls_holders_find(const struct ls_holders_question *question,
                     struct ls_holders *answer) {
  static struct whole w; /* a process searches once */
  memset(&w, 0, sizeof w);
  w.question = question;
  w.answer = answer;
  ls_memory_guard();
  enum ls_holders_state state = find(&w);
  __atomic_store_n(&answer->state, (uint32_t)state, __ATOMIC_RELEASE);
}
