/* SPDX-License-Identifier: MIT */
/* A test that writes over all memory that its process shares with others, among
   tests that do not.  usage: wild BYTE FIRST MOST (of each mapping) */
#include <stdio.h>
#include <string.h>

#include "suite.h"

static int byte;
static unsigned long first, most;

START_TEST(test_wild) {
  unsigned long begin, end;
  char line[512];
  FILE *maps = fopen("/proc/self/maps", "r");
  while (fgets(line, sizeof line, maps)) {
    if (!strstr(line, "rw-s") || !strstr(line, "/dev/zero") ||
        sscanf(line, "%lx-%lx", &begin, &end) != 2 || begin + first >= end)
      continue;
    unsigned long n = end - begin - first;
    memset((char *)begin + first, byte, n < most ? n : most);
  }
  fclose(maps);
}
END_TEST

START_TEST(test_before) { free(malloc(10)); }
END_TEST

START_TEST(test_leaks) { leak(); }
END_TEST

START_TEST(test_behind) { free(malloc(10)); }
END_TEST

int main(int argc, char **argv) {
  if (argc != 4) return 99;
  byte = atoi(argv[1]);
  first = strtoul(argv[2], NULL, 10);
  most = strtoul(argv[3], NULL, 10);
  Suite *suite = suite_create("Wild");
  TCase *tcase = add_case(suite, "Core");
  tcase_add_test(tcase, test_before);
  tcase_add_test(tcase, test_leaks);
  tcase_add_test(tcase, test_wild);
  tcase_add_test(tcase, test_behind);
  return run_suite(suite);
}
