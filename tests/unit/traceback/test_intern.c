/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/guard.h"
#include "traceback/intern.h"
#include "traceback/young.h"

/* A path that its number determines, and that shares outer frames with
   others. */
static size_t path_of(unsigned number, uintptr_t *pcs) {
  size_t n = 3 + number % 30;
  for (size_t i = 0; i < n; i++)
    pcs[n - 1 - i] = 0x1000 + i * 16 + (number >> (i < 20 ? 20 - i : 0));
  return n;
}

START_TEST(a_path_comes_back_as_it_was) {
  uintptr_t in[64], out[64];
  uint32_t sites[5000];
  for (unsigned k = 0; k < 5000; k++) {
    size_t n = path_of(k, in);
    sites[k] = ls_intern(in, n);
    ck_assert_uint_ne(sites[k], 0);
    ck_assert_uint_le(sites[k], ls_intern_sites());
  }
  for (unsigned k = 0; k < 5000; k++) {
    size_t n = path_of(k, in);
    ck_assert_uint_eq(ls_intern(in, n), sites[k]); /* the same again */
    ck_assert_uint_eq(ls_intern_path(sites[k], out, 64), n);
    for (size_t i = 0; i < n; i++) ck_assert_uint_eq(out[i], in[i]);
    ck_assert_uint_eq(ls_intern_path(sites[k], out, 2), 2);
  }
}
END_TEST

START_TEST(a_path_and_its_beginning_are_two_sites) {
  uintptr_t whole[] = {1, 2, 3, 4};
  uint32_t a = ls_intern(whole, 4), b = ls_intern(whole + 1, 3),
           c = ls_intern(whole, 3);
  ck_assert(a != b && b != c && a != c);
  ck_assert_uint_eq(ls_intern_path(0, whole, 4), 0);
}
END_TEST

enum { EACH = 20000 };

static void *intern_many(void *arg) {
  uint32_t *sites = arg;
  uintptr_t pcs[64];
  for (unsigned k = 0; k < EACH; k++)
    sites[k] = ls_intern(pcs, path_of(k, pcs));
  return NULL;
}

START_TEST(threads_agree) {
  static uint32_t sites[4][EACH];
  pthread_t threads[4];
  for (int t = 0; t < 4; t++)
    ck_assert_int_eq(pthread_create(&threads[t], NULL, intern_many, sites[t]),
                     0);
  for (int t = 0; t < 4; t++) pthread_join(threads[t], NULL);
  for (unsigned k = 0; k < EACH; k++)
    for (int t = 1; t < 4; t++) ck_assert_uint_eq(sites[t][k], sites[0][k]);
}
END_TEST

START_TEST(a_forked_child_goes_on) {
  uintptr_t pcs[64];
  uint32_t before = ls_intern(pcs, path_of(77, pcs));
  ls_intern_before_fork();
  pid_t pid = fork();
  ls_intern_after_fork();
  if (pid == 0) {
    int good = ls_intern(pcs, path_of(77, pcs)) == before &&
               ls_intern(pcs, path_of(123456, pcs)) != 0;
    _exit(good ? 0 : 1);
  }
  int status;
  waitpid(pid, &status, 0);
  ck_assert_int_eq(status, 0);
}
END_TEST

/* One that no other number has. */
static size_t own_path(unsigned number, uintptr_t *pcs) {
  pcs[0] = 0x100000000 + number;
  return 1 + path_of(number, pcs + 1);
}

/* Paths and tags of a young process: those from before, those that are early,
   and those that move from there, are all the same to who reads. */
static int child_interns(unsigned n, unsigned generations) {
  uintptr_t in[64], out[64];
  uint32_t sites[600], first = ls_intern_sites();
  ls_young_begin();
  for (unsigned k = 0; k < n; k++) {
    if (k == n / 2 && generations) {
      pid_t pid = fork();
      int status = 0;
      if (pid == 0) _exit(child_interns(n + 7, generations - 1) ? 0 : 1);
      waitpid(pid, &status, 0);
      if (status) return 0;
    }
    if (k == 400) ls_own.young = 0; /* no longer */
    unsigned number = 1000000 + k + 1000 * generations;
    sites[k] = ls_intern(in, own_path(number, in));
    ls_intern_set_tag(sites[k], (uint8_t)k);
    if (ls_intern(in, own_path(number, in)) != sites[k]) return 0;
  }
  if (ls_intern_sites() - first > n) return 0;
  for (unsigned k = 0; k < n; k++) {
    size_t length = own_path(1000000 + k + 1000 * generations, in);
    if (ls_intern_path(sites[k], out, 64) != length ||
        memcmp(in, out, length * sizeof in[0]) ||
        ls_intern_tag(sites[k]) != (uint8_t)k ||
        ls_intern(in, length) != sites[k])
      return 0;
  }
  return 1;
}

START_TEST(young_children_intern) {
  uintptr_t pcs[64];
  static const unsigned counts[] = {1, 2, 5, 11, 12, 13, 24, 40, 100, 550};
  for (unsigned before = 0; before < 300; before += 125) {
    for (unsigned k = 0; k < before; k++) (void)ls_intern(pcs, path_of(k, pcs));
    for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++) {
      pid_t pid = fork();
      int status;
      if (pid == 0) _exit(child_interns(counts[i], i % 3) ? 0 : 1);
      waitpid(pid, &status, 0);
      ck_assert_msg(!status, "%u after %u", counts[i], before);
    }
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Intern");
  TCase *trie = tcase_create("Trie");
  tcase_add_test(trie, a_path_comes_back_as_it_was);
  tcase_add_test(trie, a_path_and_its_beginning_are_two_sites);
  tcase_add_test(trie, threads_agree);
  tcase_add_test(trie, a_forked_child_goes_on);
  tcase_add_test(trie, young_children_intern);
  tcase_set_timeout(trie, 60);
  suite_add_tcase(suite, trie);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
