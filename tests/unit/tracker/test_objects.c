/* SPDX-License-Identifier: MIT */
/* The table of numbered objects beside a model, with keys that collide. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tracker/object_table.h"

enum { KEYS = 300, SPACES = 2, STEPS = 50000 };

static struct ls_objects table;
static uint32_t taken;

static void clear(void) { ls_objects_clear(&table); }

static struct ls_object object_of(uint64_t space, uintptr_t key,
                                  uint32_t site) {
  return (struct ls_object){.key = key, .space = space, .site = site};
}

/* The site that was there before, 0 if none was. */
static uint32_t put(uint64_t space, uintptr_t key, uint32_t site) {
  struct ls_object old;
  ck_assert(ls_objects_put(&table, object_of(space, key, site), &old));
  return old.site;
}

static uint32_t take(uint64_t space, uintptr_t key) {
  return ls_objects_take(&table, space, key, UINT64_MAX).site;
}

START_TEST(a_key_is_there_once) {
  ck_assert_uint_eq(put(0, 5, 1), 0);
  ck_assert_uint_eq(put(0, 5, 2), 1);
  ck_assert_uint_eq(put(1, 5, 3), 0);
  ck_assert_uint_eq(take(0, 5), 2);
  ck_assert_uint_eq(take(0, 5), 0);
  ck_assert_uint_eq(take(1, 5), 3);
}
END_TEST

START_TEST(what_came_after_a_call_began_is_not_the_calls) {
  put(0, 5, 1);
  uint64_t before = ls_objects_now(&table);
  put(0, 5, 2);
  ck_assert_uint_eq(ls_objects_take(&table, 0, 5, before).site, 0);
  before = ls_objects_now(&table);
  ck_assert_uint_eq(ls_objects_take(&table, 0, 5, before).site, 2);
}
END_TEST

START_TEST(a_serial_that_was_given_is_kept) {
  put(0, 3, 1); /* 0 is none */
  uint64_t before = ls_objects_now(&table);
  put(0, 1, 1);
  struct ls_object old, early = object_of(0, 2, 7);
  early.serial = before - 1;
  ck_assert(ls_objects_put(&table, early, &old));
  ck_assert_uint_eq(ls_objects_take(&table, 0, 1, before).site, 0);
  ck_assert_uint_eq(ls_objects_take(&table, 0, 2, before).site, 7);
}
END_TEST

/* Steps of a page, as addresses of stacks are. */
static uintptr_t key_of(unsigned i) { return (uintptr_t)(i + 1) << 12; }

START_TEST(at_random_all_are_found) {
  static uint32_t model[SPACES][KEYS];
  memset(model, 0, sizeof model);
  srand(7);
  for (int step = 0; step < STEPS; step++) {
    unsigned space = (unsigned)rand() % SPACES, key = (unsigned)rand() % KEYS;
    uint32_t site = 1 + (uint32_t)rand() % 100;
    uint32_t *expected = &model[space][key];
    /* more puts than takes in one half of the steps, fewer in the other */
    int puts = rand() % 10 < (step < STEPS / 2 ? 7 : 3);
    if (puts)
      ck_assert_uint_eq(put(space, key_of(key), site), *expected);
    else
      ck_assert_uint_eq(take(space, key_of(key)), *expected);
    *expected = puts ? site : 0;
  }
  for (unsigned space = 0; space < SPACES; space++)
    for (unsigned key = 0; key < KEYS; key++)
      ck_assert_uint_eq(take(space, key_of(key)), model[space][key]);
  ck_assert_uint_eq(table.n, 0);
}
END_TEST

static int is_even(const struct ls_object *object) {
  return object->site % 2 == 0;
}

static void count_taken(const struct ls_object *object) {
  ck_assert_uint_eq(object->site % 2, 0);
  taken++;
}

static void visit(void *arg, uint32_t site, uint32_t birth) {
  ck_assert_uint_eq(birth, 0);
  *(uint32_t *)arg += site;
}

START_TEST(some_are_taken_and_the_others_stay) {
  uint32_t sum = 0, odd = 0;
  taken = 0;
  for (unsigned i = 0; i < KEYS; i++) {
    put(0, key_of(i), i + 1);
    odd += i % 2 == 0 ? i + 1 : 0;
  }
  ls_objects_take_all(&table, is_even, count_taken);
  ck_assert_uint_eq(taken, KEYS / 2);
  ls_objects_walk(&table, visit, &sum);
  ck_assert_uint_eq(sum, odd);
  for (unsigned i = 0; i < KEYS; i += 2)
    ck_assert_uint_eq(take(0, key_of(i)), i + 1);
}
END_TEST

START_TEST(one_can_be_changed_in_place) {
  ck_assert_ptr_null(ls_objects_lock(&table, 0, 9));
  ls_objects_unlock(&table);
  put(0, 9, 4);
  ls_objects_lock(&table, 0, 9)->site = 5;
  ls_objects_unlock(&table);
  ck_assert_uint_eq(take(0, 9), 5);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Objects");
  TCase *tcase = tcase_create("Table");
  tcase_add_checked_fixture(tcase, clear, NULL);
  tcase_add_test(tcase, a_key_is_there_once);
  tcase_add_test(tcase, what_came_after_a_call_began_is_not_the_calls);
  tcase_add_test(tcase, a_serial_that_was_given_is_kept);
  tcase_add_test(tcase, at_random_all_are_found);
  tcase_add_test(tcase, some_are_taken_and_the_others_stay);
  tcase_add_test(tcase, one_can_be_changed_in_place);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
