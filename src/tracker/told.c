/* SPDX-License-Identifier: MIT */
/*
 * Blocks that an allocator tells of from inside (see interpose/sink.h).
 *
 * There a realloc is told as an allocation and a release, in either order.
 * The two are one call of the program's: same record, same return address.
 * They are put together again, as a block that is
 * resized is as old as it was.
 */
#include "interpose/sink.h"
#include "traceback/innermost.h"
#include "tracker/early.h"
#include "tracker/shadow.h"
#include "tracker/tracker.h"

enum kind { NOTHING, ALLOCATED, RELEASED };

/* The thread's event before this one. */
struct event {
  enum kind kind;
  const uintptr_t *record; /* of the program's call */
  uintptr_t pc;
  struct ls_block old; /* what was released */
  uintptr_t not_block; /* what was allocated, inverted: a pointer here would
                          keep a lost block from being found as lost */
  size_t size;
};

static _Thread_local struct event latest
    __attribute__((tls_model("initial-exec")));

static int same_call(enum kind kind, const uintptr_t *record) {
  return latest.kind == kind && latest.record == record &&
         latest.pc == record[1];
}

int ls_sink_knows(const void *block) {
  return ls_early_knows((uintptr_t)block);
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
  record = ls_innermost_entry(record);
  if (same_call(RELEASED, record))
    ls_sink_move(latest.old, block, size, size, record, 0);
  else
    ls_sink_alloc(block, size, size, record);
  ls_shadow_mark_told((uintptr_t)block);
  latest = (struct event){.kind = ALLOCATED,
                          .record = record,
                          .pc = record[1],
                          .not_block = ~(uintptr_t)block,
                          .size = size};
}

void ls_sink_told_move(struct ls_block old, void *block, size_t size,
                       const uintptr_t *record, int failed) {
  ls_sink_move(old, block, size, size, record, failed);
  ls_shadow_mark_told((uintptr_t)block);
}

void ls_sink_told_free(void *block, size_t size, const uintptr_t *record) {
  record = ls_innermost_entry(record);
  /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
  void *fresh = (void *)~latest.not_block;
  int resized =
      same_call(ALLOCATED, record) && fresh != block && ls_sink_knows(fresh);
  struct ls_block old = ls_sink_lift(block, size);
  if (resized) {
    (void)ls_sink_free(fresh, latest.size);
    ls_sink_move(old, fresh, latest.size, latest.size, record, 0);
    latest.kind = NOTHING;
    return;
  }
  latest = (struct event){
      .kind = RELEASED, .record = record, .pc = record[1], .old = old};
}
