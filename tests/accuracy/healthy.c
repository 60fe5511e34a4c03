/* SPDX-License-Identifier: MIT */
/* Bounded processes: what they hold comes to rest, at the latest by STEADY. */
#include <math.h>
#include <string.h>

#include "family.h"

static struct bag live, older;
static struct timed pending;
static void *slots[2048];

static const char *within(double passes, const char *what) {
  return passes > STEADY ? what : NULL;
}

/* ---- caches -------------------------------------------------------------- */

PROCESS(cache_fill) {
  if (live.count < whole(draw, 0) && chance(draw, draw->p[1]))
    bag_put(&live, malloc(48));
}

static const char *cache_fill_open(const double *p) {
  return within(p[0] / p[1], "not full in time");
}

struct entry {
  unsigned key, used;
  char *value;
};

static struct entry *lru_find(struct entry *entries, unsigned n, unsigned key) {
  struct entry *least = entries;
  for (struct entry *e = entries; e < entries + n; e++) {
    if (e->value && e->key == key) return e;
    if (e->used < least->used) least = e;
  }
  return least;
}

PROCESS(lru) {
  static struct entry entries[1000];
  unsigned n = whole(draw, 0), key = below(draw, n * whole(draw, 1));
  struct entry *e = lru_find(entries, n, key);
  if (!e->value || e->key != key) {
    free(e->value);
    *e = (struct entry){key, 0, malloc(32 + key % 64)};
  }
  e->used = draw->pass;
}

static const char *lru_open(const double *p) {
  return within(p[0] * p[1] * log(p[1] / (p[1] - 1)), "not full in time");
}

PROCESS(random_replacement) {
  unsigned slot = below(draw, whole(draw, 0));
  free(slots[slot]);
  slots[slot] = malloc(16 + below(draw, 200));
}

static const char *random_replacement_open(const double *p) {
  return within(3 * p[0], "not 95 % full in time");
}

static double zipf_weight(unsigned k, double s) { return pow(k + 1, -s); }

PROCESS(zipf_memo) {
  static double sum[1000];
  unsigned n = whole(draw, 0), key = 0;
  if (draw->pass == 1)
    for (unsigned k = 0; k < n; k++)
      sum[k] = (k ? sum[k - 1] : 0) + zipf_weight(k, draw->p[1]);
  for (double at = unit(draw) * sum[n - 1]; key < n - 1 && sum[key] <= at;)
    key++;
  if (!slots[key]) slots[key] = malloc(64);
}

static const char *zipf_memo_open(const double *p) {
  double total = 0, seen = 0;
  unsigned n = (unsigned)p[0];
  for (unsigned k = 0; k < n; k++) total += zipf_weight(k, p[1]);
  for (unsigned k = 0; k < n; k++)
    seen += 1 - pow(1 - zipf_weight(k, p[1]) / total, STEADY);
  return seen < 0.95 * n ? "not 95 % of the keys in time" : NULL;
}

/* A generation is dropped whole when the next is full. */
PROCESS(generations) {
  if (live.count >= whole(draw, 0)) {
    bag_free_all(&older);
    while (live.count) bag_put(&older, bag_take_oldest(&live));
  }
  bag_put(&live, malloc(40));
}

static const char *generations_open(const double *p) {
  return within(2 * p[0], "no two generations in time");
}

/* What falls out of the first level lives on in the second. */
PROCESS(two_levels) {
  bag_put(&live, malloc(56));
  if (live.count > whole(draw, 0)) bag_put(&older, bag_take_oldest(&live));
  if (older.count > whole(draw, 1)) free(bag_take_any(&older, draw));
}

static const char *two_levels_open(const double *p) {
  return within(p[0] + p[1], "not full in time");
}

PROCESS(ttl) {
  for (void *item; (item = timed_take(&pending, draw->pass));) free(item);
  unsigned life = whole(draw, 0);
  if (chance(draw, draw->p[1]))
    timed_put(&pending, malloc(80), draw->pass + life / 2 + below(draw, life));
}

/* ---- freed later --------------------------------------------------------- */

PROCESS(batch_free) {
  for (unsigned i = 0; i < whole(draw, 1); i++) bag_put(&live, malloc(40));
  if (live.count >= whole(draw, 0)) bag_free_all(&live);
}

