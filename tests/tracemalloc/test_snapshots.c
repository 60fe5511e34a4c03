/* SPDX-License-Identifier: MIT */
/* Snapshots of a program that lives, beyond what test_api.c has. */
#define _GNU_SOURCE 1
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <leakslope.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void *volatile kept[64];

static __attribute__((noinline)) void *grab(size_t size) {
  void *block = malloc(size);
  __asm__ volatile("");
  return block;
}

static __attribute__((noinline)) void fill(int n, size_t size) {
  for (int i = 0; i < n; i++) kept[i] = grab(size);
}

static void release(int n) {
  for (int i = 0; i < n; i++) free(kept[i]);
}

static const struct leakslope_statistic *find(
    struct leakslope_snapshot *snapshot, enum leakslope_key key,
    const char *function) {
  const struct leakslope_statistic *stats;
  size_t n;
  ck_assert_int_eq(leakslope_snapshot_statistics(snapshot, key, 0, &stats, &n),
                   0);
  for (size_t i = 0; i < n; i++) {
    const char *name = stats[i].traceback.frames[0].function;
    if (name && !strcmp(name, function)) return &stats[i];
  }
  return NULL;
}

/* ---- memory --------------------------------------------------------------
 */

START_TEST(the_peak_stays_until_it_is_reset) {
  size_t current, peak, now;
  leakslope_reset_peak();
  leakslope_get_traced_memory(&current, &peak);
  ck_assert_uint_eq(current, peak);
  free(grab(100000));
  leakslope_get_traced_memory(&now, &peak);
  ck_assert_uint_eq(now, current);
  ck_assert_uint_eq(peak, current + 100000);
  leakslope_reset_peak();
  leakslope_get_traced_memory(NULL, &peak);
  ck_assert_uint_eq(peak, current);
}
END_TEST

/* ---- traces and filters --------------------------------------------------
 */

START_TEST(traces_are_blocks_by_call_path) {
  fill(7, 40);
  struct leakslope_snapshot *snapshot = leakslope_take_snapshot();
  const struct leakslope_trace *traces;
  size_t n, found = 0;
  ck_assert_int_eq(leakslope_snapshot_traces(snapshot, &traces, &n), 0);
  for (size_t i = 0; i < n; i++) {
    const struct leakslope_frame *frame = traces[i].traceback.frames;
    if (!frame->function || strcmp(frame->function, "grab")) continue;
    ck_assert_int_eq(traces[i].domain, LEAKSLOPE_DOMAIN_MALLOC);
    ck_assert_uint_eq(traces[i].size, 280);
    ck_assert_uint_eq(traces[i].count, 7);
    ck_assert_str_eq(frame[1].function, "fill");
    ck_assert_uint_eq(traces[i].traceback.total_nframe,
                      traces[i].traceback.nframe);
    found++;
  }
  ck_assert_uint_eq(found, 1);
  ck_assert_uint_eq(leakslope_snapshot_get_traceback_limit(snapshot), 64);
  leakslope_snapshot_free(snapshot);
  release(7);
}
END_TEST

START_TEST(a_filter_keeps_what_it_names) {
  fill(3, 40);
  int fd = open("/dev/null", O_RDONLY);
  struct leakslope_snapshot *snapshot = leakslope_take_snapshot();
  const struct leakslope_filter here = {.inclusive = 1,
                                        .filename_pattern = "*test_snap*.c",
                                        .domain = LEAKSLOPE_DOMAIN_ANY};
  const struct leakslope_filter fds = {.inclusive = 1,
                                       .domain = LEAKSLOPE_DOMAIN_FD};
  const struct leakslope_filter not_here = {
      .filename_pattern = "*test_snapshots.c", .domain = LEAKSLOPE_DOMAIN_ANY};
  const struct leakslope_filter wrong = {.domain = -2};
  struct leakslope_snapshot *some;
  const struct leakslope_trace *traces;
  size_t n;

  some = leakslope_snapshot_filter_traces(snapshot, &here, 1);
  ck_assert_ptr_nonnull(find(some, LEAKSLOPE_LINENO, "grab"));
  leakslope_snapshot_free(some);
  some = leakslope_snapshot_filter_traces(snapshot, &not_here, 1);
  ck_assert_ptr_null(find(some, LEAKSLOPE_LINENO, "grab"));
  leakslope_snapshot_free(some);
  some = leakslope_snapshot_filter_traces(snapshot, &fds, 1);
  ck_assert_int_eq(leakslope_snapshot_traces(some, &traces, &n), 0);
  ck_assert_uint_ge(n, 1);
  for (size_t i = 0; i < n; i++)
    ck_assert_int_eq(traces[i].domain, LEAKSLOPE_DOMAIN_FD);
  /* it is of its own */
  leakslope_snapshot_free(snapshot);
  ck_assert_ptr_nonnull(traces[0].traceback.frames[0].module);
  errno = 0;
  ck_assert_ptr_null(leakslope_snapshot_filter_traces(some, &wrong, 1));
  ck_assert_int_eq(errno, EINVAL);
  leakslope_snapshot_free(some);
  close(fd);
  release(3);
}
END_TEST

