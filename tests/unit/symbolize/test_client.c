/* SPDX-License-Identifier: MIT */
/* ls_symbolize() with helpers that are bad and in hosts that are odd. */
#define _GNU_SOURCE 1
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support.h"
#include "symbolize/client.h"

/* ---- bad helpers --------------------------------------------------------- */

/* Makes a shell script the helper; each has a second. */
static void helper_is(const char *commands) {
  char script[1024];
  int n = snprintf(script, sizeof script, "#!/bin/sh\n%s\n", commands);
  const char *path = folder_path("helper");
  file_write(path, script, (size_t)n);
  setenv("LEAKSLOPE_SYMBOLIZER", path, 1);
  ls_symbolize_timeout_ms = 1000;
}

/* The numbers of the open descriptors, as a text. */
static void descriptors(char *text, size_t size) {
  DIR *dir = opendir("/proc/self/fd");
  ck_assert_ptr_nonnull(dir);
  const struct dirent *entry;
  size_t n = 0;
  text[0] = '\0';
  while ((entry = readdir(dir)) && n < size)
    n += (size_t)snprintf(text + n, size - n, "%s ", entry->d_name);
  closedir(dir);
}

static void expect_no_child(void) {
  ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
  ck_assert_int_eq(errno, ECHILD);
}

/* The call fails (with any number for 0), says where the address lies all the
   same, and leaves neither a descriptor nor a process behind. */
static void expect_failure(int rc) {
  char before[1024], after[1024];
  struct ls_frames got;
  sigset_t mask_before, mask_after;
  memset(&mask_before, 0, sizeof mask_before);
  memset(&mask_after, 0, sizeof mask_after);
  sigprocmask(SIG_SETMASK, NULL, &mask_before);
  descriptors(before, sizeof before);
  int result = symbolize(fixture_call().pc, &got);
  descriptors(after, sizeof after);
  sigprocmask(SIG_SETMASK, NULL, &mask_after);
  ck_assert_int_lt(result, 0);
  if (rc) ck_assert_int_eq(result, rc);
  ck_assert_uint_eq(got.n, 1);
  ck_assert_ptr_nonnull(got.frames[0].module);
  ck_assert_uint_gt(got.frames[0].offset, 0);
  ck_assert_ptr_null(got.frames[0].function);
  ck_assert_ptr_null(got.frames[0].filename);
  ck_assert_uint_eq(got.frames[0].lineno, 0);
  ck_assert_str_eq(before, after);
  ck_assert_mem_eq(&mask_before, &mask_after, sizeof mask_before);
  expect_no_child();
}

START_TEST(helper_is_missing) {
  setenv("LEAKSLOPE_SYMBOLIZER", "/nonexistent/leakslope-symbolize", 1);
  expect_failure(-ENOENT);
}
END_TEST

START_TEST(helper_has_a_relative_name) {
  helper_is("exit 0");
  ck_assert_int_eq(chdir(folder), 0);
  setenv("LEAKSLOPE_SYMBOLIZER", "helper", 1);
  expect_failure(-ENOENT);
}
END_TEST

START_TEST(helper_is_no_program) {
  const char *path = folder_path("text");
  file_write(path, "neither\n", 8);
  setenv("LEAKSLOPE_SYMBOLIZER", path, 1);
  expect_failure(0); /* -ENOEXEC but under Valgrind, whose vfork is a fork */
}
END_TEST

static double seconds(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

START_TEST(helper_hangs) {
  helper_is("exec sleep 1000");
  ls_symbolize_timeout_ms = 100;
  double begin = seconds();
  expect_failure(-ETIMEDOUT);
  ck_assert_double_lt(seconds() - begin, 30);
}
END_TEST

/* A request larger than a socket holds, which nobody reads. */
START_TEST(helper_hangs_before_it_reads) {
  enum { N = 20000 };
  static uintptr_t pcs[N];
  static struct ls_frames out[N];
  helper_is("exec sleep 1000");
  ls_symbolize_timeout_ms = 100;
  for (size_t i = 0; i < N; i++) pcs[i] = fixture_call().pc + i;
  struct ls_arena arena = {NULL};
  ck_assert_int_eq(ls_symbolize(&arena, pcs, N, out), -ETIMEDOUT);
  for (size_t i = 0; i < N; i++) ck_assert_uint_eq(out[i].n, 1);
  ls_arena_release(&arena);
  expect_no_child();
}
END_TEST

START_TEST(helper_closes_its_output_and_hangs) {
  helper_is("exec sleep 1000 <&- >&-");
  expect_failure(-EPROTO);
}
END_TEST

START_TEST(helper_talks_for_ever) {
  helper_is("cat > /dev/null; exec yes 21:leakslope-symbolize 2");
  ls_symbolize_timeout_ms = 100;
  expect_failure(0);
}
END_TEST

#define HELLO "cat > /dev/null; echo 21:leakslope-symbolize 2; "

static const char *const nonsense[] = {
    "cat > /dev/null",
    "cat > /dev/null; echo garbage",
    "cat > /dev/null; head -c 5000 /dev/urandom",
    "cat > /dev/null; echo 21:leakslope-symbolize 1",
    "exec cat",
    HELLO,
    HELLO "echo 1:1",
    HELLO "echo 1:1; echo 1:f; echo 3:a.c",
    HELLO "echo 1:1; echo 1:f; echo 3:a.c; echo 1:1",
    HELLO "echo 1:1; echo 1:f; echo 3:a.c; echo 2:-1; echo 1:0",
    HELLO
    "echo 1:1; echo 99999999999999999999:f; echo 3:a.c; echo 1:1; echo 1:0",
    HELLO
    "echo 1:1; echo 18446744073709551615:f; echo 3:a.c; echo 1:1; echo 1:0",
    HELLO "echo 10:4294967296",
    HELLO "echo 0:",
    HELLO "echo 1:x",
};

START_TEST(helper_answers_nonsense) {
  for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
    helper_is(nonsense[i]);
    expect_failure(-EPROTO);
  }
}
END_TEST

