/* SPDX-License-Identifier: MIT */
/*
 * usage: families [--table]
 *
 * Runs every draw of every family as a Check test, a test case for each
 * family; --table prints the draws as JSON instead.
 */
#include <stdio.h>
#include <string.h>

#include "family.h"

static void print_draw(const struct family *family, int index) {
  struct draw draw = draw_make(family, index);
  const char *open = family->open ? family->open(draw.p) : NULL;
  printf("{\"test\": \"%s[%d]\", \"family\": \"%s\", \"truth\": \"%s\", ",
         family->name, index, family->name,
         family->truth == LEAKING ? "leak" : "healthy");
  printf("\"half\": \"%s\", \"open\": \"%s\", \"parameters\": {",
         family->half == TUNE ? "tune" : "report", open ? open : "");
  for (int i = 0; i < FAMILY_RANGES && family->ranges[i].name; i++)
    printf("%s\"%s\": %.4g", i ? ", " : "", family->ranges[i].name, draw.p[i]);
  printf("}}");
}

static void print_families(const struct family *families, size_t n,
                           const char *after) {
  for (size_t i = 0; i < n; i++)
    for (int index = 0; index < draw_count(); index++) {
      int is_last = i == n - 1 && index == draw_count() - 1;
      print_draw(&families[i], index);
      puts(is_last ? after : ",");
    }
}

static void add_families(Suite *suite, const struct family *families,
                         size_t n) {
  for (size_t i = 0; i < n; i++) {
    TCase *tcase = tcase_create(families[i].name);
    tcase_add_loop_test(tcase, *families[i].test, 0, draw_count());
    suite_add_tcase(suite, tcase);
  }
}

static int run(void) {
  Suite *suite = suite_create("families");
  add_families(suite, healthy_families, healthy_count);
  add_families(suite, leaking_families, leaking_count);
  add_families(suite, thread_families, thread_count);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  if (argc < 2 || strcmp(argv[1], "--table")) return run();
  puts("[");
  print_families(healthy_families, healthy_count, ",");
  print_families(leaking_families, leaking_count, ",");
  print_families(thread_families, thread_count, "]");
  return EXIT_SUCCESS;
}
