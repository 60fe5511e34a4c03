/* SPDX-License-Identifier: MIT */
/*
 * Which site made each object that has a number and no address range: one
 * table for each kind (threads, timers).
 *
 * A number that is free is given again at once, so a call that releases an
 * object takes out only what is older than itself (see range_table.h).
 * Open addressing under a lock of our own.
 * Context: hook, but for _walk and _clear.
 */
#ifndef LS_TRACKER_OBJECT_TABLE_H
#define LS_TRACKER_OBJECT_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "platform/lock.h"

struct ls_object {
  uintptr_t key;
  uint64_t space; /* keys of one space do not meet those of another */
  uint64_t serial;
  size_t size;
  uint32_t site; /* 0: known of, but not counted */
  uint32_t birth;
  uint32_t flags; /* of the kind */
  int32_t tid;    /* of a thread, once it runs */
  uint32_t used;
};

/* 1 once anything was put into any of them. */
extern int ls_objects_ever __attribute__((visibility("hidden")));

/* All zero is an empty table. */
struct ls_objects {
  struct ls_lock lock;
  struct ls_object *at;
  size_t n, capacity;
  uint64_t serial;
};

/* Objects that are put from now on have at least this serial. */
uint64_t ls_objects_now(struct ls_objects *table);

/* Puts an object (its serial is given here unless it has one), in place of one
   with its key: that one goes to *old, all zero if there was none.  0 when
   there is no memory. */
int ls_objects_put(struct ls_objects *table, struct ls_object object,
                   struct ls_object *old);

/* Takes out the object with this key if it is older than `before`; all zero if
   there is none. */
struct ls_object ls_objects_take(struct ls_objects *table, uint64_t space,
                                 uintptr_t key, uint64_t before);

/* The object with this key, to be changed before _unlock; NULL if there is
   none. */
struct ls_object *ls_objects_lock(struct ls_objects *table, uint64_t space,
                                  uintptr_t key);
void ls_objects_unlock(struct ls_objects *table);

/* Takes out those that `is` is true of, and tells of each. */
void ls_objects_take_all(struct ls_objects *table,
                         int (*is)(const struct ls_object *object),
                         void (*taken)(const struct ls_object *object));

void ls_objects_walk(struct ls_objects *table,
                     void (*visit)(void *arg, uint32_t site, uint32_t birth),
                     void *arg);
void ls_objects_clear(struct ls_objects *table);

#endif
