/* SPDX-License-Identifier: MIT */
/* Tests that pass once and do not come to their end when repeated. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

/* 1 in the pass of which the number is given, counted from 1. */
static int pass_is(int wanted) {
  static int pass;
  return ++pass == wanted;
}

static int initialized;
static int init_once(void) { return initialized++ ? -1 : 0; }

START_TEST(test_one_shot) { ck_assert_int_eq(init_once(), 0); }
END_TEST

START_TEST(test_asserts) { ck_assert_msg(!pass_is(12), "not the twelfth"); }
END_TEST

START_TEST(test_segv) {
  mark_point();
  if (pass_is(12)) *(volatile int *)NULL = 1;
}
END_TEST

START_TEST(test_abort) {
  if (pass_is(12)) abort();
}
END_TEST

START_TEST(test_exit) {
  if (pass_is(12)) exit(0);
}
END_TEST

START_TEST(test_underscore_exit) {
  if (pass_is(12)) _exit(3);
}
END_TEST

START_TEST(test_kill) {
  signal(SIGCHLD, SIG_IGN); /* then nobody is told how a child ended */
  if (pass_is(12)) kill(getpid(), SIGKILL);
}
END_TEST

START_TEST(test_term) {
  if (pass_is(12)) kill(0, SIGTERM);
}
END_TEST

START_TEST(test_alarm) {
  if (pass_is(12)) {
    raise(SIGALRM);
    pause();
  }
}
END_TEST

/* volatile: a compiler that sees through it makes a loop of it */
static int (*volatile deeper)(int);
static int descend(int n) {
  volatile char room[4096];
  room[0] = (char)n;
  return deeper(n + 1) + room[0];
}

START_TEST(test_overflow) {
  deeper = descend;
  if (pass_is(12)) descend(0);
}
END_TEST

START_TEST(test_hang) {
  if (pass_is(12)) pause();
}
END_TEST

START_TEST(test_spin) {
  if (pass_is(12))
    for (;;) {
    }
}
END_TEST

/* As above, but something grew before. */
START_TEST(test_grows_then_asserts) {
  leak();
  ck_assert_msg(!pass_is(60), "sixty are too many");
}
END_TEST

START_TEST(test_grows_then_segv) {
  leak();
  if (pass_is(60)) *(volatile int *)NULL = 1;
}
END_TEST

START_TEST(test_grows_then_kill) {
  leak();
  if (pass_is(60)) kill(getpid(), SIGKILL);
}
END_TEST

START_TEST(test_last) { free(malloc(1)); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Endings");
  add_test(suite, "one_shot", test_one_shot);
  add_test(suite, "asserts", test_asserts);
  add_test(suite, "segv", test_segv);
  add_test(suite, "abort", test_abort);
  add_test(suite, "exit", test_exit);
  add_test(suite, "underscore_exit", test_underscore_exit);
  add_test(suite, "kill", test_kill);
  add_test(suite, "term", test_term);
  add_test(suite, "alarm", test_alarm);
  add_test(suite, "overflow", test_overflow);
  add_test(suite, "hang", test_hang);
  add_test(suite, "spin", test_spin);
  add_test(suite, "grows_then_asserts", test_grows_then_asserts);
  add_test(suite, "grows_then_segv", test_grows_then_segv);
  add_test(suite, "grows_then_kill", test_grows_then_kill);
  TCase *last = add_case(suite, "last");
  tcase_set_tags(last, "last");
  tcase_add_test(last, test_last);
  return run_suite(suite);
}
