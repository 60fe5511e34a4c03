/* SPDX-License-Identifier: MIT */
/* The sink of the tests of the hooks: it notes what it is told last. */
#include "interpose/sink.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "platform/guard.h"
#include "told.h"

struct told told;
int ls_sink_wanted;

void ls_sink_alloc(void *block, size_t size, size_t usable,
                   const uintptr_t *record) {
  told.block = block;
  told.size = size;
  told.usable = usable;
  told.caller = (const void *)record[1];
  told.allocs++;
}

void *ls_sink_alloc_usual(void *block, size_t size, size_t usable,
                          const uintptr_t *record) {
  ls_sink_alloc(block, size, usable, record);
  ls_hand_to(LS_OWNER_HOST);
  return block;
}

int ls_sink_free(void *block, size_t usable) {
  (void)usable;
  told.freed = block;
  told.frees++;
  return 1;
}

int ls_sink_free_usual(void *block, size_t usable) {
  return ls_sink_free(block, usable);
}

void ls_sink_unknown(void) {}

struct ls_block ls_sink_lift(void *block, size_t usable) {
  ls_sink_free(block, usable);
  return (struct ls_block){7, 3, 11};
}

void ls_sink_move(struct ls_block old, void *block, size_t size, size_t usable,
                  const uintptr_t *record, int failed) {
  ck_assert_uint_eq(old.site, 7);
  told.block = block;
  told.size = size;
  told.usable = usable;
  told.caller = (const void *)record[1];
  told.failed = failed;
  told.moves++;
}

void ls_sink_fd_open(int fd, const uintptr_t *record) {
  if (told.nopened < 2) told.opened[told.nopened] = fd;
  told.nopened++;
  told.caller = (const void *)record[1];
}

void ls_sink_fd_close(int fd) { told.closed = fd; }

void ls_sink_unloaded(void) { told.unloaded++; }

void ls_sink_missed(void) { told.missed++; }
int ls_sink_jumps(const uintptr_t *record, uintptr_t target) {
  (void)record;
  (void)target;
  return 1;
}

void listen_now(void) {
  memset(&told, 0, sizeof told);
  forget_objects();
  told.closed = -1;
  ls_sink_wanted = 1;
}

void stop_listening(void) { ls_sink_wanted = 0; }

void *told_block(void) { return told.block; }
size_t told_size(void) { return told.size; }
int told_allocs(void) { return told.allocs; }
int told_frees(void) { return told.frees; }
int told_closed(void) { return told.closed; }
