/* SPDX-License-Identifier: MIT */
/* Which functions allocate for their caller. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cli/sites/allocators.h"
#include "interpose/hooks.h"

static const struct cli_wrappers none = {0, NULL};

/* Hooks of what gives back, changes or waits, and allocates nothing. */
static const char *const others[] = {"free",
                                     "free_sized",
                                     "free_aligned_sized",
                                     "malloc_usable_size",
                                     "close",
                                     "close_range",
                                     "closefrom",
                                     "fclose",
                                     "pclose",
                                     "closedir",
                                     "fcntl",
                                     "fcntl64",
                                     "munmap",
                                     "pthread_join",
                                     "pthread_tryjoin_np",
                                     "pthread_timedjoin_np",
                                     "pthread_clockjoin_np",
                                     "pthread_detach",
                                     "thrd_join",
                                     "thrd_detach",
                                     "timer_delete",
                                     "dlclose",
                                     "prctl"};

static int is_other(const char *name) {
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (!strcmp(others[i], name)) return 1;
  return 0;
}

static void known(const char *name, enum leakslope_domain domain) {
  struct cli_allocator found;
  if (is_other(name)) {
    ck_assert_msg(!cli_allocator_find(&none, name, 0, &found), "%s", name);
    return;
  }
  ck_assert_msg(cli_allocator_find(&none, name, 0, &found), "%s", name);
  ck_assert_msg(found.domain == domain, "%s", name);
}

#define MALLOC(result, name, parameters) known(#name, LEAKSLOPE_DOMAIN_MALLOC);
#define FD(result, name, parameters) known(#name, LEAKSLOPE_DOMAIN_FD);
#define MMAP(result, name, parameters) known(#name, LEAKSLOPE_DOMAIN_MMAP);
#define THREAD(result, name, parameters) known(#name, LEAKSLOPE_DOMAIN_THREAD);
#define TIMER(result, name, parameters) known(#name, LEAKSLOPE_DOMAIN_TIMER);

START_TEST(what_is_intercepted_is_known){
    LS_HOOKS_REQUIRED(MALLOC) LS_HOOKS_MALLOC(MALLOC) LS_HOOKS_FD(FD)
        LS_HOOKS_STREAM(FD) LS_HOOKS_MMAP(MMAP) LS_HOOKS_THREAD(THREAD)
            LS_HOOKS_TIMER(TIMER) LS_HOOKS_LOADER(MALLOC)} END_TEST

    static const struct {
  const char *symbol, *name;
  int is_own;
} names[] = {
    {"malloc@GLIBC_2.2.5", "malloc", 0},
    {"__asprintf_chk@GLIBC_2.8", "asprintf", 0},
    {"fopen64", "fopen", 0},
    {"_Znwm", "operator new", 0},
    {"_ZnamRKSt9nothrow_t", "operator new[]", 0},
    {"xmalloc", "xmalloc", 1},
    {"xmalloc.part.0", "xmalloc", 1},
    {"g_strdup", "g_strdup", 0},
    {"grab", "grab", 1},
    /* not libc's */
    {"accept", NULL, 1},
    {"getline", NULL, 1},
    {"malloc_stats", NULL, 0},
    {"xmalloc2", NULL, 1},
    {".text", NULL, 1},
    {"", NULL, 0},
};

START_TEST(a_name) {
  static const char *more[] = {"grab"};
  const struct cli_wrappers wrappers = {1, more};
  struct cli_allocator found = {NULL, LEAKSLOPE_DOMAIN_GAUGE};
  int is =
      cli_allocator_find(&wrappers, names[_i].symbol, names[_i].is_own, &found);
  ck_assert_int_eq(is, names[_i].name != NULL);
  if (is) ck_assert_str_eq(found.name, names[_i].name);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("allocators");
  TCase *tcase = tcase_create("names");
  tcase_add_test(tcase, what_is_intercepted_is_known);
  tcase_add_loop_test(tcase, a_name, 0, sizeof names / sizeof *names);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
