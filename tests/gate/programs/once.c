/* SPDX-License-Identifier: MIT */
/* Tests that run once by what they expect; they count their runs in a file. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

static void count(const char *line) {
  int fd = open("runs.txt", O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (fd >= 0 && write(fd, line, strlen(line)) > 0) close(fd);
  leak();
}

START_TEST(test_exit) {
  count("exit\n");
  exit(3);
}
END_TEST

START_TEST(test_signal) {
  count("signal\n");
  raise(SIGTERM);
}
END_TEST

START_TEST(test_segv) {
  count("segv\n");
  *(volatile int *)NULL = 1;
}
END_TEST

START_TEST(test_exit_zero) {
  count("zero\n");
  exit(0);
}
END_TEST

START_TEST(test_off) { count("off\n"); }
END_TEST

START_TEST(test_fails) {
  count("fails\n");
  ck_abort();
}
END_TEST

START_TEST(test_gated) { free(malloc(1)); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Once");
  TCase *tcase = add_case(suite, "Ends");
  tcase_add_exit_test(tcase, test_exit, 3);
  tcase_add_test_raise_signal(tcase, test_signal, SIGTERM);
  tcase_add_test_raise_signal(tcase, test_segv, SIGSEGV);
  tcase_add_test(tcase, test_exit_zero);
  tcase_add_test(tcase, test_gated);
  tcase = add_case(suite, "Off");
  tcase_set_tags(tcase, "leakslope:off slow");
  tcase_add_test(tcase, test_off);
  add_test(suite, "Fails", test_fails);
  return run_suite(suite);
}
