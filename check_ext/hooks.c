/* SPDX-License-Identifier: MIT */
/*
 * The functions of Check that a program calls and that we take the place of:
 * note, forward, nothing else.
 *
 * While a test's own code runs, and with the gate off, all of them only
 * forward: what a test does with Check is its own business.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/heap.h"
#include "list.h"
#include "pass.h"
#include "real.h"
#include "registry.h"
#include "relinked.h"
#include "runner.h"
#include "setups.h"
#include "text.h"

#ifndef CK_WRAPPED
/* libcheck comes behind us on the link line and resizes too: so these, in
   files of their own, are asked for here.  A program may have its own. */
void *__wrap_realloc(void *, size_t);
void *__wrap_reallocarray(void *, size_t, size_t);
__attribute__((used)) static void *(*const asked_for)(void *,
                                                      size_t) = __wrap_realloc;
__attribute__((used)) static void *(*const asked_for_too)(
    void *, size_t, size_t) = __wrap_reallocarray;
#endif

/*
 * The linker sends the program's calls here: with --wrap; or because these are
 * named as Check's functions are (below), in what is preloaded and in the
 * archive for `leakslope shim`.
 */
void __wrap__tcase_add_test(TCase *, const TTest *, int, int, int, int);
TCase *__wrap_tcase_create(const char *);
void __wrap_tcase_set_timeout(TCase *, double);
void __wrap_tcase_set_tags(TCase *, const char *);
void __wrap_tcase_add_checked_fixture(TCase *, SFun, SFun);
void __wrap_tcase_add_unchecked_fixture(TCase *, SFun, SFun);
const char *__wrap_tcase_name(void);
Suite *__wrap_suite_create(const char *);
void __wrap_suite_add_tcase(Suite *, TCase *);
SRunner *__wrap_srunner_create(Suite *);
void __wrap_srunner_add_suite(SRunner *, Suite *);
void __wrap_srunner_free(SRunner *);
void __wrap_srunner_run(SRunner *, const char *, const char *,
                        enum print_output);
void __wrap_srunner_run_all(SRunner *, enum print_output);
void __wrap_srunner_run_tagged(SRunner *, const char *, const char *,
                               const char *, const char *, enum print_output);
void __wrap_check_set_max_msg_size(size_t);
void __wrap__mark_point(const char *, int);
void __wrap__ck_assert_failed(const char *, int, const char *, const char *,
                              ...);

static int notes(void) { return ck_runner_notes() && ck_real_notes(); }

/* Runs of a runner that a test made for itself. */
static int nested;

TCase *__wrap_tcase_create(const char *name) {
  TCase *tc = __real_tcase_create(name);
  struct ck_tcase *tcase =
      notes() && tc ? ck_registry_new_tcase(tc, name) : NULL;
  if (tcase) {
    tcase->timeout = ck_runner_default_timeout();
    /* First set-up, only tear-down: ours.  The user's tear-downs are called
       from it, so that it is the last thing that Check does for a test. */
    __real_tcase_add_checked_fixture(tc, ck_setup_for(tcase), ck_pass_teardown);
  }
  return tc;
}

void __wrap_tcase_set_timeout(TCase *tc, double seconds) {
  __real_tcase_set_timeout(tc, seconds);
  struct ck_tcase *tcase = notes() ? ck_registry_tcase(tc) : NULL;
  if (tcase && seconds >= 0) tcase->timeout = ck_runner_timeout(seconds);
}

void __wrap_tcase_set_tags(TCase *tc, const char *tags) {
  __real_tcase_set_tags(tc, tags);
  struct ck_tcase *tcase = notes() ? ck_registry_tcase(tc) : NULL;
  if (!tcase || !tags) return;
  lsg_heap_free(tcase->tags);
  tcase->tags = lsg_heap_text(tags);
  /* Tags are words between spaces. */
  static const char off[] = "leakslope:off";
  const size_t n = sizeof off - 1;
  tcase->ungated = 0;
  for (const char *at = tags; (at = strstr(at, off)); at += n)
    if ((at == tags || at[-1] == ' ') && (!at[n] || at[n] == ' '))
      tcase->ungated = 1;
}

void __wrap_tcase_add_checked_fixture(TCase *tc, SFun setup, SFun teardown) {
  struct ck_tcase *tcase = notes() ? ck_registry_tcase(tc) : NULL;
  if (!tcase) {
    __real_tcase_add_checked_fixture(tc, setup, teardown);
    return;
  }
  ck_registry_add_fixture(tc, setup, teardown);
  if (setup) __real_tcase_add_checked_fixture(tc, setup, NULL);
}

/* Runs in no process of a test's, so it is Check's alone; noted for what
   repeats whole suites. */
