/* SPDX-License-Identifier: MIT */
/* Tests that map pages.  The line that a message has to name is marked. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "suite.h"

enum { PAGE = 4096, READ_WRITE = PROT_READ | PROT_WRITE };
enum { ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS };

static char *checked(void *pages) {
  ck_assert_ptr_ne(pages, MAP_FAILED);
  return pages;
}

static char *pages(size_t n) {
  return checked(mmap(NULL, n * PAGE, READ_WRITE, ANONYMOUS, -1, 0));
}

/* ---- leaks --------------------------------------------------------------- */

START_TEST(test_each) {
  checked(mmap(NULL, 2 * PAGE, READ_WRITE, ANONYMOUS, -1, 0)); /* leaks */
}
END_TEST

/* The last of four stays. */
START_TEST(test_partly) {
  char *four =
      checked(mmap(NULL, 4 * PAGE, PROT_READ, ANONYMOUS, -1, 0)); /* leaks */
  munmap(four, 3 * PAGE);
}
END_TEST

/* What is unmapped is the middle. */
START_TEST(test_split) {
  char *three =
      checked(mmap(NULL, 3 * PAGE, READ_WRITE, ANONYMOUS, -1, 0)); /* leaks */
  munmap(three + PAGE, PAGE);
}
END_TEST

/* One mapping, ever larger. */
START_TEST(test_grows) {
  static char *log;
  static size_t size = PAGE;
  if (!log) log = pages(1);
  log = checked(mremap(log, size, size + PAGE, MREMAP_MAYMOVE)); /* leaks */
  size += PAGE;
}
END_TEST

START_TEST(test_file) {
  int fd = open("/proc/self/exe", O_RDONLY);
  ck_assert_int_ge(fd, 0);
  checked(mmap64(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0)); /* leaks */
  close(fd);
}
END_TEST

START_TEST(test_shared) {
  int fd = memfd_create("shared", 0);
  ck_assert_int_eq(ftruncate(fd, PAGE), 0);
  checked(mmap(NULL, PAGE, READ_WRITE, MAP_SHARED, fd, 0)); /* leaks */
  close(fd);
}
END_TEST

/* ---- no leaks ------------------------------------------------------------ */

START_TEST(test_balanced) {
  char *two = pages(2);
  two[0] = 1;
  ck_assert_int_eq(munmap(two, 2 * PAGE), 0);
}
END_TEST

/* In two steps, and a piece that was given by two calls in one. */
START_TEST(test_piecewise) {
  char *four = pages(4);
  munmap(four + PAGE, PAGE);
  checked(mmap(four + PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0));
  munmap(four, 3 * PAGE);
  munmap(four + 3 * (size_t)PAGE, PAGE);
}
END_TEST

/* Aligned by cutting off what is too much, as allocators do. */
START_TEST(test_trimmed) {
  enum { MANY = 32 };
  char *all = pages(2 * MANY);
  size_t head = -(size_t)(uintptr_t)all % ((size_t)MANY * PAGE);
  if (head) munmap(all, head);
  munmap(all + head + (size_t)MANY * PAGE, (size_t)MANY * PAGE - head);
  munmap(all + head, (size_t)MANY * PAGE);
}
END_TEST

/* Each time over the same place. */
START_TEST(test_over) {
  static char *place;
  if (!place) place = pages(4);
  checked(mmap(place, 4 * PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0));
}
END_TEST

START_TEST(test_fails) {
  void *volatile none = mmap(NULL, PAGE, READ_WRITE, MAP_SHARED, -1, 0);
  ck_assert_ptr_eq(none, MAP_FAILED);
  char *one = pages(1);
  ck_assert_int_ne(munmap(one + 1, PAGE), 0);
  ck_assert_ptr_eq(mremap(one, PAGE, SIZE_MAX / 2, 0), MAP_FAILED);
  munmap(one, PAGE);
}
END_TEST

START_TEST(test_moved) {
  char *one = pages(1);
  strcpy(one, "text");
  one = checked(mremap(one, PAGE, 64 * PAGE, MREMAP_MAYMOVE));
  ck_assert_str_eq(one, "text");
  one = checked(mremap(one, 64 * PAGE, 2 * PAGE, MREMAP_MAYMOVE));
  munmap(one, 2 * PAGE);
}
END_TEST

START_TEST(test_sixteen) {
  static char *kept[16];
  static unsigned n;
  char **slot = &kept[n++ % 16];
  if (*slot) munmap(*slot, PAGE);
  *slot = pages(1);
}
END_TEST

/* malloc's own mapping is no mapping of the program's. */
START_TEST(test_large_block) {
  char *block = malloc(1 << 20);
  ck_assert_ptr_nonnull(block);
  block[0] = 1;
  free(block);
}
END_TEST

/* ... and a leak of such blocks is one of blocks alone. */
START_TEST(test_large_blocks) {
  char *block = malloc(200 << 10); /* leaks */
  ck_assert_ptr_nonnull(block);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Mappings");
  add_test(suite, "each", test_each);
  add_test(suite, "partly", test_partly);
  add_test(suite, "split", test_split);
  add_test(suite, "grows", test_grows);
  add_test(suite, "file", test_file);
  add_test(suite, "shared", test_shared);
  add_test(suite, "large_blocks", test_large_blocks);
  add_test(suite, "balanced", test_balanced);
  add_test(suite, "piecewise", test_piecewise);
  add_test(suite, "trimmed", test_trimmed);
  add_test(suite, "over", test_over);
  add_test(suite, "fails", test_fails);
  add_test(suite, "moved", test_moved);
  add_test(suite, "sixteen", test_sixteen);
  add_test(suite, "large_block", test_large_block);
  return run_suite(suite);
}
