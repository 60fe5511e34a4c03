/* SPDX-License-Identifier: MIT */
/* Blocks that are lost once and do not grow: LeakSanitizer's to find. */
#include <string.h>

#include "suite.h"

__attribute__((noinline)) static void lose(void) {
  char *volatile block = malloc(77);
  if (block) *block = 1;
  block = NULL;
}

static void *kept;

START_TEST(test_keeps_once) {
  if (!kept) kept = malloc(100);
}
END_TEST

START_TEST(test_loses_once) {
  static int done;
  if (!done++) lose();
}
END_TEST

START_TEST(test_clean) { free(malloc(3)); }
END_TEST

/* Its last event is what it has lost. */
START_TEST(test_loses_by_resizing) {
  static int done;
  char *volatile block;
  if (done++) return;
  block = malloc(10);
  block = realloc(block, 5000);
  block = NULL;
}
END_TEST

START_TEST(test_loses_each_time) { lose(); }
END_TEST

int main(int argc, char **argv) {
  /* Not any test's. */
  if (argc > 1 && !strcmp(argv[1], "before")) lose();
  Suite *suite = suite_create("Lost");
  add_test(suite, "keeps", test_keeps_once);
  add_test(suite, "once", test_loses_once);
  add_test(suite, "clean", test_clean);
  add_test(suite, "resizing", test_loses_by_resizing);
  add_test(suite, "each", test_loses_each_time);
  return run_suite(suite);
}
