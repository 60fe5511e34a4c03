/* SPDX-License-Identifier: MIT */
/* Healthy tests that are awkward to repeat. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "suite.h"

struct item {
  struct item *next;
  char text[40];
};

static struct item *head, **tail = &head;

static void put(void) {
  struct item *item = malloc(sizeof *item);
  if (!item) abort();
  item->next = NULL;
  *tail = item;
  tail = &item->next;
}

static void get(void) {
  struct item *item = head;
  head = item->next;
  if (!head) tail = &head;
  free(item);
}

START_TEST(test_fifo) {
  put();
  get();
}
END_TEST

START_TEST(test_prints) { printf("a line that is printed\n"); }
END_TEST

START_TEST(test_sleeps) {
  const struct timespec pause = {0, 10000000};
  nanosleep(&pause, NULL);
}
END_TEST

START_TEST(test_appends) {
  FILE *file = fopen("appended.txt", "a");
  ck_assert_ptr_nonnull(file);
  fprintf(file, "a line\n");
  fclose(file);
}
END_TEST

/* 600 entries, filled with every second repetition. */
START_TEST(test_fills) {
  enum { MOST = 600 };
  static unsigned passes, used;
  if (passes++ % 2 == 0 && used++ < MOST) put();
}
END_TEST

/* The same, where a pass takes 2 ms. */
START_TEST(test_fills_slowly) {
  const struct timespec pause = {0, 2000000};
  static unsigned passes;
  if (passes++ % 2 == 0) put();
  nanosleep(&pause, NULL);
}
END_TEST

/* Its first passes, by which it is judged how many fit, are slow. */
START_TEST(test_slow_at_first) {
  enum { SLOW = 4, NS = 3 * 1000 * 1000 };
  static unsigned passes;
  struct timespec from, now;
  if (passes++ >= SLOW) return;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  do {
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  } while ((now.tv_sec - from.tv_sec) * 1000000000 + now.tv_nsec -
               from.tv_nsec <
           NS);
}
END_TEST

int main(int argc, char **argv) {
  (void)argv;
  for (int i = 0; i < 1000; i++) put();
  Suite *suite = suite_create("Bounded");
  add_test(suite, "fifo", test_fifo);
  add_test(suite, "prints", test_prints);
  add_test(suite, "sleeps", test_sleeps);
  add_test(suite, "appends", test_appends);
  add_test(suite, "fills", test_fills);
  add_test(suite, "slow_at_first", test_slow_at_first);
  if (argc > 1) add_test(suite, "fills_slowly", test_fills_slowly);
  return run_suite(suite);
}
