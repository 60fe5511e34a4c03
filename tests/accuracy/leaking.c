/* SPDX-License-Identifier: MIT */
/* Processes of which one call site grows without bound. */
#include <fcntl.h>
#include <math.h>
#include <string.h>

#include "family.h"

static struct bag live, kept;
static struct timed pending;
static void *slots[2048];

static const char *enough(double events) {
  return events < EVENTS ? "too few events in two first rungs" : NULL;
}

static const char *per_period(const double *p) { return enough(WINDOW / p[0]); }

/* ---- lost or kept, with nothing beside ----------------------------------- */

PROCESS(regular) {
  if (every(draw, whole(draw, 0))) KEEP(malloc(1 + whole(draw, 1)));
}

PROCESS(at_random) {
  if (chance(draw, draw->p[0])) bag_put(&kept, malloc(64));
}

/* A clump of blocks now and then. */
PROCESS(bursts) {
  if (!chance(draw, draw->p[0])) return;
  do bag_put(&kept, malloc(48));
  while (!chance(draw, 1 / draw->p[1]));
}

static const char *late_open(const double *p) {
  enum { SEEN_FIRST = 3 };
  return (FIRST_RUNG - p[0]) / p[1] < SEEN_FIRST
             ? "begins too late to be seen in the first rung"
             : NULL;
}

PROCESS(late_leak) {
  if (draw->pass > whole(draw, 0) && every(draw, whole(draw, 1)))
    bag_put(&kept, malloc(64));
}

PROCESS(timer_driven) {
  static double due;
  if (draw->pass < due) return;
  due += draw->p[0] * (0.5 + unit(draw));
  bag_put(&kept, malloc(96));
}

PROCESS(two_sites) {
  unsigned period = whole(draw, 0);
  if (every(draw, period)) bag_put(&kept, malloc(24));
  if (draw->pass % period == period / 2) bag_put(&kept, malloc(72));
}

PROCESS(descriptors) {
  if (!every(draw, whole(draw, 0))) return;
  int fd = open("/dev/null", O_RDONLY);
  KEEP(fd);
}

/* ---- on one path of several ---------------------------------------------- */

/* Of three blocks two are freed when it goes wrong. */
PROCESS(error_path) {
  char *name = malloc(20), *value = malloc(100), *both = malloc(16);
  KEEP(name);
  if (!chance(draw, 1 / draw->p[0])) free(both);
  free(value);
  free(name);
}

static void handle_first(void) { KEEP(malloc(40)); }

static void handle_other(unsigned kind) {
  char *text = malloc(kind + 10);
  KEEP(text);
  free(text);
}

PROCESS(one_path) {
  unsigned kind = below(draw, whole(draw, 0));
  if (kind == 0)
    handle_first();
  else
    handle_other(kind);
}

__attribute__((noinline)) static int descend(unsigned depth) {
  if (!depth) {
    bag_put(&kept, malloc(40));
    return 1;
  }
  int rest = descend(depth - 1);
  KEEP(rest);
  return rest + 1;
}

PROCESS(recursion) {
  unsigned depth = below(draw, whole(draw, 1));
  if (chance(draw, draw->p[0])) descend(depth);
}

/* ---- through a shared wrapper -------------------------------------------- */

__attribute__((noinline)) static void *xmalloc(size_t size) {
  void *block = malloc(size);
  if (!block) abort();
  return block;
}

__attribute__((noinline)) static void churn(struct draw *draw) {
  enum { LONGEST = 60 };
  for (void *item; (item = timed_take(&pending, draw->pass));) free(item);
  timed_put(&pending, xmalloc(50), draw->pass + 1 + below(draw, LONGEST));
}

PROCESS(wrapper) {
  churn(draw);
  if (every(draw, whole(draw, 0))) bag_put(&kept, xmalloc(30));
}

/* ---- beside what is bounded ---------------------------------------------- */

/* One in so many stays pinned in a cache of the same call site. */
PROCESS(beside_lru) {
  unsigned slot = draw->pass % whole(draw, 0);
  if (!every(draw, whole(draw, 1))) free(slots[slot]);
  slots[slot] = malloc(48);
}

