/* SPDX-License-Identifier: MIT */
/*
 * What was allocated since a moment and is lost now, by LeakSanitizer, where
 * it is in the program.
 *
 * It only says what is lost in all.  So the blocks of before are declared to
 * be none of its business, which cannot be taken back: in a copy of the
 * process that is thrown away.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "leakslope.h"
#include "platform/arena.h"
#include "platform/guard.h"
#include "tracker/blocks.h"
#include "tracker/tracker.h"

/* sanitizer/lsan_interface.h, common_interface_defs.h */
#define WEAK __attribute__((weak))
extern WEAK int __lsan_do_recoverable_leak_check(void);
extern WEAK void __lsan_ignore_object(const void *block);
extern WEAK void __sanitizer_set_report_fd(void *fd);

/* Live blocks of the moment, addresses going up. */
static struct {
  uintptr_t *blocks;
  size_t n, room;
} older;

static int can_find(void) {
  return __lsan_do_recoverable_leak_check && __lsan_ignore_object &&
         __sanitizer_set_report_fd && ls_tracker_is_tracing();
}

static void count_block(void *arg, uintptr_t block) {
  (void)block;
  ++*(size_t *)arg;
}

static void note_block(void *arg, uintptr_t block) {
  (void)arg;
  if (older.n < older.room) older.blocks[older.n++] = block;
}

static int make_room(size_t n) {
  enum { STEP = 4096 };
  if (n <= older.room) return 1;
  size_t room = (n / STEP + 2) * STEP;
  uintptr_t *blocks = ls_pages_map(room * sizeof *blocks, 0);
  if (!blocks) return 0;
  if (older.blocks)
    ls_pages_unmap(older.blocks, older.room * sizeof *older.blocks);
  older.blocks = blocks;
  older.room = room;
  return 1;
}

int leakslope_lost_begin(void) {
  if (!can_find()) return -ENOTSUP;
  int before = ls_guard_enter();
  size_t n = 0;
  ls_blocks_walk(count_block, &n);
  int rc = make_room(n) ? 0 : -ENOMEM;
  older.n = 0;
  if (!rc) ls_blocks_walk(note_block, NULL);
  ls_guard_leave(before);
  return rc;
}

/* Goes through the blocks of now and of then side by side. */
struct comparison {
  size_t at;
  size_t fresh;
  int ignore; /* those of then */
};

static void compare(void *arg, uintptr_t block) {
  struct comparison *c = arg;
  while (c->at < older.n && older.blocks[c->at] < block) c->at++;
  if (c->at == older.n || older.blocks[c->at] != block)
    c->fresh++;
  else if (c->ignore)
    __lsan_ignore_object((const void *)block); /* NOLINT: an address */
}

int leakslope_lost_suspected(void) {
  struct comparison c = {0};
  if (!can_find()) return 0;
  int before = ls_guard_enter();
  ls_blocks_walk(compare, &c);
  ls_guard_leave(before);
  return c.fresh > 0;
}

int leakslope_lost_find(int fd) {
  struct comparison c = {.ignore = 1};
  if (!can_find()) return -ENOTSUP;
  int before = ls_guard_enter();
  ls_blocks_walk(compare, &c);
  __sanitizer_set_report_fd((void *)(intptr_t)fd); /* NOLINT: its way */
  int found = __lsan_do_recoverable_leak_check() != 0;
  ls_guard_leave(before);
  return found;
}
