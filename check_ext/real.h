/* SPDX-License-Identifier: MIT */
/*
 * Check's own functions behind those that we take the place of.
 *
 * With --wrap they are __real_<name>.  The references are strong: a weak one
 * would not pull Check's objects out of their archive.  Where libcheck is
 * shared, preload.c has them.
 */
#ifndef CHECK_EXT_REAL_H
#define CHECK_EXT_REAL_H

#include <check.h>

#ifdef CK_NEXT
/* Whether a call is one of the program's, and ours to note. */
int ck_real_notes(void);
#else
static inline int ck_real_notes(void) { return 1; }
#endif

void __real__tcase_add_test(TCase *tc, const TTest *test, int signal,
                            int exit_value, int start, int end);
TCase *__real_tcase_create(const char *name);
void __real_tcase_set_timeout(TCase *tc, double seconds);
void __real_tcase_set_tags(TCase *tc, const char *tags);
void __real_tcase_add_checked_fixture(TCase *tc, SFun setup, SFun teardown);
void __real_tcase_add_unchecked_fixture(TCase *tc, SFun setup, SFun teardown);
const char *__real_tcase_name(void);
Suite *__real_suite_create(const char *name);
void __real_suite_add_tcase(Suite *suite, TCase *tc);
SRunner *__real_srunner_create(Suite *suite);
void __real_srunner_add_suite(SRunner *sr, Suite *suite);
void __real_srunner_free(SRunner *sr);
void __real_srunner_run_tagged(SRunner *sr, const char *sname,
                               const char *tcname, const char *include_tags,
                               const char *exclude_tags,
                               enum print_output mode);
void __real_check_set_max_msg_size(size_t size);
void __real__mark_point(const char *file, int line);

/* Its fourth parameter is named since Check 0.15.1 and the first variable one
   before; in a register either way.  So it is declared by our own prototype. */
void __real__ck_assert_failed(const char *file, int line, const char *expr,
                              const char *message, ...)
    __attribute__((noreturn));

#endif
