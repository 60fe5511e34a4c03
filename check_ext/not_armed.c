/* SPDX-License-Identifier: MIT */
/* Adds a check that fails to a run whose gate is not armed. */
#include "not_armed.h"

#include <string.h>

#include "gate/gate.h"
#include "real.h"

static void not_armed(int i) {
  (void)i;
  __real__ck_assert_failed(__FILE__, __LINE__, NULL, "not armed: %s",
                           ls_gate_off());
}

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

static const char not_armed_name[] = "leakslope:not_armed";
enum { PREFIX = sizeof "leakslope:" - 1 };

/* In full where the test case has to be named as a filter says. */
static const TTest not_armed_there = {not_armed_name, not_armed, __FILE__,
                                      __LINE__};
static const TTest not_armed_here = {not_armed_name + PREFIX, not_armed,
                                     __FILE__, __LINE__};

int ck_is_not_armed(const char *name) {
  return name == not_armed_there.name || name == not_armed_here.name;
}

void ck_not_armed_add(SRunner *sr, const struct ck_filter *filter) {
  const char *name = filter->tcase;
  Suite *suite =
      __real_suite_create(filter->suite ? filter->suite : "leakslope");
  TCase *tcase = __real_tcase_create(name ? name : "leakslope");
  tag_to_run(tcase, filter->include, filter->exclude);
  __real__tcase_add_test(tcase, name ? &not_armed_there : &not_armed_here, 0, 0,
                         0, 1);
  __real_suite_add_tcase(suite, tcase);
  __real_srunner_add_suite(sr, suite);
}
