/* SPDX-License-Identifier: MIT */
/* The sink of a program that has hooks and no tracker. */
#include "interpose/sink.h"

int ls_sink_wanted;

void ls_sink_alloc(void *block, size_t size, size_t usable,
                   const uintptr_t *record) {
  (void)block;
  (void)size;
  (void)usable;
  (void)record;
}

int ls_sink_free(void *block, size_t usable) {
  (void)block;
  (void)usable;
  return 1;
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

void ls_sink_fds_close(unsigned first, unsigned last) {
  (void)first;
  (void)last;
}

uint64_t ls_sink_map_now(void) { return 0; }

void ls_sink_map(const void *pages, size_t size, const uintptr_t *record) {
  (void)pages;
  (void)size;
  (void)record;
}

void ls_sink_unmap(const void *pages, size_t size, uint64_t before) {
  (void)pages;
  (void)size;
  (void)before;
}

void ls_sink_remap(const struct ls_remapped *re, uint64_t before,
                   const uintptr_t *record) {
  (void)re;
  (void)before;
  (void)record;
}

int ls_sink_thread_created(uintptr_t start, int is_detached,
                           const uintptr_t *record) {
  (void)start;
  (void)is_detached;
  (void)record;
  return 0;
}

void ls_sink_thread_failed(uintptr_t start) { (void)start; }

void ls_sink_thread_runs(uintptr_t start, uintptr_t number) {
  (void)start;
  (void)number;
}

uint64_t ls_sink_thread_now(void) { return 0; }

void ls_sink_thread_joined(uintptr_t number, uint64_t before) {
  (void)number;
  (void)before;
}

void ls_sink_thread_detached(uintptr_t number) { (void)number; }

void ls_sink_timer_created(uintptr_t number, const uintptr_t *record) {
  (void)number;
  (void)record;
}

uint64_t ls_sink_timer_now(void) { return 0; }

void ls_sink_timer_deleted(uintptr_t number, uint64_t before) {
  (void)number;
  (void)before;
}

void ls_sink_missed(void) {}

void ls_sink_unloaded(void) {}
