/* SPDX-License-Identifier: MIT */
/* Leaks that run into a limit; the tests say what they expect to be given. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
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

START_TEST(test_timer) {
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  timer_t timer;
  int rc = timer_create(CLOCK_MONOTONIC, &event, &timer);
  ck_assert_msg(!rc, "no timer");
}
END_TEST

static void *nothing(void *arg) { return arg; }

START_TEST(test_thread) {
  pthread_t thread;
  int rc = pthread_create(&thread, NULL, nothing, NULL);
  ck_assert_msg(!rc, "no thread");
}
END_TEST

START_TEST(test_mapping) {
  void *pages = mmap(NULL, (size_t)4 << 20, PROT_READ,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_msg(pages != MAP_FAILED, "no addresses");
}
END_TEST

/* All of it touched: without a limit it is memory that runs short. */
START_TEST(test_touched) {
  char *pages = mmap(NULL, (size_t)4 << 20, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_msg(pages != MAP_FAILED, "no memory");
  memset(pages, 1, (size_t)4 << 20);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Exhaust");
  add_test(suite, "fd", test_fd);
  add_test(suite, "table", test_table);
  add_test(suite, "memory", test_memory);
  add_test(suite, "large", test_large);
  add_test(suite, "timer", test_timer);
  add_test(suite, "thread", test_thread);
  add_test(suite, "mapping", test_mapping);
  add_test(suite, "touched", test_touched);
  return run_suite(suite);
}
