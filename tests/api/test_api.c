/* SPDX-License-Identifier: MIT */
/* leakslope.h as a program uses it. */
#include <check.h>
#include <errno.h>
#include <leakslope.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile kept;
static void *volatile ring[64];

/* ---- tracing ----------------------------------------------------------------
 */

START_TEST(it_is_tracing_and_armed) {
  const char *cause = "";
  ck_assert_int_eq(leakslope_is_tracing(), 1);
  ck_assert_msg(!leakslope_armed(malloc, free, &cause), "%s", cause);
  ck_assert_uint_eq(leakslope_get_traceback_limit(), 64);
  ck_assert_uint_gt(leakslope_get_tracer_memory(), 0);
}
END_TEST

static char not_a_heap[256];
static void *other_malloc(size_t size) {
  (void)size;
  return not_a_heap;
}
static void other_free(void *block) { (void)block; }

START_TEST(it_is_not_armed_when_stopped_or_bypassed) {
  const char *cause = NULL;
  ck_assert_int_eq(leakslope_armed(other_malloc, other_free, &cause), -ENOTSUP);
  ck_assert_ptr_nonnull(strstr(cause, "malloc is not ours"));
  leakslope_stop();
  ck_assert_int_eq(leakslope_is_tracing(), 0);
  ck_assert_int_eq(leakslope_armed(malloc, free, &cause), -ENOTSUP);
  ck_assert_str_eq(cause, "tracing was stopped");
  ck_assert_ptr_null(leakslope_take_snapshot());
  struct leakslope_measurement *m;
  ck_assert_int_eq(leakslope_measure_begin(NULL, &m), -ENOTSUP);
  ck_assert_int_eq(leakslope_start(300), -EINVAL);
  ck_assert_int_eq(leakslope_start(2), 0);
  ck_assert_uint_eq(leakslope_get_traceback_limit(), 2);
  kept = malloc(10);
  struct leakslope_traceback *tb = leakslope_get_object_traceback(kept);
  ck_assert_uint_le(tb->nframe, 3); /* two, and what is inlined in them */
  leakslope_traceback_free(tb);
}
END_TEST

static __attribute__((noinline)) void *innermost(size_t size) {
  return malloc(size);
}
static __attribute__((noinline)) void *outer(size_t size) {
  void *block = innermost(size);
  __asm__ volatile("");
  return block;
}

START_TEST(a_block_has_its_traceback) {
  char *block = kept = outer(33);
  struct leakslope_traceback *tb = leakslope_get_object_traceback(block);
  ck_assert_uint_ge(tb->nframe, 3);
  ck_assert_str_eq(tb->frames[0].function, "innermost");
  ck_assert_str_eq(tb->frames[1].function, "outer");
  ck_assert_ptr_nonnull(strstr(tb->frames[0].filename, "test_api.c"));
  ck_assert_uint_gt(tb->frames[0].lineno, 0);
  char *first = leakslope_traceback_format(tb, 1, 1);
  char *oldest = leakslope_traceback_format(tb, -1, 1);
  char *reversed = leakslope_traceback_format(tb, 2, 0);
  ck_assert_ptr_eq(strstr(first, "#0 innermost"), first);
  ck_assert_ptr_null(strstr(first, "#1"));
  ck_assert_ptr_null(strstr(oldest, "innermost"));
  ck_assert_ptr_eq(strstr(reversed, "#1 outer"), reversed);
  leakslope_string_free(first);
  leakslope_string_free(oldest);
  leakslope_string_free(reversed);
  leakslope_traceback_free(tb);
  ck_assert_ptr_null(leakslope_get_object_traceback(block + 16));
  ck_assert_ptr_null(leakslope_get_object_traceback(NULL));
  free(block);
}
END_TEST

START_TEST(our_own_memory_is_in_no_count) {
  size_t before, after;
  leakslope_get_traced_memory(&before, NULL);
  struct leakslope_snapshot *snapshot = leakslope_take_snapshot();
  const struct leakslope_statistic *stats;
  size_t n;
  ck_assert_int_eq(
      leakslope_snapshot_statistics(snapshot, LEAKSLOPE_LINENO, 0, &stats, &n),
      0);
  leakslope_get_traced_memory(&after, NULL);
  leakslope_snapshot_free(snapshot);
  ck_assert_uint_eq(before, after);
}
END_TEST