static const double SERVICE = 0.5;

/* Several slots of time a pass: at most one arrives and one is served. */
PROCESS(queue) {
  for (unsigned i = 0; i < whole(draw, 1); i++) {
    if (chance(draw, SERVICE * draw->p[0])) bag_put(&live, malloc(72));
    if (chance(draw, SERVICE)) free(bag_take_oldest(&live));
  }
}

static const char *queue_open(const double *p) {
  double arrives = SERVICE * p[0], drift = SERVICE - arrives;
  double variance = SERVICE * (1 - SERVICE) + arrives * (1 - arrives);
  return within(2 * variance / (p[1] * drift * drift), "relaxes too slowly");
}

PROCESS(sessions) {
  if (chance(draw, draw->p[1])) bag_put(&live, malloc(200));
  for (unsigned i = live.count; i > 0; i--)
    if (chance(draw, 1 / draw->p[0])) free(bag_take_any(&live, draw));
}

/* Flushed when there are enough, or when someone asks. */
PROCESS(write_behind) {
  bag_put(&live, malloc(512));
  if (live.count >= whole(draw, 0) || chance(draw, draw->p[1]))
    bag_free_all(&live);
}

/* What comes in while the other side is down waits. */
PROCESS(outages) {
  static unsigned until;
  enum { DRAINED = 5 };
  if (draw->pass > until && chance(draw, draw->p[0]))
    until = draw->pass + 1 + below(draw, whole(draw, 1));
  bag_put(&live, malloc(96));
  if (draw->pass <= until) return;
  for (int i = 0; i < DRAINED; i++) free(bag_take_oldest(&live));
}

/* Garbage stays until there is twice as much as is needed. */
PROCESS(collector) {
  unsigned needed = whole(draw, 0), slot = below(draw, needed);
  if (slots[slot]) bag_put(&live, slots[slot]);
  slots[slot] = malloc(48);
  if (live.count >= needed) bag_free_all(&live);
}

static const char *collector_open(const double *p) {
  return within(3 * p[0], "needs more, 95 % of it not in time");
}

/* Notes are kept, and folded into an index now and then. */
PROCESS(maintenance) {
  static void *index;
  if (chance(draw, draw->p[1])) bag_put(&live, malloc(30));
  if (!every(draw, whole(draw, 0))) return;
  bag_free_all(&live);
  free(index);
  index = malloc(1000);
}

static const char *maintenance_open(const double *p) {
  return within(3 * p[0], "no three periods in time");
}

PROCESS(double_buffer) {
  static void *before;
  void *now = malloc(1 + below(draw, whole(draw, 0)));
  free(before);
  before = now;
}

PROCESS(ring_log) {
  unsigned slot = draw->pass % whole(draw, 0);
  free(slots[slot]);
  slots[slot] = malloc(16 + below(draw, 120));
}

/* ---- kept for the next time ---------------------------------------------- */

PROCESS(late_inits) {
  unsigned n = whole(draw, 1);
  for (unsigned i = 0; i < n; i++)
    if (draw->pass == (unsigned)pow(draw->p[0], (i + 1.0) / n))
      slots[i] = malloc(100);
}

PROCESS(high_water) {
  static char *buffer;
  static size_t room;
  size_t needed = 1 + below(draw, whole(draw, 0));
  if (needed > room) buffer = realloc(buffer, room = needed);
  KEEP(buffer);
}

PROCESS(pool) {
  unsigned needed = 1 + below(draw, whole(draw, 0));
  while (live.count < needed) bag_put(&live, malloc(128));
}

static const char *pool_open(const double *p) {
  return within(3 * p[0], "not 95 % of the most in time");
}

/* An arena gives back what the last period did not need. */
PROCESS(arena_decay) {
  static unsigned most;
  unsigned needed = 1 + below(draw, whole(draw, 0));
  if (needed > most) most = needed;
  while (live.count < needed) bag_put(&live, malloc(256));
  if (!every(draw, whole(draw, 1))) return;
  while (live.count > most) free(bag_take_newest(&live));
  most = 0;
}

PROCESS(builder_reset) {
  static char *text;
  static size_t used, room;
  used += 1 + below(draw, 64);
  while (used > room) text = realloc(text, room = room ? 2 * room : 64);
  if (used < whole(draw, 0)) return;
  free(text);
  text = NULL;
  used = room = 0;
}

