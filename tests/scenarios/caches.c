/* SPDX-License-Identifier: MIT */
/* Caches that have a bound; what fills them looks like a leak for a while. */
#include <string.h>
#include <sys/mman.h>

#include "scenario.h"

/* ---- least recently used ------------------------------------------------ */

struct entry {
  struct entry *newer, *older;
  unsigned key;
  char value[44];
};

struct lru {
  unsigned room;
  unsigned used;
  struct entry ends; /* of a ring: its older is the newest */
};

static void ring_insert(struct lru *lru, struct entry *entry) {
  entry->older = lru->ends.older;
  entry->newer = &lru->ends;
  lru->ends.older->newer = entry;
  lru->ends.older = entry;
}

static void ring_remove(struct entry *entry) {
  entry->newer->older = entry->older;
  entry->older->newer = entry->newer;
}

static struct entry *lru_find(struct lru *lru, unsigned key) {
  for (struct entry *e = lru->ends.older; e != &lru->ends; e = e->older)
    if (e->key == key) return e;
  return NULL;
}

static void lru_drop_oldest(struct lru *lru) {
  struct entry *oldest = lru->ends.newer;
  ring_remove(oldest);
  free(oldest);
  lru->used--;
}

static void lru_use(struct lru *lru, unsigned key) {
  if (!lru->ends.older) lru->ends.older = lru->ends.newer = &lru->ends;
  struct entry *entry = lru_find(lru, key);
  if (entry) {
    ring_remove(entry);
  } else {
    if (lru->used == lru->room) lru_drop_oldest(lru);
    entry = malloc(sizeof *entry);
    entry->key = key;
    lru->used++;
  }
  ring_insert(lru, entry);
}

START_TEST(lru16) {
  static struct lru lru = {.room = 16};
  static unsigned key;
  lru_use(&lru, key++);
}
END_TEST

START_TEST(lru64) {
  static struct lru lru = {.room = 64};
  static unsigned key;
  lru_use(&lru, key++);
}
END_TEST

START_TEST(lru300) {
  static struct lru lru = {.room = 300};
  static unsigned key;
  lru_use(&lru, key++);
}
END_TEST

START_TEST(lru1000) {
  static struct lru lru = {.room = 1000};
  static unsigned key;
  lru_use(&lru, key++);
}
END_TEST

/* A filling cache of which every second request is a hit. */
START_TEST(lru500_hits) {
  static struct lru lru = {.room = 500};
  static struct sequence random = {.name = "lru500_hits"};
  static unsigned key;
  lru_use(&lru, sequence_below(&random, 2) ? key++ : key / 2);
}
END_TEST

/* ---- by key ------------------------------------------------------------- */

START_TEST(keys512) {
  static char *entries[512];
  static struct sequence random = {.name = "keys512"};
  unsigned key = sequence_below(&random, LENGTH(entries));
  if (!entries[key]) entries[key] = malloc(40);
  KEEP(entries);
}
END_TEST

START_TEST(keys200x5) {
  static char *entries[200];
  static struct sequence random = {.name = "keys200x5"};
  for (int i = 0; i < 5; i++) {
    unsigned key = sequence_below(&random, LENGTH(entries));
    if (!entries[key]) entries[key] = malloc(40);
  }
  KEEP(entries);
}
END_TEST

START_TEST(replace_rand) {
  static char *slots[100];
  static struct sequence random = {.name = "replace_rand"};
  unsigned slot = sequence_below(&random, LENGTH(slots));
  free(slots[slot]);
  slots[slot] = malloc(40);
  KEEP(slots);
}
END_TEST

START_TEST(replace_rand_sizes) {
  static char *slots[32];
  static struct sequence random = {.name = "replace_rand_sizes"};
  unsigned slot = sequence_below(&random, LENGTH(slots));
  free(slots[slot]);
  slots[slot] = malloc(1 + sequence_below(&random, 4000));
  KEEP(slots);
}
END_TEST

/* Each entry lives for 60 to 90 iterations. */
START_TEST(ttl_cache) {
  static struct {
    char *value;
    unsigned end;
  } entries[200];
  static struct sequence random = {.name = "ttl_cache"};
  static unsigned now;
  now++;
  for (size_t i = 0; i < LENGTH(entries); i++) {
    if (!entries[i].value || entries[i].end > now) continue;
    free(entries[i].value);
    entries[i].value = NULL;
  }
  for (size_t i = 0; i < LENGTH(entries); i++) {
    if (entries[i].value) continue;
    entries[i].value = malloc(40);
    entries[i].end = now + 60 + sequence_below(&random, 30);
    break;
  }
  KEEP(entries);
}
END_TEST

/* What falls out of the first level lives on in a larger second one. */
START_TEST(two_levels) {
  static char *first[10], *second[120];
  static unsigned n, m;
  unsigned slot = n++ % LENGTH(first);
  if (first[slot]) {
    unsigned to = m++ % LENGTH(second);
    free(second[to]);
    second[to] = first[slot];
  }
  first[slot] = malloc(40);
  KEEP(first);
}
END_TEST

/* ---- once --------------------------------------------------------------- */

START_TEST(late_init37) {
  static char *singleton;
  static unsigned n;
  if (++n == 37) singleton = malloc(5000);
  KEEP(singleton);
}
END_TEST

/* Eight things that are first needed later and later. */
START_TEST(late_inits) {
  static char *things[8];
  static unsigned n;
  n++;
  for (size_t i = 0, at = 3; i < LENGTH(things); i++, at *= 2)
    if (n == at) things[i] = malloc(100);
  KEEP(things);
}
END_TEST

/* ---- hidden from a collector of garbage --------------------------------- */

