/* SPDX-License-Identifier: MIT */
/* Decides which test cases a run takes, and prints the list of tests. */
#include "list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *or_environment(const char *value, const char *name) {
  return value ? value : getenv(name);
}

struct ck_filter ck_filter_in_force(const struct ck_filter *given) {
  return (struct ck_filter){
      or_environment(given->suite, "CK_RUN_SUITE"),
      or_environment(given->tcase, "CK_RUN_CASE"),
      or_environment(given->include, "CK_INCLUDE_TAGS"),
      or_environment(given->exclude, "CK_EXCLUDE_TAGS"),
  };
}

/* "test_put", or "test_put[3]". */
void ck_filter_indices(const char *test, int *start, int *end) {
  const char *wanted = leakslope_option(CK_LIST_TEST);
  if (!wanted) return;
  size_t n = strcspn(wanted, "[");
  int known = strlen(test) == n && !memcmp(test, wanted, n), index = *start;
  if (known && wanted[n]) {
    char *rest;
    long number = strtol(wanted + n + 1, &rest, 10);
    known = !strcmp(rest, "]") && number >= *start && number < *end;
    index = (int)number;
  }
  if (!known) {
    *end = *start;
  } else if (wanted[n]) {
    *start = index;
    *end = index + 1;
  }
}

int ck_filter_narrows(const struct ck_filter *filter) {
  return leakslope_option(CK_LIST_TEST) || filter->suite || filter->tcase ||
         filter->include || filter->exclude;
}

static int has_word(const char *words, const char *word, size_t n) {
  for (; words && *words; words += *words == ' ') {
    size_t length = strcspn(words, " ");
    if (length == n && !memcmp(words, word, n)) return 1;
    words += length;
  }
  return 0;
}

/* Whether two lists of words have one in common. */
static int share(const char *tags, const char *words) {
  for (; tags && *tags; tags += *tags == ' ') {
    size_t n = strcspn(tags, " ");
    if (n && has_word(words, tags, n)) return 1;
    tags += n;
  }
  return 0;
}

/* As srunner_run_tagged() chooses. */
int ck_filter_takes(const struct ck_filter *filter,
                    const struct ck_tcase *tcase) {
  if (filter->suite && strcmp(filter->suite, tcase->suite->name)) return 0;
  if (filter->tcase && strcmp(filter->tcase, tcase->name)) return 0;
  if (filter->include && !share(tcase->tags, filter->include)) return 0;
  return !filter->exclude || !share(tcase->tags, filter->exclude);
}

static void list_test(void *arg, struct ck_test *test) {
  if (test->end <= test->start || !ck_filter_takes(arg, test->tcase)) return;
  printf("%s/%s/%s\n", test->tcase->suite->name, test->tcase->name,
         test->shadow.name);
}

void ck_list(struct ck_runner *runner, const struct ck_filter *filter) {
  struct ck_filter in_force = ck_filter_in_force(filter);
  if (runner) ck_registry_each(runner, list_test, &in_force);
  fflush(stdout);
}