START_TEST(a_file_is_a_group_without_a_line) {
  fill(2, 10);
  struct leakslope_snapshot *snapshot = leakslope_take_snapshot();
  const struct leakslope_statistic *stats;
  size_t n, found = 0;
  ck_assert_int_eq(leakslope_snapshot_statistics(snapshot, LEAKSLOPE_FILENAME,
                                                 0, &stats, &n),
                   0);
  for (size_t i = 0; i < n; i++) {
    const struct leakslope_frame *frame = stats[i].traceback.frames;
    if (!frame->filename || !strstr(frame->filename, "test_snapshots.c"))
      continue;
    ck_assert_uint_eq(frame->lineno, 0);
    ck_assert_ptr_null(frame->function);
    found++;
  }
  ck_assert_uint_eq(found, 1);
  leakslope_snapshot_free(snapshot);
  release(2);
}
END_TEST

/* ---- folded stacks -------------------------------------------------------
 */

/* The number at the end of the line that ends in these frames, or 0. */
static long folded_number(const char *text, const char *frames) {
  const char *found = strstr(text, frames);
  return found ? atol(found + strlen(frames)) : 0;
}

START_TEST(stacks_are_folded_with_what_they_retain) {
  struct leakslope_snapshot *baseline = leakslope_take_snapshot();
  fill(5, 100);
  struct leakslope_snapshot *after = leakslope_take_snapshot();
  char *bytes = leakslope_snapshot_folded(after, NULL, LEAKSLOPE_WEIGHT_SIZE);
  char *blocks = leakslope_snapshot_folded(after, NULL, LEAKSLOPE_WEIGHT_COUNT);
  char *grown =
      leakslope_snapshot_folded(after, baseline, LEAKSLOPE_WEIGHT_COUNT);
  char *shrunk =
      leakslope_snapshot_folded(baseline, after, LEAKSLOPE_WEIGHT_COUNT);
  ck_assert_int_eq(folded_number(bytes, ";fill;grab "), 500);
  ck_assert_int_eq(folded_number(blocks, ";fill;grab "), 5);
  ck_assert_int_eq(folded_number(grown, ";fill;grab "), 5);
  ck_assert_ptr_null(strstr(shrunk, "grab"));
  for (const char *line = bytes; *line; line = strchr(line, '\n') + 1) {
    const char *number = strchr(line, '\n');
    while (number[-1] != ' ') number--;
    ck_assert_int_gt(atol(number), 0);
  }
  leakslope_string_free(bytes);
  leakslope_string_free(blocks);
  leakslope_string_free(grown);
  leakslope_string_free(shrunk);
  leakslope_snapshot_free(baseline);
  leakslope_snapshot_free(after);
  release(5);
}
END_TEST

/* ---- files ---------------------------------------------------------------
 */

START_TEST(a_snapshot_comes_back_from_its_file) {
  fill(9, 48);
  struct leakslope_snapshot *snapshot = leakslope_take_snapshot();
  /* before its symbols were asked for, and after */
  ck_assert_int_eq(leakslope_snapshot_dump(snapshot, "later.snap"), 0);
  ck_assert_uint_eq(find(snapshot, LEAKSLOPE_LINENO, "grab")->count, 9);
  ck_assert_int_eq(leakslope_snapshot_dump(snapshot, "named.snap"), 0);
  const char *const files[] = {"later.snap", "named.snap"};
  for (int i = 0; i < 2; i++) {
    struct leakslope_snapshot *loaded = leakslope_snapshot_load(files[i]);
    ck_assert_ptr_nonnull(loaded);
    const struct leakslope_statistic *stat =
        find(loaded, LEAKSLOPE_LINENO, "grab");
    ck_assert_uint_eq(stat->count, 9);
    ck_assert_uint_eq(stat->size, 9 * 48);
    ck_assert_ptr_nonnull(
        strstr(stat->traceback.frames[0].filename, "test_snapshots.c"));
    const struct leakslope_statistic_diff *diffs;
    size_t n;
    ck_assert_int_eq(leakslope_snapshot_compare_to(
                         snapshot, loaded, LEAKSLOPE_TRACEBACK, 0, &diffs, &n),
                     0);
    ck_assert_uint_gt(n, 0);
    for (size_t k = 0; k < n; k++) {
      ck_assert_int_eq(diffs[k].size_diff, 0);
      ck_assert_int_eq(diffs[k].count_diff, 0);
    }
    leakslope_snapshot_free(loaded);
  }
  leakslope_snapshot_free(snapshot);
  release(9);
}
END_TEST

