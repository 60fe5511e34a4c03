/* SPDX-License-Identifier: MIT */
/* Which tests take part in a scope, and what is said of the others. */
#include "gate/members.h"

#include <string.h>

#include "support.h"

static struct lsg_members members;

static void has_passed(unsigned i, enum leakslope_outcome outcome) {
  struct lsg_slot *slot = lsg_run_slot(i);
  slot->ran = slot->passed = 1;
  slot->judged = (uint32_t)outcome + 1;
}

static const char *described(void) {
  static char text[256];
  lsg_members_describe(&members, text, sizeof text);
  return text;
}

static void find(void) { lsg_members_find(&members, &lsg_run.of.scopes[0]); }

START_TEST(test_those_that_were_clean_take_part) {
  for (unsigned i = 0; i < TESTS; i++) has_passed(i, LEAKSLOPE_CLEAN);
  find();
  ck_assert_uint_eq(members.n, TESTS);
  ck_assert_str_eq(described(), "");
  lsg_members_free(&members);
}
END_TEST

START_TEST(test_the_others_are_counted_by_why) {
  has_passed(0, LEAKSLOPE_CLEAN);
  has_passed(1, LEAKSLOPE_LEAK);
  has_passed(2, LEAKSLOPE_LEAK);
  tests[3].refusal = "by choice";
  lsg_run_slot(4)->ran = 1;
  find();
  ck_assert_uint_eq(members.n, 1);
  ck_assert_str_eq(described(),
                   "1 of 6 tests; left out: 2 leak, 1 not gated, 1 failed, "
                   "1 not run");
  lsg_members_free(&members);
}
END_TEST

START_TEST(test_one_that_fails_among_the_others_is_dropped) {
  for (unsigned i = 0; i < TESTS; i++) has_passed(i, LEAKSLOPE_CLEAN);
  find();
  lsg_members_drop(&members, 1, 0, "assertion");
  ck_assert_uint_eq(lsg_members_left(&members), TESTS - 1);
  ck_assert_ptr_nonnull(strstr(described(), "(put: assertion)"));
  lsg_members_free(&members);
  find(); /* and is remembered */
  ck_assert_uint_eq(members.n, TESTS - 1);
  lsg_members_free(&members);
}
END_TEST

START_TEST(test_a_fixture_that_fails_takes_its_group_along) {
  for (unsigned i = 0; i < TESTS; i++) has_passed(i, LEAKSLOPE_CLEAN);
  find();
  lsg_members_drop(&members, 2, 1, "crashed");
  ck_assert_uint_eq(lsg_members_left(&members), 2);
  lsg_members_free(&members);
}
END_TEST

START_TEST(test_a_step_names_its_test) {
  char text[256];
  for (unsigned i = 0; i < TESTS; i++) has_passed(i, LEAKSLOPE_CLEAN);
  find();
  ck_assert_ptr_null(lsg_members_at_step(&members, 0, text, sizeof text));
  const struct lsg_member *member =
      lsg_members_at_step(&members, lsg_members_step(3, 0), text, sizeof text);
  ck_assert_ptr_eq(member->test, &tests[3]);
  ck_assert_str_eq(text, "grows in get[1] of Cache:loops");
  (void)lsg_members_at_step(&members, lsg_members_step(3, 1), text,
                            sizeof text);
  ck_assert_str_eq(text, "grows in the unchecked fixtures of Cache:loops");
  lsg_members_free(&members);
}
END_TEST

int main(void) {
  TCase *tcase = tcase_create("members");
  tcase_add_test(tcase, test_those_that_were_clean_take_part);
  tcase_add_test(tcase, test_the_others_are_counted_by_why);
  tcase_add_test(tcase, test_one_that_fails_among_the_others_is_dropped);
  tcase_add_test(tcase, test_a_fixture_that_fails_takes_its_group_along);
  tcase_add_test(tcase, test_a_step_names_its_test);
  return run_case("gate: members", tcase);
}
