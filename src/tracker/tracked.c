/* SPDX-License-Identifier: MIT */
/* Keeps the pieces of which only the program knows (leakslope_track()). */
#include "tracker/tracked.h"

#include "tracker/count.h"
#include "tracker/object_table.h"

/* A first pc that no code has, other than those of our own domains: addresses
   with this bit alone do not exist. */
static const uintptr_t OF_THE_PROGRAM = (uintptr_t)1 << 63;

static struct ls_objects tracked;

int ls_tracked_put(unsigned domain, uintptr_t key, size_t size,
                   const uintptr_t *record) {
  struct ls_object old,
      object = {
          .key = key, .space = domain, .size = size, .birth = ls_count_birth()};
  object.site =
      ls_count_marked_site(LS_DOMAIN_TRACKED, OF_THE_PROGRAM | domain, record);
  if (!object.site) return 0;
  /* One that is brought up to date is as old as it was. */
  const struct ls_object *known = ls_objects_lock(&tracked, domain, key);
  if (known) object.birth = known->birth;
  ls_objects_unlock(&tracked);
  if (!ls_objects_put(&tracked, object, &old)) {
    ls_count_drop();
    return 0;
  }
  if (old.used) ls_count(old.site, -1, -(int64_t)old.size);
  ls_count(object.site, 1, (int64_t)size);
  return 1;
}

void ls_tracked_take(unsigned domain, uintptr_t key) {
  struct ls_object object = ls_objects_take(&tracked, domain, key, UINT64_MAX);
  if (object.used) ls_count(object.site, -1, -(int64_t)object.size);
}

void ls_tracked_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                     void *arg) {
  ls_objects_walk(&tracked, visit, arg);
}

void ls_tracked_clear(void) { ls_objects_clear(&tracked); }

void ls_tracked_before_fork(void) { (void)ls_lock_take(&tracked.lock); }

void ls_tracked_after_fork(void) { ls_lock_release(&tracked.lock); }
