/* SPDX-License-Identifier: MIT */
/* The domain mmap: what the hooks tell of mappings, to ranges and counters. */
#include <errno.h>
#include <unistd.h>

#include "interpose/sink.h"
#include "tracker/count.h"
#include "tracker/range_table.h"

int64_t ls_tracker_mapped(void) { return ls_ranges_bytes(); }

/* The kernel maps whole pages. */
static uintptr_t end_of(const void *pages, size_t size) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  return (uintptr_t)pages + (size + page - 1) / page * page;
}

/* These are apart, so that nothing of theirs is on the stack in a walk. */
#define APART static __attribute__((noinline))

APART void add(const void *pages, size_t size, uint32_t birth, uint32_t site) {
  struct ls_range range = {.begin = (uintptr_t)pages,
                           .end = end_of(pages, size),
                           .site = site,
                           .birth = birth};
  if (site && !ls_ranges_add(range, ls_count)) ls_count_drop();
}

APART void cut(const void *pages, size_t size, uint64_t before) {
  if (!ls_ranges_cut((uintptr_t)pages, end_of(pages, size), before, ls_count))
    ls_count_drop();
}

uint64_t ls_sink_map_now(void) { return ls_ranges_now(); }

void ls_sink_map(const void *pages, size_t size, const uintptr_t *record) {
  int saved = errno;
  uint32_t site = ls_count_site(LS_DOMAIN_MMAP, record);
  add(pages, size, ls_count_birth(), site);
  errno = saved;
}

void ls_sink_unmap(const void *pages, size_t size, uint64_t before) {
  int saved = errno;
  cut(pages, size, before);
  errno = saved;
}

/* As old as it was: a mapping that grows is not one born in each iteration. */
APART uint32_t birth_of(const struct ls_remapped *re, uint64_t before) {
  struct ls_range old = ls_ranges_at((uintptr_t)re->old, before);
  return old.site && !re->keeps_old ? old.birth : ls_count_birth();
}

void ls_sink_remap(const struct ls_remapped *re, uint64_t before,
                   const uintptr_t *record) {
  int saved = errno;
  /* It is counted where it was resized, as a block is by realloc. */
  uint32_t site = ls_count_site(LS_DOMAIN_MMAP, record);
  uint32_t birth = birth_of(re, before);
  if (!re->keeps_old) cut(re->old, re->old_size, before);
  add(re->pages, re->size, birth, site);
  errno = saved;
}
