/* SPDX-License-Identifier: MIT */
/* Tests beside a thread that was there before them; it works for one of them.
   What they find in the process, they print. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "suite.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t to_do = PTHREAD_COND_INITIALIZER;
static pthread_cond_t is_done = PTHREAD_COND_INITIALIZER;
static int jobs, done, keeps;
static atomic_int tid;

static void *work(void *arg) {
  atomic_store(&tid, (int)syscall(SYS_gettid));
  pthread_mutex_lock(&lock);
  for (;;) {
    while (!jobs) pthread_cond_wait(&to_do, &lock);
    jobs--;
    done++;
    if (keeps) leak();
    pthread_cond_signal(&is_done);
  }
  return arg;
}

/* One that will wake up by itself, when the test is long over. */
static void *sleep_on(void *arg) {
  atomic_store(&tid, (int)syscall(SYS_gettid));
  for (;;) sleep(3600);
  return arg;
}

/* What the kernel says of the thread. */
static void read_of_thread(const char *file, char *text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/%s", atomic_load(&tid), file);
  int fd = open(path, O_RDONLY);
  ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);
  text[n > 0 ? n : 0] = '\0';
  if (fd >= 0) close(fd);
}

/* One that is ready and gets no processor does not run either. */
static int sleeps(void) {
  char text[512];
  read_of_thread("stat", text, sizeof text);
  const char *behind = strrchr(text, ')');
  return behind && !strncmp(behind, ") S", 3);
}

/* Until the thread has nothing to do. */
static void start_one(void *(*function)(void *)) {
  pthread_t thread;
  char before[96] = "", now[96] = "";
  if (pthread_create(&thread, NULL, function, NULL)) abort();
  while (!atomic_load(&tid)) usleep(100);
  for (int same = 0; same < 20;
       same = strcmp(before, now) || !sleeps() ? 0 : same + 1) {
    strcpy(before, now);
    usleep(1000);
    read_of_thread("schedstat", now, sizeof now);
  }
}

static void start(void) { start_one(work); }

static void start_sleeper(void) { start_one(sleep_on); }

static int passes; /* in this process */

static void pass(const char *name) { printf("%s %d\n", name, passes++); }

static void have_done(void) {
  pthread_mutex_lock(&lock);
  jobs++;
  done = 0;
  pthread_cond_signal(&to_do);
  while (!done) pthread_cond_wait(&is_done, &lock);
  pthread_mutex_unlock(&lock);
}

START_TEST(test_alone) { pass("alone"); }
END_TEST

START_TEST(test_still_alone) { pass("still alone"); }
END_TEST

START_TEST(test_works) {
  pass("works");
  have_done();
}
END_TEST

START_TEST(test_behind) { pass("behind"); }
END_TEST

START_TEST(test_leaks) { leak(); }
END_TEST

START_TEST(test_thread_leaks) {
  keeps = 1;
  have_done();
  keeps = 0;
}
END_TEST

START_TEST(test_beside_a_sleeper) { pass("beside a sleeper"); }
END_TEST

START_TEST(test_fails) { ck_assert_int_eq(passes, -1); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Beside");
  TCase *tcase = add_case(suite, "alone");
  tcase_add_unchecked_fixture(tcase, start, NULL);
  tcase_add_test(tcase, test_alone);
  tcase_add_test(tcase, test_still_alone);
  tcase_add_test(tcase, test_works);
  tcase_add_test(tcase, test_behind);
  tcase_add_test(tcase, test_fails);
  tcase = add_case(suite, "sleeper");
  tcase_add_unchecked_fixture(tcase, start_sleeper, NULL);
  tcase_add_test(tcase, test_beside_a_sleeper);
  tcase = add_case(suite, "leaks");
  tcase_add_unchecked_fixture(tcase, start, NULL);
  tcase_add_test(tcase, test_leaks);
  tcase = add_case(suite, "thread_leaks");
  tcase_add_unchecked_fixture(tcase, start, NULL);
  tcase_add_test(tcase, test_thread_leaks);
  return run_suite(suite);
}
