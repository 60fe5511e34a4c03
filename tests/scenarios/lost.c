/* SPDX-License-Identifier: MIT */
/* Memory that nothing points to any more, and its healthy twins. */
#include <locale.h>
#include <regex.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "scenario.h"

START_TEST(lost_each) {
  char *block = malloc(40); /* leaks */
  KEEP(block);
}
END_TEST

START_TEST(lost_1in20) {
  static unsigned n;
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (n++ % 20) free(block);
}
END_TEST

START_TEST(lost_1in100) {
  static unsigned n;
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (n++ % 100) free(block);
}
END_TEST

START_TEST(lost_1in250) {
  static unsigned n;
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (n++ % 250) free(block);
}
END_TEST

START_TEST(lost_p01) {
  static struct sequence random = {.name = "lost_p01"};
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (sequence_unit(&random) >= 0.01) free(block);
}
END_TEST

START_TEST(lost_p20) {
  static struct sequence random = {.name = "lost_p20"};
  char *block = malloc(1 + sequence_below(&random, 500)); /* leaks */
  KEEP(block);
  if (sequence_unit(&random) >= 0.2) free(block);
}
END_TEST

static void jump_sometimes(jmp_buf escape, unsigned n) {
  if (n % 3 == 0) longjmp(escape, 1);
}

START_TEST(longjmp_path) {
  static unsigned n;
  jmp_buf escape;
  if (setjmp(escape)) return;
  char *block = malloc(100); /* leaks */
  KEEP(block);
  jump_sometimes(escape, n++);
  free(block);
}
END_TEST

START_TEST(longjmp_clean) {
  static unsigned n;
  jmp_buf escape;
  char *volatile block = malloc(100);
  KEEP(block);
  if (!setjmp(escape)) jump_sometimes(escape, n++);
  free(block);
}
END_TEST

static char *current_name;

START_TEST(overwrite_ptr) {
  current_name = malloc(64); /* leaks */
  KEEP(current_name);
}
END_TEST

START_TEST(getline_leak) {
  static char text[] = "one line\nanother line\n";
  char *line = NULL;
  size_t size = 0;
  FILE *file = fmemopen(text, sizeof text - 1, "r");
  ck_assert_int_eq(getline(&line, &size, file), 9); /* leaks */
  fclose(file);
}
END_TEST

START_TEST(getline_clean) {
  static char text[] = "one line\nanother line\n";
  char *line = NULL;
  size_t size = 0;
  FILE *file = fmemopen(text, sizeof text - 1, "r");
  while (getline(&line, &size, file) > 0) KEEP(line);
  free(line);
  fclose(file);
}
END_TEST

/* Both calls take memory that regfree gives back. */
START_TEST(regex_leak) {
  regex_t regex;
  ck_assert(!regcomp(&regex, "a(b|c)*d", REG_EXTENDED)); /* leaks */
  ck_assert(!regexec(&regex, "abcbd", 0, NULL, 0));      /* leaks */
}
END_TEST

START_TEST(regex_clean) {
  regex_t regex;
  ck_assert(!regcomp(&regex, "a(b|c)*d", REG_EXTENDED));
  ck_assert(!regexec(&regex, "abcbd", 0, NULL, 0));
  regfree(&regex);
}
END_TEST

START_TEST(locale_leak) {
  locale_t locale = newlocale(LC_ALL_MASK, "C.UTF-8", NULL); /* leaks */
  KEEP(locale);
}
END_TEST

START_TEST(locale_clean) {
  locale_t locale = newlocale(LC_ALL_MASK, "C.UTF-8", NULL);
  KEEP(locale);
  if (locale) freelocale(locale);
}
END_TEST

START_TEST(batch_leak) {
  enum { BATCH = 100 };
  char *batch[BATCH];
  for (int i = 0; i < BATCH; i++) batch[i] = malloc(24); /* leaks */
  KEEP(batch);
  for (int i = 1; i < BATCH; i++) free(batch[i]);
}
END_TEST

START_TEST(batch_clean) {
  enum { BATCH = 100 };
  char *batch[BATCH];
  for (int i = 0; i < BATCH; i++) batch[i] = malloc(24);
  KEEP(batch);
  for (int i = 0; i < BATCH; i++) free(batch[i]);
}
END_TEST

