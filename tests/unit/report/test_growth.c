/* SPDX-License-Identifier: MIT */
/* How fast a call site grows, in words. */
#include <stdio.h>
#include "report/words/place.h"
#include "report/words/words.h"
#include "support.h"

/* ---- rates --------------------------------------------------------------- */

static const struct {
  double blocks, bytes;
  const char *expected;
} rates[] = {
    {1, 1024, "+1 block/iteration (+1.0 KiB)"},
    {1.0199, 1.0199 * 24, "+1 block/iteration (+24.0 B)"},
    {0.981, 0.981 * 24, "+1 block/iteration (+24.0 B)"},
    {1.0201, 24, "+1.02 blocks/iteration (+24.0 B)"},
    {2, 2048, "+2 blocks/iteration (+2.0 KiB)"},
    {2.5, 2560, "+2.5 blocks/iteration (+2.5 KiB)"},
    {2.49, 0, "+2.49 blocks/iteration"},
    {1000.4, 0, "+1000 blocks/iteration"},
    {0.5, 512, "+1 block / 2 iterations (+1.0 KiB)"},
    {1.0 / 7, 1024.0 / 7, "+1 block / 7 iterations (+1.0 KiB)"},
    {1.01 / 7, 10.1 / 7, "+1 block / 7 iterations (+10.0 B)"},
    {0.7, 7, "+0.7 blocks/iteration (+7.0 B)"},
    {0.153, 0, "+0.15 blocks/iteration"},
    {0.01, -1, "+1 block / 100 iterations (-100.0 B)"},
    {0, 24, "+24.0 B/iteration"},
    {0.001, 24, "+24.0 B/iteration"}, /* one leap in the whole run */
    {-1, 2048, "+2.0 KiB/iteration"},
    {0, 0.25, "+251.0 KiB over 251 iterations"},
};

START_TEST(each_rate) {
  struct ls_report_site site = leaking_site;
  struct ls_text text = new_text();
  site.law.blocks_per_iteration = rates[_i].blocks;
  site.law.bytes_per_iteration = rates[_i].bytes;
  ls_words_site(&text, &site);
  ls_text_add(&text, "|");
  struct ls_text expected = new_text();
  ls_text_addf(&expected, "%s at src/cache.c:9 in handle_request|",
               rates[_i].expected);
  ck_assert_str_eq(ls_text_string(&text), ls_text_string(&expected));
}
END_TEST

static const char *site_words(const struct ls_report_site *site) {
  struct ls_text text = new_text();
  ls_words_site(&text, site);
  return ls_text_string(&text);
}

START_TEST(a_doubling_buffer_has_a_sum) {
  struct ls_report_site site = doubling_site;
  ck_assert_str_eq(site_words(&site),
                   "buffer doubling: +16.0 KiB over 1021 iterations at "
                   "src/cache.c:9 in handle_request");
  site.ncheckpoints = 0;
  ck_assert_str_eq(site_words(&site),
                   "buffer doubling: +16.0 KiB at src/cache.c:9 in "
                   "handle_request");
}
END_TEST

START_TEST(descriptors_are_fds) {
  struct ls_report_site site = leaking_fd;
  ck_assert_str_eq(site_words(&site),
                   "+1 fd/iteration at libcache.so+0x1234 in log_open");
  site.law.blocks_per_iteration = 2;
  site.named = 2;
  ck_assert_str_eq(site_words(&site), "+2 fds/iteration at 0xbeef");
  site.law.blocks_per_iteration = 0;
  site.named = 3;
  ck_assert_str_eq(site_words(&site),
                   "+251 fds over 251 iterations at src/main.c in main "
                   "(libcache.so+0x1234)");
}
END_TEST

START_TEST(a_site_without_frames) {
  struct ls_report_site site = leaking_site;
  site.nframes = 0;
  site.frames = NULL;
  ck_assert_str_eq(site_words(&site),
                   "+1 block/iteration (+1.0 KiB) at an unknown place");
  site = leaking_fd;
  site.nframes = 0;
  site.label = "without a traced call: socket:[..]";
  ck_assert_str_eq(site_words(&site),
                   "+1 fd/iteration without a traced call: socket:[..]");
}
END_TEST

/* A leak grows in each half alike; what does not may be a cache. */
START_TEST(a_curve_that_flattens_is_not_linear) {
  struct ls_checkpoint curve[17];
  struct ls_report_site site = leaking_site;
  for (uint32_t i = 0; i < 17; i++)
    curve[i] = (struct ls_checkpoint){i * 256, 0, 0};
  for (int i = 1; i <= 16; i++)
    curve[i].count = curve[i - 1].count + (i <= 8 ? 200 : 100);
  site.ncurve = 17;
  site.curve = curve;
  struct ls_text text = new_text();
  ls_words_law(&text, &site);
  ck_assert_str_eq(ls_text_string(&text),
                   "live blocks 4 -> 255, +1,600, then +800: a larger cache? "
                   "CK_LEAK_ITERATIONS=16381 tells");
  for (int i = 1; i <= 16; i++) curve[i].count = 200 * i;
  text = new_text();
  ls_words_law(&text, &site);
  ck_assert_str_eq(ls_text_string(&text), "live blocks 4 -> 255, linear");
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

int main(void) {
  Suite *suite = suite_create("report");
  TCase *tc = tcase_create("growth");
  tcase_add_loop_test(tc, each_rate, 0, COUNT(rates));
  tcase_add_test(tc, a_doubling_buffer_has_a_sum);
  tcase_add_test(tc, a_curve_that_flattens_is_not_linear);
  tcase_add_test(tc, descriptors_are_fds);
  tcase_add_test(tc, a_site_without_frames);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