PROCESS(hash_resize) {
  static void **table;
  static unsigned room, used;
  for (unsigned i = 0; i < whole(draw, 1); i++) {
    unsigned key = below(draw, whole(draw, 0));
    void *entry = slots[key] ? NULL : malloc(40);
    used += entry ? 1 : -1u;
    free(slots[key]);
    slots[key] = entry;
  }
  if (used <= room && used >= room / 4) return;
  room = 2 * used + 8;
  free(table);
  table = malloc(room * sizeof *table);
}

static const char *hash_resize_open(const double *p) {
  return within(1.5 * p[0] / p[1], "not 95 % full in time");
}

/* ---- capacities ---------------------------------------------------------- */

/* As a leaking one until everything is there. */
PROCESS(arena_to_rest) {
  static double size, left, pieces;
  enum { PIECE = 40 };
  if (pieces++ >= whole(draw, 2)) return;
  if (left < PIECE) {
    size = size > 0 ? floor(size * draw->p[0]) : whole(draw, 1);
    bag_put(&live, malloc((size_t)size));
    left = size;
  }
  left -= PIECE;
}

PROCESS(table_to_rest) {
  static long *table;
  static size_t used, room;
  if (used >= whole(draw, 2)) return;
  if (++used > room)
    table = realloc(table, sizeof *table * (room = room ? room * whole(draw, 0)
                                                        : whole(draw, 1)));
  KEEP(table);
}

PROCESS(table_grows_once) {
  static char *table;
  if (!table) table = malloc(whole(draw, 1));
  if (draw->pass == whole(draw, 0))
    table = realloc(table, whole(draw, 1) * whole(draw, 2));
  KEEP(table);
}

/* Each string is as long as the longest that it had to hold. */
PROCESS(string_pool) {
  static size_t room[200];
  unsigned which = below(draw, whole(draw, 0));
  size_t length = 1 + below(draw, whole(draw, 1));
  if (length <= room[which]) return;
  slots[which] = realloc(slots[which], room[which] = length);
  KEEP(slots[which]);
}

static const char *string_pool_open(const double *p) {
  return within(19 * p[0], "not 95 % of the longest in time");
}

/* Filled by turns and by chance, to its end. */
PROCESS(phases_to_rest) {
  if (draw->pass % whole(draw, 0) < draw->p[1] * whole(draw, 0) &&
      live.count < whole(draw, 2))
    bag_put(&live, malloc(64));
}

static const char *phases_to_rest_open(const double *p) {
  return within(p[2] / p[1] + p[0], "not full in time");
}

/* ---- several at once ----------------------------------------------------- */

static void cache_beside(struct draw *draw) {
  unsigned slot = below(draw, whole(draw, 0));
  free(slots[slot]);
  slots[slot] = malloc(64);
}

static void batch_beside(struct draw *draw) {
  bag_put(&live, malloc(40));
  if (live.count >= whole(draw, 1)) bag_free_all(&live);
}

static void ttl_beside(struct draw *draw) {
  unsigned life = whole(draw, 2);
  for (void *item; (item = timed_take(&pending, draw->pass));) free(item);
  timed_put(&pending, malloc(80), draw->pass + life / 2 + below(draw, life));
}

PROCESS(three_bounded) {
  cache_beside(draw);
  batch_beside(draw);
  ttl_beside(draw);
}

static const char *three_bounded_open(const double *p) {
  return within(3 * p[0], "not 95 % full in time");
}

