/* SPDX-License-Identifier: MIT */
/* Whose ages are those of a population at rest, and whose are a leak's. */
#include <math.h>

#include "suite.h"
#include "verdict/rule.h"

enum { N = 64 };

static double born[N];

/* One that has `all` members of the mean life, in windows, and of each window
   keeps `kept` for ever. */
static int population(double all, double life, double kept) {
  for (unsigned k = 0; k < N; k++)
    born[k] = kept + round(all / life * exp(-(N - k - 0.5) / life));
  return ls_population(born, N);
}

START_TEST(test_populations) {
  ck_assert(population(300, 5, 0));
  ck_assert(population(300, 10, 0));
  ck_assert(population(3000, 15, 0));
}
END_TEST

START_TEST(test_leaks_beside_populations) {
  ck_assert(!population(300, 5, 1));
  ck_assert(!population(300, 10, 4));
  ck_assert(!population(0, 5, 1));
}
END_TEST

/* Who was born at the beginning may be alive in those. */
START_TEST(test_too_long_to_tell) {
  ck_assert(!population(3000, 30, 0));
  ck_assert(!population(3000, 100, 0));
}
END_TEST

START_TEST(test_too_few_to_tell) { ck_assert(!population(10, 5, 0)); }
END_TEST

/* The blocks of the latest windows and no others: none is old. */
START_TEST(test_backlogs) {
  for (unsigned length = 1; length < N; length++) {
    for (unsigned k = 0; k < N; k++) born[k] = k >= N - length ? 20 : 0;
    ck_assert(!ls_population(born, N));
  }
}
END_TEST

/* None in the window before the last eighth. */
START_TEST(test_stopped) {
  for (unsigned k = 0; k < N; k++) born[k] = k < N / 2 ? 20 : 0;
  ck_assert(!ls_population(born, N));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("verdict population");
  TCase *tcase = tcase_create("ages");
  tcase_set_timeout(tcase, SUITE_TIMEOUT);
  tcase_add_test(tcase, test_populations);
  tcase_add_test(tcase, test_leaks_beside_populations);
  tcase_add_test(tcase, test_too_long_to_tell);
  tcase_add_test(tcase, test_too_few_to_tell);
  tcase_add_test(tcase, test_backlogs);
  tcase_add_test(tcase, test_stopped);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
