/* SPDX-License-Identifier: MIT */
/* Every way to allocate, kept or given back: what is said of these tests must
   not depend on whose malloc it is. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

#define ALIGNMENT 64

/* What is reachable here is not lost, it only grows. */
static struct node {
  struct node *next;
  void *block;
} * nodes;

__attribute__((noinline)) static void keep(void *block) {
  struct node *node = malloc(sizeof *node);
  if (!node) abort();
  node->next = nodes;
  node->block = block;
  nodes = node;
}

START_TEST(test_keeps_malloc) { keep(malloc(100)); }
END_TEST

START_TEST(test_keeps_calloc) { keep(calloc(10, 10)); }
END_TEST

START_TEST(test_keeps_realloc) { keep(realloc(NULL, 100)); }
END_TEST

START_TEST(test_keeps_aligned) {
  void *block = NULL;
  ck_assert_int_eq(posix_memalign(&block, ALIGNMENT, 100), 0);
  keep(block);
}
END_TEST

START_TEST(test_keeps_a_copy) { keep(strdup("some words")); }
END_TEST

START_TEST(test_keeps_a_print) {
  char *text = NULL;
  ck_assert_int_ge(asprintf(&text, "%d words", 7), 0);
  keep(text);
}
END_TEST

START_TEST(test_resizes_a_list) {
  static char **all;
  static size_t n;
  char **more = reallocarray(all, n + 1, sizeof *all);
  ck_assert_ptr_nonnull(more);
  all = more;
  all[n++] = strdup("one");
}
END_TEST

/* One block that grows: no more blocks, more bytes. */
START_TEST(test_grows) {
  static char *text;
  static size_t size;
  char *more = realloc(text, size += 100);
  ck_assert_ptr_nonnull(more);
  text = more;
}
END_TEST

static void *kept_by_thread(void *arg) {
  keep(malloc(100));
  return arg;
}

START_TEST(test_keeps_in_thread) {
  pthread_t thread;
  ck_assert_int_eq(pthread_create(&thread, NULL, kept_by_thread, NULL), 0);
  ck_assert_int_eq(pthread_join(thread, NULL), 0);
}
END_TEST

START_TEST(test_keeps_descriptor) {
  ck_assert_int_ge(open("/dev/null", O_RDONLY), 0);
}
END_TEST

START_TEST(test_gives_back) {
  char *text = malloc(10), *more = realloc(text, 5000);
  void *block = NULL;
  ck_assert_ptr_nonnull(more);
  more = realloc(more, 20);
  free(more);
  free(strdup("some words"));
  free(calloc(3, 33));
  ck_assert_int_eq(posix_memalign(&block, 4096, 100), 0);
  free(block);
  free(aligned_alloc(ALIGNMENT, 2 * ALIGNMENT));
  free(malloc(1 << 20));
  free(malloc(0));
}
END_TEST

/* libc resizes the line. */
START_TEST(test_reads_lines) {
  char *line = NULL;
  size_t size = 0;
  FILE *file = fopen("/proc/self/status", "r");
  ck_assert_ptr_nonnull(file);
  while (getline(&line, &size, file) > 0) {
  }
  free(line);
  fclose(file);
}
END_TEST

START_TEST(test_caches) {
  enum { SLOTS = 16 };
  static char *slots[SLOTS];
  static unsigned n;
  free(slots[n % SLOTS]);
  slots[n++ % SLOTS] = strdup("a word");
}
END_TEST

/* Smaller than what glibc gives at least, and not given back in order. */
START_TEST(test_tiny_blocks) {
  enum { MANY = 500 };
  static char *all[MANY];
  for (int i = 0; i < MANY; i++) all[i] = malloc(1 + i % 8);
  for (int i = 0; i < MANY; i++) {
    free(all[i * 7 % MANY]);
    all[i * 7 % MANY] = NULL;
  }
}
END_TEST

START_TEST(test_keeps_tiny_blocks) {
  static char *all[1 << 16];
  static int n;
  for (int i = 0; i < 3; i++) {
    ck_assert_int_lt(n, 1 << 16);
    all[n] = malloc(3);
    ck_assert_ptr_nonnull(all[n++]);
  }
}
END_TEST

START_TEST(test_reuses_a_buffer) {
  static char *buffer;
  static unsigned n;
  char *more = realloc(buffer, 50 + n++ % 50);
  ck_assert_ptr_nonnull(more);
  buffer = more;
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Allocates");
  TCase *keeps = add_case(suite, "keeps"),
        *bounded = add_case(suite, "bounded");
  tcase_add_test(keeps, test_keeps_malloc);
  tcase_add_test(keeps, test_keeps_calloc);
  tcase_add_test(keeps, test_keeps_realloc);
  tcase_add_test(keeps, test_keeps_aligned);
  tcase_add_test(keeps, test_keeps_a_copy);
  tcase_add_test(keeps, test_keeps_a_print);
  tcase_add_test(keeps, test_resizes_a_list);
  tcase_add_test(keeps, test_grows);
  tcase_add_test(keeps, test_keeps_in_thread);
  tcase_add_test(keeps, test_keeps_descriptor);
  tcase_add_test(bounded, test_gives_back);
  tcase_add_test(bounded, test_reads_lines);
  tcase_add_test(bounded, test_caches);
  tcase_add_test(bounded, test_reuses_a_buffer);
  tcase_add_test(bounded, test_tiny_blocks);
  tcase_add_test(keeps, test_keeps_tiny_blocks);
  return run_suite(suite);
}
