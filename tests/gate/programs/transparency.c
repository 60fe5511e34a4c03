/* SPDX-License-Identifier: MIT */
/* Prints, fails, crashes: all that a suite may do, and no leak. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

static void unchecked_setup(void) { puts("unchecked set-up"); }
static void unchecked_teardown(void) { puts("unchecked tear-down"); }
static void setup(void) { puts("set-up"); }
static void teardown(void) { puts("tear-down"); }

START_TEST(test_prints) {
  printf("to stdout, by %s\n", tcase_name());
  fprintf(stderr, "to stderr, by %s\n", tcase_name());
}
END_TEST

START_TEST(test_prints_unfinished_line) { printf("no newline;"); }
END_TEST

START_TEST(test_writes) {
  static const char text[] = "by write(2)\n";
  ck_assert_int_eq(write(1, text, sizeof text - 1), sizeof text - 1);
}
END_TEST

START_TEST(test_fails) { ck_assert_int_eq(1 + 1, 3); }
END_TEST

START_TEST(test_fails_without_text) { ck_assert_msg(0, NULL); }
END_TEST

START_TEST(test_aborts) { ck_abort_msg("100%% %s", "sure"); }
END_TEST

START_TEST(test_crashes) { raise(SIGFPE); }
END_TEST

START_TEST(test_ends_early) { _exit(7); }
END_TEST

START_TEST(test_marks) {
  mark_point();
  raise(SIGKILL);
}
END_TEST

START_TEST(test_loop) { ck_assert_int_ne(_i, 2); }
END_TEST

START_TEST(test_expects_signal) { raise(SIGUSR1); }
END_TEST

START_TEST(test_expects_exit) { exit(3); }
END_TEST

START_TEST(test_allocates) {
  char *text = strdup(tcase_name());
  ck_assert_str_eq(text, "test_allocates");
  free(text);
}
END_TEST

static void at_exit(void) { fprintf(stderr, "at exit\n"); }

int main(int argc, char **argv) {
  atexit(at_exit);
  if (argc > 1 && !strcmp(argv[1], "buffered"))
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  Suite *suite = suite_create("Transparent");
  TCase *tcase = add_case(suite, "Prints");
  tcase_add_unchecked_fixture(tcase, unchecked_setup, unchecked_teardown);
  tcase_add_checked_fixture(tcase, setup, teardown);
  tcase_add_test(tcase, test_prints);
  tcase_add_test(tcase, test_prints_unfinished_line);
  tcase_add_test(tcase, test_writes);
  tcase_add_test(tcase, test_allocates);
  tcase = add_case(suite, "Fails");
  tcase_add_test(tcase, test_fails);
  tcase_add_test(tcase, test_fails_without_text);
  tcase_add_test(tcase, test_aborts);
  tcase_add_loop_test(tcase, test_loop, 1, 4);
  const char *fork = getenv("CK_FORK");
  if (!fork || strcmp(fork, "no")) {
    tcase = add_case(suite, "Ends");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_crashes);
    tcase_add_test(tcase, test_ends_early);
    tcase_add_test(tcase, test_marks);
    tcase_add_test_raise_signal(tcase, test_expects_signal, SIGUSR1);
    tcase_add_exit_test(tcase, test_expects_exit, 3);
  }
  return run_suite(suite);
}
