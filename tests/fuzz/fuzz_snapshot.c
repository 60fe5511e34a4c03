/* SPDX-License-Identifier: MIT */
/*
 * A libFuzzer target: the reader of snapshot files, and all that is done with
 * what it reads.  The body is also read by itself, since a checksum keeps a
 * fuzzer out of it.
 */
#include <stdlib.h>
#include <string.h>

#include "snapshot/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- no helper process ---------------------------------------------------
 */

int ls_symbolize_places(struct ls_arena *arena, const struct ls_place *places,
                        size_t n, struct ls_frames *out) {
  struct leakslope_frame *frames = ls_arena_alloc(arena, n * sizeof *frames);
  if (!frames) return -12;
  for (size_t i = 0; i < n; i++) {
    frames[i].module = places[i].module ? places[i].module->path : NULL;
    frames[i].offset = places[i].offset;
    out[i] = (struct ls_frames){1, &frames[i]};
  }
  return 0;
}

int ls_symbolize(struct ls_arena *arena, const uintptr_t *pcs, size_t n,
                 struct ls_frames *out) {
  (void)arena;
  (void)pcs;
  (void)n;
  (void)out;
  return -12;
}

/* ---- what must hold ------------------------------------------------------
 */

static void must(int holds) {
  if (!holds) abort();
}

static void check_groups(struct leakslope_snapshot *snapshot) {
  static const enum leakslope_key keys[] = {
      LEAKSLOPE_FILENAME, LEAKSLOPE_LINENO, LEAKSLOPE_TRACEBACK};
  for (int i = 0; i < 5; i++) {
    const struct leakslope_statistic *stats;
    const struct leakslope_statistic_diff *diffs;
    size_t n, ndiffs;
    int cumulative = i >= 3;
    must(
        !ls_snapshot_statistics(snapshot, keys[i % 3], cumulative, &stats, &n));
    must(!ls_snapshot_compare(snapshot, snapshot, keys[i % 3], cumulative,
                              &diffs, &ndiffs));
    must(n == ndiffs);
    for (size_t k = 0; k < n; k++)
      must(!diffs[k].size_diff && !diffs[k].count_diff);
  }
}

static void check_texts(struct leakslope_snapshot *snapshot) {
  struct ls_arena arena = {0};
  struct ls_text bytes = {.arena = &arena}, growth = {.arena = &arena};
  must(!ls_snapshot_fold(&bytes, snapshot, NULL, LEAKSLOPE_WEIGHT_SIZE));
  must(!ls_snapshot_fold(&growth, snapshot, snapshot, LEAKSLOPE_WEIGHT_COUNT));
  must(growth.length == 0);
  for (size_t i = 0; i < snapshot->ntraces; i++)
    ls_traceback_words(&bytes, &snapshot->traces[i].traceback, 0, 1);
  ls_arena_release(&arena);
}

static void check_filters(struct leakslope_snapshot *snapshot) {
  const struct leakslope_filter filters[] = {
      {.inclusive = 1,
       .filename_pattern = "*[a-c]?*",
       .all_frames = 1,
       .domain = LEAKSLOPE_DOMAIN_ANY},
      {.filename_pattern = "/usr/*", .domain = LEAKSLOPE_DOMAIN_MALLOC}};
  struct leakslope_snapshot *some;
  must(!ls_snapshot_filter(snapshot, filters, 2, &some));
  must(some->ntraces <= snapshot->ntraces);
  ls_snapshot_free(some);
}

/* What is written is read as the same, and written as the same. */
static void check_file(struct leakslope_snapshot *snapshot) {
  struct ls_arena arena = {0};
  struct ls_text first = {.arena = &arena}, second = {.arena = &arena};
  struct leakslope_snapshot *again;
  must(!ls_snapshot_encode(&first, snapshot));
  must(!ls_snapshot_decode(first.data, first.length, &again));
  must(!ls_snapshot_encode(&second, again));
  must(first.length == second.length &&
       !memcmp(first.data, second.data, first.length));
  ls_snapshot_free(again);
  ls_arena_release(&arena);
}

static void check(struct leakslope_snapshot *snapshot) {
  if (ls_snapshot_resolve(snapshot)) return; /* more frames than allowed */
  check_groups(snapshot);
  check_texts(snapshot);
  check_filters(snapshot);
  check_file(snapshot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct leakslope_snapshot *snapshot;
  if (!ls_snapshot_decode(data, size, &snapshot)) ls_snapshot_free(snapshot);
  if (size < LS_SNAPSHOT_HEAD) return 0;
  if (ls_snapshot_decode_body(data + LS_SNAPSHOT_HEAD, size - LS_SNAPSHOT_HEAD,
                              &snapshot))
    return 0;
  check(snapshot);
  ls_snapshot_free(snapshot);
  return 0;
}