static const char *beside_lru_open(const double *p) {
  return enough((WINDOW - 1.4 * p[0]) / p[1]);
}

PROCESS(beside_ttl) {
  for (void *item; (item = timed_take(&pending, draw->pass));)
    if (!chance(draw, draw->p[1])) free(item);
  unsigned life = whole(draw, 0);
  timed_put(&pending, malloc(80), draw->pass + life / 2 + below(draw, life));
}

PROCESS(beside_queue) {
  enum { SLOTS = 4 };
  const double service = 0.5;
  for (int i = 0; i < SLOTS; i++) {
    if (chance(draw, service * draw->p[0])) bag_put(&live, malloc(72));
    if (!chance(draw, service)) continue;
    void *item = bag_take_oldest(&live);
    if (!chance(draw, draw->p[1] / SLOTS)) free(item);
  }
}

/* What was there before goes while new blocks stay. */
PROCESS(masked) {
  if (draw->pass == 1)
    while (live.count < whole(draw, 0)) bag_put(&live, malloc(128));
  for (unsigned i = 0; i < whole(draw, 2); i++) free(bag_take_newest(&live));
  if (every(draw, whole(draw, 1))) bag_put(&kept, malloc(128));
}

static const char *masked_open(const double *p) {
  return enough(WINDOW / p[1]);
}

static void cache_beside(struct draw *draw) {
  unsigned slot = below(draw, whole(draw, 1));
  free(slots[slot]);
  slots[slot] = malloc(64);
}

static void batch_beside(struct draw *draw) {
  bag_put(&live, malloc(40));
  if (live.count >= whole(draw, 2)) bag_free_all(&live);
}

static void ttl_beside(struct draw *draw) {
  unsigned life = whole(draw, 2);
  for (void *item; (item = timed_take(&pending, draw->pass));) free(item);
  timed_put(&pending, malloc(80), draw->pass + life / 2 + below(draw, life));
}

PROCESS(one_of_four) {
  cache_beside(draw);
  batch_beside(draw);
  ttl_beside(draw);
  if (chance(draw, 1 / draw->p[0])) bag_put(&kept, malloc(64));
}

/* ---- freed later, some of it not ----------------------------------------- */

PROCESS(batch_leak) {
  bag_put(&live, malloc(40));
  if (live.count < whole(draw, 0)) return;
  bag_put(&kept, bag_take_any(&live, draw));
  bag_free_all(&live);
}

PROCESS(deferred_leak) {
  static unsigned due = 1;
  bag_put(&live, malloc(56));
  if (live.count < due) return;
  due = 1 + below(draw, whole(draw, 0));
  bag_put(&kept, bag_take_oldest(&live));
  bag_free_all(&live);
}

/* Chunks of objects, of which some are not returned to the pool. */
PROCESS(pool_chunks) {
  static unsigned room;
  if (!chance(draw, draw->p[0])) return;
  if (room == 0) {
    bag_put(&kept, malloc(64 * whole(draw, 1)));
    room = whole(draw, 1);
  }
  room--;
}

static const char *pool_chunks_open(const double *p) {
  return enough(WINDOW * p[0] / p[1]);
}

/* ---- longer and longer --------------------------------------------------- */

/* The arrivals are this many standard deviations of a pass too many. */
PROCESS(backlog) {
  const double service = 0.4, deviation = 0.69; /* of one slot */
  unsigned n = whole(draw, 1);
  double excess = draw->p[0] * deviation / sqrt(n);
  for (unsigned i = 0; i < n; i++) {
    if (chance(draw, service + excess)) bag_put(&live, malloc(72));
    if (chance(draw, service)) free(bag_take_oldest(&live));
  }
}

PROCESS(growing_cache) {
  bag_put(&live, malloc(48));
  unsigned most = whole(draw, 0) + draw->pass / whole(draw, 1);
  while (live.count > most) free(bag_take_oldest(&live));
}

static const char *growing_cache_open(const double *p) {
  return enough((WINDOW - 1.4 * p[0]) / p[1]);
}