/* ---- snapshots
 * ----------------------------------------------------------------- */

static const struct leakslope_statistic_diff *find(
    const struct leakslope_statistic_diff *diffs, size_t n,
    const char *function) {
  for (size_t i = 0; i < n; i++)
    if (diffs[i].traceback.frames[0].function &&
        !strcmp(diffs[i].traceback.frames[0].function, function))
      return &diffs[i];
  return NULL;
}

START_TEST(groups_sum_and_sort_as_tracemalloc_does) {
  const struct leakslope_statistic_diff *d;
  size_t n;
  struct leakslope_snapshot *baseline = leakslope_take_snapshot();
  for (int i = 0; i < 10; i++) ring[i] = outer(100);
  ring[10] = innermost(5000); /* the same line, another path */
  struct leakslope_snapshot *after = leakslope_take_snapshot();
  ck_assert_int_eq(leakslope_snapshot_compare_to(after, baseline,
                                                 LEAKSLOPE_LINENO, 0, &d, &n),
                   0);
  const struct leakslope_statistic_diff *line = find(d, n, "innermost");
  ck_assert_int_eq(line->size_diff, 6000);
  ck_assert_int_eq(line->count_diff, 11);
  for (size_t i = 1; i < n; i++)
    ck_assert(llabs(d[i - 1].size_diff) >= llabs(d[i].size_diff));
  ck_assert_int_eq(leakslope_snapshot_compare_to(
                       after, baseline, LEAKSLOPE_TRACEBACK, 0, &d, &n),
                   0);
  ck_assert_int_eq(d[0].size_diff, 5000);
  ck_assert_int_eq(d[1].size_diff, 1000);
  ck_assert_int_eq(d[1].count_diff, 10);
  ck_assert_uint_gt(d[1].traceback.nframe, 2);
  ck_assert_int_eq(leakslope_snapshot_compare_to(after, baseline,
                                                 LEAKSLOPE_LINENO, 1, &d, &n),
                   0);
  ck_assert_int_eq(find(d, n, "outer")->size_diff, 1000);
  ck_assert_int_eq(leakslope_snapshot_compare_to(after, baseline,
                                                 LEAKSLOPE_FILENAME, 0, &d, &n),
                   0);
  ck_assert_int_eq(d[0].size_diff, 6000);
  /* the other way round: what was then and is not now */
  ck_assert_int_eq(leakslope_snapshot_compare_to(baseline, after,
                                                 LEAKSLOPE_FILENAME, 0, &d, &n),
                   0);
  ck_assert_int_eq(d[0].size_diff, -6000);
  ck_assert_int_eq(leakslope_snapshot_compare_to(
                       after, baseline, LEAKSLOPE_TRACEBACK, 1, &d, &n),
                   -EINVAL);
  leakslope_snapshot_free(baseline);
  leakslope_snapshot_free(after);
}
END_TEST

START_TEST(clearing_forgets) {
  kept = malloc(123);
  leakslope_clear_traces();
  ck_assert_ptr_null(leakslope_get_object_traceback(kept));
  size_t current;
  leakslope_get_traced_memory(&current, NULL);
  ck_assert_uint_eq(current, 0);
  free(kept);
}
END_TEST

/* ---- measuring
 * -------------------------------------------------------------------- */

struct node {
  struct node *next;
};
static struct node *list;

static void leaks(void *arg) {
  struct node *node = malloc(64);
  node->next = list;
  list = node;
  if (arg) ++*(int *)arg;
}

static void is_bounded(void *arg) {
  unsigned *i = arg;
  free(ring[*i % 64]);
  ring[*i % 64] = malloc(64);
  ++*i;
}

