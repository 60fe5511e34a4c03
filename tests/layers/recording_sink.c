/* SPDX-License-Identifier: MIT */
/* The sink of a program that has hooks and no tracker. */
#include "interpose/sink.h"
#include "platform/guard.h"

int ls_sink_wanted;

void ls_sink_alloc(void *block, size_t size, size_t usable,
                   const uintptr_t *record) {
  (void)block;
  (void)size;
  (void)usable;
  (void)record;
}

void *ls_sink_alloc_usual(void *block, size_t size, size_t usable,
                          const uintptr_t *record) {
  ls_sink_alloc(block, size, usable, record);
  ls_hand_to(LS_OWNER_HOST);
  return block;
}

int ls_sink_free(void *block, size_t usable) {
  (void)block;
  (void)usable;
  return 1;
}

int ls_sink_free_usual(void *block, size_t usable) {
  return ls_sink_free(block, usable);
}

void ls_sink_unknown(void) {}

struct ls_block ls_sink_lift(void *block, size_t usable) {
  (void)block;
  (void)usable;
  return (struct ls_block){0};
}

void ls_sink_move(struct ls_block old, void *block, size_t size, size_t usable,
                  const uintptr_t *record, int failed) {
  (void)old;
  (void)block;
  (void)size;
  (void)usable;
  (void)record;
  (void)failed;
}

void ls_sink_fd_open(int fd, const uintptr_t *record) {
  (void)fd;
  (void)record;
}

void ls_sink_fd_close(int fd) { (void)fd; }

void ls_sink_missed(void) {}
int ls_sink_jumps(const uintptr_t *record, uintptr_t target) {
  (void)record;
  (void)target;
  return 1;
}

void ls_sink_unloaded(void) {}
void ls_sink_fork_handlers(void) {}
void ls_sink_forked(int child, const uintptr_t *record) {
  (void)child;
  (void)record;
}
