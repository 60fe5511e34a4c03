/* SPDX-License-Identifier: MIT */
/* What is read for excerpts, and what is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/file.h"
#include "report/writers/source.h"
#include "support.h"

enum { MOST = 16 };

static char folder[64];
static struct ls_sources sources;
static struct ls_line lines[MOST];

static void write_source(const char *name, const char *text) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  ck_assert_int_eq(ls_file_replace(path, text, strlen(text)), 0);
}

static void set_up(void) {
  static struct ls_arena arena;
  strcpy(folder, "/tmp/leakslope-source.XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  sources = (struct ls_sources){.arena = &arena, .folder = folder};
}

static void tear_down(void) {
  static const char *const names[] = {"a.c", "b.h", "c.txt", "d.c", "e.c"};
  char path[128];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    (void)unlink(path);
  }
  ck_assert_int_eq(rmdir(folder), 0);
}

static void is_line(size_t i, const char *text) {
  ck_assert_uint_eq(lines[i].length, strlen(text));
  ck_assert_mem_eq(lines[i].text, text, strlen(text));
}

START_TEST(lines_are_found) {
  write_source("a.c", "one\ntwo\r\n\nfour");
  ck_assert_uint_eq(ls_source_lines(&sources, "a.c", 1, 3, lines), 3);
  is_line(0, "one");
  is_line(1, "two");
  is_line(2, "");
  ck_assert_uint_eq(ls_source_lines(&sources, "a.c", 3, 9, lines), 2);
  is_line(1, "four");
  ck_assert_uint_eq(ls_source_lines(&sources, "a.c", 5, 9, lines), 0);
}
END_TEST

START_TEST(absolute_names_are_taken) {
  char path[128];
  write_source("a.c", "one\n");
  snprintf(path, sizeof path, "%s/a.c", folder);
  ck_assert_uint_eq(ls_source_lines(&sources, path, 1, 1, lines), 1);
}
END_TEST

START_TEST(a_file_is_read_once) {
  write_source("b.h", "one\n");
  ck_assert_uint_eq(ls_source_lines(&sources, "b.h", 1, 1, lines), 1);
  write_source("b.h", "two\n");
  ck_assert_uint_eq(ls_source_lines(&sources, "b.h", 1, 1, lines), 1);
  is_line(0, "one");
}
END_TEST

START_TEST(only_sources_are_read) {
  char path[128];
  write_source("c.txt", "secret\n");
  ck_assert_uint_eq(ls_source_lines(&sources, "c.txt", 1, 1, lines), 0);
  ck_assert_uint_eq(ls_source_lines(&sources, "/etc/passwd", 1, 1, lines), 0);
  ck_assert_uint_eq(ls_source_lines(&sources, "missing.c", 1, 1, lines), 0);
  ck_assert_uint_eq(ls_source_lines(&sources, "", 1, 1, lines), 0);
  snprintf(path, sizeof path, "%s/d.c", folder);
  ck_assert_int_eq(mkfifo(path, 0600), 0); /* nobody ever writes to it */
  ck_assert_uint_eq(ls_source_lines(&sources, "d.c", 1, 1, lines), 0);
}
END_TEST

START_TEST(large_files_and_lines_are_bounded) {
  static char large[5 << 20];
  memset(large, 'x', sizeof large - 1);
  write_source("e.c", large);
  ck_assert_uint_eq(ls_source_lines(&sources, "e.c", 1, 1, lines), 0);
  large[1000] = '\0';
  write_source("a.c", large);
  ck_assert_uint_eq(ls_source_lines(&sources, "a.c", 1, 1, lines), 1);
  ck_assert_uint_eq(lines[0].length, 240);
  memcpy(large + 238, "\xe2\x82\xac", 3); /* a character across the bound */
  write_source("b.h", large);
  ck_assert_uint_eq(ls_source_lines(&sources, "b.h", 1, 1, lines), 1);
  ck_assert_uint_eq(lines[0].length, 238);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("source");
  TCase *tcase = tcase_create("source");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_test(tcase, lines_are_found);
  tcase_add_test(tcase, absolute_names_are_taken);
  tcase_add_test(tcase, a_file_is_read_once);
  tcase_add_test(tcase, only_sources_are_read);
  tcase_add_test(tcase, large_files_and_lines_are_bounded);
  suite_add_tcase(suite, tcase);
  return run_suite(suite);
}
