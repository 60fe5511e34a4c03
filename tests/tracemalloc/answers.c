/* SPDX-License-Identifier: MIT */
/*
 * Answers questions about snapshots, one a line, with tabs between:
 *
 *   load NAME PATH
 *   filter NAME FROM [INCLUSIVE PATTERN LINENO ALL_FRAMES DOMAIN]...
 *   dump NAME PATH        traces NAME        limit NAME
 *   statistics NAME KEY CUMULATIVE
 *   compare AFTER BASELINE KEY CUMULATIVE
 *
 * A pattern "-" is none.  Each answer ends with a line ".".
 */
#include <errno.h>
#include <inttypes.h>
#include <leakslope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 64, NAMES = 16 };

static struct {
  char name[32];
  struct leakslope_snapshot *snapshot;
} known[NAMES];

static struct leakslope_snapshot **slot(const char *name) {
  size_t i = 0;
  while (known[i].name[0] && strcmp(known[i].name, name)) i++;
  snprintf(known[i].name, sizeof known[i].name, "%s", name);
  return &known[i].snapshot;
}

static void put(const char *name, struct leakslope_snapshot *snapshot) {
  if (!snapshot) {
    printf("no %s: %s\n", name, strerror(errno));
    exit(1);
  }
  leakslope_snapshot_free(*slot(name));
  *slot(name) = snapshot;
}

static void say_traceback(const struct leakslope_traceback *tb) {
  for (size_t i = 0; i < tb->nframe; i++)
    printf("\t%s\t%u", tb->frames[i].filename ? tb->frames[i].filename : "?",
           tb->frames[i].lineno);
  putchar('\n');
}

static enum leakslope_key key_of(const char *word) {
  return !strcmp(word, "filename") ? LEAKSLOPE_FILENAME
         : !strcmp(word, "lineno") ? LEAKSLOPE_LINENO
                                   : LEAKSLOPE_TRACEBACK;
}

static void filter(char **word, size_t n) {
  struct leakslope_filter filters[WORDS / 5];
  size_t count = (n - 3) / 5;
  for (size_t i = 0; i < count; i++) {
    char **at = word + 3 + 5 * i;
    filters[i] = (struct leakslope_filter){
        .inclusive = atoi(at[0]),
        .filename_pattern = strcmp(at[1], "-") ? at[1] : NULL,
        .lineno = (unsigned)atoi(at[2]),
        .all_frames = atoi(at[3]),
        .domain = atoi(at[4])};
  }
  put(word[1],
      leakslope_snapshot_filter_traces(*slot(word[2]), filters, count));
}

static void traces(struct leakslope_snapshot *snapshot) {
  const struct leakslope_trace *all;
  size_t n = 0;
  if (leakslope_snapshot_traces(snapshot, &all, &n)) exit(1);
  for (size_t i = 0; i < n; i++) {
    printf("%d\t%zu\t%zu", all[i].domain, all[i].size, all[i].count);
    say_traceback(&all[i].traceback);
  }
}

static void statistics(char **word) {
  const struct leakslope_statistic *all;
  size_t n = 0;
  int rc = leakslope_snapshot_statistics(*slot(word[1]), key_of(word[2]),
                                         atoi(word[3]), &all, &n);
  if (rc) printf("%s\n", strerror(-rc));
  for (size_t i = 0; i < n; i++) {
    printf("%zu\t%zu", all[i].size, all[i].count);
    say_traceback(&all[i].traceback);
  }
}

static void compare(char **word) {
  const struct leakslope_statistic_diff *all;
  size_t n = 0;
  int rc = leakslope_snapshot_compare_to(
      *slot(word[1]), *slot(word[2]), key_of(word[3]), atoi(word[4]), &all, &n);
  if (rc) printf("%s\n", strerror(-rc));
  for (size_t i = 0; i < n; i++) {
    printf("%zu\t%" PRId64 "\t%zu\t%" PRId64, all[i].size, all[i].size_diff,
           all[i].count, all[i].count_diff);
    say_traceback(&all[i].traceback);
  }
}

static void answer(char **word, size_t n) {
  if (!strcmp(word[0], "load"))
    put(word[1], leakslope_snapshot_load(word[2]));
  else if (!strcmp(word[0], "filter"))
    filter(word, n);
  else if (!strcmp(word[0], "dump"))
    printf("%d\n", leakslope_snapshot_dump(*slot(word[1]), word[2]));
  else if (!strcmp(word[0], "traces"))
    traces(*slot(word[1]));
  else if (!strcmp(word[0], "limit"))
    printf("%u\n", leakslope_snapshot_get_traceback_limit(*slot(word[1])));
  else if (!strcmp(word[0], "statistics"))
    statistics(word);
  else if (!strcmp(word[0], "compare"))
    compare(word);
  puts(".");
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    char *word[WORDS], *rest = line;
    size_t n = 0;
    line[strcspn(line, "\n")] = '\0';
    while (n < WORDS && (word[n] = strsep(&rest, "\t"))) n++;
    answer(word, n);
  }
  free(line);
  return 0;
}
