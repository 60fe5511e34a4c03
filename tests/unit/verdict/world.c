/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <stddef.h>
#include <string.h>

/* splitmix64 */
uint64_t random_next(uint64_t *state) {
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

int64_t random_between(uint64_t *state, int64_t least, int64_t most) {
  uint64_t range = (uint64_t)(most - least) + 1;
  return least + (int64_t)(random_next(state) % range);
}

void world_begin(struct world *world, const struct family *family,
                 uint64_t seed) {
  memset(world, 0, offsetof(struct world, blocks));
  world->random = seed;
  for (unsigned i = 0; i < WORLD_PARAMETERS; i++)
    world->p[i] =
        random_between(&world->random, family->p[i].least, family->p[i].most);
}

static int64_t below(struct world *w, int64_t n) {
  return random_between(&w->random, 0, n - 1);
}

static int chance(struct world *w, int64_t in_1000) {
  return below(w, 1000) < in_1000;
}

static int every(const struct world *w, int64_t period) {
  return w->time % (uint64_t)period == 0;
}

static struct block *birth(struct world *w, int64_t size) {
  if (w->live == WORLD_BLOCKS) return &w->blocks[WORLD_BLOCKS - 1];
  struct block *block = &w->blocks[w->live++];
  *block = (struct block){w->now, 0, size};
  w->bytes += size;
  return block;
}

static void births(struct world *w, int64_t n, int64_t size) {
  while (n-- > 0) birth(w, size);
}

/* Keeps the order of age. */
static void death(struct world *w, unsigned at) {
  w->bytes -= w->blocks[at].size;
  w->live--;
  memmove(&w->blocks[at], &w->blocks[at + 1],
          (w->live - at) * sizeof *w->blocks);
}

static void death_of_any(struct world *w) {
  if (w->live > 0) death(w, (unsigned)below(w, w->live));
}

static void death_of_newest(struct world *w) {
  if (w->live > 0) death(w, w->live - 1);
}

static void death_of_oldest(struct world *w) {
  if (w->live > 0) death(w, 0);
}

static void death_of_all(struct world *w) {
  w->live = 0;
  w->bytes = 0;
}

/* The one buffer of a family, its first block. */
static struct block *buffer(struct world *w, int64_t size) {
  if (w->live == 0) birth(w, size);
  return &w->blocks[0];
}

static void resize(struct world *w, struct block *block, int64_t size) {
  w->bytes += size - block->size;
  block->size = size;
}

/* ---- leaks --------------------------------------------------------------- */

static void linear(struct world *w) { births(w, w->p[0], w->p[1]); }

static void at_random(struct world *w) {
  if (chance(w, w->p[0])) birth(w, w->p[1]);
}

static void batches(struct world *w) {
  if (every(w, w->p[0])) births(w, w->p[1], 32);
}

static void bursts(struct world *w) {
  if (chance(w, w->p[0])) births(w, below(w, w->p[1]), 48);
}

static void late_start(struct world *w) {
  if (w->now > w->p[0] && every(w, w->p[1])) birth(w, 64);
}

/* What was there before goes while new blocks stay. */
static void masked(struct world *w) {
  if (w->time == 1) births(w, w->p[0], 64);
  if (every(w, w->p[1])) birth(w, 64);
  if (w->live > 0 && w->blocks[0].born == 0 && every(w, w->p[2]))
    death_of_oldest(w);
}

static void slows_down(struct world *w) {
  if (every(w, w->now < w->p[0] ? 1 : w->p[1])) birth(w, 64);
}

static void speeds_up(struct world *w) {
  if (every(w, w->now < w->p[0] ? w->p[1] : 1)) birth(w, 64);
}

static void staircase(struct world *w) {
  if (w->now / w->p[0] % 2 == 0 && chance(w, w->p[1])) birth(w, 64);
}

/* Time to live, and some that never die. */
static void dies_or_stays(struct world *w, int64_t stays_in_1000) {
  for (unsigned i = w->live; i-- > 0;)
    if (w->blocks[i].dies && w->blocks[i].dies <= w->time) death(w, i);
  struct block *block = birth(w, 64);
  if (!chance(w, stays_in_1000))
    block->dies = w->time + 1 + (uint32_t)below(w, w->p[0]);
}

static void ttl(struct world *w) { dies_or_stays(w, 0); }
static void ttl_and_leak(struct world *w) { dies_or_stays(w, w->p[1]); }

/* ---- bounded ------------------------------------------------------------- */

static void idle(struct world *w) { (void)w; }

static void ping_pong(struct world *w) {
  if (w->live > 0)
    death_of_all(w);
  else
    births(w, w->p[0], 16);
}

static void cache(struct world *w) {
  if (chance(w, w->p[1])) birth(w, 128);
  if (w->live > w->p[0]) death_of_oldest(w);
}

static void cache_of_random(struct world *w) {
  if (chance(w, w->p[1])) birth(w, 16 + below(w, 100));
  if (w->live > w->p[0]) death_of_any(w);
}

static void cache_and_leak(struct world *w) {
  if (chance(w, w->p[2])) w->memory++;
  birth(w, 128);
  if (w->live > w->p[0] + w->memory) death_of_any(w);
}

/* Promotion from a small young cache into a larger old one. */
static void two_levels(struct world *w) {
  birth(w, 40);
  if (w->live > w->p[0] && !chance(w, w->p[2])) death_of_newest(w);
  if (w->live > w->p[0] + w->p[1]) death_of_oldest(w);
}

static void sawtooth(struct world *w) {
  births(w, w->p[1], 24);
  if (every(w, w->p[0])) death_of_all(w);
}

static void sawtooth_and_leak(struct world *w) {
  births(w, 1 + w->p[1], 24);
  if (!every(w, w->p[0])) return;
  int64_t kept = ++w->memory;
  while (w->live > kept) death_of_newest(w);
}

static void drained(struct world *w) {
  births(w, below(w, 4), 24);
  if (chance(w, w->p[0])) death_of_all(w);
}

static void memo(struct world *w) {
  int64_t key = below(w, w->p[0]);
  uint64_t bit = UINT64_C(1) << (key & 63);
  if (!(w->seen[key >> 6] & bit)) birth(w, 80);
  w->seen[key >> 6] |= bit;
}

/* ---- walks and queues ---------------------------------------------------- */

static void walk(struct world *w) {
  if (chance(w, w->p[0]))
    birth(w, 56);
  else
    death_of_newest(w);
}

static void capped_walk(struct world *w) {
  if (chance(w, 500)) {
    if (w->live < w->p[0]) birth(w, 56);
  } else {
    death_of_any(w);
  }
}

static void backlog(struct world *w) {
  for (int64_t i = 0; i < w->p[2]; i++) {
    if (chance(w, w->p[0])) birth(w, 72);
    if (chance(w, w->p[1])) death_of_oldest(w);
  }
}

/* ---- fading -------------------------------------------------------------- */

/* New words of a text: one more with the chance k / time. */
static void logarithmic(struct world *w) {
  if (below(w, w->time) < w->p[0]) birth(w, 24 + below(w, 8));
}

/* Heaps' law: the k-th word at time k * k / p. */
static void square_root(struct world *w) {
  while ((w->memory + 1) * (w->memory + 1) <= w->time * w->p[0]) {
    w->memory++;
    birth(w, 40);
  }
}

/* The largest so far of a long-tailed quantity. */
static void record(struct world *w) {
  int64_t size = w->p[0] * 1000 / (1 + below(w, 1000));
  struct block *block = buffer(w, size);
  if (size > block->size) resize(w, block, size);
}

/* ---- buffers ------------------------------------------------------------- */

static void appended(struct world *w) {
  struct block *block = buffer(w, w->p[1]);
  if (every(w, w->p[0])) resize(w, block, block->size + w->p[1]);
}

static void by_factor(struct world *w) {
  struct block *block = buffer(w, w->p[1]);
  w->memory += w->p[1];
  while (w->memory > block->size)
    resize(w, block, block->size * w->p[0] / 10 + 16);
}

/* An arena of chunks: the next is p[0] tenths as large. */
static void arena(struct world *w) {
  w->memory -= w->p[2];
  if (w->memory >= 0) return;
  int64_t size = w->live ? w->blocks[w->live - 1].size * w->p[0] / 10 : w->p[1];
  birth(w, size);
  w->memory = size;
}

static void arena_to_rest(struct world *w) {
  if (w->live < 7) arena(w);
}

static void table_to_rest(struct world *w) {
  if (w->memory < w->p[2] * w->p[1]) by_factor(w);
}

static void buffer_and_entries(struct world *w) {
  by_factor(w);
  if (chance(w, w->p[2])) birth(w, 24);
}

static void phases_of_a_buffer(struct world *w) {
  struct block *block = buffer(w, 64);
  if (w->time % (w->p[0] + w->p[1]) < w->p[0])
    resize(w, block, block->size + 64);
}

static void noisy_buffer(struct world *w) {
  struct block *block = buffer(w, 1000);
  w->memory += w->p[0];
  resize(w, block, 1000 + w->memory / 4 + below(w, w->p[1]));
}

static void jumping_buffer(struct world *w) {
  resize(w, buffer(w, 64), 64 + below(w, w->p[0]));
}

static void buffer_beside_churn(struct world *w) {
  appended(w);
  if (w->live > 1) death_of_newest(w);
  births(w, below(w, 2), 16);
}

/* Empty at first: realloc of a block of no size. */
static void late_buffer(struct world *w) {
  struct block *block = buffer(w, 0);
  if (w->now > w->p[0]) resize(w, block, block->size + w->p[1]);
}

static void fading_buffer(struct world *w) {
  struct block *block = buffer(w, 64);
  if (below(w, w->time) < w->p[0]) resize(w, block, block->size + w->p[1]);
}

static void slows_down_in_churn(struct world *w) {
  if (w->memory) death(w, (unsigned)w->memory - 1);
  w->memory = 0;
  slows_down(w);
  if (!chance(w, 600)) return;
  birth(w, 32);
  w->memory = w->live;
}

/* Clumps that stay, and always a few that do not. */
static void clumps_in_churn(struct world *w) {
  while (w->memory > 0) {
    death_of_newest(w);
    w->memory--;
  }
  if (chance(w, w->p[0])) births(w, below(w, w->p[1]), 48);
  w->memory = below(w, w->p[2]);
  births(w, w->memory, 32);
}

/* A buffer grows, and beside it the count does, by about a tenth. */
static void buffer_beside_many(struct world *w) {
  if (w->time == 1) births(w, w->p[0], 16);
  if (every(w, w->p[1])) birth(w, 16);
  resize(w, &w->blocks[0], w->blocks[0].size + w->p[2]);
}

const struct family families[] = {
    {"linear", linear, {{1, 3}, {8, 2000}}, 0},
    {"at random", at_random, {{2, 900}, {8, 2000}}, 0},
    {"batches", batches, {{2, 200}, {1, 40}}, 0},
    {"bursts", bursts, {{5, 300}, {2, 60}}, 0},
    {"late start", late_start, {{20, 3000}, {1, 30}}, 0},
    {"masked", masked, {{20, 800}, {1, 20}, {1, 20}}, 0},
    {"slows down", slows_down, {{50, 2000}, {2, 60}}, 0},
    {"speeds up", speeds_up, {{50, 2000}, {2, 60}}, 0},
    {"staircase", staircase, {{10, 800}, {20, 1000}}, 0},
    {"time to live", ttl, {{4, 150}}, 0},
    {"time to live and leak", ttl_and_leak, {{4, 150}, {2, 300}}, 0},
    {"idle", idle, {{0, 0}}, 0},
    {"ping-pong", ping_pong, {{1, 20}}, 0},
    {"cache", cache, {{10, 3000}, {100, 1000}}, 0},
    {"cache of random", cache_of_random, {{10, 1500}, {50, 1000}}, 0},
    {"cache and leak", cache_and_leak, {{10, 900}, {0, 0}, {5, 300}}, 0},
    {"two levels", two_levels, {{5, 100}, {50, 900}, {10, 500}}, 0},
    {"sawtooth", sawtooth, {{3, 400}, {1, 5}}, 0},
    {"sawtooth and leak", sawtooth_and_leak, {{3, 100}, {0, 4}}, 0},
    {"drained", drained, {{5, 200}}, 0},
    {"memo", memo, {{10, 4000}}, 0},
    {"walk", walk, {{450, 520}}, 0},
    {"capped walk", capped_walk, {{5, 100}}, 0},
    {"backlog", backlog, {{400, 600}, {380, 600}, {1, 8}}, 0},
    {"logarithmic", logarithmic, {{1, 60}}, 0},
    {"square root", square_root, {{1, 20}}, 0},
    {"record", record, {{10, 2000}}, 0},
    {"appended", appended, {{1, 50}, {1, 200}}, 0},
    {"by factor", by_factor, {{12, 30}, {1, 300}}, 0},
    {"arena", arena, {{10, 30}, {100, 4000}, {8, 200}}, 0},
    {"arena to rest", arena_to_rest, {{10, 30}, {100, 4000}, {8, 200}}, 0},
    {"by large factor", by_factor, {{30, 90}, {1, 300}}, 0},
    {"table to rest", table_to_rest, {{15, 90}, {1, 300}, {50, 3000}}, 0},
    {"phases of a buffer", phases_of_a_buffer, {{10, 400}, {10, 400}}, 0},
    {"buffer and entries", buffer_and_entries, {{13, 25}, {8, 64}, {0, 30}}, 0},
    {"noisy buffer", noisy_buffer, {{0, 40}, {1, 4000}}, 0},
    {"jumping buffer", jumping_buffer, {{2, 5000}}, 0},
    {"buffer beside churn", buffer_beside_churn, {{1, 20}, {8, 64}}, 0},
    {"late buffer", late_buffer, {{2, 400}, {1, 200}}, 0},
    {"fading buffer", fading_buffer, {{1, 60}, {8, 64}}, 0},
    {"slows down in churn", slows_down_in_churn, {{50, 2000}, {5, 90}}, 0},
    {"clumps in churn", clumps_in_churn, {{3, 100}, {5, 200}, {2, 20}}, 0},
    {"buffer beside many",
     buffer_beside_many,
     {{50, 400}, {5, 90}, {1, 90}},
     0},
    {"descriptors", at_random, {{50, 1000}, {1, 1}}, 1024},
};
const unsigned family_count = sizeof families / sizeof *families;
