/* SPDX-License-Identifier: MIT */
/* Keeps what has a number or an address and nothing else, from the call that
   made it to the call that ends it. */
#include "tracker/kernel_objects.h"

#include <errno.h>

#include "interpose/sink.h"
#include "tracker/count.h"
#include "tracker/object_table.h"

/* All domains in one table: the space of a key is its domain. */
static struct ls_objects objects;

static void released(const struct ls_object *object) {
  if (object->site) ls_count(object->site, -1, -(int64_t)object->size);
}

void ls_sink_object_made(enum ls_domain domain, uintptr_t key, size_t size,
                         const uintptr_t *record) {
  int saved = errno;
  struct ls_object old, object = {.key = key,
                                  .space = domain,
                                  .size = size,
                                  .site = ls_count_site(domain, record),
                                  .birth = ls_count_birth()};
  if (object.site && ls_objects_put(&objects, object, &old)) {
    released(&old);
    ls_count(object.site, 1, (int64_t)size);
  } else if (object.site) {
    ls_count_drop();
  }
  errno = saved;
}

uint64_t ls_sink_object_now(void) { return ls_objects_now(&objects); }

void ls_sink_object_gone(enum ls_domain domain, uintptr_t key,
                         uint64_t before) {
  struct ls_object object = ls_objects_take(&objects, domain, key, before);
  released(&object);
}

/* ---- life and reading: context runner -------------------------------------
 */

static int is_left_behind(const struct ls_object *object) {
  return !ls_domains[object->space].is_inherited;
}

void ls_kernel_objects_before_fork(void) { (void)ls_lock_take(&objects.lock); }

void ls_kernel_objects_after_fork(void) { ls_lock_release(&objects.lock); }

void ls_kernel_objects_gone(void) {
  if (objects.n) ls_objects_take_all(&objects, is_left_behind, released);
}

void ls_kernel_objects_walk(void (*visit)(void *arg, uint32_t site,
                                          uint32_t birth),
                            void *arg) {
  ls_objects_walk(&objects, visit, arg);
}

void ls_kernel_objects_clear(void) { ls_objects_clear(&objects); }
