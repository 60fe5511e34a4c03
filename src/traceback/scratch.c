/* SPDX-License-Identifier: MIT */
/* Hands out room to work in, without a lock and without the stack. */
#include "traceback/scratch.h"

#include <stddef.h>

#include "platform/arena.h"
#include "platform/thread.h"
#include "platform/together.h"

enum {
  OWN = 32,
  SHARED = 32
}; /* threads with room of their own; for the rest */

/* Of the first thread: with most programs there is no other. */
static struct ls_scratch first LS_TOGETHER_ROOM;
static _Atomic(struct ls_scratch *) scratches;

static struct ls_scratch *all(void) {
  struct ls_scratch *these =
      atomic_load_explicit(&scratches, memory_order_acquire);
  if (these) return these;
  size_t size = (OWN + SHARED) * sizeof *these;
  struct ls_scratch *fresh = ls_pages_map(size, 0);
  if (!fresh) return NULL;
  if (atomic_compare_exchange_strong(&scratches, &these, fresh)) return fresh;
  ls_pages_unmap(fresh, size);
  return these;
}

/* Of a thread that once found all of the shared ones in use. */
static _Thread_local struct ls_scratch *spare
    __attribute__((tls_model("initial-exec")));

/* LeakSanitizer looks for pointers in static memory, and a walk's room holds
   words of the stack: what is lost would look held.  It does not look into
   mappings. */
extern void __lsan_ignore_object(const void *block) __attribute__((weak));

static int may_be_static(void) { return !__lsan_ignore_object; }

static int take(struct ls_scratch *scratch, unsigned user) {
  unsigned found = atomic_load_explicit(&scratch->user, memory_order_relaxed);
  if (found == user) return 1; /* left by a jump */
  return !found && atomic_compare_exchange_strong(&scratch->user, &found, user);
}

struct ls_scratch *ls_scratch_take(void) {
  const struct ls_thread *thread = ls_thread_mine();
  if (!thread) return NULL;
  if (!thread->number && may_be_static()) return &first;
  struct ls_scratch *these = all();
  if (!these) return NULL;
  if (thread->number < OWN) return &these[thread->number];
  if (spare) return spare;
  for (unsigned i = 0; i < SHARED; i++) {
    struct ls_scratch *one = &these[OWN + (thread->number + i) % SHARED];
    if (take(one, thread->number + 1)) return one;
  }
  return spare = ls_pages_map(sizeof *these, 0);
}