START_TEST(a_bound_is_kept_or_passed) {
  struct leakslope_report *report;
  ck_assert_int_eq(leakslope_bound("", 1), -EINVAL);
  ck_assert_int_eq(leakslope_bound("^leaks$", 100000), 0);
  ck_assert_int_eq(leakslope_measure(leaks, NULL, NULL, &report), 0);
  ck_assert_int_eq(leakslope_report_outcome(report), LEAKSLOPE_CLEAN);
  ck_assert_uint_eq(leakslope_report_accepted(report), 1);
  leakslope_report_free(report);
  ck_assert_int_eq(leakslope_bound("^leaks$", 100), 0);
  ck_assert_int_eq(leakslope_measure(leaks, NULL, NULL, &report), 0);
  ck_assert_int_eq(leakslope_report_outcome(report), LEAKSLOPE_LEAK);
  ck_assert_uint_eq(leakslope_report_accepted(report), 0);
  leakslope_report_free(report);
}
END_TEST

START_TEST(suppressions_of_the_program) {
  struct leakslope_report *report;
  const char *message;
  ck_assert_int_eq(leakslope_suppress("# none\n", &message), 0);
  ck_assert_int_eq(leakslope_suppress("a\nleak:b\n", &message), -EINVAL);
  ck_assert_ptr_nonnull(strstr(message, ":1: 'a' is not valid; allowed: "));
  ck_assert_int_eq(leakslope_suppress("leak:^leaks$", NULL), 0);
  ck_assert_int_eq(leakslope_measure(leaks, NULL, NULL, &report), 0);
  ck_assert_int_eq(leakslope_report_outcome(report), LEAKSLOPE_CLEAN);
  ck_assert_str_eq(leakslope_report_suppressions(report, 1),
                   "suppressed: 1 call site by leak:^leaks$ "
                   "(__lsan_default_suppressions():1)\n");
  leakslope_report_free(report);
}
END_TEST

START_TEST(an_operation_that_leaks_is_told) {
  struct leakslope_report *report;
  int times = 0;
  ck_assert_int_eq(leakslope_measure(leaks, &times, NULL, &report), 0);
  ck_assert_int_eq(leakslope_report_outcome(report), LEAKSLOPE_LEAK);
  ck_assert_int_eq(leakslope_report_fails(report, 0), 1);
  ck_assert_uint_eq(leakslope_report_iterations(report) + 3, (unsigned)times);
  const char *message = leakslope_report_message(report);
  ck_assert_msg(strstr(message, "+1 block/iteration (+64.0 B) at ") &&
                    strstr(message, " in leaks"),
                "%s", message);
  ck_assert_ptr_nonnull(strstr(leakslope_report_details(report), "# #0 leaks"));
  /* tracebacks end with the operation */
  ck_assert_ptr_null(strstr(leakslope_report_details(report), "#1 "));
  leakslope_report_free(report);
}
END_TEST

START_TEST(an_operation_that_is_bounded_is_clean) {
  struct leakslope_report *report;
  unsigned i = 0;
  ck_assert_int_eq(leakslope_measure(is_bounded, &i, NULL, &report), 0);
  ck_assert_int_eq(leakslope_report_outcome(report), LEAKSLOPE_CLEAN);
  ck_assert_int_eq(leakslope_report_fails(report, 1), 0);
  leakslope_report_free(report);
}
END_TEST

START_TEST(two_measurements_in_a_row_are_apart) {
  struct leakslope_report *report;
  unsigned i = 0;
  ck_assert_int_eq(leakslope_measure(leaks, NULL, NULL, &report), 0);
  leakslope_report_free(report);
  ck_assert_int_eq(leakslope_measure(is_bounded, &i, NULL, &report), 0);
  ck_assert_int_eq(leakslope_report_outcome(report), LEAKSLOPE_CLEAN);
  leakslope_report_free(report);
}
END_TEST

static const struct {
  unsigned iterations;
  enum leakslope_outcome outcome;
} exact[] = {{8, LEAKSLOPE_INCONCLUSIVE},
             {20, LEAKSLOPE_LEAK},
             {100, LEAKSLOPE_LEAK},
             {300, LEAKSLOPE_LEAK}};

