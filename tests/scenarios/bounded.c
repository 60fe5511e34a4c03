/* SPDX-License-Identifier: MIT */
/* Caches, pools and buffers of many sizes, all with a bound. */
#include <math.h>
#include <string.h>

#include "scenario.h"

/* The oldest goes when a new one comes. */
static void use_fifo(char **slots, unsigned room, unsigned *n) {
  char **slot = &slots[(*n)++ % room];
  free(*slot);
  *slot = malloc(48);
}

#define FIFO(room)             \
  START_TEST(fifo##room) {     \
    static char *slots[room];  \
    static unsigned n;         \
    use_fifo(slots, room, &n); \
  }                            \
  END_TEST
FIFO(8)
FIFO(32)
FIFO(128)
FIFO(256)
FIFO(500)
FIFO(750)

/* An entry for each key that was ever asked for. */
static void use_keys(char **slots, struct sequence *random, unsigned keys) {
  unsigned key = sequence_below(random, keys);
  if (!slots[key]) slots[key] = malloc(40);
}

#define KEYS(n)                                          \
  START_TEST(keys##n) {                                  \
    static struct sequence random = {.name = "keys" #n}; \
    static char *slots[n];                               \
    use_keys(slots, &random, n);                         \
  }                                                      \
  END_TEST
KEYS(64)
KEYS(128)
KEYS(256)
KEYS(1000)
KEYS(1500)
KEYS(2000)

/* Any entry may be the one that has to go. */
static void replace_any(char **slots, struct sequence *random, unsigned room) {
  char **slot = &slots[sequence_below(random, room)];
  free(*slot);
  *slot = malloc(64);
}

#define REPLACE(n)                                          \
  START_TEST(replace##n) {                                  \
    static struct sequence random = {.name = "replace" #n}; \
    static char *slots[n];                                  \
    replace_any(slots, &random, n);                         \
  }                                                         \
  END_TEST
REPLACE(16)
REPLACE(400)
REPLACE(800)

struct entry {
  char *value;
  unsigned key, used;
};

/* The least recently used goes; some keys are asked for again and again. */
static void use_lru(struct entry *entries, struct sequence *random,
                    unsigned room) {
  static unsigned now;
  double u = sequence_unit(random);
  unsigned key = 1 + (unsigned)(u * u * 4 * room);
  struct entry *oldest = entries;
  now++;
  for (struct entry *e = entries; e < entries + room; e++) {
    if (e->key == key) {
      e->used = now;
      return;
    }
    if (e->used < oldest->used) oldest = e;
  }
  free(oldest->value);
  *oldest = (struct entry){malloc(56), key, now};
}

#define LRU_HITS(n)                                          \
  START_TEST(lru_hits##n) {                                  \
    static struct sequence random = {.name = "lru_hits" #n}; \
    static struct entry entries[n];                          \
    use_lru(entries, &random, n);                            \
  }                                                          \
  END_TEST
LRU_HITS(32)
LRU_HITS(128)
LRU_HITS(500)

/* Memoisation over 300 arguments that follow Zipf's law. */
START_TEST(memo_zipf) {
  static double sums[300];
  static char *slots[LENGTH(sums)];
  static struct sequence random = {.name = "memo_zipf"};
  unsigned i = 0;
  if (sums[0] == 0)
    for (unsigned k = 0; k < LENGTH(sums); k++)
      sums[k] = (k ? sums[k - 1] : 0) + pow(k + 1, -0.8);
  for (double u = sequence_unit(&random) * sums[LENGTH(sums) - 1]; sums[i] < u;)
    i++;
  if (!slots[i]) slots[i] = malloc(40);
}
END_TEST

/* Each key has a life; what is over it is dropped when it is met again. */
START_TEST(ttl_lazy) {
  static unsigned end[200], now;
  static char *slots[LENGTH(end)];
  static struct sequence random = {.name = "ttl_lazy"};
  unsigned key = sequence_below(&random, LENGTH(end));
  now++;
  if (slots[key] && end[key] > now) return;
  free(slots[key]);
  slots[key] = malloc(40);
  end[key] = now + 100;
}
END_TEST

/* Names of 400, of which a few are frequent. */
START_TEST(intern_400) {
  static char *slots[400];
  static struct sequence random = {.name = "intern_400"};
  double u = sequence_unit(&random);
  unsigned name = (unsigned)(u * u * u * LENGTH(slots));
  if (!slots[name]) slots[name] = strdup("a name");
}
END_TEST

/* A buffer for each size class, kept for the next time. */
START_TEST(size_classes) {
  static char *slots[13];
  static struct sequence random = {.name = "size_classes"};
  unsigned class = 0;
  while (class < 12 && sequence_below(&random, 2)) class ++;
  if (!slots[class]) slots[class] = malloc((size_t)16 << class);
}
END_TEST

/* Objects go back to a free list; how many are out at once is by chance. */
START_TEST(free_list) {
  enum { ROOM = 100 };
  static char *slots[ROOM];
  static unsigned ready;
  static struct sequence random = {.name = "free_list"};
  char *out[ROOM];
  unsigned n = sequence_below(&random, 40) + sequence_below(&random, 40);
  for (unsigned i = 0; i < n; i++) out[i] = ready ? slots[--ready] : malloc(64);
  for (unsigned i = 0; i < n; i++) slots[ready++] = out[i];
}
END_TEST

/* The same, and no more than 16 are kept. */
START_TEST(free_list_cut) {
  enum { KEPT = 16, ROOM = 100 };
  static char *slots[KEPT];
  static unsigned ready;
  static struct sequence random = {.name = "free_list_cut"};
  char *out[ROOM];
  unsigned n = sequence_below(&random, ROOM);
  for (unsigned i = 0; i < n; i++) out[i] = ready ? slots[--ready] : malloc(64);
  for (unsigned i = 0; i < n; i++) {
    if (ready < KEPT)
      slots[ready++] = out[i];
    else
      free(out[i]);
  }
}
END_TEST

/* A hash table that is made larger and smaller with what is in it. */
START_TEST(hash_resizes) {
  static char *slots[700], *table;
  static unsigned used, size = 16;
  static struct sequence random = {.name = "hash_resizes"};
  unsigned key = sequence_below(&random, LENGTH(slots));
  used += slots[key] ? -1u : 1;
  if (slots[key]) {
    free(slots[key]);
    slots[key] = NULL;
  } else {
    slots[key] = malloc(32);
  }
  if (table && used <= size && used >= size / 8) return;
  while (used > size) size *= 2;
  while (size > 16 && used < size / 8) size /= 2;
  free(table);
  table = malloc(size * sizeof(void *));
}
END_TEST

/* Three caches behind one allocator. */
static char *entry_new(size_t size) { return calloc(1, size); }

START_TEST(three_caches) {
  static char *first[20], *second[100], *third[350];
  static unsigned n;
  n++;
  free(first[n % LENGTH(first)]);
  first[n % LENGTH(first)] = entry_new(30);
  free(second[n % LENGTH(second)]);
  second[n % LENGTH(second)] = entry_new(50);
  free(third[n % LENGTH(third)]);
  third[n % LENGTH(third)] = entry_new(70);
}
END_TEST

/* A tree from which as many go as come, at random. */
START_TEST(tree_steady) {
  static char *slots[100];
  static unsigned used;
  static struct sequence random = {.name = "tree_steady"};
  if (used < LENGTH(slots)) {
    slots[used++] = malloc(48);
    return;
  }
  unsigned i = sequence_below(&random, used);
  free(slots[i]);
  slots[i] = malloc(48);
}
END_TEST

/* A number of objects that goes up and down by chance, between 0 and 60. */
START_TEST(walk_capped) {
  static char *slots[60];
  static unsigned used;
  static struct sequence random = {.name = "walk_capped"};
  if (sequence_below(&random, 2)) {
    if (used < LENGTH(slots)) slots[used++] = malloc(32);
  } else if (used) {
    free(slots[--used]);
  }
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {NULL};
  const TTest *const healthy[] = {
      fifo8,        fifo32,       fifo128,     fifo256,       fifo500,
      fifo750,      keys64,       keys128,     keys256,       keys1000,
      keys1500,     keys2000,     replace16,   replace400,    replace800,
      lru_hits32,   lru_hits128,  lru_hits500, memo_zipf,     ttl_lazy,
      intern_400,   size_classes, free_list,   free_list_cut, hash_resizes,
      three_caches, tree_steady,  walk_capped};
  return scenario_run("bounded", leaking, 0, healthy, LENGTH(healthy));
}
