/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/arena.h"
#include "platform/file.h"
#include "platform/options.h"
#include "platform/text.h"

/* ---- arena -------------------------------------------------------------- */

START_TEST(arena_pieces_are_zeroed_aligned_and_apart) {
  struct ls_arena arena = {0};
  unsigned char *before = NULL;
  for (size_t size = 1; size < 200000; size = size * 3 + 1) {
    unsigned char *piece = ls_arena_alloc(&arena, size);
    ck_assert_ptr_nonnull(piece);
    ck_assert_uint_eq((uintptr_t)piece % 16, 0);
    for (size_t i = 0; i < size; i++) ck_assert_uint_eq(piece[i], 0);
    memset(piece, 0xff, size);
    if (before) ck_assert_uint_eq(before[0], 0xff);
    before = piece;
  }
  ck_assert_ptr_null(ls_arena_alloc(&arena, SIZE_MAX));
  ls_arena_release(&arena);
  ck_assert_ptr_null(arena.chunk);
}
END_TEST

START_TEST(arena_gives_all_pages_back) {
  size_t before = ls_pages_total();
  struct ls_arena arena = {0};
  for (int i = 0; i < 100; i++) ls_arena_alloc(&arena, 10000);
  ck_assert_uint_gt(ls_pages_total(), before);
  ls_arena_release(&arena);
  ck_assert_uint_eq(ls_pages_total(), before);
}
END_TEST

/* Small pieces are parts of common mappings. */
START_TEST(first_tables_lie_together) {
  enum { SIZE = 100000, MANY = 60 };
  char *tables[MANY];
  size_t before = ls_pages_total();
  errno = EDOM;
  for (int i = 0; i < MANY; i++) {
    tables[i] = ls_pages_map(SIZE, 0);
    ck_assert_ptr_nonnull(tables[i]);
    ck_assert_uint_eq((uintptr_t)tables[i] % 4096, 0);
    for (size_t at = 0; at < SIZE; at += 4096)
      ck_assert_int_eq(tables[i][at], 0);
    memset(tables[i], 1, SIZE);
  }
  ck_assert_int_eq(errno, EDOM);
  ck_assert_ptr_eq(tables[1], tables[0] + 25 * 4096);
  size_t all = (size_t)MANY * 25 * 4096, total = ls_pages_total() - before;
  ck_assert_uint_ge(total, all);
  ck_assert_uint_le(total, all + 2 * (4 << 20)); /* two have an end unused */
  for (int i = 0; i < MANY; i++) ls_pages_unmap(tables[i], SIZE);
  ck_assert_uint_eq(ls_pages_total() - before, total - all);
}
END_TEST

/* ---- text ---------------------------------------------------------------- */

static const struct {
  double bytes;
  int sign;
  const char *words;
} sizes[] = {
    {0, 0, "0 B"},
    {24, 1, "+24 B"},
    {-24, 1, "-24 B"},
    {0.5, 0, "0.5 B"},
    {1023, 0, "1023 B"},
    {1024, 1, "+1.0 KiB"},
    {10240000.0 / 1000 * 1024, 1, "+10.0 MiB"},
    {10.0 * 1024 * 1024, 0, "10.0 MiB"},
    {-3.0 * 1024 * 1024 * 1024, 1, "-3072.0 MiB"},
};

START_TEST(sizes_are_told_in_binary_units) {
  struct ls_arena arena = {0};
  struct ls_text text = {.arena = &arena};
  ls_text_add_size(&text, sizes[_i].bytes, sizes[_i].sign);
  ck_assert_str_eq(ls_text_string(&text), sizes[_i].words);
  ls_arena_release(&arena);
}
END_TEST

START_TEST(a_text_grows_and_formats) {
  struct ls_arena arena = {0};
  struct ls_text text = {.arena = &arena};
  ck_assert_str_eq(ls_text_string(&text), "");
  for (int i = 0; i < 10000; i++) ls_text_addf(&text, "%d,", i);
  ck_assert_uint_eq(text.length, 10 * 2 + 90 * 3 + 900 * 4 + 9000 * 5);
  ck_assert_int_eq(text.truncated, 0);
  ck_assert_ptr_nonnull(strstr(ls_text_string(&text), ",9999,"));
  ls_arena_release(&arena);
}
END_TEST

/* ---- files -----------------------------------------------------------------
 */

static char folder[] = "platform-XXXXXX";
static char path[64];

static void make_folder(void) {
  strcpy(folder + strlen(folder) - 6, "XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/file", folder);
}

static void remove_folder(void) {
  unlink(path);
  rmdir(folder);
}

static long size_of(const char *name) {
  struct stat st;
  return stat(name, &st) ? -1 : (long)st.st_size;
}