/* Nobody can name what is not in the file when the helper is not to be had. */
START_TEST(symbols_are_in_the_file_or_asked_for) {
  setenv("LEAKSLOPE_SYMBOLIZER", "/nonexistent", 1);
  struct leakslope_snapshot *named = leakslope_snapshot_load("named.snap");
  struct leakslope_snapshot *later = leakslope_snapshot_load("later.snap");
  ck_assert_ptr_nonnull(find(named, LEAKSLOPE_LINENO, "grab"));
  ck_assert_ptr_null(find(later, LEAKSLOPE_LINENO, "grab"));
  leakslope_snapshot_free(named);
  leakslope_snapshot_free(later);
}
END_TEST

static void refused(const char *path, int error) {
  errno = 0;
  ck_assert_ptr_null(leakslope_snapshot_load(path));
  ck_assert_int_eq(errno, error);
}

static void overwrite(const char *path, long at, char byte) {
  int fd = open(path, O_RDWR);
  ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
  close(fd);
}

START_TEST(what_is_no_snapshot_is_refused) {
  struct leakslope_snapshot *snapshot = leakslope_take_snapshot();
  refused("missing.snap", ENOENT);
  refused("/", EISDIR);
  FILE *text = fopen("text.snap", "w");
  fputs("this is no snapshot\n", text);
  fclose(text);
  refused("text.snap", EINVAL);
  ck_assert_int_eq(truncate("text.snap", 0), 0);
  refused("text.snap", EINVAL);
  ck_assert_int_eq(leakslope_snapshot_dump(snapshot, "bad.snap"), 0);
  overwrite("bad.snap", 8, 2);
  refused("bad.snap", ENOTSUP);
  overwrite("bad.snap", 8, 1);
  leakslope_snapshot_free(leakslope_snapshot_load("bad.snap"));
  overwrite("bad.snap", 40, 'x');
  refused("bad.snap", EBADMSG);
  ck_assert_int_eq(leakslope_snapshot_dump(snapshot, "bad.snap"), 0);
  struct stat st;
  ck_assert_int_eq(stat("bad.snap", &st), 0);
  ck_assert_int_eq(truncate("bad.snap", st.st_size - 1), 0);
  refused("bad.snap", EBADMSG);
  ck_assert_int_eq(truncate("bad.snap", st.st_size + 1), 0);
  refused("bad.snap", EBADMSG);
  ck_assert_int_eq(truncate("bad.snap", 10), 0);
  refused("bad.snap", EBADMSG);
  leakslope_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_file_is_written_whole_or_not_at_all) {
  struct leakslope_snapshot *snapshot = leakslope_take_snapshot();
  ck_assert_int_eq(leakslope_snapshot_dump(snapshot, "no/folder.snap"),
                   -ENOENT);
  ck_assert_int_eq(leakslope_snapshot_dump(snapshot, "whole.snap"), 0);
  /* a disk that is full in the middle of it: the older one is still there */
  const struct rlimit small = {100, 100};
  signal(SIGXFSZ, SIG_IGN);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
  ck_assert_int_eq(leakslope_snapshot_dump(snapshot, "whole.snap"), -EFBIG);
  struct leakslope_snapshot *older = leakslope_snapshot_load("whole.snap");
  ck_assert_ptr_nonnull(older);
  leakslope_snapshot_free(older);
  glob_t found;
  ck_assert_int_eq(glob("whole.snap?*", 0, NULL, &found), GLOB_NOMATCH);
  if (access("/dev/full", W_OK) == 0)
    ck_assert_int_eq(leakslope_snapshot_dump(snapshot, "/dev/full"), -ENOSPC);
  leakslope_snapshot_free(snapshot);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("tracemalloc");
  TCase *tcase = tcase_create("snapshots");
  tcase_set_timeout(tcase, 60);
  tcase_add_test(tcase, the_peak_stays_until_it_is_reset);
  tcase_add_test(tcase, traces_are_blocks_by_call_path);
  tcase_add_test(tcase, a_filter_keeps_what_it_names);
  tcase_add_test(tcase, a_file_is_a_group_without_a_line);
  tcase_add_test(tcase, stacks_are_folded_with_what_they_retain);
  tcase_add_test(tcase, a_snapshot_comes_back_from_its_file);
  tcase_add_test(tcase, symbols_are_in_the_file_or_asked_for);
  tcase_add_test(tcase, what_is_no_snapshot_is_refused);
  tcase_add_test(tcase, a_file_is_written_whole_or_not_at_all);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
