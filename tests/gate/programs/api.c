/* SPDX-License-Identifier: MIT */
/* What a program can say in check_leak.h; the first argument says which. */
#include <check_leak.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

static const char *mode;

static int is(const char *what) { return !strcmp(mode, what); }

START_TEST(test_leaks) { leak(); }
END_TEST

START_TEST(test_other) { free(malloc(1)); }
END_TEST

/* What is freed is kept in a queue until somebody drains it. */
static struct node { struct node *next; } * queue;

static void drain(void) {
  while (queue) {
    struct node *next = queue->next;
    free(queue);
    queue = next;
  }
}

/* A grace period: what is queued is freed by every seventh call. */
static void drain_later(void) {
  static unsigned calls;
  if (++calls % 7 == 0) drain();
}

START_TEST(test_defers) {
  struct node *node = malloc(sizeof *node);
  ck_assert_ptr_nonnull(node);
  node->next = queue;
  queue = node;
}
END_TEST

START_TEST(test_defers_and_leaks) {
  leak();
  free(malloc(3));
}
END_TEST

/* Children that are waited for by a function of the program's, or by a handler
   that is late: it begins once there are many. */
enum { CHILDREN = 512 };
static volatile pid_t children[CHILDREN];

static void reap(void) {
  for (int i = 0; i < CHILDREN; i++)
    if (children[i] && waitpid(children[i], NULL, WNOHANG)) children[i] = 0;
}

static void reap_all(void) {
  for (int i = 0; i < CHILDREN; i++)
    if (children[i]) (void)waitpid(children[i], NULL, 0);
  memset((void *)children, 0, sizeof children);
}

static void on_tick(int signal) {
  enum { MANY = 50 };
  static int begun;
  int n = 0;
  (void)signal;
  for (int i = 0; i < CHILDREN; i++) n += children[i] != 0;
  if (n >= MANY) begun = 1;
  if (begun) reap();
}

START_TEST(test_starts_child) {
  int i = 0;
  while (i < CHILDREN && children[i]) i++;
  ck_assert_int_lt(i, CHILDREN);
  pid_t pid = fork();
  if (pid == 0) _exit(0);
  ck_assert_int_gt(pid, 0);
  children[i] = pid;
}
END_TEST

/* A fork leaves the timer behind. */
static void start_ticks(void) {
  static pid_t owner;
  const struct itimerval ticks = {{0, 60000}, {0, 60000}};
  struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
  if (owner == getpid()) return;
  owner = getpid();
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &ticks, NULL);
}

static void add_tests(Suite *suite, TCase *tcase) {
  if (is("test"))
    tcase_add_leak_test_with(tcase, test_leaks, .iterations = 77, .warmup = 2);
  else if (is("reason"))
    tcase_add_ungated_test(tcase, test_leaks, "appends to a file");
  else if (is("settle") || is("unsettled") || is("settle-slowly"))
    tcase_add_test(tcase, test_defers);
  else if (is("settled-leak"))
    tcase_add_test(tcase, test_defers_and_leaks);
  else if (is("settled-children") || is("reaped-children"))
    tcase_add_test(tcase, test_starts_child);
  else
    tcase_add_test(tcase, test_leaks);
  add_test(suite, "other", test_other);
}

static void set_what_is_refused(TCase *tcase) {
  if (is("bad-iterations")) tcase_set_leak_iterations(tcase, 7);
  if (is("bad-warmup")) tcase_set_leak_warmup(tcase, 0);
  if (is("bad-budget")) tcase_set_leak_budget(tcase, -1);
}

static void set_tcase(TCase *tcase) {
  if (is("gate-off") || is("both")) tcase_set_leak_gate(tcase, 0);
  if (is("gate-on")) tcase_set_leak_gate(tcase, 1);
  if (is("tag-on")) {
    tcase_set_tags(tcase, "leakslope:off");
    tcase_set_leak_gate(tcase, 1);
  }
  if (is("tcase") || is("test")) {
    tcase_set_leak_iterations(tcase, 66);
    tcase_set_leak_warmup(tcase, 5);
  }
  if (is("budget")) tcase_set_leak_budget(tcase, 0.25);
  if (is("settle-slowly")) tcase_set_leak_settle(tcase, drain_later);
  if (is("settle")) tcase_set_leak_settle(tcase, drain);
  if (is("settled-children")) tcase_set_leak_settle(tcase, reap_all);
  if (is("reaped-children")) {
    tcase_add_checked_fixture(tcase, start_ticks, NULL);
    /* What Check puts back at the end, while the timer still runs. */
    signal(SIGALRM, SIG_IGN);
  }
  if (is("settled-leak")) tcase_set_leak_settle(tcase, drain);
  set_what_is_refused(tcase);
}

static void print_results(SRunner *runner) {
  LeakResult **all = srunner_leak_results(runner);
  LeakResult **leaks = srunner_leaks(runner);
  for (int i = 0; all && all[i]; i++)
    printf("result %s %s %s[%d] %d\n", lr_sname(all[i]), lr_tcname(all[i]),
           lr_tname(all[i]), lr_iter(all[i]), (int)lr_outcome(all[i]));
  for (int i = 0; leaks && leaks[i]; i++)
    printf("leak %s at %s:%d: %s\n", lr_tname(leaks[i]),
           lr_lfile(leaks[i]) ? lr_lfile(leaks[i]) : "?", lr_lno(leaks[i]),
           lr_msg(leaks[i]));
  printf("leaked %d inconclusive %d\n", srunner_ntests_leaked(runner),
         srunner_ntests_inconclusive(runner));
  free(all);
  free(leaks);
}

int main(int argc, char **argv) {
  mode = argc > 1 ? argv[1] : "";
  Suite *suite = suite_create("Api");
  TCase *tcase = add_case(suite, "case");
  set_tcase(tcase);
  if (is("suite-off") || is("gate-on")) suite_set_leak_gate(suite, 0);
  add_tests(suite, tcase);
  SRunner *runner = srunner_create(suite);
  if (is("junit")) srunner_set_junit(runner, argv[2]);
  if (is("json")) srunner_set_leak_json(runner, argv[2]);
  if (is("html")) srunner_set_leak_html(runner, argv[2]);
  if (is("scope")) srunner_set_leak_scope(runner, atoi(argv[2]));
  srunner_run_all(runner, CK_ENV);
  print_results(runner);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
