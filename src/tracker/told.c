/* SPDX-License-Identifier: MIT */
/*
 * Blocks that an allocator tells of from inside (see interpose/sink.h).
 *
 * There a realloc is told as an allocation and a release, in either order.
 * The two are one call of the runtime's: same record, same return addresses
 * on both sides of it.  They are put together again, as a block that is
 * resized is as old as it was.
 */
#include "interpose/sink.h"
#include "traceback/innermost.h"
#include "tracker/shadow.h"
#include "tracker/tracker.h"

enum kind { NOTHING, ALLOCATED, RELEASED };

/* The thread's event before this one. */
struct event {
  enum kind kind;
  struct ls_entry entry;
  uintptr_t pc;
  struct ls_block old; /* what was released */
  uintptr_t not_block; /* what was allocated, inverted: a pointer here would
                          keep a lost block from being found as lost */
  size_t size;
};

static _Thread_local struct event latest
    __attribute__((tls_model("initial-exec")));

static int same_call(enum kind kind, struct ls_entry entry) {
  return latest.kind == kind && latest.entry.record == entry.record &&
         latest.entry.inside == entry.inside && latest.pc == entry.record[1];
}

int ls_sink_knows(const void *block) {
  return ls_shadow_get((uintptr_t)block, 0).site != 0;
}

int ls_sink_told_learn(const uintptr_t *record, uintptr_t begin,
                       uintptr_t end) {
  return ls_innermost_learn(record, begin, end);
}

static int is_told;

int ls_tracker_is_told(void) { return is_told; }

void ls_sink_told_code(uintptr_t begin, uintptr_t end) {
  is_told = 1;
  ls_innermost_add(begin, end);
}

void ls_sink_told_alloc(void *block, size_t size, const uintptr_t *record) {
  struct ls_entry entry = ls_innermost_entry(record);
  if (same_call(RELEASED, entry))
    ls_sink_move(latest.old, block, size, size, entry.record, 0);
  else
    ls_sink_alloc(block, size, size, entry.record);
  ls_shadow_mark_told((uintptr_t)block);
  latest = (struct event){.kind = ALLOCATED,
                          .entry = entry,
                          .pc = entry.record[1],
                          .not_block = ~(uintptr_t)block,
                          .size = size};
}

void ls_sink_told_move(struct ls_block old, void *block, size_t size,
                       const uintptr_t *record, int failed) {
  ls_sink_move(old, block, size, size, record, failed);
  ls_shadow_mark_told((uintptr_t)block);
}

void ls_sink_told_free(void *block, size_t size, const uintptr_t *record) {
  struct ls_entry entry = ls_innermost_entry(record);
  void *fresh =
      (void *)~latest.not_block; /* NOLINT(performance-no-int-to-ptr) */
  int resized = same_call(ALLOCATED, entry) && fresh != block;
  struct ls_block old = ls_sink_lift(block, size);
  if (resized) {
    (void)ls_sink_free(fresh, latest.size);
    ls_sink_move(old, fresh, latest.size, latest.size, entry.record, 0);
    latest.kind = NOTHING;
    return;
  }
  latest = (struct event){
      .kind = RELEASED, .entry = entry, .pc = entry.record[1], .old = old};
}
