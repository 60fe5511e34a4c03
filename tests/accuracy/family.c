/* SPDX-License-Identifier: MIT */
#include "family.h"

#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_SEED = 20, DEFAULT_DRAWS = 20 };

/* ---- draws --------------------------------------------------------------- */

static uint64_t mix(uint64_t z) { /* splitmix64's */
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static uint64_t next(struct draw *draw) {
  return mix(draw->random += 0x9e3779b97f4a7c15u);
}

double unit(struct draw *draw) { return (double)(next(draw) >> 11) * 0x1p-53; }

unsigned below(struct draw *draw, unsigned n) {
  return (unsigned)((next(draw) >> 32) * n >> 32);
}

int chance(struct draw *draw, double p) { return unit(draw) < p; }

unsigned whole(const struct draw *draw, int parameter) {
  return (unsigned)draw->p[parameter];
}

int every(const struct draw *draw, unsigned period) {
  return draw->pass % period == 0;
}

static double from_range(const struct range *range, double at) {
  double least = range->least, most = range->most;
  switch (range->kind) {
    case GEOMETRIC:
      return floor(least * pow((most + 1) / least, at));
    case WHOLE:
      return floor(least + at * (most + 1 - least));
    default:
      return least + at * (most - least);
  }
}

static uint64_t environment(const char *name, uint64_t otherwise) {
  const char *text = getenv(name);
  return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

struct draw draw_make(const struct family *family, int index) {
  struct draw draw = {.family = family, .index = index};
  draw.random = environment("FAMILY_SEED", DEFAULT_SEED);
  for (const char *name = family->name; *name; name++)
    draw.random = mix(draw.random ^ (unsigned char)*name) + 1;
  draw.random = mix(draw.random + (uint64_t)index);
  for (int i = 0; i < FAMILY_RANGES && family->ranges[i].name; i++)
    draw.p[i] = from_range(&family->ranges[i], unit(&draw));
  return draw;
}

int draw_count(void) { return (int)environment("FAMILY_DRAWS", DEFAULT_DRAWS); }

static const struct family *find_in(const struct family *families, size_t n,
                                    const char *name) {
  for (size_t i = 0; i < n; i++)
    if (!strcmp(families[i].name, name)) return &families[i];
  return NULL;
}

static const struct family *find(const char *name) {
  const struct family *found = find_in(healthy_families, healthy_count, name);
  if (!found) found = find_in(leaking_families, leaking_count, name);
  if (!found) found = find_in(thread_families, thread_count, name);
  if (!found) abort();
  return found;
}

static sem_t has_allocated;

static void *idle(void *arg) {
  void *block = malloc(100);
  KEEP(block);
  free(block);
  sem_post(&has_allocated);
  for (;;) pause();
  return arg;
}

void draw_idles_beside(void) {
  pthread_t thread;
  sem_init(&has_allocated, 0, 0);
  if (pthread_create(&thread, NULL, idle, NULL)) abort();
  pthread_detach(thread);
  sem_wait(&has_allocated);
}

struct draw *draw_pass(const char *name, int index) {
  static struct draw draw;
  if (!draw.family) {
    draw = draw_make(find(name), index);
    if (getenv("FAMILY_THREAD")) draw_idles_beside();
  }
  draw.pass++;
  return &draw;
}

/* ---- what holds blocks --------------------------------------------------- */

static void **at(struct bag *bag, unsigned i) {
  return &bag->item[(bag->first + i) % BAG_ROOM];
}

void bag_put(struct bag *bag, void *item) {
  if (bag->count == BAG_ROOM) (void)bag_take_oldest(bag);
  *at(bag, bag->count++) = item;
}

void *bag_take_oldest(struct bag *bag) {
  if (!bag->count) return NULL;
  void *item = *at(bag, 0);
  bag->first = (bag->first + 1) % BAG_ROOM;
  bag->count--;
  return item;
}

void *bag_take_newest(struct bag *bag) {
  return bag->count ? *at(bag, --bag->count) : NULL;
}

void *bag_take_any(struct bag *bag, struct draw *draw) {
  if (!bag->count) return NULL;
  void **chosen = at(bag, below(draw, bag->count));
  void *item = *chosen;
  *chosen = bag_take_newest(bag);
  return item;
}

void bag_free_all(struct bag *bag) {
  while (bag->count) free(bag_take_newest(bag));
}

void timed_put(struct timed *timed, void *item, unsigned due) {
  if (timed->count == TIMED_ROOM) abort();
  timed->entry[timed->count].item = item;
  timed->entry[timed->count++].due = due;
}

void *timed_take(struct timed *timed, unsigned now) {
  for (unsigned i = 0; i < timed->count; i++) {
    if (timed->entry[i].due > now) continue;
    void *item = timed->entry[i].item;
    timed->entry[i] = timed->entry[--timed->count];
    return item;
  }
  return NULL;
}
