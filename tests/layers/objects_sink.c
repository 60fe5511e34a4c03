/* SPDX-License-Identifier: MIT */
/* The sink's part for kernel objects, of a program that has hooks and does not
   care for them. */
#include "interpose/sink.h"

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

void ls_sink_object_made(enum ls_domain domain, uintptr_t key, size_t size,
                         const uintptr_t *record) {
  (void)domain;
  (void)key;
  (void)size;
  (void)record;
}

uint64_t ls_sink_object_now(void) { return 0; }

void ls_sink_object_gone(enum ls_domain domain, uintptr_t key,
                         uint64_t before) {
  (void)domain;
  (void)key;
  (void)before;
}