START_TEST(asprintf_leak) {
  static int n;
  char *text;
  ck_assert_int_gt(asprintf(&text, "item %d", n++), 0); /* leaks */
  KEEP(text);
}
END_TEST

START_TEST(asprintf_clean) {
  static int n;
  char *text;
  ck_assert_int_gt(asprintf(&text, "item %d", n++), 0);
  KEEP(text);
  free(text);
}
END_TEST

START_TEST(strdup_leak) {
  char *text = strdup("a name"); /* leaks */
  KEEP(text);
}
END_TEST

/* The buffer is given its final size when the stream is closed. */
START_TEST(memstream_leak) {
  char *text;
  size_t size;
  FILE *file = open_memstream(&text, &size);
  fputs("some text", file);
  fclose(file); /* leaks */
  KEEP(text);
}
END_TEST

START_TEST(memstream_clean) {
  char *text;
  size_t size;
  FILE *file = open_memstream(&text, &size);
  for (int i = 0; i < 1000; i++) fputs("some text", file);
  fclose(file);
  KEEP(text);
  free(text);
}
END_TEST

START_TEST(aligned_leak) {
  void *block;
  ck_assert(!posix_memalign(&block, 256, 100)); /* leaks */
  KEEP(block);
}
END_TEST

/* free() of the outer object alone. */
START_TEST(inner_leak) {
  struct message {
    char *text;
    int id;
  } *message = malloc(sizeof *message);
  message->text = strdup("hello"); /* leaks */
  KEEP(message);
  free(message);
}
END_TEST

START_TEST(list_head_only) {
  struct link {
    struct link *next;
  } *list = NULL;
  for (int i = 0; i < 5; i++) {
    struct link *link = malloc(sizeof *link); /* leaks */
    link->next = list;
    list = link;
  }
  KEEP(list);
  free(list);
}
END_TEST

/* The early return of an error path forgets the buffer. */
START_TEST(error_path) {
  static struct sequence random = {.name = "error_path"};
  char *buffer = malloc(200); /* leaks */
  KEEP(buffer);
  if (sequence_below(&random, 10) == 0) return;
  free(buffer);
}
END_TEST

START_TEST(realloc_new_home) {
  char *text = malloc(16);
  KEEP(text);
  char *longer = realloc(text, 4000); /* leaks */
  KEEP(longer);
}
END_TEST

static int compare_ints(const void *a, const void *b) {
  return *(const int *)a - *(const int *)b;
}

/* qsort takes a temporary buffer of its own where the array is large. */
START_TEST(qsort_temp) {
  static struct sequence random = {.name = "qsort_temp"};
  int values[2000];
  for (size_t i = 0; i < LENGTH(values); i++)
    values[i] = (int)sequence_below(&random, 1000);
  qsort(values, 500 + sequence_below(&random, 1500), sizeof *values,
        compare_ints);
  KEEP(values);
}
END_TEST

START_TEST(matrix_clean) {
  double **rows = malloc(8 * sizeof *rows);
  for (int i = 0; i < 8; i++) rows[i] = calloc(8, sizeof **rows);
  KEEP(rows);
  for (int i = 0; i < 8; i++) free(rows[i]);
  free(rows);
}
END_TEST

START_TEST(zero_sizes) {
  void *nothing = malloc(0);
  KEEP(nothing);
  nothing = realloc(nothing, 10);
  KEEP(nothing);
  free(nothing);
  free(NULL);
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {
      lost_each,     lost_1in20,     lost_1in100,    lost_1in250,
      lost_p01,      lost_p20,       longjmp_path,   overwrite_ptr,
      getline_leak,  regex_leak,     locale_leak,    batch_leak,
      asprintf_leak, strdup_leak,    memstream_leak, aligned_leak,
      inner_leak,    list_head_only, error_path,     realloc_new_home};
  const TTest *const healthy[] = {
      longjmp_clean,  getline_clean,   regex_clean, locale_clean, batch_clean,
      asprintf_clean, memstream_clean, qsort_temp,  matrix_clean, zero_sizes};
  return scenario_run("lost", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
