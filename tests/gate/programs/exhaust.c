/* SPDX-License-Identifier: MIT */
/* Leaks that run into a limit; the tests say what they expect to be given. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

START_TEST(test_fd) {
  int fd = open("/dev/null", O_RDONLY);
  ck_assert_msg(fd >= 0, "no descriptor");
}
END_TEST

static void *table[100];

static void **free_slot(void) {
  for (int i = 0; i < 100; i++)
    if (!table[i]) return &table[i];
  return NULL;
}

START_TEST(test_table) {
  void **slot = free_slot();
  ck_assert_msg(slot != NULL, "the table is full");
  *slot = malloc(32);
}
END_TEST

static struct block { struct block *next; } * blocks;

static void keep(size_t size) {
  struct block *block = malloc(size);
  ck_assert_msg(block != NULL, "no memory");
  memset(block, 1, 4096);
  block->next = blocks;
  blocks = block;
}

START_TEST(test_memory) { keep((size_t)3 << 20); }
END_TEST

START_TEST(test_large) { keep((size_t)16 << 20); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Exhaust");
  add_test(suite, "fd", test_fd);
  add_test(suite, "table", test_table);
  add_test(suite, "memory", test_memory);
  add_test(suite, "large", test_large);
  return run_suite(suite);
}
