/* SPDX-License-Identifier: MIT */
/* The ways by which a leak is reached. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "library.h"
#include "scenario.h"

/* ---- through the program's own calls ------------------------------------ */

static __attribute__((noinline)) void descend(unsigned depth) {
  if (depth) {
    descend(depth - 1);
    KEEP(depth); /* so that the call does not become a jump */
    return;
  }
  char *block = malloc(50); /* leaks */
  KEEP(block);
}

/* Each depth is a traceback of its own. */
START_TEST(recursion_depth) {
  static unsigned n;
  descend(n++ % 37);
}
END_TEST

/* Deeper than any traceback is long. */
START_TEST(recursion_deep) {
  static unsigned n;
  descend(100 + n++ % 500);
}
END_TEST

static __attribute__((noinline)) void descend_clean(unsigned depth) {
  char *block = malloc(50);
  KEEP(block);
  if (depth) descend_clean(depth - 1);
  KEEP(depth);
  free(block);
}

START_TEST(recursion_clean) {
  static unsigned n;
  descend_clean(n++ % 37);
}
END_TEST

static __attribute__((noinline)) char *shared_line(void) {
  return malloc(70); /* leaks */
}

static __attribute__((noinline)) void first_caller(void) {
  char *block = shared_line();
  KEEP(block);
}

static __attribute__((noinline)) void second_caller(void) {
  char *block = shared_line();
  KEEP(block);
}

static __attribute__((noinline)) void third_caller(void) {
  char *block = shared_line();
  KEEP(block);
}

START_TEST(two_callers) {
  first_caller();
  second_caller();
}
END_TEST

/* One of the callers gives it back. */
START_TEST(one_of_two_callers) {
  char *block = shared_line();
  KEEP(block);
  free(block);
  second_caller();
}
END_TEST

/* Each of three callers now and then: no path alone is in every iteration. */
START_TEST(callers_in_turn) {
  static unsigned n;
  switch (n++ % 3) {
    case 0:
      first_caller();
      break;
    case 1:
      second_caller();
      break;
    default:
      third_caller();
  }
}
END_TEST

/* A wrapper that is in no list: it hands the block on. */
static __attribute__((noinline)) void *grab(size_t size) {
  void *block = malloc(size);
  if (!block) abort();
  return block;
}

static __attribute__((noinline)) void use_five(void) {
  void *blocks[] = {grab(1), grab(2), grab(3), grab(4), grab(5)};
  KEEP(blocks);
  for (size_t i = 0; i < LENGTH(blocks); i++) free(blocks[i]);
}

static __attribute__((noinline)) void forget(void) {
  void *block = grab(60); /* leaks */
  KEEP(block);
}

START_TEST(unknown_wrapper) {
  use_five();
  forget();
}
END_TEST

/* Each document is parsed along a path of its own, and a node of it stays. */
static __attribute__((noinline)) void parse(unsigned bits, unsigned depth) {
  if (!depth) {
    char *node = malloc(40); /* leaks */
    KEEP(node);
  } else if (bits & 1) {
    parse(bits / 2, depth - 1);
    KEEP(depth);
  } else {
    parse(bits / 2, depth - 1);
    KEEP(bits);
  }
}

START_TEST(by_data) {
  static struct sequence random = {.name = "by_data"};
  parse(sequence_below(&random, 1 << 20), 20);
}
END_TEST

static __attribute__((noinline)) void keep_copy(const char *text) {
  char *copy = strdup(text); /* leaks */
  KEEP(copy);
}

START_TEST(by_pointer) {
  static void (*volatile const actions[])(const char *) = {keep_copy};
  actions[0]("text");
}
END_TEST

static int compare(const void *a, const void *b) {
  char *scratch = malloc(30); /* leaks */
  KEEP(scratch);
  return *(const int *)a - *(const int *)b;
}

/* Called back by the C library. */
START_TEST(by_callback) {
  int values[] = {3, 1, 2};
  qsort(values, LENGTH(values), sizeof *values, compare);
  ck_assert_int_eq(values[0], 1);
}
END_TEST

/* ---- assertions --------------------------------------------------------- */

/* Check's own memory for its assertions is not the test's. */
START_TEST(many_assertions) {
  for (int i = 0; i < 50; i++) ck_assert_int_eq(i, i);
  ck_assert_str_eq("a", "a");
}
END_TEST

/* A table that has 100 places: iteration 101 fails, and grew until then. */
START_TEST(full_table) {
  static char *table[100];
  static unsigned n;
  ck_assert_uint_lt(n, LENGTH(table));
  table[n++] = malloc(40); /* leaks */
  KEEP(table);
}
END_TEST

START_TEST(one_shot) {
  static unsigned n;
  ck_assert_uint_eq(n++, 0);
}
END_TEST

/* ---- loop tests and fixtures -------------------------------------------- */

START_TEST(loop_3_leaks) {
  char *block = malloc(40); /* leaks */
  KEEP(block);
  if (_i != 3) free(block);
}
END_TEST

static char *from_setup, *also_from_setup;

static void setup_two(void) {
  from_setup = malloc(100);
  also_from_setup = malloc(50); /* leaks */
}