/* SIGPIPE has its default action here: to end the process. */
START_TEST(helper_does_not_read) {
  for (int i = 0; i < 20; i++) {
    helper_is(i % 2 ? "exit 0" : "exec <&-; echo no");
    expect_failure(-EPROTO);
  }
}
END_TEST

START_TEST(helper_answers_too_much) {
  helper_is(HELLO
            "echo 1:1; echo 1:f; echo 3:a.c; echo 1:7; echo 1:0; echo more");
  struct ls_frames got;
  ck_assert_int_eq(symbolize(fixture_call().pc, &got), -EPROTO);
  ck_assert_uint_eq(got.n, 1);
}
END_TEST

/* One of two answers is there: it counts. */
START_TEST(helper_crashes_on_the_way) {
  helper_is(
      HELLO
      "echo 1:1; echo 1:f; echo 3:a.c; echo 1:7; echo 1:0; kill -SEGV $$");
  const uintptr_t pcs[] = {fixture_call().pc, fixture_hidden().pc};
  struct ls_frames out[2];
  struct ls_arena arena = {NULL};
  ck_assert_int_eq(ls_symbolize(&arena, pcs, 2, out), -EPROTO);
  ck_assert_str_eq(out[0].frames[0].function, "f");
  ck_assert_str_eq(out[0].frames[0].filename, "a.c");
  ck_assert_uint_eq(out[0].frames[0].lineno, 7);
  ck_assert_ptr_null(out[1].frames[0].function);
  ck_assert_ptr_nonnull(out[1].frames[0].module);
  ls_arena_release(&arena);
}
END_TEST

/* ---- what the helper is given -------------------------------------------- */

START_TEST(helper_has_a_clean_environment) {
  static const char *const dropped[] = {"LD_PRELOAD",      "LD_AUDIT",
                                        "DEBUGINFOD_URLS", "CK_LEAK",
                                        "CK_RUN_SUITE",    "LEAKSLOPE"};
  for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
    setenv(dropped[i], "dropped", 1);
  setenv("UNCK_KEPT", "kept", 1);
  setenv("OUT", folder_path("environment"), 1);
  helper_is("export -p > \"$OUT\"");
  expect_failure(-EPROTO);
  size_t size;
  char *text = file_read(folder_path("environment"), &size);
  ck_assert_ptr_null(strstr(text, "dropped"));
  ck_assert_ptr_null(strstr(text, "LEAKSLOPE_SYMBOLIZER"));
  ck_assert_ptr_nonnull(strstr(text, "kept"));
  free(text);
}
END_TEST

START_TEST(helper_runs_without_an_environment) {
  static char *nothing[] = {NULL};
  static char named[PATH_MAX + 64];
  static char *only[] = {named, NULL};
  struct ls_frames got;
  snprintf(named, sizeof named, "LEAKSLOPE_SYMBOLIZER=%s",
           getenv("LEAKSLOPE_SYMBOLIZER"));
  environ = only;
  ck_assert_int_eq(symbolize(fixture_call().pc, &got), 0);
  ck_assert_str_eq(got.frames[0].function, "fixture_call");
  environ = nothing;
  (void)symbolize(fixture_call().pc, &got);
  ck_assert_uint_eq(got.n, 1);
  environ = NULL;
  (void)symbolize(fixture_call().pc, &got);
  ck_assert_uint_eq(got.n, 1);
}
END_TEST

