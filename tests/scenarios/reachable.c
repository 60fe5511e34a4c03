/* SPDX-License-Identifier: MIT */
/* Memory that something still points to and that nobody will use again. */
#include <math.h>
#include <search.h>
#include <stdio.h>
#include <string.h>

#include "scenario.h"

/* ---- lists and vectors -------------------------------------------------- */

struct listener {
  struct listener *next;
  void (*notify)(int event);
};

static struct {
  struct listener *listeners;
  int is_registered;
} hub;

static void ignore_event(int event) { (void)event; }

static void hub_close(void) {
  while (hub.listeners) {
    struct listener *listener = hub.listeners;
    hub.listeners = listener->next;
    free(listener);
  }
}

static struct listener *subscribe(void (*notify)(int)) {
  if (!hub.is_registered) atexit(hub_close);
  hub.is_registered = 1;
  struct listener *listener = malloc(sizeof *listener); /* leaks */
  *listener = (struct listener){hub.listeners, notify};
  return hub.listeners = listener;
}

START_TEST(observer) {
  subscribe(ignore_event);
  for (struct listener *l = hub.listeners; l; l = l->next) l->notify(1);
}
END_TEST

static struct listener *balanced_listeners;

START_TEST(observer_clean) {
  struct listener *listener = malloc(sizeof *listener);
  *listener = (struct listener){balanced_listeners, ignore_event};
  balanced_listeners = listener;
  KEEP(listener);
  balanced_listeners = listener->next;
  free(listener);
}
END_TEST

START_TEST(vec_doubling) {
  static long *items;
  static size_t length, capacity;
  if (length == capacity) {
    capacity = capacity ? 2 * capacity : 4;
    items = realloc(items, capacity * sizeof *items); /* leaks */
  }
  items[length++] = 7;
  KEEP(items);
}
END_TEST

/* The same with a factor of 1.5. */
START_TEST(vec_half_again) {
  static long *items;
  static size_t length, capacity;
  if (length == capacity) {
    capacity += capacity / 2 + 4;
    items = realloc(items, capacity * sizeof *items); /* leaks */
  }
  items[length++] = 7;
  KEEP(items);
}
END_TEST

START_TEST(vec_by_one) {
  static int *items;
  static size_t length;
  items = realloc(items, (length + 1) * sizeof *items); /* leaks */
  items[length++] = 1;
  KEEP(items);
}
END_TEST

START_TEST(string_builder) {
  static char *text;
  static size_t length, capacity;
  char line[64];
  size_t n = (size_t)snprintf(line, sizeof line, "entry %zu;", length);
  if (length + n + 1 > capacity) {
    capacity = 2 * (length + n + 1);
    text = realloc(text, capacity); /* leaks */
  }
  memcpy(text + length, line, n + 1);
  length += n;
}
END_TEST

START_TEST(log_kept) {
  static char *lines[1 << 16];
  static size_t n;
  static struct sequence random = {.name = "log_kept"};
  size_t size = 20 + sequence_below(&random, 200);
  lines[n] = malloc(size); /* leaks */
  memset(lines[n++], ' ', size);
  n %= LENGTH(lines);
}
END_TEST

/* An undo history takes an entry only where something changed. */
START_TEST(undo_history) {
  struct change {
    struct change *before;
    int value;
  };
  static struct change *history;
  static struct sequence random = {.name = "undo_history"};
  if (sequence_below(&random, 7)) return;
  struct change *change = malloc(sizeof *change); /* leaks */
  *change = (struct change){history, 3};
  history = change;
}
END_TEST

/* ---- tables ------------------------------------------------------------- */

START_TEST(setenv_val) {
  static int n;
  char value[32];
  snprintf(value, sizeof value, "value-%d", n++);
  ck_assert(!setenv("SCENARIO_VALUE", value, 1)); /* leaks */
}
END_TEST

START_TEST(setenv_same) { ck_assert(!setenv("SCENARIO_VALUE", "the same", 1)); }
END_TEST

static int compare_names(const void *a, const void *b) { return strcmp(a, b); }

static void *names;

static const char *intern(const char *name) {
  void *found = tfind(name, &names, compare_names);
  if (found) return *(char **)found;
  char *copy = strdup(name);            /* leaks */
  tsearch(copy, &names, compare_names); /* leaks */
  return copy;
}

START_TEST(str_intern_unbounded) {
  static int n;
  char name[32];
  snprintf(name, sizeof name, "symbol_%d", n++);
  ck_assert_str_eq(intern(name), name);
}
END_TEST

START_TEST(str_intern_bounded) {
  static struct sequence random = {.name = "str_intern_bounded"};
  char name[32];
  snprintf(name, sizeof name, "symbol_%u", sequence_below(&random, 150));
  ck_assert_str_eq(intern(name), name);
}
END_TEST

/* Keys that are drawn so that n draws see about sqrt(n) different ones. */
START_TEST(key_zipf) {
  static char *entries[1 << 16];
  static struct sequence random = {.name = "key_zipf"};
  double u = 1 - sequence_unit(&random);
  double rank = 1 / (u * u);
  size_t key = rank < (double)LENGTH(entries) ? (size_t)rank : 0;
  if (!entries[key]) entries[key] = malloc(48); /* leaks */
  KEEP(entries);
}
END_TEST

enum { BUCKETS = 256 };

struct record {
  struct record *next;
  unsigned key;
};

