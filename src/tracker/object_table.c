/* SPDX-License-Identifier: MIT */
/* Keeps kernel objects that have no small number, by their key. */
#include "tracker/object_table.h"

#include <string.h>

#include "platform/arena.h"
#include "platform/together.h"

int ls_objects_ever LS_TOGETHER;

enum { FIRST_CAPACITY = 64 }; /* a power of two, as all are */

static size_t home_of(const struct ls_objects *table, uint64_t space,
                      uintptr_t key) {
  uint64_t hash = (key ^ space * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
  return (size_t)(hash ^ hash >> 32) & (table->capacity - 1);
}

/* Where the key is, or the free place where it would be.  A table that is full
   to the half has one. */
static struct ls_object *find(struct ls_objects *table, uint64_t space,
                              uintptr_t key) {
  size_t at = home_of(table, space, key);
  while (table->at[at].used &&
         (table->at[at].key != key || table->at[at].space != space))
    at = (at + 1) & (table->capacity - 1);
  return &table->at[at];
}

static int has_room(struct ls_objects *table) {
  if (2 * (table->n + 1) <= table->capacity) return 1;
  struct ls_objects more = *table;
  more.capacity = table->capacity ? 2 * table->capacity : FIRST_CAPACITY;
  more.at = ls_pages_map(more.capacity * sizeof *more.at, 0);
  if (!more.at) return 0;
  for (size_t i = 0; i < table->capacity; i++)
    if (table->at[i].used)
      *find(&more, table->at[i].space, table->at[i].key) = table->at[i];
  ls_pages_unmap(table->at, table->capacity * sizeof *table->at);
  table->at = more.at;
  table->capacity = more.capacity;
  return 1;
}

/* Those that were put behind it because it was in the way move up. */
static void remove_at(struct ls_objects *table, size_t at) {
  size_t mask = table->capacity - 1;
  table->n--;
  for (size_t next = at;;) {
    table->at[at].used = 0;
    size_t home;
    do {
      next = (next + 1) & mask;
      if (!table->at[next].used) return;
      home = home_of(table, table->at[next].space, table->at[next].key);
    } while (((next - home) & mask) < ((next - at) & mask));
    table->at[at] = table->at[next];
    at = next;
  }
}

uint64_t ls_objects_now(struct ls_objects *table) {
  return __atomic_load_n(&table->serial, __ATOMIC_ACQUIRE) + 1;
}

int ls_objects_put(struct ls_objects *table, struct ls_object object,
                   struct ls_object *old) {
  memset(old, 0, sizeof *old);
  __atomic_store_n(&ls_objects_ever, 1, __ATOMIC_RELAXED);
  if (!ls_lock_take(&table->lock)) return 0;
  int room = has_room(table);
  if (room) {
    struct ls_object *place = find(table, object.space, object.key);
    if (place->used) *old = *place;
    table->n += !place->used;
    object.used = 1;
    if (!object.serial)
      object.serial = __atomic_add_fetch(&table->serial, 1, __ATOMIC_RELEASE);
    *place = object;
  }
  ls_lock_release(&table->lock);
  return room;
}

struct ls_object ls_objects_take(struct ls_objects *table, uint64_t space,
                                 uintptr_t key, uint64_t before) {
  struct ls_object taken = {0};
  struct ls_object *place = ls_objects_lock(table, space, key);
  if (place && place->serial < before) {
    taken = *place;
    remove_at(table, (size_t)(place - table->at));
  }
  ls_objects_unlock(table);
  return taken;
}

struct ls_object *ls_objects_lock(struct ls_objects *table, uint64_t space,
                                  uintptr_t key) {
  if (!ls_lock_take(&table->lock) || !table->n) return NULL;
  struct ls_object *place = find(table, space, key);
  return place->used ? place : NULL;
}

void ls_objects_unlock(struct ls_objects *table) {
  ls_lock_release(&table->lock);
}

void ls_objects_take_all(struct ls_objects *table,
                         int (*is)(const struct ls_object *object),
                         void (*taken)(const struct ls_object *object)) {
  if (!ls_lock_take(&table->lock)) return;
  for (size_t i = 0; i < table->capacity;) {
    if (!table->at[i].used || !is(&table->at[i])) {
      i++;
      continue;
    }
    taken(&table->at[i]);
    remove_at(table, i); /* another may lie here now */
  }
  ls_lock_release(&table->lock);
}

void ls_objects_walk(struct ls_objects *table,
                     void (*visit)(void *arg, uint32_t site, uint32_t birth),
                     void *arg) {
  if (!ls_lock_take(&table->lock)) return;
  for (size_t i = 0; i < table->capacity; i++)
    if (table->at[i].used && table->at[i].site)
      visit(arg, table->at[i].site, table->at[i].birth);
  ls_lock_release(&table->lock);
}

void ls_objects_clear(struct ls_objects *table) {
  if (!ls_lock_take(&table->lock)) return;
  if (table->at) memset(table->at, 0, table->capacity * sizeof *table->at);
  table->n = 0;
  ls_lock_release(&table->lock);
}
