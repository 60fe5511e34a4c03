/* SPDX-License-Identifier: MIT */
/* Tests with processes, signals and descriptors of their own. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

static int wait_for(pid_t pid) {
  int status = -1;
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  return status;
}

START_TEST(test_child_ends) {
  pid_t pid = fork();
  if (pid == 0) _exit(5);
  ck_assert_int_eq(WEXITSTATUS(wait_for(pid)), 5);
}
END_TEST

/* The child goes on into Check's own code. */
START_TEST(test_child_returns) {
  pid_t pid = fork();
  if (pid == 0) return;
  ck_assert_int_eq(wait_for(pid), 0);
}
END_TEST

START_TEST(test_child_returns_leaking) {
  pid_t pid = fork();
  leak();
  if (pid == 0) return;
  ck_assert_int_eq(wait_for(pid), 0);
}
END_TEST

START_TEST(test_child_asserts) {
  pid_t pid = fork();
  ck_assert_msg(pid != 0, "the child fails");
  ck_assert_int_eq(WEXITSTATUS(wait_for(pid)), 1);
}
END_TEST

START_TEST(test_child_crashes) {
  pid_t pid = fork();
  if (pid == 0) abort();
  ck_assert(WIFSIGNALED(wait_for(pid)));
}
END_TEST

START_TEST(test_check_fork) {
  pid_t pid = check_fork();
  if (pid == 0) exit(0);
  ck_assert_int_eq(wait_for(pid), 0);
}
END_TEST

START_TEST(test_child_leaks) {
  pid_t pid = fork();
  if (pid == 0) {
    leak();
    _exit(0);
  }
  ck_assert_int_eq(wait_for(pid), 0);
}
END_TEST

/* What a handler saw is written down, where the driver finds it. */
static void on_child(int signal) {
  static const char text[] = "SIGCHLD\n";
  (void)signal;
  int fd = open("signals.txt", O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (fd >= 0 && write(fd, text, sizeof text - 1) > 0) close(fd);
}

START_TEST(test_handles_sigchld) {
  leak(); /* so that there are two copies */
  signal(SIGCHLD, on_child);
}
END_TEST

START_TEST(test_ignores_sigchld) {
  leak();
  signal(SIGCHLD, SIG_IGN);
}
END_TEST

START_TEST(test_blocks_sigchld) {
  sigset_t set;
  leak();
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
}
END_TEST

/* In the one process of no-fork mode: nothing is left of the one before. */
START_TEST(test_finds_nothing) {
  sigset_t pending;
  sigpending(&pending);
  ck_assert(!sigismember(&pending, SIGCHLD));
  ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
  sigemptyset(&pending);
  sigaddset(&pending, SIGCHLD);
  sigprocmask(SIG_UNBLOCK, &pending, NULL);
  signal(SIGCHLD, SIG_DFL);
}
END_TEST

/* To the group: the repeated test and nobody else. */
static volatile sig_atomic_t heard;
static void hear(int signal) {
  (void)signal;
  heard = 1;
}

static void listen_to(void) {
  heard = 0;
  signal(SIGUSR1, hear);
}
static void listen_no_more(void) { signal(SIGUSR1, SIG_DFL); }

START_TEST(test_signals_group) {
  kill(0, SIGUSR1);
  ck_assert_int_eq(heard, 1);
}
END_TEST

/* Leaves a process behind, as many do. */
START_TEST(test_leaves_child) {
  pid_t pid = fork();
  if (pid == 0)
    for (;;) pause();
  ck_assert_int_gt(pid, 0);
}
END_TEST

START_TEST(test_leaves_children) {
  for (int i = 0; i < 7; i++) {
    pid_t pid = fork();
    if (pid == 0)
      for (;;) pause();
    ck_assert_int_gt(pid, 0);
  }
}
END_TEST

static int descriptors(void) {
  DIR *fds = opendir("/proc/self/fd");
  int n = 0;
  while (readdir(fds)) n++;
  closedir(fds);
  return n;
}

int main(void) {
  int before = descriptors();
  const char *fork = getenv("CK_FORK");
  int forks = !fork || strcmp(fork, "no");
  Suite *suite = suite_create("Family");
  add_test(suite, "child_ends", test_child_ends);
  if (forks) {
    add_test(suite, "child_returns", test_child_returns);
    add_test(suite, "child_returns_leaking", test_child_returns_leaking);
    add_test(suite, "child_asserts", test_child_asserts);
    add_test(suite, "leaves_child", test_leaves_child);
    add_test(suite, "leaves_children", test_leaves_children);
    TCase *group = add_case(suite, "group");
    tcase_add_checked_fixture(group, listen_to, listen_no_more);
    tcase_add_test(group, test_signals_group);
  }
  add_test(suite, "child_crashes", test_child_crashes);
  add_test(suite, "check_fork", test_check_fork);
  add_test(suite, "child_leaks", test_child_leaks);
  add_test(suite, "handles_sigchld", test_handles_sigchld);
  add_test(suite, "nothing1", test_finds_nothing);
  add_test(suite, "ignores_sigchld", test_ignores_sigchld);
  add_test(suite, "nothing2", test_finds_nothing);
  add_test(suite, "blocks_sigchld", test_blocks_sigchld);
  add_test(suite, "nothing3", test_finds_nothing);
  int status = run_suite(suite);
  printf("descriptors: %d, children: %s\n", descriptors() - before,
         waitpid(-1, NULL, WNOHANG) < 0 ? "none" : "some");
  return status;
}
