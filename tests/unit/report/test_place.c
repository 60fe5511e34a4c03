/* SPDX-License-Identifier: MIT */
/* The place in the headline, where a library allocated for it. */
#include "report/words/words.h"
#include "support.h"

#define JANSSON "/usr/lib/libjansson.so.4"

static const char *headline(const struct leakslope_frame *frames, size_t n) {
  struct ls_report_site site = leaking_site;
  struct ls_measured m = measured_leak();
  struct ls_text text = new_text();
  site.frames = frames;
  site.nframes = n;
  site.named = n - 1;
  m.sites = &site;
  m.nsites = 1;
  ls_words_message(&text, &m);
  return ls_text_string(&text);
}

START_TEST(a_library_without_lines_is_named_behind_it) {
  const struct leakslope_frame frames[] = {
      {"malloc", NULL, 0, "/lib/libc.so.6", 1, 0},
      {NULL, NULL, 0, JANSSON, 0x3aac, 0},
      {"json_string", NULL, 0, JANSSON, 2, 0},
      {"test_get", "check_header.c", 95, "/home/test_header", 3, 0}};
  ck_assert_str_eq(headline(frames, 4),
                   "leak: +1 block/iteration (+1.0 KiB) at check_header.c:95 "
                   "in test_get (libjansson.so.4+0x3aac)");
}
END_TEST

START_TEST(neither_libc_nor_a_library_with_lines_is) {
  const struct leakslope_frame libc[] = {
      {"__strdup", NULL, 0, "/lib/libc.so.6", 1, 0},
      {"test_get", "check_header.c", 95, "/home/test_header", 3, 0}};
  const struct leakslope_frame lines[] = {
      {"xstrdup", "util.c", 4, "/home/libutil.so", 1, 0},
      {"test_get", "check_header.c", 95, "/home/test_header", 3, 0}};
  const char *expected =
      "leak: +1 block/iteration (+1.0 KiB) at check_header.c:95 in test_get";
  ck_assert_str_eq(headline(libc, 2), expected);
  ck_assert_str_eq(headline(lines, 2), expected);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("report");
  TCase *tc = tcase_create("place");
  tcase_add_test(tc, a_library_without_lines_is_named_behind_it);
  tcase_add_test(tc, neither_libc_nor_a_library_with_lines_is);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
