/* SPDX-License-Identifier: MIT */
/* Arenas, tables and phases: what grows in bytes more than in blocks, or is
   quiet for long.  Each loop test's index chooses a factor. */
#include <string.h>
#include <time.h>

#include "suite.h"

/* ---- an arena of chunks, each FACTOR times as large as the one before ------
 */

static const double arena_factors[] = {1.0, 1.2, 1.5, 2.0, 3.0};

struct chunk {
  struct chunk *before;
  size_t size, used;
};
static struct chunk *arena;

static void *arena_alloc(size_t n, double factor) {
  if (!arena || arena->used + n > arena->size) {
    size_t size = arena ? (size_t)((double)arena->size * factor) : 1024;
    struct chunk *chunk = malloc(sizeof *chunk + size);
    ck_assert_ptr_nonnull(chunk);
    *chunk = (struct chunk){arena, size, 0};
    arena = chunk;
  }
  arena->used += n;
  return (char *)(arena + 1) + arena->used - n;
}

START_TEST(test_arena) { memset(arena_alloc(100, arena_factors[_i]), 1, 100); }
END_TEST

START_TEST(test_arena_to_rest) {
  static int n;
  if (n++ < 700) memset(arena_alloc(100, arena_factors[_i]), 1, 100);
}
END_TEST

/* ---- a table that takes FACTOR times as much when it is full ---------------
 */

static const size_t table_factors[] = {2, 3, 4, 8};

static void table_add(size_t factor) {
  static long *table;
  static size_t used, room;
  if (used == room) {
    room = room ? room * factor : 8;
    table = realloc(table, room * sizeof *table);
    ck_assert_ptr_nonnull(table);
  }
  table[used++] = 1;
}

START_TEST(test_table) { table_add(table_factors[_i]); }
END_TEST

START_TEST(test_table_to_rest) {
  static int n;
  if (n++ < 700) table_add(table_factors[_i]);
}
END_TEST

START_TEST(test_table_grows_once) {
  static char *table;
  static int n;
  if (!table) table = malloc(512);
  if (n++ == 400) table = realloc(table, 4096);
  ck_assert_ptr_nonnull(table);
}
END_TEST

/* ---- others -----------------------------------------------------------------
 */

static unsigned below(unsigned n) {
  static unsigned random = 1;
  random = random * 1103515245 + 12345;
  return (random >> 8) % n;
}

/* Each string is as long as the longest that it had to hold. */
START_TEST(test_string_pool) {
  enum { STRINGS = 40, LONGEST = 200 };
  static char *strings[STRINGS];
  static unsigned room[STRINGS];
  unsigned which = below(STRINGS), length = 1 + below(LONGEST);
  if (length <= room[which]) return;
  strings[which] = realloc(strings[which], room[which] = length);
  ck_assert_ptr_nonnull(strings[which]);
}
END_TEST

START_TEST(test_high_water) {
  static char *buffer;
  static unsigned room;
  unsigned length = 1 + below(30000);
  if (length <= room) return;
  buffer = realloc(buffer, room = length);
  ck_assert_ptr_nonnull(buffer);
}
END_TEST

/* Of 300 iterations the last 100 do nothing. */
START_TEST(test_phases) {
  static unsigned n;
  if (n++ % 300 < 200 && n % 4 == 0) leak();
}
END_TEST

/* Half of the first rung, and a quarter of it quiet: the next phase is still to
   come. */
START_TEST(test_long_phases) {
  static unsigned n;
  if (n++ % 1100 < 700) leak();
}
END_TEST

/* More than a millisecond of CPU time, so that 61 passes come first. */
static void work_for(long ns) {
  struct timespec begin, now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
  do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  while ((now.tv_sec - begin.tv_sec) * 1000000000L + now.tv_nsec -
             begin.tv_nsec <
         ns);
}

START_TEST(test_flat) {
  free(malloc(10));
  work_for(1300000);
}
END_TEST

enum { KEPT = 1000 };
void *kept[KEPT];

/* One block in 45 passes, of which the first shows late in 61. */
START_TEST(test_mild) {
  static unsigned passes;
  if (++passes % 45 == 0) kept[passes / 45 % KEPT] = malloc(24);
  work_for(150000);
}
END_TEST

static void *slots[3000];

static void fill_slot(unsigned keys) {
  void **slot = &slots[below(keys)];
  if (!*slot) *slot = malloc(100);
}

START_TEST(test_few_keys) { fill_slot(300); }
END_TEST

START_TEST(test_more_keys) { fill_slot(1500); }
END_TEST

START_TEST(test_many_keys) { fill_slot(3000); }
END_TEST

static void add_loop(Suite *suite, const char *name, const TTest *test, int n) {
  _tcase_add_test(add_case(suite, name), test, 0, 0, 0, n);
}

int main(void) {
  enum { ARENAS = 5, TABLES = 4 };
  Suite *suite = suite_create("Capacities");
  add_loop(suite, "arena", test_arena, ARENAS);
  add_loop(suite, "arena_to_rest", test_arena_to_rest, ARENAS);
  add_loop(suite, "table", test_table, TABLES);
  add_loop(suite, "table_to_rest", test_table_to_rest, TABLES);
  add_test(suite, "table_grows_once", test_table_grows_once);
  add_test(suite, "string_pool", test_string_pool);
  add_test(suite, "high_water", test_high_water);
  add_test(suite, "phases", test_phases);
  add_test(suite, "long_phases", test_long_phases);
  add_test(suite, "flat", test_flat);
  add_test(suite, "mild", test_mild);
  add_test(suite, "few_keys", test_few_keys);
  add_test(suite, "more_keys", test_more_keys);
  add_test(suite, "many_keys", test_many_keys);
  return run_suite(suite);
}
