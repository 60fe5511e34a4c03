/* SPDX-License-Identifier: MIT */
/* Series from a formula: the count and the bytes at the end of iteration i. */
#ifndef LS_TESTS_GROWTH_H
#define LS_TESTS_GROWTH_H

#include "verdict/series.h"

struct level {
  int64_t count, bytes;
};
typedef struct level (*growth_fn)(uint32_t iteration);

/* The series of n iterations. */
struct ls_series growth_series(growth_fn at, uint32_t n);

/* Births where every rise of the count is a block that stays. */
void growth_births(const struct ls_series *series, growth_fn at,
                   int64_t births[LS_SERIES_WINDOWS]);

struct level grow_linear(uint32_t i);       /* a block of 64 B each time */
struct level grow_slowly(uint32_t i);       /* one each 50 */
struct level grow_sawtooth(uint32_t i);     /* up to 10 blocks, then none */
struct level grow_cache(uint32_t i);        /* full after 700 */
struct level grow_fading(uint32_t i);       /* half of 2000 after 700 */
struct level grow_by_append(uint32_t i);    /* one buffer, 32 B each time */
struct level grow_by_doubling(uint32_t i);  /* one buffer, twice as large */
struct level grow_once(uint32_t i);         /* one block at iteration 5 */
struct level grow_leap(uint32_t i);         /* linear, and 500 at once */
struct level grow_rarely(uint32_t i);       /* three blocks, late */
struct level grow_in_leaps(uint32_t i);     /* 100 at once, twice */
struct level grow_late(uint32_t i);         /* one each, after 250 */
struct level grow_beside_cache(uint32_t i); /* full after 250; one each 2 */
struct level grow_faster(uint32_t i);       /* with the square of the time */
struct level grow_by_chance(uint32_t i);    /* doubling, two steps at the end */
struct level grow_beside_table(uint32_t i); /* 100 at once; one each 130 */
struct level grow_to_rest(uint32_t i);      /* full after 60; two late ones */
struct level grow_by_log(uint32_t i);       /* smoothly */
struct level grow_by_four(uint32_t i);      /* one table, 8 B each time */
struct level grow_by_eight(uint32_t i);
struct level grow_by_late_append(uint32_t i); /* from 600 on, 32 B each time */
struct level grow_by_eight_to_rest(uint32_t i); /* full after 1400 */
struct level grow_arena(uint32_t i); /* 100 B each time, chunks by 1.2 */
struct level grow_arena_by_three(uint32_t i);
struct level grow_arena_to_rest(uint32_t i);  /* by 2, full after 1400 */
struct level grow_by_random_keys(uint32_t i); /* of 3000 */
struct level grow_in_phases(uint32_t i);      /* of 600 iterations 450 grow */
struct level grow_never(uint32_t i);

#endif
