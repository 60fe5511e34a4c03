/* SPDX-License-Identifier: MIT */
/* A test of a daemon's: fork() is a mock that plays the parent's side and gives
   the number of a process that is no child of ours.  Says at the end whether
   that process lives. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t stranger;

pid_t fork(void) { return stranger; }

START_TEST(test_parent_side) { ck_assert(fork() == stranger); }
END_TEST

static int told[2], asked[2];

/* Its parent is gone, and so it is somebody else's child.  It answers once, and
   ends at the latest with the last of us, whose pipe it reads. */
static void be_stranger(void) {
  char byte;
  pid_t me = (pid_t)syscall(SYS_getpid);
  close(asked[1]);
  if (setpgid(0, 0) || write(told[1], &me, sizeof me) < 0) _exit(1);
  if (read(asked[0], &byte, 1) == 1) (void)!write(told[1], "x", 1);
  _exit(0);
}

static void start_stranger(void) {
  if (pipe(told) || pipe(asked)) exit(99);
  pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    pid_t grandchild = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (grandchild == 0) be_stranger();
    _exit(grandchild < 0);
  }
  if (waitpid(child, NULL, 0) != child ||
      read(told[0], &stranger, sizeof stranger) != sizeof stranger)
    exit(99);
  close(told[1]);
}

static int stranger_lives(void) {
  char byte;
  signal(SIGPIPE, SIG_IGN);
  close(asked[0]);
  return write(asked[1], "x", 1) == 1 && read(told[0], &byte, 1) == 1;
}

int main(void) {
  start_stranger();
  Suite *suite = suite_create("Mocks");
  TCase *tcase = tcase_create("Core");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_parent_side);
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  puts(stranger_lives() ? "the stranger lives" : "the stranger was killed");
  return failed;
}
