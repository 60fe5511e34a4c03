/* SPDX-License-Identifier: MIT */
/* When the pages of cells are made, by mincore() and made-up addresses. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tracker/shadow.h"

enum { PAGE = LS_PAGE_CELLS << LS_GRANULE_BITS, SMALL = 64 };

static const uintptr_t heap = (uintptr_t)0x5500 << 24;

static struct ls_shadow_leaf *put(uintptr_t block) {
  struct ls_shadow_entry entry = {.site = 1, .size = SMALL};
  ck_assert_int_eq(ls_shadow_set(block, entry, SMALL), 1);
  return ls_shadow_leaf_of(block);
}

/* Pages of a leaf's cells that are there. */
static unsigned present(const struct ls_shadow_leaf *leaf) {
  unsigned char pages[LS_CELLS / LS_PAGE_CELLS];
  unsigned n = 0;
  ck_assert_int_eq(mincore((void *)(uintptr_t)leaf->cells,
                           LS_CELLS * sizeof *leaf->cells, pages),
                   0);
  for (size_t i = 0; i < sizeof pages; i++) n += pages[i] & 1;
  return n;
}

static int kernel_makes_pages_ahead(void) {
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int rc = madvise(page, 4096, 23 /* MADV_POPULATE_WRITE */);
  munmap(page, 4096);
  return !rc;
}

START_TEST(cells_of_a_heap_that_grows_are_there_before) {
  struct ls_shadow_leaf *leaf = put(heap);
  ck_assert_uint_eq(ls_shadow_ready(leaf, heap), PAGE);
  ck_assert_uint_eq(present(leaf), 1);
  uint32_t ready = PAGE;
  errno = EDOM;
  for (int calls = 1; calls <= 8 && ready < PAGE * 60u; calls++) {
    uint32_t more = ls_shadow_ready(leaf, heap + ready);
    ck_assert_uint_gt(more, ready);
    ck_assert_uint_le(more - ready, 17 * PAGE);
    ready = more;
    if (kernel_makes_pages_ahead()) {
      ck_assert_uint_eq(present(leaf), ready / PAGE);
    }
  }
  ck_assert_uint_ge(ready, 60 * PAGE); /* in few steps */
  ck_assert_int_eq(errno, EDOM);
  /* Asked again, nothing is made. */
  ck_assert_uint_eq(ls_shadow_ready(leaf, heap + PAGE), ready);
}
END_TEST

/* Blocks far from each other: a page for each, and not one more. */
START_TEST(what_lies_apart_is_made_alone) {
  uintptr_t other = heap + ((uintptr_t)LS_CELLS << LS_GRANULE_BITS);
  for (unsigned i = 0; i < 30; i++) {
    uintptr_t block = other + (uintptr_t)i * 8 * PAGE;
    struct ls_shadow_leaf *leaf = put(block);
    ck_assert_uint_eq(ls_shadow_ready(leaf, block), (i * 8 + 1) * PAGE);
    ck_assert_uint_eq(present(leaf), i + 1);
  }
}
END_TEST

START_TEST(the_end_of_a_table_is_not_passed) {
  uintptr_t other = heap + ((uintptr_t)LS_CELLS << (LS_GRANULE_BITS + 1));
  uintptr_t end = other + ((uintptr_t)LS_CELLS << LS_GRANULE_BITS);
  struct ls_shadow_leaf *leaf = put(end - 3 * PAGE);
  for (uintptr_t at = end - 3 * PAGE; at < end; at += PAGE)
    ck_assert_uint_le(ls_shadow_ready(leaf, at),
                      (uint32_t)LS_CELLS << LS_GRANULE_BITS);
  ck_assert_uint_eq(ls_shadow_ready(leaf, end - 16),
                    (uint32_t)LS_CELLS << LS_GRANULE_BITS);
  ck_assert_uint_eq(present(leaf), 3);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Shadow");
  TCase *tcase = tcase_create("Pages");
  tcase_add_test(tcase, cells_of_a_heap_that_grows_are_there_before);
  tcase_add_test(tcase, what_lies_apart_is_made_alone);
  tcase_add_test(tcase, the_end_of_a_table_is_not_passed);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
