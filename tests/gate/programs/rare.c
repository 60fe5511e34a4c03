/* SPDX-License-Identifier: MIT */
/* Leaks a block in some hundreds of passes, by chance: what half as many
   iterations hold looks like rest. */
#include <stdint.h>

#include "suite.h"

enum { EACH = 600, SEED = 12 };

static uint64_t state;

static double chance(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double)(state >> 11) * 0x1p-53;
}

static void begin(void) {
  state = UINT64_C(88172645463325252) ^ SEED * UINT64_C(0x9E3779B97F4A7C15);
  for (int k = 0; k < 20; k++) (void)chance();
}

static void *volatile lost;
static __attribute__((noinline)) void lose(void) { lost = malloc(64); }

START_TEST(test_rare) {
  if (!state) begin();
  if (chance() * EACH < 1) lose();
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Rare");
  add_test(suite, "rare", test_rare);
  return run_suite(suite);
}
