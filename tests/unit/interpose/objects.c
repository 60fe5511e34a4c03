/* SPDX-License-Identifier: MIT */
/* Victims of the hooks of mappings, threads and timers. */
#include <check.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "interpose/sink.h"
#include "told.h"

enum { PAGE = 4096 };

/* What the sink was told of objects since listen_now(). */
static struct {
  const void *pages;
  size_t size;
  const void *gone;
  size_t gone_size;
  uint64_t before;
  struct ls_remapped re;
  int maps, unmaps, remaps;
} objects;

void forget_objects(void) { memset(&objects, 0, sizeof objects); }

/* ---- mappings ------------------------------------------------------------ */

static uint64_t now;

uint64_t ls_sink_map_now(void) { return ++now; }

void ls_sink_map(const void *pages, size_t size, const uintptr_t *record) {
  (void)record;
  objects.pages = pages;
  objects.size = size;
  objects.maps++;
}

void ls_sink_unmap(const void *pages, size_t size, uint64_t before) {
  objects.gone = pages;
  objects.gone_size = size;
  objects.before = before;
  objects.unmaps++;
}

void ls_sink_remap(const struct ls_remapped *re, uint64_t before,
                   const uintptr_t *record) {
  (void)record;
  objects.re = *re;
  objects.before = before;
  objects.remaps++;
}

enum { READ_WRITE = PROT_READ | PROT_WRITE };

#define MAPS(call)                             \
  do {                                         \
    listen_now();                              \
    void *pages_ = (call);                     \
    stop_listening();                          \
    ck_assert_ptr_ne(pages_, MAP_FAILED);      \
    ck_assert_int_eq(objects.maps, 1);         \
    ck_assert_ptr_eq(objects.pages, pages_);   \
    ck_assert_uint_eq(objects.size, 2 * PAGE); \
    munmap(pages_, 2 * PAGE);                  \
  } while (0)

static void *two_pages(void) {
  return mmap(NULL, 2 * PAGE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

void victim_mmap(void) {
  MAPS(mmap(NULL, 2 * PAGE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  listen_now();
  ck_assert_ptr_eq(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), MAP_FAILED);
  stop_listening();
  ck_assert_int_eq(objects.maps, 0);
}

void victim_mmap64(void) {
  MAPS(mmap64(NULL, 2 * PAGE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

void victim_munmap(void) {
  void *pages = two_pages();
  listen_now();
  ck_assert_int_lt(munmap((char *)pages + 1, PAGE), 0);
  ck_assert_int_eq(objects.unmaps, 0);
  ck_assert_int_eq(munmap(pages, 2 * PAGE), 0);
  stop_listening();
  ck_assert_int_eq(objects.unmaps, 1);
  ck_assert_ptr_eq(objects.gone, pages);
  ck_assert_uint_eq(objects.gone_size, 2 * PAGE);
  ck_assert_uint_eq(objects.before, now);
}

void victim_mremap(void) {
  char *pages = two_pages(), *place = two_pages();
  listen_now();
  ck_assert_ptr_eq(mremap(pages, 2 * PAGE, SIZE_MAX / 2, 0), MAP_FAILED);
  ck_assert_int_eq(objects.remaps, 0);
  /* the fifth argument arrives */
  void *moved =
      mremap(pages, 2 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place);
  stop_listening();
  ck_assert_ptr_eq(moved, place);
  ck_assert_int_eq(objects.remaps, 1);
  ck_assert_ptr_eq(objects.re.old, pages);
  ck_assert_uint_eq(objects.re.old_size, 2 * PAGE);
  ck_assert_ptr_eq(objects.re.pages, place);
  ck_assert_uint_eq(objects.re.size, PAGE);
  ck_assert_int_eq(objects.re.keeps_old, 0);
  munmap(place, 2 * PAGE);
}
