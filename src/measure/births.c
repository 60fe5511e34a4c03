/* SPDX-License-Identifier: MIT */
/*
 * In which iterations were the blocks born that a leak kept?  Where those come
 * at equal distances, "i mod 10 = 4" says more of the cause than any rate.
 *
 *   bit i: a block that was born in iteration i is alive
 *     ...|...#.........#.........#.........#.....|...
 *        start-up ends                  the youngest may yet be freed
 */
#include "measure/measurement.h"

enum {
  RECORDS = 64,     /* the most that are looked at */
  LEAST_BIRTHS = 4, /* fewer are at equal distances by chance */
  EDGE_PART = 8     /* of the run, at either end, that the rule leaves out */
};

struct born {
  struct leakslope_measurement *m;
  struct ls_arena arena;
  uint64_t **of; /* by record; NULL for those not looked at */
};

static int has(const uint64_t *bits, uint32_t i) {
  return (int)(bits[i / 64] >> i % 64 & 1);
}

static void put(struct born *born, uint32_t record, uint32_t iteration) {
  uint64_t *bits = record ? born->of[record - 1] : NULL;
  if (bits) bits[iteration / 64] |= UINT64_C(1) << iteration % 64;
}

static void visit_block(void *arg, uint32_t site, uint32_t birth) {
  struct born *born = arg;
  struct leakslope_measurement *m = born->m;
  birth = ls_birth_epoch(birth);
  if (birth <= m->epoch || birth > m->epoch + m->iterations) return;
  const struct ls_seen *seen = ls_book_seen(m, site);
  if (!seen) return;
  put(born, seen->record, birth - m->epoch);
  put(born, seen->group, birth - m->epoch);
}

static uint32_t gcd(uint32_t a, uint32_t b) {
  while (b) {
    uint32_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* The distance of the births in [from, to), 0 where they have no common one or
   where some are missing. */
static uint32_t distance(const uint64_t *bits, uint32_t from, uint32_t to) {
  uint32_t n = 0, first = 0, last = 0, every = 0;
  for (uint32_t i = from; i < to; i++) {
    if (!has(bits, i)) continue;
    if (n++)
      every = gcd(every, i - first);
    else
      first = i;
    last = i;
  }
  if (n < LEAST_BIRTHS || every < 2) return 0;
  return (last - first) / every + 1 == n ? every : 0;
}

/* The first three from `from` on that the distance holds for. */
static void note(struct ls_record *record, const uint64_t *bits, uint32_t from,
                 uint32_t to) {
  uint32_t every = distance(bits, from, to), phase = from, n = 0;
  if (!every) return;
  while (!has(bits, phase)) phase++;
  for (uint32_t i = phase % every; i < to && n < LS_BORN; i += every)
    if (i && has(bits, i)) record->born[n++] = i;
  record->every = every;
}

static int is_looked_at(const struct ls_record *record) {
  return record->state >= LS_SITE_LEAK && record->domain == LS_DOMAIN_MALLOC;
}

void ls_births_note(struct leakslope_measurement *m) {
  struct born born = {.m = m};
  uint32_t n = m->iterations, looked_at = 0;
  born.of = ls_arena_alloc(&born.arena, m->nrecords * sizeof *born.of);
  for (uint32_t i = 0; born.of && i < m->nrecords; i++) {
    if (!is_looked_at(&m->records[i]) || looked_at == RECORDS) continue;
    looked_at++;
    born.of[i] = ls_arena_alloc(&born.arena, n / 8 + sizeof(uint64_t));
  }
  if (looked_at) ls_tracker_walk(visit_block, &born);
  for (uint32_t i = 0; looked_at && i < m->nrecords; i++)
    if (born.of[i])
      note(&m->records[i], born.of[i], n / EDGE_PART + 1, n - n / EDGE_PART);
  ls_arena_release(&born.arena);
}