START_TEST(xor_list16) {
  static uintptr_t hidden[16];
  static unsigned n;
  uintptr_t *slot = &hidden[n++ % LENGTH(hidden)];
  if (*slot) free((void *)(*slot ^ 0x5555555555555555u));
  *slot = (uintptr_t)malloc(48) ^ 0x5555555555555555u;
  KEEP(hidden);
}
END_TEST

START_TEST(mmap_roots) {
  enum { ROOTS = 16 };
  static char **roots;
  static unsigned n;
  if (!roots)
    roots = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert(roots != MAP_FAILED);
  free(roots[n % ROOTS]);
  roots[n++ % ROOTS] = malloc(48);
}
END_TEST

/* ---- tables that are built anew ----------------------------------------- */

struct bucket_table {
  struct chained **buckets;
  unsigned size;
};

struct chained {
  struct chained *next;
  unsigned key;
};

static struct {
  struct bucket_table now, old;
  unsigned moved; /* buckets of the old table that are in the new */
  unsigned used;
} rehash;

static struct chained **bucket_of(struct bucket_table *table, unsigned key) {
  return &table->buckets[key % table->size];
}

static void rehash_begin(unsigned size) {
  rehash.old = rehash.now;
  rehash.moved = 0;
  rehash.now.size = size;
  rehash.now.buckets = calloc(size, sizeof *rehash.now.buckets);
}

static void rehash_step(void) {
  if (!rehash.old.buckets) return;
  struct chained **from = &rehash.old.buckets[rehash.moved++];
  while (*from) {
    struct chained *entry = *from;
    struct chained **to = bucket_of(&rehash.now, entry->key);
    *from = entry->next;
    entry->next = *to;
    *to = entry;
  }
  if (rehash.moved < rehash.old.size) return;
  free(rehash.old.buckets);
  rehash.old.buckets = NULL;
}

static struct chained **rehash_find(struct bucket_table *table, unsigned key) {
  struct chained **at = bucket_of(table, key);
  while (*at && (*at)->key != key) at = &(*at)->next;
  return at;
}

/* Puts the key in, or takes it out if it is there. */
static void rehash_toggle(unsigned key) {
  struct chained **at = rehash_find(&rehash.now, key);
  if (!*at && rehash.old.buckets) {
    struct chained **before = rehash_find(&rehash.old, key);
    if (*before) at = before;
  }
  struct chained *entry = *at;
  if (entry) {
    *at = entry->next;
    free(entry);
    rehash.used--;
    return;
  }
  entry = malloc(sizeof *entry);
  at = bucket_of(&rehash.now, key);
  *entry = (struct chained){*at, key};
  *at = entry;
  rehash.used++;
}

START_TEST(rehash_incr) {
  static struct sequence random = {.name = "rehash_incr"};
  if (!rehash.now.size) rehash_begin(16);
  rehash_step();
  if (!rehash.old.buckets && rehash.used > rehash.now.size)
    rehash_begin(2 * rehash.now.size);
  rehash_toggle(sequence_below(&random, 600));
}
END_TEST

/* A generation of entries is thrown away whole when the next is full. */
START_TEST(generations) {
  enum { FULL = 150 };
  static char *young[FULL], *old[FULL];
  static unsigned n;
  if (n == FULL) {
    for (unsigned i = 0; i < FULL; i++) free(old[i]);
    memcpy(old, young, sizeof old);
    n = 0;
  }
  young[n++] = malloc(40);
  KEEP(young);
}
END_TEST

/* Emptied whole whenever 400 entries are in. */
START_TEST(cleared_when_full) {
  static char *entries[400];
  static unsigned n;
  if (n == LENGTH(entries))
    while (n) free(entries[--n]);
  entries[n++] = malloc(40);
  KEEP(entries);
}
END_TEST

/* ---- caches whose bound does not hold ----------------------------------- */

/* What is pinned is passed over, and one in twelve stays pinned. */
START_TEST(pinned_entries) {
  static char *slots[50];
  static unsigned n;
  unsigned slot = n % LENGTH(slots);
  if (n++ % 12) free(slots[slot]);
  slots[slot] = malloc(40); /* leaks */
  KEEP(slots);
}
END_TEST

/* Under the growth of a cache that fills, one block in 150 is lost. */
START_TEST(lost_beside_cache) {
  static char *slots[200];
  static unsigned n;
  unsigned slot = n % LENGTH(slots);
  if (n++ % 150) free(slots[slot]);
  slots[slot] = malloc(40); /* leaks */
  KEEP(slots);
}
END_TEST

/* The value is freed with its entry, the key is not. */
START_TEST(lru_loses_keys) {
  static struct { char *key, *value; } slots[64];
  static unsigned n;
  unsigned slot = n++ % LENGTH(slots);
  free(slots[slot].value);
  slots[slot].key = strdup("a key"); /* leaks */
  slots[slot].value = malloc(100);
  KEEP(slots);
}
END_TEST

/* Expiry runs, but a race of its own loses an entry now and then. */
START_TEST(ttl_loses) {
  static char *entries[30];
  static struct sequence random = {.name = "ttl_loses"};
  static unsigned n;
  unsigned slot = n++ % LENGTH(entries);
  if (sequence_below(&random, 15)) free(entries[slot]);
  entries[slot] = malloc(40); /* leaks */
  KEEP(entries);
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {pinned_entries, lost_beside_cache,
                                  lru_loses_keys, ttl_loses};
  const TTest *const healthy[] = {lru16,       lru64,        lru300,
                                  lru1000,     lru500_hits,  keys512,
                                  keys200x5,   replace_rand, replace_rand_sizes,
                                  ttl_cache,   two_levels,   late_init37,
                                  late_inits,  xor_list16,   mmap_roots,
                                  rehash_incr, generations,  cleared_when_full};
  return scenario_run("caches", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
