/* SPDX-License-Identifier: MIT */
/* Remembers where the program itself is mapped. */
#include "traceback/object.h"

#include <link.h>
#include <stdatomic.h>

#include "platform/together.h"

enum state { UNKNOWN, FILLING, KNOWN };

static struct {
  _Atomic int state;
  struct dl_find_object object;
} program LS_TOGETHER;

static void keep(const struct dl_find_object *object) {
  int unknown = UNKNOWN;
  /* The dynamic linker gives the program, and nothing else, an empty name. */
  if (!object->dlfo_link_map || object->dlfo_link_map->l_name[0]) return;
  if (!atomic_compare_exchange_strong(&program.state, &unknown, FILLING))
    return;
  program.object = *object;
  atomic_store_explicit(&program.state, KNOWN, memory_order_release);
}

static int is_in_program(uintptr_t address) {
  return atomic_load_explicit(&program.state, memory_order_acquire) == KNOWN &&
         address >= (uintptr_t)program.object.dlfo_map_start &&
         address < (uintptr_t)program.object.dlfo_map_end;
}

int ls_object_of(uintptr_t address, struct dl_find_object *object) {
  if (is_in_program(address)) {
    *object = program.object;
    return 1;
  }
  /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
  if (_dl_find_object((void *)address, object)) return 0;
  if (atomic_load_explicit(&program.state, memory_order_relaxed) == UNKNOWN)
    keep(object);
  return 1;
}