START_TEST(a_file_is_replaced_whole) {
  ck_assert_int_eq(ls_file_replace(path, "older text", 10), 0);
  ck_assert_int_eq(ls_file_replace(path, "new", 3), 0);
  ck_assert_int_eq(size_of(path), 3);
  /* nothing is left beside it */
  ck_assert_int_eq(unlink(path), 0);
  ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(a_failed_write_says_so_and_leaves_the_old_file) {
  ck_assert_int_eq(ls_file_replace(path, "old", 3), 0);
  ck_assert_int_eq(ls_file_replace("no/such/folder/x", "new", 3), -ENOENT);
  ck_assert_int_eq(size_of(path), 3);
  char name[5000];
  memset(name, 'a', sizeof name);
  name[sizeof name - 1] = '\0';
  ck_assert_int_eq(ls_file_replace(name, "x", 1), -ENAMETOOLONG);
}
END_TEST

START_TEST(a_full_disk_is_an_error) {
  ck_assert_int_eq(ls_file_replace("/dev/full", "x", 1), -ENOSPC);
}
END_TEST

/* ---- options
 * ----------------------------------------------------------------- */

static const struct {
  const char *name;
  const char *value;
  int good;
} settings[] = {
    {"CK_LEAK", "yes", 1},
    {"CK_LEAK", "report", 1},
    {"CK_LEAK", "Yes", 0},
    {"CK_LEAK", "ye", 0},
    {"CK_LEAK", "", 1},
    {"CK_LEAK_ITERATIONS", "auto", 1},
    {"CK_LEAK_ITERATIONS", "8", 1},
    {"CK_LEAK_ITERATIONS", "7", 0},
    {"CK_LEAK_ITERATIONS", "0", 0},
    {"CK_LEAK_ITERATIONS", "-9", 0},
    {"CK_LEAK_ITERATIONS", "8.5", 0},
    {"CK_LEAK_ITERATIONS", "1e3", 0},
    {"CK_LEAK_ITERATIONS", "99999999999999999999", 0},
    {"CK_LEAK_FIRST_RUNG", "auto", 1},
    {"CK_LEAK_FIRST_RUNG", "251", 1},
    {"CK_LEAK_FIRST_RUNG", "252", 0},
    {"CK_LEAK_WARMUP", "1", 1},
    {"CK_LEAK_WARMUP", "0", 0},
    {"CK_LEAK_BUDGET", "0.5", 1},
    {"CK_LEAK_BUDGET", "0", 0},
    {"CK_LEAK_BUDGET", "2s", 0},
    {"CK_LEAK_NFRAME", "252", 1},
    {"CK_LEAK_NFRAME", "253", 0},
    {"CK_LEAK_SCOPE", "test", 1},
    {"CK_LEAK_SCOPE", "suite,session", 1},
    {"CK_LEAK_SCOPE", "suite,world", 0},
    {"CK_LEAK_LIST", "yes", 1},
    {"CK_LEAK_LIST", "2", 0},
    {"CK_LEAK_TEST", "any name[3]", 1},
    {"CK_LEAK_DOMAINS", "malloc", 1},
    {"CK_LEAK_DOMAINS", "malloc,mmap,fd,thread,timer,shm", 1},
    {"CK_LEAK_DOMAINS", "malloc,", 0},
    {"CK_LEAK_DOMAINS", "heap", 0},
    {"CK_LEAK_STRICT", "yes", 1},
    {"CK_LEAK_STRICT", "1", 0},
    {"CK_LEAK_ITERATION", "9", 0}, /* no such option */
    {"CK_JUNIT_LOG_FILE_NAME", "any thing", 1},
    {"CK_RUN_SUITE", "Check's own", 1},
};

START_TEST(an_invalid_value_is_refused_by_name) {
  char message[256] = "";
  setenv(settings[_i].name, settings[_i].value, 1);
  int rc = ls_options_check(message, sizeof message);
  unsetenv(settings[_i].name);
  if (settings[_i].good) {
    ck_assert_msg(rc == 0, "%s=%s: %s", settings[_i].name, settings[_i].value,
                  message);
    return;
  }
  ck_assert_int_eq(rc, -EINVAL);
  ck_assert_msg(strstr(message, settings[_i].name), "%s", message);
}
END_TEST

START_TEST(values_come_from_the_environment_then_the_table) {
  ck_assert_str_eq(ls_options_value("CK_LEAK_WARMUP"), "3");
  setenv("CK_LEAK_WARMUP", "12", 1);
  ck_assert_str_eq(ls_options_value("CK_LEAK_WARMUP"), "12");
  ck_assert(ls_options_number("CK_LEAK_WARMUP", 0) == 12);
  setenv("CK_LEAK_WARMUP", "", 1);
  ck_assert_str_eq(ls_options_value("CK_LEAK_WARMUP"), "3");
  unsetenv("CK_LEAK_WARMUP");
  ck_assert_ptr_null(ls_options_value("CK_LEAK_NO_SUCH"));
  ck_assert_ptr_null(ls_options_value("CK_JUNIT_LOG_FILE_NAME"));
  ck_assert(ls_options_number("CK_LEAK_ITERATIONS", -1) == -1);
  ck_assert(ls_options_is("CK_LEAK_DOMAINS", "fd"));
  ck_assert(!ls_options_is("CK_LEAK_DOMAINS", "f"));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Platform");
  TCase *memory = tcase_create("Memory");
  tcase_add_test(memory, arena_pieces_are_zeroed_aligned_and_apart);
  tcase_add_test(memory, arena_gives_all_pages_back);
  tcase_add_test(memory, first_tables_lie_together);
  tcase_add_loop_test(memory, sizes_are_told_in_binary_units, 0,
                      sizeof sizes / sizeof *sizes);
  tcase_add_test(memory, a_text_grows_and_formats);
  suite_add_tcase(suite, memory);
  TCase *files = tcase_create("Files");
  tcase_add_checked_fixture(files, make_folder, remove_folder);
  tcase_add_test(files, a_file_is_replaced_whole);
  tcase_add_test(files, a_failed_write_says_so_and_leaves_the_old_file);
  tcase_add_test(files, a_full_disk_is_an_error);
  suite_add_tcase(suite, files);
  TCase *options = tcase_create("Options");
  tcase_add_loop_test(options, an_invalid_value_is_refused_by_name, 0,
                      sizeof settings / sizeof *settings);
  tcase_add_test(options, values_come_from_the_environment_then_the_table);
  suite_add_tcase(suite, options);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
