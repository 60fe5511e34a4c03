/* SPDX-License-Identifier: MIT */
/*
 * Grouping as tracemalloc does it: items sorted by key, equal keys summed, the
 * sums sorted by size.  A key is what Python's is, file and line, wherever
 * there is a file; else the module, and the place in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/snapshot.h"

/* What one trace adds to one group. */
struct item {
  enum leakslope_key key;
  const struct leakslope_frame *frame; /* the key, unless by traceback */
  const struct leakslope_traceback *traceback;
  int64_t size, size_diff;
  int64_t count, count_diff;
};

struct items {
  struct ls_arena *arena;
  struct item *at;
  size_t n, capacity;
};

static int compare_text(const char *a, const char *b) {
  if (!a || !b) return (a != NULL) - (b != NULL);
  return strcmp(a, b);
}

/* A file may hold what no process ever did: sums wrap, they do not trap. */
static void add_to(int64_t *sum, int64_t value) {
  *sum = (int64_t)((uint64_t)*sum + (uint64_t)value);
}

static uint64_t magnitude(int64_t value) {
  return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static int compare_number(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

/* Without a line, the place in the module is what tells lines apart. */
static int compare_frames(const struct leakslope_frame *a,
                          const struct leakslope_frame *b, int by_line) {
  int order = compare_text(a->filename, b->filename);
  if (order) return order;
  if (!a->filename && (order = compare_text(a->module, b->module)))
    return order;
  if (!by_line) return 0;
  if (a->filename) return compare_number(a->lineno, b->lineno);
  return compare_number(a->offset, b->offset);
}

/* As Python compares tuples of frames: from the oldest on. */
static int compare_tracebacks(const struct leakslope_traceback *a,
                              const struct leakslope_traceback *b) {
  for (size_t i = 1; i <= a->nframe && i <= b->nframe; i++) {
    int order =
        compare_frames(&a->frames[a->nframe - i], &b->frames[b->nframe - i], 1);
    if (order) return order;
  }
  return compare_number(a->nframe, b->nframe);
}

static int compare_keys(const void *left, const void *right) {
  const struct item *a = left, *b = right;
  if (a->key == LEAKSLOPE_TRACEBACK)
    return compare_tracebacks(a->traceback, b->traceback);
  return compare_frames(a->frame, b->frame, a->key == LEAKSLOPE_LINENO);
}

/* Python's order, largest first: |size_diff|, size, |count_diff|, count. */
static int compare_sums(const void *left, const void *right) {
  const struct item *a = left, *b = right;
  int order = compare_number(magnitude(b->size_diff), magnitude(a->size_diff));
  if (!order) order = compare_number((uint64_t)b->size, (uint64_t)a->size);
  if (!order)
    order = compare_number(magnitude(b->count_diff), magnitude(a->count_diff));
  if (!order) order = compare_number((uint64_t)b->count, (uint64_t)a->count);
  return order ? order : compare_keys(right, left);
}

static int add_item(struct items *items, const struct item *item) {
  if (items->n == items->capacity) {
    size_t capacity = items->capacity ? items->capacity * 2 : 256;
    struct item *more = ls_arena_alloc(items->arena, capacity * sizeof *more);
    if (!more) return -ENOMEM;
    if (items->n) memcpy(more, items->at, items->n * sizeof *more);
    items->at = more;
    items->capacity = capacity;
  }
  items->at[items->n++] = *item;
  return 0;
}

static int add_trace(struct items *items, const struct ls_trace *trace,
                     enum leakslope_key key, int cumulative, int is_after) {
  struct item item = {.key = key,
                      .traceback = &trace->traceback,
                      .size = is_after ? trace->bytes : 0,
                      .count = is_after ? trace->count : 0,
                      .size_diff = is_after ? trace->bytes : -trace->bytes,
                      .count_diff = is_after ? trace->count : -trace->count};
  if (!trace->traceback.nframe) return 0;
  if (!cumulative || key == LEAKSLOPE_TRACEBACK) {
    item.frame = &trace->traceback.frames[trace->named];
    return add_item(items, &item);
  }
  /* A function that is twice in a traceback counts twice, as in Python. */
  for (size_t i = 0; i < trace->traceback.nframe; i++) {
    item.frame = &trace->traceback.frames[i];
    int rc = add_item(items, &item);
    if (rc) return rc;
  }
  return 0;
}

static int add_snapshot(struct items *items,
                        struct leakslope_snapshot *snapshot,
                        enum leakslope_key key, int cumulative, int is_after) {
  int rc = ls_snapshot_resolve(snapshot);
  for (size_t i = 0; i < snapshot->ntraces && !rc; i++)
    rc = add_trace(items, &snapshot->traces[i], key, cumulative, is_after);
  return rc;
}

/* Sorts by key, sums what is equal, sorts the sums. */
static void sum_groups(struct items *items) {
  if (!items->n) return;
  qsort(items->at, items->n, sizeof *items->at, compare_keys);
  size_t groups = 1;
  for (size_t i = 1; i < items->n; i++) {
    struct item *group = &items->at[groups - 1];
    const struct item *item = &items->at[i];
    if (compare_keys(group, item)) {
      items->at[groups++] = *item;
      continue;
    }
    add_to(&group->size, item->size);
    add_to(&group->count, item->count);
    add_to(&group->size_diff, item->size_diff);
    add_to(&group->count_diff, item->count_diff);
  }
  items->n = groups;
  qsort(items->at, items->n, sizeof *items->at, compare_sums);
}

/* What names the group: of a file or a module, no function and no line. */
static int name_group(struct ls_arena *arena, const struct item *item,
                      struct leakslope_traceback *out) {
  if (item->key == LEAKSLOPE_TRACEBACK) {
    *out = *item->traceback;
    return 0;
  }
  *out = (struct leakslope_traceback){
      .nframe = 1,
      .frames = item->frame,
      .total_nframe = item->traceback->total_nframe};
  if (item->key == LEAKSLOPE_LINENO) return 0;
  struct leakslope_frame *frame = ls_arena_alloc(arena, sizeof *frame);
  if (!frame) return -ENOMEM;
  frame->filename = item->frame->filename;
  frame->module = item->frame->module;
  out->frames = frame;
  return 0;
}

static int begin(struct leakslope_snapshot *owner, struct items *items,
                 enum leakslope_key key, int cumulative) {
  if (key > LEAKSLOPE_TRACEBACK || (cumulative && key == LEAKSLOPE_TRACEBACK))
    return -EINVAL;
  ls_arena_release(&owner->results);
  *items = (struct items){.arena = &owner->results};
  return 0;
}

static size_t not_negative(int64_t value) {
  return value > 0 ? (size_t)value : 0;
}

int ls_snapshot_traces(struct leakslope_snapshot *snapshot,
                       const struct leakslope_trace **out, size_t *n) {
  int rc = ls_snapshot_resolve(snapshot);
  if (rc) return rc;
  ls_arena_release(&snapshot->results);
  struct leakslope_trace *traces =
      ls_arena_alloc(&snapshot->results, snapshot->ntraces * sizeof *traces);
  if (!traces) return -ENOMEM;
  for (size_t i = 0; i < snapshot->ntraces; i++) {
    const struct ls_trace *trace = &snapshot->traces[i];
    traces[i].domain = (int)trace->domain;
    traces[i].size = not_negative(trace->bytes);
    traces[i].count = not_negative(trace->count);
    traces[i].traceback = trace->traceback;
  }
  *out = traces;
  *n = snapshot->ntraces;
  return 0;
}

int ls_snapshot_statistics(struct leakslope_snapshot *snapshot,
                           enum leakslope_key key, int cumulative,
                           const struct leakslope_statistic **out, size_t *n) {
  struct items items;
  int rc = begin(snapshot, &items, key, cumulative);
  if (!rc) rc = add_snapshot(&items, snapshot, key, cumulative, 1);
  if (rc) return rc;
  sum_groups(&items);
  struct leakslope_statistic *stats =
      ls_arena_alloc(&snapshot->results, (items.n + 1) * sizeof *stats);
  if (!stats) return -ENOMEM;
  for (size_t i = 0; i < items.n && !rc; i++) {
    stats[i].size = not_negative(items.at[i].size);
    stats[i].count = not_negative(items.at[i].count);
    rc = name_group(items.arena, &items.at[i], &stats[i].traceback);
  }
  *out = stats;
  *n = items.n;
  return rc;
}

int ls_snapshot_compare(struct leakslope_snapshot *after,
                        struct leakslope_snapshot *baseline,
                        enum leakslope_key key, int cumulative,
                        const struct leakslope_statistic_diff **out,
                        size_t *n) {
  struct items items;
  int rc = begin(after, &items, key, cumulative);
  if (!rc) rc = add_snapshot(&items, after, key, cumulative, 1);
  if (!rc) rc = add_snapshot(&items, baseline, key, cumulative, 0);
  if (rc) return rc;
  sum_groups(&items);
  struct leakslope_statistic_diff *diffs =
      ls_arena_alloc(&after->results, (items.n + 1) * sizeof *diffs);
  if (!diffs) return -ENOMEM;
  for (size_t i = 0; i < items.n && !rc; i++) {
    const struct item *item = &items.at[i];
    diffs[i].size = not_negative(item->size);
    diffs[i].size_diff = item->size_diff;
    diffs[i].count = not_negative(item->count);
    diffs[i].count_diff = item->count_diff;
    rc = name_group(items.arena, item, &diffs[i].traceback);
  }
  *out = diffs;
  *n = items.n;
  return rc;
}
