/* SPDX-License-Identifier: MIT */
/* Tests that attach segments of shared memory.  The line that a message has to
   name is marked. */
#include <stdlib.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

enum { SIZE = 8192 };

/* One that goes when the last process that has it detaches it. */
static int segment_new(void) {
  int segment = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600);
  ck_assert_int_ge(segment, 0);
  return segment;
}

static void *attached(int segment) {
  void *at = shmat(segment, NULL, 0);
  ck_assert(at != (void *)-1);
  ck_assert_int_eq(shmctl(segment, IPC_RMID, NULL), 0);
  return at;
}

START_TEST(test_each) { (void)attached(segment_new()); /* leaks */ }
END_TEST

START_TEST(test_one_in_four) {
  static int n;
  void *at = attached(segment_new()); /* leaks */
  if (n++ % 4) ck_assert_int_eq(shmdt(at), 0);
}
END_TEST

static int common;

static void common_new(void) { common = segment_new(); }
static void common_end(void) { shmctl(common, IPC_RMID, NULL); }

/* The same segment again and again, each time at another address. */
START_TEST(test_same_segment) {
  ck_assert(shmat(common, NULL, 0) != (void *)-1); /* leaks */
}
END_TEST

START_TEST(test_balanced) {
  void *one = attached(segment_new()), *other = attached(segment_new());
  ck_assert_int_eq(shmdt(one), 0);
  ck_assert_int_eq(shmdt(other), 0);
  ck_assert_int_lt(shmdt(one), 0);
}
END_TEST

START_TEST(test_eight_are_kept) {
  static void *kept[8];
  static unsigned n;
  if (n >= 8) ck_assert_int_eq(shmdt(kept[n % 8]), 0);
  kept[n++ % 8] = attached(segment_new());
}
END_TEST

/* A child has its parent's, and detaches them for itself alone. */
START_TEST(test_child_detaches) {
  void *at = attached(segment_new());
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (!child) _exit(shmdt(at) != 0);
  int status;
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert_int_eq(status, 0);
  ck_assert_int_eq(shmdt(at), 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Segments");
  add_test(suite, "each", test_each);
  add_test(suite, "one_in_four", test_one_in_four);
  TCase *tcase = add_case(suite, "same_segment");
  tcase_add_unchecked_fixture(tcase, common_new, common_end);
  tcase_add_test(tcase, test_same_segment);
  add_test(suite, "balanced", test_balanced);
  add_test(suite, "eight_are_kept", test_eight_are_kept);
  add_test(suite, "child_detaches", test_child_detaches);
  return run_suite(suite);
}
