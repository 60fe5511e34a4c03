/* SPDX-License-Identifier: MIT */
/* Remembers libraries that were unloaded, so that their addresses keep a name.
 */
#include "platform/unloaded.h"

#include <stddef.h>
#include <string.h>

#include "platform/arena.h"
#include "platform/lock.h"

enum { LIBRARIES = 256 }; /* different ones; the rest stay nameless */

static struct {
  struct ls_lock lock;
  struct ls_arena arena;
  _Atomic size_t n;
  struct ls_unloaded at[LIBRARIES];
} unloaded;

static int is_known(const struct ls_unloaded *library) {
  for (size_t i = 0; i < unloaded.n; i++)
    if (unloaded.at[i].begin == library->begin &&
        unloaded.at[i].end == library->end &&
        !strcmp(unloaded.at[i].path, library->path))
      return 1;
  return 0;
}

void ls_unloaded_note(const struct ls_unloaded *library) {
  if (!ls_lock_take(&unloaded.lock)) return;
  if (unloaded.n < LIBRARIES && !is_known(library)) {
    struct ls_unloaded copy = *library;
    copy.path = ls_arena_string(&unloaded.arena, library->path);
    if (copy.path) {
      unloaded.at[unloaded.n] = copy;
      unloaded.n++;
    }
  }
  ls_lock_release(&unloaded.lock);
}

/* Only the latest can be: what is in the middle was unloaded before. */
void ls_unloaded_stays(const struct ls_unloaded *library) {
  if (!ls_lock_take(&unloaded.lock)) return;
  size_t n = unloaded.n;
  if (n && unloaded.at[n - 1].begin == library->begin &&
      unloaded.at[n - 1].end == library->end)
    unloaded.n = n - 1;
  ls_lock_release(&unloaded.lock);
}

const struct ls_unloaded *ls_unloaded_at(uintptr_t address) {
  for (size_t i = unloaded.n; i-- > 0;)
    if (address >= unloaded.at[i].begin && address < unloaded.at[i].end)
      return &unloaded.at[i];
  return NULL;
}
