/* SPDX-License-Identifier: MIT */
/* Tests that come to no end where AT says: in their body, in a repetition or,
   in place, beside a thread.  A file called "there" tells that one has come
   there. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

static void *volatile kept;
static int passes;
static volatile sig_atomic_t handled;
static void handle(int signal) { handled = signal; }

static int is_at(const char *place) {
  const char *at = getenv("AT");
  return at && !strcmp(at, place);
}

static void make(const char *name) {
  FILE *file = fopen(name, "w");
  if (file) fclose(file);
}

static void tell(void) { make("there"); }

/* Until the report is another file. */
static void wait_for_report(void) {
  struct stat before, now;
  if (stat("killed.xml", &before)) abort();
  tell();
  do usleep(100);
  while (stat("killed.xml", &now) || now.st_ino == before.st_ino);
}

static void allocate(void) {
  for (int i = 0; i < 1000; i++) {
    kept = malloc(100 + (size_t)i);
    free(kept);
  }
}

static void wait_for_a_child(void) {
  pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  tell();
  waitpid(child, NULL, 0);
}

static void *idle(void *arg) {
  for (;;) pause();
  return arg;
}

START_TEST(test_clean) { allocate(); }
END_TEST

START_TEST(test_leaks) { leak(); }
END_TEST

START_TEST(test_fails) { ck_assert_msg(0, "said by the test"); }
END_TEST

START_TEST(test_body) {
  if (is_at("allocating"))
    for (tell();;) allocate();
  if (is_at("waiting"))
    for (tell(); !handled;) usleep(1000);
  if (is_at("written")) {
    wait_for_report();
    make("went on");
  }
}
END_TEST

START_TEST(test_repeated) {
  if (is_at("repeated") && ++passes > 5) wait_for_a_child();
}
END_TEST

START_TEST(test_in_place) {
  pthread_t thread;
  if (!is_at("in place")) return;
  if (!passes) ck_assert_int_eq(pthread_create(&thread, NULL, idle, NULL), 0);
  if (++passes > 5)
    for (tell();;) pause();
}
END_TEST

START_TEST(test_last) {}
END_TEST

/* Check's functions, in another thread than the one that gets a signal. */
static void *run_in_thread(void *suite) {
  static int failed;
  failed = run_suite(suite);
  return &failed;
}

static int run_apart(Suite *suite) {
  pthread_t thread;
  void *failed;
  if (pthread_create(&thread, NULL, run_in_thread, suite)) abort();
  pthread_join(thread, &failed);
  return *(int *)failed;
}

int main(void) {
  Suite *suite = suite_create("Killed");
  TCase *tcase = add_case(suite, "all");
  tcase_set_timeout(tcase, 100);
  tcase_add_test(tcase, test_clean);
  tcase_add_test(tcase, test_leaks);
  tcase_add_test(tcase, test_fails);
  tcase_add_test(tcase, test_body);
  tcase_add_test(tcase, test_repeated);
  tcase_add_test(tcase, test_in_place);
  tcase_add_loop_test(tcase, test_last, 0, 2);
  if (getenv("HANDLES")) signal(SIGTERM, handle);
  int status = getenv("APART") ? run_apart(suite) : run_suite(suite);
  if (handled) printf("handled %d\n", (int)handled);
  return status;
}