START_TEST(exactly_as_many_iterations_as_asked_for) {
  struct leakslope_plan plan;
  struct leakslope_report *report;
  int times = 0;
  ck_assert_int_eq(leakslope_plan_init(&plan), 0);
  plan.iterations = exact[_i].iterations;
  ck_assert_int_eq(leakslope_measure(leaks, &times, &plan, &report), 0);
  ck_assert_int_eq(times, (int)plan.iterations + 3);
  ck_assert_int_eq(leakslope_report_outcome(report), exact[_i].outcome);
  leakslope_report_free(report);
}
END_TEST

START_TEST(a_bad_plan_is_refused) {
  struct leakslope_plan plan;
  struct leakslope_measurement *m;
  leakslope_plan_init(&plan);
  plan.iterations = 7;
  ck_assert_int_eq(leakslope_measure_begin(&plan, &m), -EINVAL);
  leakslope_plan_init(&plan);
  plan.warmup = 0;
  ck_assert_int_eq(leakslope_measure_begin(&plan, &m), -EINVAL);
  ck_assert_int_eq(leakslope_measure_begin(NULL, &m), 0);
  leakslope_measure_cancel(m);
}
END_TEST

static unsigned step_of(unsigned leaking_step) {
  struct leakslope_measurement *m;
  struct leakslope_report *report;
  ck_assert_int_eq(leakslope_measure_begin(NULL, &m), 0);
  while (leakslope_measure_iteration(m) > 0) {
    leakslope_measure_step(m, 1);
    free(malloc(10));
    leakslope_measure_step(m, leaking_step);
    leaks(NULL);
    leakslope_measure_step(m, 3);
    free(malloc(10));
  }
  ck_assert_int_eq(leakslope_measure_end(m, &report), 0);
  ck_assert_int_eq(leakslope_report_outcome(report), LEAKSLOPE_LEAK);
  unsigned step = leakslope_report_step(report);
  leakslope_report_free(report);
  return step;
}

START_TEST(the_step_that_leaks_is_known) {
  ck_assert_uint_eq(step_of(2), 2);
  ck_assert_uint_eq(step_of(2047), 2047);
  ck_assert_uint_eq(step_of(2048), 0);
  ck_assert_uint_eq(step_of(0), 0);
}
END_TEST

/* A forked copy runs the loop and ends in its own way after `stop`. */
static struct leakslope_report *measure_in_a_copy(unsigned stop, int how) {
  struct leakslope_measurement *m;
  struct leakslope_report *report = NULL;
  ck_assert_int_eq(leakslope_measure_begin(NULL, &m), 0);
  pid_t pid = fork();
  if (pid == 0) {
    while (leakslope_measure_iteration(m) > 0) {
      if (leakslope_measure_iterations(m) >= stop) {
        if (how == 1) raise(SIGKILL);
        if (how == 2) leakslope_measure_ended(m, "the table is full");
        _exit(3);
      }
      leaks(NULL);
    }
    _exit(0);
  }
  waitpid(pid, NULL, 0);
  ck_assert_int_eq(leakslope_measure_end(m, &report), 0);
  return report;
}

static const struct {
  unsigned stop;
  int how;
  enum leakslope_outcome outcome;
  const char *words;
} ends[] = {
    {1000000, 0, LEAKSLOPE_LEAK, "in leaks"},
    {40, 0, LEAKSLOPE_LEAK, "in leaks"},
    {40, 1, LEAKSLOPE_LEAK, "in leaks"},
    {40, 2, LEAKSLOPE_LEAK, "in leaks"},
    {10, 1, LEAKSLOPE_LEAK, "in leaks"},
    {4, 1, LEAKSLOPE_NOT_REPEATABLE, "is gone"},
    {4, 2, LEAKSLOPE_NOT_REPEATABLE, "the table is full"},
    {0, 1, LEAKSLOPE_NOT_REPEATABLE, "is gone"},
};