/* A table that is only ever added to. */
START_TEST(hash_no_remove) {
  static struct record *buckets[BUCKETS];
  static unsigned session;
  struct record *entry = malloc(sizeof *entry); /* leaks */
  *entry = (struct record){buckets[session % BUCKETS], session};
  buckets[session++ % BUCKETS] = entry;
}
END_TEST

/* What is removed leaves a mark, and the marks make the table double. */
START_TEST(tombstones) {
  static uint64_t *slots;
  static size_t used, capacity;
  if (2 * (used + 1) > capacity) {
    size_t larger = capacity ? 2 * capacity : 16;
    uint64_t *grown = calloc(larger, sizeof *grown); /* leaks */
    if (slots) memcpy(grown, slots, capacity * sizeof *grown);
    free(slots);
    slots = grown;
    capacity = larger;
  }
  slots[used++] = UINT64_MAX; /* put and removed again */
  KEEP(slots);
}
END_TEST

/* Marks are dropped when the table is built anew. */
START_TEST(tombstones_swept) {
  static uint64_t *slots;
  static size_t used;
  enum { CAPACITY = 128 };
  if (!slots || used == CAPACITY / 2) {
    free(slots);
    slots = calloc(CAPACITY, sizeof *slots);
    used = 0;
  }
  slots[used++] = UINT64_MAX;
  KEEP(slots);
}
END_TEST

START_TEST(memo_unbounded) {
  struct memo {
    struct memo *next;
    double argument, result;
  };
  static struct memo *memos[BUCKETS];
  static struct sequence random = {.name = "memo_unbounded"};
  double argument = sequence_unit(&random);
  struct memo *memo = malloc(sizeof *memo); /* leaks */
  size_t bucket = (size_t)(argument * BUCKETS);
  *memo = (struct memo){memos[bucket], argument, sqrt(argument)};
  memos[bucket] = memo;
}
END_TEST

START_TEST(memo_bounded) {
  static double *memos[100];
  static struct sequence random = {.name = "memo_bounded"};
  unsigned argument = sequence_below(&random, LENGTH(memos));
  if (!memos[argument]) {
    memos[argument] = malloc(sizeof **memos);
    *memos[argument] = sqrt(argument);
  }
  ck_assert(*memos[argument] >= 0);
}
END_TEST

/* One entry more in every seventh iteration. */
START_TEST(cache_slow_growth) {
  static struct record *entries;
  static unsigned n;
  if (n++ % 7) return;
  struct record *entry = malloc(sizeof *entry); /* leaks */
  *entry = (struct record){entries, n};
  entries = entry;
}
END_TEST

/* A cache that is full after 300 and a list that is never cut, at one line. */
START_TEST(cache_and_leak) {
  static struct record *cache[300], *kept;
  static unsigned n;
  for (int i = 0; i < 2; i++) {
    struct record *entry = malloc(sizeof *entry); /* leaks */
    *entry = (struct record){NULL, n};
    if (i) {
      free(cache[n % LENGTH(cache)]);
      cache[n % LENGTH(cache)] = entry;
    } else if (n % 10) {
      free(entry);
    } else {
      entry->next = kept;
      kept = entry;
    }
  }
  n++;
}
END_TEST

/* ---- allocators of their own -------------------------------------------- */

START_TEST(pool_leak) {
  enum { CHUNK = 64 * 1024, OBJECT = 64 };
  static char *chunk;
  static size_t used = CHUNK;
  if (used + OBJECT > CHUNK) {
    chunk = malloc(CHUNK); /* leaks */
    used = 0;
  }
  char *object = chunk + used;
  used += OBJECT;
  KEEP(object);
}
END_TEST

/* The same with chunks of 20. */
START_TEST(pool_leak_small) {
  enum { CHUNK = 20 * 64, OBJECT = 64 };
  static char *chunk;
  static size_t used = CHUNK;
  if (used + OBJECT > CHUNK) {
    chunk = malloc(CHUNK); /* leaks */
    used = 0;
  }
  char *object = chunk + used;
  used += OBJECT;
  KEEP(object);
}
END_TEST

static void *xmalloc(size_t size) {
  void *block = malloc(size);
  if (!block) abort();
  return block;
}

/* All through one xmalloc, most of it given back. */
START_TEST(wrapper_mixed) {
  static struct sequence random = {.name = "wrapper_mixed"};
  static unsigned n;
  char *work[10];
  for (size_t i = 0; i < LENGTH(work); i++)
    work[i] = xmalloc(16 + sequence_below(&random, 100));
  KEEP(work);
  if (n++ % 5 == 0) {
    char *kept = xmalloc(32); /* leaks */
    KEEP(kept);
  }
  for (size_t i = 0; i < LENGTH(work); i++) free(work[i]);
}
END_TEST

START_TEST(wrapper_clean) {
  static struct sequence random = {.name = "wrapper_clean"};
  char *work[10];
  for (size_t i = 0; i < LENGTH(work); i++)
    work[i] = xmalloc(16 + sequence_below(&random, 100));
  KEEP(work);
  for (size_t i = 0; i < LENGTH(work); i++) free(work[i]);
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {
      observer,       vec_doubling,      vec_half_again,
      vec_by_one,     string_builder,    log_kept,
      undo_history,   setenv_val,        str_intern_unbounded,
      key_zipf,       hash_no_remove,    tombstones,
      memo_unbounded, cache_slow_growth, cache_and_leak,
      pool_leak,      pool_leak_small,   wrapper_mixed};
  const TTest *const healthy[] = {observer_clean,     setenv_same,
                                  str_intern_bounded, tombstones_swept,
                                  memo_bounded,       wrapper_clean};
  return scenario_run("reachable", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