static void teardown_one(void) { free(from_setup); }

static void teardown_both(void) {
  free(from_setup);
  free(also_from_setup);
}

START_TEST(fixture_leaks) {
  KEEP(from_setup);
  KEEP(also_from_setup);
}
END_TEST

START_TEST(fixture_clean) {
  KEEP(from_setup);
  KEEP(also_from_setup);
}
END_TEST

static void teardown_leaks(void) {
  char *summary = malloc(60); /* leaks */
  KEEP(summary);
}

START_TEST(only_teardown) { KEEP(0); }
END_TEST

static char *once_for_all;

static void setup_once(void) { once_for_all = malloc(1000); }

static void teardown_once(void) { free(once_for_all); }

START_TEST(unchecked_fixture) { KEEP(once_for_all); }
END_TEST

/* ---- code in libraries -------------------------------------------------- */

static void *plugin;

static void load_plugin(void) { plugin = dlopen(SCENARIO_PLUGIN, RTLD_NOW); }

static void unload_plugin(void) { dlclose(plugin); }

/* Loaded when first needed, to the end of the program. */
static void *loaded_plugin(void) {
  static void *loaded;
  if (!loaded) loaded = dlopen(SCENARIO_PLUGIN, RTLD_NOW);
  return loaded;
}

static void call(void *library, const char *name) {
  void (*function)(void);
  ck_assert_ptr_nonnull(library);
  *(void **)&function = dlsym(library, name);
  ck_assert_ptr_nonnull(function);
  function();
}

START_TEST(plugin_leaks) { call(loaded_plugin(), "plugin_leak"); }
END_TEST

START_TEST(plugin_clean) { call(loaded_plugin(), "plugin_clean"); }
END_TEST

/* A fixture loads it, and the other fixture unloads it before anyone could
   look up its names. */
START_TEST(plugin_fixture_leaks) { call(plugin, "plugin_leak"); }
END_TEST

START_TEST(plugin_fixture_clean) { call(plugin, "plugin_clean"); }
END_TEST

/* Loaded and unloaded in each iteration, perhaps at another address. */
START_TEST(plugin_reloaded_leaks) {
  void *library = dlopen(SCENARIO_PLUGIN, RTLD_NOW);
  call(library, "plugin_leak");
  dlclose(library);
}
END_TEST

START_TEST(plugin_reloaded_clean) {
  void *library = dlopen(SCENARIO_PLUGIN, RTLD_NOW);
  call(library, "plugin_clean");
  dlclose(library);
}
END_TEST

/* The second dlopen counts up a number, and nothing else. */
START_TEST(dlopen_no_dlclose) {
  ck_assert_ptr_nonnull(dlopen(SCENARIO_PLUGIN, RTLD_NOW));
}
END_TEST

/* A table in a library that was built without -g grows. */
START_TEST(no_debug_info) { library_remember(3); } /* leaks */
END_TEST

START_TEST(no_debug_info_clean) {
  library_remember(3);
  library_forget();
}
END_TEST

/* ---- the suite ---------------------------------------------------------- */

static TCase *with_fixture(Suite *suite, const char *name, SFun setup,
                           SFun teardown) {
  TCase *tcase = tcase_create(name);
  tcase_add_checked_fixture(tcase, setup, teardown);
  suite_add_tcase(suite, tcase);
  return tcase;
}

static void add_plain(Suite *suite) {
  const TTest *const tests[] = {recursion_depth,
                                recursion_deep,
                                recursion_clean,
                                two_callers,
                                one_of_two_callers,
                                callers_in_turn,
                                unknown_wrapper,
                                by_data,
                                by_pointer,
                                by_callback,
                                many_assertions,
                                full_table,
                                one_shot,
                                plugin_reloaded_leaks,
                                plugin_reloaded_clean,
                                dlopen_no_dlclose,
                                no_debug_info,
                                no_debug_info_clean,
                                plugin_leaks,
                                plugin_clean};
  TCase *plain = tcase_create("plain");
  for (size_t i = 0; i < LENGTH(tests); i++) tcase_add_test(plain, tests[i]);
  tcase_add_loop_test(plain, loop_3_leaks, 0, 5);
  suite_add_tcase(suite, plain);
}

static void add_fixtures(Suite *suite) {
  tcase_add_test(with_fixture(suite, "setup", setup_two, teardown_one),
                 fixture_leaks);
  tcase_add_test(with_fixture(suite, "both", setup_two, teardown_both),
                 fixture_clean);
  tcase_add_test(with_fixture(suite, "teardown", NULL, teardown_leaks),
                 only_teardown);
  TCase *loaded = with_fixture(suite, "plugin", load_plugin, unload_plugin);
  tcase_add_test(loaded, plugin_fixture_leaks);
  tcase_add_test(loaded, plugin_fixture_clean);
  TCase *once = tcase_create("unchecked");
  tcase_add_unchecked_fixture(once, setup_once, teardown_once);
  tcase_add_test(once, unchecked_fixture);
  suite_add_tcase(suite, once);
}

int main(void) {
  Suite *suite = suite_create("paths");
  add_plain(suite);
  add_fixtures(suite);
  return scenario_run_suite(suite);
}