START_TEST(a_copy_that_dies_leaves_what_it_recorded) {
  struct leakslope_report *report =
      measure_in_a_copy(ends[_i].stop, ends[_i].how);
  const char *message = leakslope_report_message(report);
  ck_assert_msg(leakslope_report_outcome(report) == ends[_i].outcome, "%s",
                message);
  ck_assert_msg(strstr(message, ends[_i].words), "%s", message);
  leakslope_report_free(report);
}
END_TEST

START_TEST(a_report_travels_as_bytes) {
  char buffer[65536], small[8];
  struct leakslope_report *report, *copy;
  ck_assert_int_eq(leakslope_measure(leaks, NULL, NULL, &report), 0);
  size_t n = leakslope_report_encode(report, buffer, sizeof buffer);
  ck_assert_uint_lt(n, sizeof buffer);
  ck_assert_uint_eq(leakslope_report_encode(report, small, sizeof small), n);
  ck_assert_int_eq(leakslope_report_decode(buffer, n, &copy), 0);
  ck_assert_str_eq(leakslope_report_message(report),
                   leakslope_report_message(copy));
  ck_assert_str_eq(leakslope_report_details(report),
                   leakslope_report_details(copy));
  struct leakslope_report *none;
  ck_assert_int_eq(leakslope_report_decode(buffer, n / 2, &none), -EINVAL);
  leakslope_report_free(copy);
  leakslope_report_free(report);
}
END_TEST

START_TEST(a_leak_needs_a_second_witness) {
  struct leakslope_report *first, *second;
  unsigned i = 0;
  ck_assert_int_eq(leakslope_measure(leaks, NULL, NULL, &first), 0);
  ck_assert_int_eq(leakslope_measure(is_bounded, &i, NULL, &second), 0);
  ck_assert_int_eq(leakslope_report_confirm(first, first), 0);
  ck_assert_int_eq(leakslope_report_outcome(first), LEAKSLOPE_LEAK);
  ck_assert_int_eq(leakslope_report_confirm(first, second), 1);
  ck_assert_int_eq(leakslope_report_outcome(first), LEAKSLOPE_INCONCLUSIVE);
  ck_assert_ptr_nonnull(strstr(leakslope_report_message(first), "second run"));
  leakslope_report_free(first);
  leakslope_report_free(second);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("API");
  TCase *tracing = tcase_create("Tracing");
  tcase_add_test(tracing, it_is_tracing_and_armed);
  tcase_add_test(tracing, it_is_not_armed_when_stopped_or_bypassed);
  tcase_add_test(tracing, a_block_has_its_traceback);
  tcase_add_test(tracing, our_own_memory_is_in_no_count);
  suite_add_tcase(suite, tracing);
  TCase *snapshots = tcase_create("Snapshots");
  tcase_add_test(snapshots, groups_sum_and_sort_as_tracemalloc_does);
  tcase_add_test(snapshots, clearing_forgets);
  suite_add_tcase(suite, snapshots);
  TCase *measuring = tcase_create("Measuring");
  tcase_add_test(measuring, an_operation_that_leaks_is_told);
  tcase_add_test(measuring, a_bound_is_kept_or_passed);
  tcase_add_test(measuring, suppressions_of_the_program);
  tcase_add_test(measuring, an_operation_that_is_bounded_is_clean);
  tcase_add_test(measuring, two_measurements_in_a_row_are_apart);
  tcase_add_loop_test(measuring, exactly_as_many_iterations_as_asked_for, 0,
                      sizeof exact / sizeof *exact);
  tcase_add_test(measuring, a_bad_plan_is_refused);
  tcase_add_test(measuring, the_step_that_leaks_is_known);
  tcase_add_loop_test(measuring, a_copy_that_dies_leaves_what_it_recorded, 0,
                      sizeof ends / sizeof *ends);
  tcase_add_test(measuring, a_report_travels_as_bytes);
  tcase_add_test(measuring, a_leak_needs_a_second_witness);
  suite_add_tcase(suite, measuring);
  for (TCase *const *tcase = (TCase *[]){tracing, snapshots, measuring, NULL};
       *tcase; tcase++)
    tcase_set_timeout(*tcase, 60);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
