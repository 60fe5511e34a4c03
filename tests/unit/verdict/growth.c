/* SPDX-License-Identifier: MIT */
#include "growth.h"

#include <math.h>
#include <string.h>

struct ls_series growth_series(growth_fn at, uint32_t n) {
  struct ls_series series;
  struct level base = at(0);
  ls_series_begin(&series, base.count, base.bytes);
  for (uint32_t i = 1; i <= n; i++) {
    struct level now = at(i);
    ls_series_record(&series, i, now.count, now.bytes);
  }
  return series;
}

void growth_births(const struct ls_series *series, growth_fn at,
                   int64_t births[LS_SERIES_WINDOWS]) {
  memset(births, 0, LS_SERIES_WINDOWS * sizeof *births);
  for (uint32_t i = 1; i <= series->recorded; i++) {
    int64_t more = at(i).count - at(i - 1).count;
    if (more > 0) births[ls_series_window_of(series, i)] += more;
  }
}

static struct level blocks(int64_t count) {
  return (struct level){count, count * 64};
}

static struct level buffer(int64_t size) { return (struct level){1, size}; }

struct level grow_linear(uint32_t i) {
  return blocks(4 + i);
}
struct level grow_slowly(uint32_t i) {
  return blocks(i / 50);
}
struct level grow_sawtooth(uint32_t i) {
  return blocks(i % 10);
}
struct level grow_cache(uint32_t i) {
  return blocks(i < 700 ? i : 700);
}

struct level grow_fading(uint32_t i) {
  return blocks(2000 * (int64_t)i / (i + 700));
}

struct level grow_by_append(uint32_t i) {
  return buffer(64 + 32 * i);
}

struct level grow_by_doubling(uint32_t i) {
  int64_t size = 16;
  while (size < 8 * (int64_t)i) size *= 2;
  return buffer(size);
}

static int64_t capacity_for(int64_t need, int factor) {
  int64_t size = 64;
  while (size < need) size *= factor;
  return size;
}

struct level grow_by_four(uint32_t i) {
  return buffer(capacity_for(8 * (int64_t)i, 4));
}

struct level grow_by_eight(uint32_t i) {
  return buffer(capacity_for(8 * (int64_t)i, 8));
}

struct level grow_by_eight_to_rest(uint32_t i) {
  return buffer(capacity_for(8 * (int64_t)(i < 1400 ? i : 1400), 8));
}

struct level grow_by_late_append(uint32_t i) {
  return buffer(i < 600 ? 64 : 64 + 32 * ((int64_t)i - 600));
}

/* Chunks for `need` bytes, each `tenths` of the one before. */
static struct level chunks_for(int64_t need, int tenths) {
  struct level level = {0, 0};
  for (int64_t size = 1024; level.bytes < need; size = size * tenths / 10) {
    level.count++;
    level.bytes += size;
  }
  return level;
}

struct level grow_arena(uint32_t i) {
  return chunks_for(100 * (int64_t)(i + 4), 12);
}

struct level grow_arena_by_three(uint32_t i) {
  return chunks_for(100 * (int64_t)(i + 4), 30);
}

struct level grow_arena_to_rest(uint32_t i) {
  return chunks_for(100 * (int64_t)(i < 1400 ? i + 4 : 1404), 20);
}

/* Of 3000 keys, drawn at random. */
struct level grow_by_random_keys(uint32_t i) {
  return blocks((int64_t)(3000 * (1 - exp(-(double)i / 3000))));
}

/* 150 in each phase, of 600 iterations. */
struct level grow_in_phases(uint32_t i) {
  uint32_t in = i % 600;
  return blocks(150 * (int64_t)(i / 600) + (in < 450 ? in / 3 : 150));
}

struct level grow_once(uint32_t i) {
  return blocks(i >= 5);
}
struct level grow_leap(uint32_t i) {
  return blocks(i > 600 ? i + 500 : i);
}

struct level grow_rarely(uint32_t i) {
  return blocks((i > 700) + (i > 800) + (i > 900));
}

struct level grow_in_leaps(uint32_t i) {
  return blocks((i > 300 ? 100 : 0) + (i > 800 ? 100 : 0));
}

struct level grow_late(uint32_t i) {
  return blocks(i > 250 ? i - 250 : 0);
}

struct level grow_beside_cache(uint32_t i) {
  return blocks(i < 250 ? 4 * i : 1000 + (i - 250) / 2);
}

struct level grow_faster(uint32_t i) {
  return blocks((int64_t)i * i / 500);
}

struct level grow_by_chance(uint32_t i) {
  static const uint32_t steps[] = {40, 100, 200, 400, 530, 900};
  int64_t size = 1024;
  for (unsigned k = 0; k < sizeof steps / sizeof *steps; k++)
    if (i >= steps[k]) size *= 2;
  return buffer(size);
}

struct level grow_beside_table(uint32_t i) {
  int64_t early = i < 100 ? i / 20 : 5, table = i > 300 ? 100 : 0;
  return blocks(early + table + i / 130);
}

struct level grow_to_rest(uint32_t i) {
  int64_t late = (i > 200) + (i > 230);
  int64_t count = (i < 60 ? i : 60) + late;
  return (struct level){count, 64 * count};
}

struct level grow_by_log(uint32_t i) {
  return blocks((int64_t)(30 * log1p(i)));
}

struct level grow_never(uint32_t i) {
  (void)i;
  return blocks(3);
}
