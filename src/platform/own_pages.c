/* SPDX-License-Identifier: MIT */
/* Maps pages for us alone, and keeps a list of them. */
#include "platform/own_pages.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More mappings than that are taken for the program's where it matters. */
enum { AREAS = 4096, USED = 1, UNUSED = 2 };

struct area {
  _Atomic size_t size; /* 0: nothing is noted here */
  uintptr_t begin;
  _Atomic int state; /* UNUSED: of what was set aside, and is free again */
};
static struct area areas[AREAS];
static _Atomic int is_full;   /* one had no room */
static _Atomic unsigned most; /* areas from here on were never used */

static struct {
  uintptr_t begin;
  size_t size;
  _Atomic size_t used;
} aside;

static int is_aside(uintptr_t at) { return at - aside.begin < aside.size; }

/* ---- the list ------------------------------------------------------------ */

static void note(uintptr_t begin, size_t size) {
  for (unsigned i = 0; i < AREAS; i++) {
    size_t none = 0;
    if (atomic_load(&areas[i].size) ||
        !atomic_compare_exchange_strong(&areas[i].size, &none, size))
      continue;
    areas[i].begin = begin;
    atomic_store(&areas[i].state, USED);
    unsigned n = atomic_load(&most);
    while (i >= n && !atomic_compare_exchange_weak(&most, &n, i + 1))
      ;
    return;
  }
  atomic_store(&is_full, 1);
}

int ls_own_pages_are_known(void) { return !atomic_load(&is_full); }

static struct area *area_at(uintptr_t begin) {
  for (unsigned i = 0; i < atomic_load(&most); i++)
    if (atomic_load(&areas[i].state) == USED && areas[i].begin == begin)
      return &areas[i];
  return NULL;
}

static void forget(struct area *area) {
  atomic_store(&area->state, 0);
  atomic_store(&area->size, 0);
}

/* ---- what was set aside -------------------------------------------------- */

static void *again(size_t size) {
  for (unsigned i = 0; i < atomic_load(&most); i++) {
    int unused = UNUSED;
    if (atomic_load(&areas[i].size) == size &&
        atomic_compare_exchange_strong(&areas[i].state, &unused, USED))
      return (void *)areas[i].begin; /* NOLINT(performance-no-int-to-ptr) */
  }
  return NULL;
}

static void *from_aside(size_t size) {
  if (!aside.size) return NULL;
  void *pages = again(size);
  if (pages) return pages;
  size_t used = atomic_load(&aside.used);
  do
    if (size > aside.size - used) return NULL;
  while (!atomic_compare_exchange_weak(&aside.used, &used, used + size));
  uintptr_t at = aside.begin + used;
  if (syscall(SYS_mprotect, at, size, PROT_READ | PROT_WRITE)) return NULL;
  note(at, size);
  return (void *)at; /* NOLINT(performance-no-int-to-ptr) */
}

void ls_own_pages_set_aside(void) {
  enum { LARGEST = 256 << 20, SMALLEST = 1 << 20, LESS = 4 };
  if (aside.size) return;
  for (size_t size = LARGEST; size >= SMALLEST; size /= LESS) {
    long at = syscall(SYS_mmap, NULL, size, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0L);
    if (at == -1) continue;
    aside.begin = (uintptr_t)at;
    aside.size = size;
    return;
  }
}

/* ---- from outside -------------------------------------------------------- */

void *ls_own_pages_map(size_t size, int flags) {
  void *pages = flags & MAP_SHARED ? NULL : from_aside(size);
  if (pages) return pages;
  /* The system call itself: mmap(3) is one of the calls we intercept. */
  long at = syscall(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE,
                    MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0L);
  if (at == -1) return NULL;
  note((uintptr_t)at, size);
  return (void *)at;
}

void ls_own_pages_unmap(void *pages, size_t size) {
  struct area *area = area_at((uintptr_t)pages);
  if (!is_aside((uintptr_t)pages)) {
    if (area) forget(area);
    (void)syscall(SYS_munmap, pages, size);
    return;
  }
  (void)syscall(SYS_madvise, pages, size, MADV_DONTNEED);
  if (area) atomic_store(&area->state, UNUSED);
}

/* The library itself, what was set aside, and then the list. */
static int nth(unsigned i, uintptr_t *begin, uintptr_t *end) {
  struct dl_find_object own;
  if (i == 0) {
    if (_dl_find_object((void *)ls_own_pages_map, &own)) return 0;
    *begin = (uintptr_t)own.dlfo_map_start;
    *end = (uintptr_t)own.dlfo_map_end;
  } else if (i == 1) {
    *begin = aside.begin;
    *end = aside.begin + aside.size;
  } else {
    *begin = areas[i - 2].begin;
    *end = *begin + atomic_load(&areas[i - 2].size);
  }
  return *end > *begin;
}

static unsigned count(void) { return atomic_load(&most) + 2; }

uintptr_t ls_own_pages_next_other(uintptr_t *begin, uintptr_t end) {
  uintptr_t from, to, until = end;
  for (unsigned i = 0; i < count(); i++) {
    if (!nth(i, &from, &to) || from > *begin || to <= *begin) continue;
    *begin = to;
    i = (unsigned)-1; /* the next one may begin there */
  }
  if (*begin >= end) return 0;
  for (unsigned i = 0; i < count(); i++)
    if (nth(i, &from, &to) && from > *begin && from < until) until = from;
  return until;
}

void ls_own_pages_each(void (*visit)(uintptr_t begin, size_t size)) {
  uintptr_t from, to;
  for (unsigned i = 0; i < count(); i++)
    if (nth(i, &from, &to)) visit(from, to - from);
}
