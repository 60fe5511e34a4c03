/* SPDX-License-Identifier: MIT */
/* What no rule can decide by itself, and what its program says of it. */
#include <leakslope.h>

#include "scenario.h"

/* ---- caches that no run fills ------------------------------------------- */

struct cache {
  char *entry[5000];
  unsigned n;
};

/* The oldest goes when a new one comes. */
static void cache_5000_put(struct cache *cache) {
  char **slot = &cache->entry[cache->n++ % LENGTH(cache->entry)];
  free(*slot);
  *slot = malloc(40);
  KEEP(cache);
}

START_TEST(lru5000_bound) {
  static struct cache cache;
  cache_5000_put(&cache);
}
END_TEST

/* It keeps more than it is said to. */
static void cache_300_put(struct cache *cache) {
  char **slot = &cache->entry[cache->n++ % LENGTH(cache->entry)];
  free(*slot);
  *slot = malloc(40); /* leaks */
  KEEP(cache);
}

START_TEST(beyond_bound) {
  static struct cache cache;
  cache_300_put(&cache);
}
END_TEST

/* ---- private pools ------------------------------------------------------ */

enum { OBJECT = 64, OBJECTS = 1024 };

struct pool {
  char *chunk;
  char *returned[OBJECTS];
  unsigned taken, nreturned;
};

static char *pool_take(struct pool *pool) {
  if (pool->nreturned) return pool->returned[--pool->nreturned];
  if (!pool->chunk || pool->taken % OBJECTS == 0)
    pool->chunk = malloc((size_t)OBJECTS * OBJECT);
  return pool->chunk + OBJECT * (size_t)(pool->taken++ % OBJECTS);
}

static void pool_return(struct pool *pool, char *object) {
  if (pool->nreturned < OBJECTS) pool->returned[pool->nreturned++] = object;
}

static struct pool pools[2];

static long in_use(void *pool) {
  const struct pool *of = pool;
  return (long)of->taken - (long)of->nreturned;
}

START_TEST(pool_leak_gauge) { KEEP(pool_take(&pools[0])); }
END_TEST

START_TEST(pool_gauge_clean) {
  char *object = pool_take(&pools[1]);
  KEEP(object);
  pool_return(&pools[1], object);
}
END_TEST

/* The pool tells of each object that it hands out. */
enum { POOLED = 1 };

static char *tracked_take(struct pool *pool) {
  char *object = pool_take(pool);
  (void)leakslope_track(POOLED, (uintptr_t)object, OBJECT); /* leaks */
  return object;
}

static void tracked_return(struct pool *pool, char *object) {
  (void)leakslope_untrack(POOLED, (uintptr_t)object);
  pool_return(pool, object);
}

START_TEST(pool_leak_tracked) {
  static struct pool pool;
  static unsigned n;
  char *object = tracked_take(&pool);
  if (n++ % 10) tracked_return(&pool, object);
}
END_TEST

START_TEST(pool_tracked_clean) {
  static struct pool pool;
  tracked_return(&pool, tracked_take(&pool));
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {beyond_bound, pool_leak_gauge,
                                  pool_leak_tracked};
  const TTest *const healthy[] = {lru5000_bound, pool_gauge_clean,
                                  pool_tracked_clean};
  (void)leakslope_bound("^cache_5000_put$", 5000);
  (void)leakslope_bound("^cache_300_put$", 300);
  (void)leakslope_gauge("objects of one pool", in_use, &pools[0]);
  (void)leakslope_gauge("objects of another", in_use, &pools[1]);
  return scenario_run("annotated", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