START_TEST(helper_has_no_descriptor_of_ours) {
  int fds[2];
  ck_assert_int_eq(pipe(fds), 0);
  setenv("OUT", folder_path("descriptors"), 1);
  helper_is("cd /proc/$$/fd; echo * > \"$OUT\"");
  expect_failure(-EPROTO);
  size_t size;
  char *text = file_read(folder_path("descriptors"), &size);
  /* The shell itself holds the script, as 10. */
  for (int fd = 3; fd <= fds[1]; fd++) {
    char number[16];
    snprintf(number, sizeof number, " %d ", fd);
    ck_assert_msg(fd == 10 || !strstr(text, number), "%d in %s", fd, text);
  }
  free(text);
}
END_TEST

/* ---- odd hosts ----------------------------------------------------------- */

static void expect_success(void) {
  struct spot spot = fixture_call();
  struct ls_frames got = symbolized(spot.pc);
  ck_assert_str_eq(got.frames[0].function, "fixture_call");
  ck_assert_uint_eq(got.frames[0].lineno, (unsigned)spot.line);
}

START_TEST(host_ignores_sigchld) {
  signal(SIGCHLD, SIG_IGN);
  expect_success();
  ck_assert_ptr_eq(signal(SIGCHLD, SIG_DFL), SIG_IGN);
  expect_no_child();
}
END_TEST

static volatile sig_atomic_t handled;

static void handle(int signal_number) {
  (void)signal_number;
  handled++;
}

START_TEST(host_handles_sigchld) {
  signal(SIGCHLD, handle);
  expect_success();
  ck_assert_int_eq(handled, 0);
  expect_no_child();
}
END_TEST

START_TEST(host_blocks_sigchld) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
  expect_success();
  sigpending(&set);
  ck_assert_int_eq(sigismember(&set, SIGCHLD), 0);
}
END_TEST

/* A child that ends during the call: the host hears of it, and reaps it. */
START_TEST(host_has_children_of_its_own) {
  signal(SIGCHLD, handle);
  pid_t pid = fork();
  if (pid == 0) {
    usleep(50 * 1000);
    _exit(7);
  }
  helper_is("exec sleep 1000");
  ls_symbolize_timeout_ms = 500;
  struct ls_frames got;
  ck_assert_int_eq(symbolize(fixture_call().pc, &got), -ETIMEDOUT);
  ck_assert_int_eq(handled, 1);
  int status;
  ck_assert_int_eq(waitpid(-1, &status, WNOHANG), pid);
  ck_assert_int_eq(WEXITSTATUS(status), 7);
  expect_no_child();
}
END_TEST

START_TEST(host_closed_its_standard_files) {
  int keep = fcntl(STDERR_FILENO, F_DUPFD, 100);
  for (int closed = 1; closed < 8; closed++) {
    int saved[3];
    for (int fd = 0; fd < 3; fd++) {
      saved[fd] = fcntl(fd, F_DUPFD, 200);
      if (closed & 1 << fd) close(fd);
    }
    expect_success();
    for (int fd = 0; fd < 3; fd++) {
      if (closed & 1 << fd) ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
      dup2(saved[fd], fd);
      close(saved[fd]);
    }
  }
  close(keep);
}
END_TEST

static void *in_thread(void *unused) {
  expect_success();
  return unused;
}

START_TEST(host_asks_from_several_threads) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    ck_assert_int_eq(pthread_create(&threads[i], NULL, in_thread, NULL), 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  expect_no_child();
}
END_TEST

/* /proc/self shows the main thread, which is a zombie then. */
static void *after_main(void *main_thread) {
  pthread_join(*(pthread_t *)main_thread, NULL);
  struct ls_frames got;
  int rc = symbolize(fixture_call().pc, &got);
  _exit(rc == 0 && got.frames[0].lineno ? 0 : 1);
}

START_TEST(host_ended_its_main_thread) {
  pid_t pid = fork();
  if (pid == 0) {
    static pthread_t self;
    self = pthread_self();
    pthread_t other;
    pthread_create(&other, NULL, after_main, &self);
    pthread_exit(NULL);
  }
  int status;
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  ck_assert_int_eq(status, 0);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {
      helper_is_missing,
      helper_has_a_relative_name,
      helper_is_no_program,
      helper_hangs,
      helper_hangs_before_it_reads,
      helper_closes_its_output_and_hangs,
      helper_talks_for_ever,
      helper_answers_nonsense,
      helper_does_not_read,
      helper_answers_too_much,
      helper_crashes_on_the_way,
      helper_has_a_clean_environment,
      helper_runs_without_an_environment,
      helper_has_no_descriptor_of_ours,
      host_ignores_sigchld,
      host_handles_sigchld,
      host_blocks_sigchld,
      host_has_children_of_its_own,
      host_closed_its_standard_files,
      host_asks_from_several_threads,
      host_ended_its_main_thread,
  };
  return tests_run("client", tests, sizeof tests / sizeof *tests);
}
