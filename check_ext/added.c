/* SPDX-License-Identifier: MIT */
/* Adds a check of ours to a run, so that no filter leaves it out. */
#include "added.h"

#include <string.h>

#include "real.h"

/* Whether a word of `words` is among those to be left out. */
static int holds_word(const char *words, const char *word, size_t n) {
  while (words && *words) {
    size_t length = strcspn(words, " ");
    if (length == n && !memcmp(words, word, n)) return 1;
    words += length;
    words += *words == ' ';
  }
  return 0;
}

/* Check takes a test case that has one of the tags to include and none of
   those to exclude. */
static void tag_to_run(TCase *tcase, const char *include, const char *exclude) {
  char tag[256];
  while (include && *include) {
    size_t n = strcspn(include, " ");
    if (n && n < sizeof tag && !holds_word(exclude, include, n)) {
      memcpy(tag, include, n);
      tag[n] = '\0';
      __real_tcase_set_tags(tcase, tag);
      return;
    }
    include += n;
    include += *include == ' ';
  }
}

int ck_added_is(const struct ck_added *check, const char *name) {
  return name == check->full.name || name == check->brief.name;
}

void ck_added_add(SRunner *sr, const struct ck_filter *filter,
                  const struct ck_added *check) {
  const char *name = filter->tcase;
  Suite *suite =
      __real_suite_create(filter->suite ? filter->suite : "leakslope");
  TCase *tcase = __real_tcase_create(name ? name : "leakslope");
  tag_to_run(tcase, filter->include, filter->exclude);
  __real__tcase_add_test(tcase, name ? &check->full : &check->brief, 0, 0, 0,
                         1);
  __real_suite_add_tcase(suite, tcase);
  __real_srunner_add_suite(sr, suite);
}