void __wrap_tcase_add_unchecked_fixture(TCase *tc, SFun setup, SFun teardown) {
  __real_tcase_add_unchecked_fixture(tc, setup, teardown);
  if (notes()) ck_registry_add_unchecked(tc, setup, teardown);
}

/* Check knows only the check that repeats them all. */
const char *__wrap_tcase_name(void) {
  const char *name = ck_pass_current();
  return name ? name : __real_tcase_name();
}

void __wrap__tcase_add_test(TCase *tc, const TTest *test, int signal,
                            int exit_value, int start, int end) {
  struct ck_test *shadow = NULL;
  if (notes()) {
    const unsigned loops = end > start ? (unsigned)(end - start) : 0;
    ck_filter_indices(test->name, &start, &end);
    shadow = ck_registry_add_test(tc, test, signal, exit_value, start, end);
    if (shadow) shadow->loops = loops;
  }
  if (shadow) shadow->shadow.fn = ck_pass_test;
  __real__tcase_add_test(tc, shadow ? &shadow->shadow : test, signal,
                         exit_value, start, end);
}

Suite *__wrap_suite_create(const char *name) {
  Suite *suite = __real_suite_create(name);
  if (notes() && suite) (void)ck_registry_new_suite(suite, name);
  return suite;
}

void __wrap_suite_add_tcase(Suite *suite, TCase *tc) {
  __real_suite_add_tcase(suite, tc);
  if (notes()) ck_registry_add_tcase(suite, tc);
}

SRunner *__wrap_srunner_create(Suite *suite) {
  SRunner *sr = __real_srunner_create(suite);
  if (notes() && sr) (void)ck_registry_new_runner(sr, suite);
  return sr;
}

void __wrap_srunner_add_suite(SRunner *sr, Suite *suite) {
  __real_srunner_add_suite(sr, suite);
  if (notes()) ck_registry_add_suite(sr, suite);
}

void __wrap_srunner_free(SRunner *sr) {
  if (notes() && sr) ck_registry_forget_runner(sr);
  __real_srunner_free(sr);
}

void __wrap_srunner_run_tagged(SRunner *sr, const char *sname,
                               const char *tcname, const char *include_tags,
                               const char *exclude_tags,
                               enum print_output mode) {
  if (notes() && sr) {
    nested = 0;
    const struct ck_filter filter = {sname, tcname, include_tags, exclude_tags};
    ck_runner_run(sr, &filter, mode);
    return;
  }
  nested++;
  __real_srunner_run_tagged(sr, sname, tcname, include_tags, exclude_tags,
                            mode);
  nested--;
}

void __wrap_srunner_run(SRunner *sr, const char *sname, const char *tcname,
                        enum print_output mode) {
  __wrap_srunner_run_tagged(sr, sname, tcname, NULL, NULL, mode);
}

void __wrap_srunner_run_all(SRunner *sr, enum print_output mode) {
  __wrap_srunner_run_tagged(sr, NULL, NULL, NULL, NULL, mode);
}

void __wrap_check_set_max_msg_size(size_t size) {
  __real_check_set_max_msg_size(size);
  ck_text_limit(size);
}

void __wrap__mark_point(const char *file, int line) {
  /* In a repetition Check's record of it would cost a write each time and
     grow with the iterations; where it was is all that is needed. */
  if (ls_gate_repeats() && !nested) {
    ls_gate_mark(file, line);
    return;
  }
  if (!nested) ck_pass_mark(file, line);
  __real__mark_point(file, line);
}

void __wrap__ck_assert_failed(const char *file, int line, const char *expr,
                              const char *message, ...) {
  char text[BUFSIZ];
  if (message) {
    va_list args;
    va_start(args, message);
    vsnprintf(text, sizeof text, message, args);
    va_end(args);
  }
  if (ls_gate_repeats_here() && !nested)
    ls_gate_stop("%s:%d: %s", file, line, message ? text : expr);
  /* A process that a repeated test forked: its failure is the test's to see,
     by the exit status, and no message of Check's. */
  if (ls_gate_repeats() && !nested) _exit(EXIT_FAILURE);
  if (!nested) ls_gate_failed();
  if (message) __real__ck_assert_failed(file, line, expr, "%s", text);
  __real__ck_assert_failed(file, line, expr, NULL);
}

#ifdef CK_WRAPPED
/* By the assembler: check.h declares one of them with other parameters in
   other versions. */
#define ALSO(name) __asm__(".globl " #name "\n.set " #name ", __wrap_" #name);
CK_WRAPPED(ALSO)
#endif
#ifndef CK_PRELOAD_NAME
CK_NOTE_DEFINE;
#endif