PROCESS(listeners) {
  bag_put(&live, malloc(32));
  if (chance(draw, draw->p[0])) free(bag_take_any(&live, draw));
}

PROCESS(interning) {
  if (!chance(draw, draw->p[0])) return; /* seen before */
  char *name = malloc(4 + below(draw, 30));
  bag_put(&kept, name);
}

PROCESS(undo_history) {
  static char **steps;
  static size_t used, room;
  if (!chance(draw, draw->p[0])) return;
  if (used == room)
    steps = realloc(steps, (room = room ? 2 * room : 16) * sizeof *steps);
  steps[used++] = malloc(10 + below(draw, 100));
}

PROCESS(factor_buffer) {
  static char *items;
  static size_t used, room;
  if (!room) items = malloc(8 * (room = whole(draw, 1)));
  used += whole(draw, 2);
  while (used > room) {
    room = (size_t)((double)room * draw->p[0]) + 1;
    items = realloc(items, 8 * room);
  }
  KEEP(items);
}

static const char *factor_buffer_open(const double *p) {
  enum { SIXTEENTH = FIRST_RUNG / 16 };
  return p[1] / p[2] > SIXTEENTH ? "begins too late for its factor" : NULL;
}

PROCESS(linear_buffer) {
  static char *text;
  static size_t used;
  if (!every(draw, whole(draw, 0))) return;
  text = realloc(text, used += whole(draw, 1));
  KEEP(text);
}

/* ---- capacities ---------------------------------------------------------- */

/* Chunks, each so many times as large as the one before. */
PROCESS(arena) {
  static double size, left;
  enum { PIECE = 40 };
  for (unsigned i = 0; i < whole(draw, 2); i++, left -= PIECE) {
    if (left >= PIECE) continue;
    size = size > 0 ? floor(size * draw->p[0]) : whole(draw, 1);
    bag_put(&kept, malloc((size_t)size));
    left = size;
  }
}

static const char *arena_open(const double *p) {
  enum { SIXTEENTH = FIRST_RUNG / 16, PIECE = 40 };
  return p[1] / (PIECE * p[2]) > SIXTEENTH ? "its first chunk lasts" : NULL;
}

PROCESS(table_by_factor) {
  static long *table;
  static size_t used, room;
  used += whole(draw, 2);
  while (used > room)
    table = realloc(table, sizeof *table * (room = room ? room * whole(draw, 0)
                                                        : whole(draw, 1)));
  KEEP(table);
}

/* Of each period a part is quiet. */
PROCESS(phases) {
  unsigned period = whole(draw, 0);
  if (draw->pass % period < draw->p[1] * period && chance(draw, draw->p[2]))
    bag_put(&kept, malloc(64));
}

static const char *phases_open(const double *p) {
  return p[0] * p[1] * p[2] < 2 ? "a phase may lose nothing"
                                : enough(WINDOW * p[1] * p[2]);
}

PROCESS(phases_of_a_buffer) {
  static char *text;
  static size_t used;
  unsigned period = whole(draw, 0);
  if (draw->pass % period >= draw->p[1] * period || !chance(draw, draw->p[2]))
    return;
  text = realloc(text, used += 48);
  KEEP(text);
}

