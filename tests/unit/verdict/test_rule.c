/* SPDX-License-Identifier: MIT */
/*
 * The rule against its oracle, over simulated call sites.
 *
 * The oracle gets windows and births computed directly from the whole
 * recording, the rule gets its streaming series: a difference anywhere on the
 * way shows.  Each series is judged at every rung up to its length.
 */
#include <stdio.h>
#include <string.h>

#include "dense.h"
#include "reference_rule.h"
#include "suite.h"
#include "verdict/verdict.h"
#include "world.h"

enum {
  WARMUP = 3,
  SEED = 20261122,
  SERIES_PER_FAMILY = 600,
  LEAST_SERIES = 20000,
  LONGEST = 4093,
  STATES = LS_SITE_LIMIT + 1
};

/* So often must each state have been seen; rare ones are rare by design. */
static const unsigned LEAST_SEEN[STATES] = {
    [LS_SITE_OK] = 10000,  [LS_SITE_SUSPECT] = 5000, [LS_SITE_FADING] = 100,
    [LS_SITE_THIN] = 1000, [LS_SITE_DUE] = 100,      [LS_SITE_LEAK] = 10000,
    [LS_SITE_LIMIT] = 100};

static struct world world;
static struct dense dense;
static struct ls_series series;
static unsigned seen[STATES], judgements, recorded, differences;

static void fill_reference(site_t *site, uint32_t n, int64_t limit) {
  struct dense_windows count, bytes;
  dense_windows_of(&count, dense.count, n);
  dense_windows_of(&bytes, dense.bytes, n);
  *site = (site_t){.n = (int)n,
                   .B = (int)count.n,
                   .limit = limit,
                   .rested = (int)series.rested};
  for (unsigned k = 0; k < count.n; k++) {
    site->lo[k] = count.low[k];
    site->hi[k] = count.high[k];
    site->la[k] = count.last[k];
    site->blo[k] = bytes.low[k];
    site->bhi[k] = bytes.high[k];
    site->bla[k] = bytes.last[k];
  }
  for (unsigned i = 0; i < world.live; i++)
    if (world.blocks[i].born > 0)
      site->S[(world.blocks[i].born - 1) / count.length]++;
  site->peak = dense_peak(dense.count, n);
}

static void fill_births(int64_t *births) {
  memset(births, 0, LS_SERIES_WINDOWS * sizeof *births);
  for (unsigned i = 0; i < world.live; i++)
    if (world.blocks[i].born > 0)
      births[ls_series_window_of(&series, world.blocks[i].born)]++;
}

static void compare(int want, enum ls_site_state got, const char *what,
                    uint32_t n, uint64_t seed) {
  judgements++;
  seen[got]++;
  if (want - OK == (int)got) return;
  differences++;
  fprintf(stderr, "%s, seed %llu, n %u: oracle %d, rule %d\n", what,
          (unsigned long long)seed, n, want - OK, (int)got);
}

/* With births, and as a gauge that has none; on the way up, as the last rung
   and as a further one by turns. */
static void judge(const struct family *family, uint32_t n, uint64_t seed) {
  site_t site;
  int64_t births[LS_SERIES_WINDOWS];
  const uint32_t last[] = {n + 1, n, n / 2, n / 4};
  ls_series_extend(&series, n);
  series.rested = ls_ladder_rested(n, last[seed % 4]);
  fill_reference(&site, n, family->limit);
  fill_births(births);
  compare(lks_judge(&site), ls_site_judge(&series, births, family->limit),
          family->name, n, seed);
  memset(site.S, 0, sizeof site.S);
  compare(lks_judge(&site), ls_site_judge(&series, NULL, family->limit),
          family->name, n, seed);
}

static void pass(const struct family *family) {
  world.time++;
  family->step(&world);
}

static void run(const struct family *family, uint32_t n, uint64_t seed) {
  world_begin(&world, family, seed);
  for (unsigned i = 0; i < WARMUP; i++) pass(family);
  dense.count[0] = world.live;
  dense.bytes[0] = world.bytes;
  ls_series_begin(&series, world.live, world.bytes);
  uint32_t rung = ls_ladder_shortest();
  for (uint32_t i = 1; i <= n; i++) {
    world.now = i;
    pass(family);
    dense.count[i] = world.live;
    dense.bytes[i] = world.bytes;
    if (dense.count[i] != dense.count[i - 1] ||
        dense.bytes[i] != dense.bytes[i - 1])
      ls_series_record(&series, i, world.live, world.bytes);
    if (i != rung && i != n) continue;
    if (i == rung) rung = ls_ladder_next(rung);
    judge(family, i, seed);
  }
  recorded++;
}

/* As many short runs as long ones: half of all are rungs, the others any
   length from the least that is judged on. */
static uint32_t random_length(uint64_t *random) {
  uint32_t rung = ls_ladder_shortest();
  for (int64_t i = random_between(random, 0, 6); i > 0; i--)
    rung = ls_ladder_next(rung);
  if (random_between(random, 0, 1)) return rung;
  return (uint32_t)random_between(random, 20, rung);
}

START_TEST(test_rule_equals_oracle) {
  uint64_t random = SEED;
  for (unsigned f = 0; f < family_count; f++)
    for (unsigned i = 0; i < SERIES_PER_FAMILY; i++) {
      uint32_t n = random_length(&random);
      run(&families[f], n, random_next(&random));
    }
  printf("%u series, %u judgements, %u differ\n", recorded, judgements,
         differences);
  for (unsigned i = 0; i < STATES; i++) printf("state %u: %u\n", i, seen[i]);
  ck_assert_uint_eq(differences, 0);
  ck_assert_uint_ge(recorded, LEAST_SERIES);
  for (unsigned i = 0; i < STATES; i++)
    ck_assert_uint_ge(seen[i], LEAST_SEEN[i]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("verdict rule");
  TCase *tcase = tcase_create("oracle");
  tcase_set_timeout(tcase, SUITE_TIMEOUT);
  tcase_add_test(tcase, test_rule_equals_oracle);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