#define FAMILY(name, half) #name, HEALTHY, half, &name
const struct family healthy_families[] = {
    {FAMILY(cache_fill, TUNE),
     {{"entries", GEOMETRIC, 10, 1000}, {"miss", REAL, 0.2, 1}},
     cache_fill_open},
    {FAMILY(lru, REPORT),
     {{"entries", GEOMETRIC, 10, 1000}, {"keys/entry", WHOLE, 2, 20}},
     lru_open},
    {FAMILY(random_replacement, TUNE),
     {{"slots", GEOMETRIC, 10, 1000}},
     random_replacement_open},
    {FAMILY(zipf_memo, REPORT),
     {{"keys", GEOMETRIC, 20, 1000}, {"exponent", REAL, 0.5, 1.3}},
     zipf_memo_open},
    {FAMILY(generations, TUNE),
     {{"entries", GEOMETRIC, 20, 1000}},
     generations_open},
    {FAMILY(two_levels, REPORT),
     {{"first", GEOMETRIC, 5, 200}, {"second", GEOMETRIC, 20, 800}},
     two_levels_open},
    {FAMILY(ttl, REPORT),
     {{"life", GEOMETRIC, 10, 600}, {"rate", REAL, 0.1, 1}},
     NULL},
    {FAMILY(batch_free, TUNE),
     {{"batch", GEOMETRIC, 2, 500}, {"each", WHOLE, 1, 4}},
     NULL},
    {FAMILY(queue, REPORT),
     {{"load", REAL, 0.8, 0.99}, {"slots", GEOMETRIC, 1, 16}},
     queue_open},
    {FAMILY(sessions, TUNE),
     {{"length", GEOMETRIC, 10, 400}, {"rate", REAL, 0.1, 1}},
     NULL},
    {FAMILY(write_behind, REPORT),
     {{"most", GEOMETRIC, 10, 800}, {"asked", REAL, 0.001, 0.05}},
     NULL},
    {FAMILY(outages, TUNE),
     {{"rate", REAL, 0.002, 0.03}, {"longest", GEOMETRIC, 5, 150}},
     NULL},
    {FAMILY(collector, REPORT),
     {{"needed", GEOMETRIC, 10, 900}},
     collector_open},
    {FAMILY(maintenance, TUNE),
     {{"period", GEOMETRIC, 20, 900}, {"rate", REAL, 0.1, 1}},
     maintenance_open},
    {FAMILY(double_buffer, REPORT), {{"size", GEOMETRIC, 8, 8000}}, NULL},
    {FAMILY(ring_log, TUNE), {{"lines", GEOMETRIC, 10, 1000}}, NULL},
    {FAMILY(late_inits, REPORT),
     {{"last", GEOMETRIC, 10, 2500}, {"things", WHOLE, 1, 8}},
     NULL},
    {FAMILY(high_water, TUNE), {{"most", GEOMETRIC, 100, 100000}}, NULL},
    {FAMILY(pool, REPORT), {{"most", GEOMETRIC, 4, 400}}, pool_open},
    {FAMILY(arena_decay, TUNE),
     {{"most", GEOMETRIC, 4, 200}, {"period", GEOMETRIC, 10, 300}},
     NULL},
    {FAMILY(builder_reset, REPORT), {{"flush", GEOMETRIC, 1000, 30000}}, NULL},
    {FAMILY(hash_resize, TUNE),
     {{"keys", GEOMETRIC, 50, 2000}, {"toggles", WHOLE, 1, 8}},
     hash_resize_open},
    {FAMILY(arena_to_rest, REPORT),
     {{"factor", REAL, 1, 3},
      {"first", GEOMETRIC, 256, 4096},
      {"pieces", GEOMETRIC, 10, STEADY}},
     NULL},
    {FAMILY(table_to_rest, REPORT),
     {{"factor", WHOLE, 2, 8},
      {"first", GEOMETRIC, 4, 64},
      {"entries", GEOMETRIC, 10, STEADY}},
     NULL},
    {FAMILY(table_grows_once, REPORT),
     {{"when", GEOMETRIC, 5, STEADY},
      {"first", GEOMETRIC, 16, 4096},
      {"factor", WHOLE, 2, 40}},
     NULL},
    {FAMILY(string_pool, REPORT),
     {{"strings", GEOMETRIC, 2, 150}, {"longest", GEOMETRIC, 16, 4096}},
     string_pool_open},
    {FAMILY(phases_to_rest, REPORT),
     {{"period", GEOMETRIC, 40, 900},
      {"active", REAL, 0.5, 0.9},
      {"entries", GEOMETRIC, 10, 2000}},
     phases_to_rest_open},
    {FAMILY(three_bounded, REPORT),
     {{"slots", GEOMETRIC, 10, 800},
      {"batch", GEOMETRIC, 2, 300},
      {"life", GEOMETRIC, 10, 300}},
     three_bounded_open},
};
const size_t healthy_count = sizeof healthy_families / sizeof *healthy_families;