#define FAMILY(name, half) #name, LEAKING, half, &name
const struct family leaking_families[] = {
    {FAMILY(regular, TUNE),
     {{"period", GEOMETRIC, 1, 200}, {"size", GEOMETRIC, 1, 2000}},
     per_period},
    {FAMILY(at_random, REPORT), {{"p", REAL, 0.02, 1}}, NULL},
    {FAMILY(bursts, TUNE),
     {{"rate", REAL, 0.02, 0.3}, {"mean", GEOMETRIC, 1, 40}},
     NULL},
    {FAMILY(late_leak, REPORT),
     {{"start", WHOLE, 20, 1000}, {"period", GEOMETRIC, 1, 20}},
     late_open},
    {FAMILY(timer_driven, TUNE), {{"period", GEOMETRIC, 1, 150}}, per_period},
    {FAMILY(two_sites, REPORT), {{"period", GEOMETRIC, 2, 150}}, per_period},
    {FAMILY(descriptors, TUNE), {{"period", GEOMETRIC, 1, 100}}, per_period},
    {FAMILY(error_path, REPORT), {{"one in", GEOMETRIC, 2, 150}}, per_period},
    {FAMILY(one_path, TUNE), {{"paths", GEOMETRIC, 2, 60}}, per_period},
    {FAMILY(recursion, REPORT),
     {{"p", REAL, 0.1, 1}, {"deepest", GEOMETRIC, 2, 60}},
     NULL},
    {FAMILY(wrapper, TUNE), {{"period", GEOMETRIC, 1, 50}}, per_period},
    {FAMILY(beside_lru, REPORT),
     {{"entries", GEOMETRIC, 10, 700}, {"one in", GEOMETRIC, 2, 100}},
     beside_lru_open},
    {FAMILY(beside_ttl, TUNE),
     {{"life", GEOMETRIC, 10, 300}, {"p", REAL, 0.03, 0.5}},
     NULL},
    {FAMILY(beside_queue, REPORT),
     {{"load", REAL, 0.5, 0.9}, {"p", REAL, 0.05, 0.4}},
     NULL},
    {FAMILY(masked, TUNE),
     {{"before", WHOLE, 2000, 8000},
      {"period", GEOMETRIC, 1, 50},
      {"shrinks", WHOLE, 1, 2}},
     masked_open},
    {FAMILY(one_of_four, REPORT),
     {{"one in", GEOMETRIC, 1, 50},
      {"slots", GEOMETRIC, 10, 800},
      {"batch, life", GEOMETRIC, 10, 300}},
     per_period},
    {FAMILY(batch_leak, TUNE), {{"batch", GEOMETRIC, 2, 300}}, per_period},
    {FAMILY(deferred_leak, REPORT), {{"longest", GEOMETRIC, 2, 100}}, NULL},
    {FAMILY(pool_chunks, TUNE),
     {{"p", REAL, 0.1, 1}, {"chunk", GEOMETRIC, 4, 32}},
     pool_chunks_open},
    {FAMILY(backlog, REPORT),
     {{"drift/sd", REAL, 0.1, 0.6}, {"slots", GEOMETRIC, 1, 16}},
     NULL},
    {FAMILY(growing_cache, TUNE),
     {{"entries", GEOMETRIC, 10, 300}, {"period", GEOMETRIC, 2, 100}},
     growing_cache_open},
    {FAMILY(listeners, REPORT), {{"removed", REAL, 0.2, 0.95}}, NULL},
    {FAMILY(interning, TUNE), {{"new", REAL, 0.05, 1}}, NULL},
    {FAMILY(undo_history, REPORT), {{"p", REAL, 0.1, 1}}, NULL},
    {FAMILY(factor_buffer, REPORT),
     {{"factor", REAL, 1.5, 2},
      {"first", GEOMETRIC, 4, 256},
      {"each", GEOMETRIC, 1, 20}},
     factor_buffer_open},
    {FAMILY(arena, REPORT),
     {{"factor", REAL, 1, 3},
      {"first", GEOMETRIC, 256, 4096},
      {"pieces", GEOMETRIC, 1, 8}},
     arena_open},
    {FAMILY(table_by_factor, REPORT),
     {{"factor", WHOLE, 2, 8},
      {"first", GEOMETRIC, 4, 64},
      {"each", GEOMETRIC, 1, 8}},
     NULL},
    {FAMILY(phases, REPORT),
     {{"period", GEOMETRIC, 40, 900},
      {"active", REAL, 0.5, 0.9},
      {"p", REAL, 0.05, 1}},
     phases_open},
    {FAMILY(phases_of_a_buffer, REPORT),
     {{"period", GEOMETRIC, 40, 900},
      {"active", REAL, 0.5, 0.9},
      {"p", REAL, 0.05, 1}},
     phases_open},
    {FAMILY(linear_buffer, TUNE),
     {{"period", GEOMETRIC, 1, 50}, {"step", GEOMETRIC, 8, 500}},
     per_period},
};
const size_t leaking_count = sizeof leaking_families / sizeof *leaking_families;
