/* SPDX-License-Identifier: MIT */
/*
 * Where the JUnit report goes.
 */
#ifndef CHECK_EXT_JUNIT_H
#define CHECK_EXT_JUNIT_H

#include <leakslope.h>

/* The program's name as users know it: libtool runs its wrappers as lt-x. */
const char *ck_junit_program(void);

/*
 * The full name of the report that `path` asks for, to be freed by the caller:
 * tried by writing `report` to it, so that a path which cannot be used ends the
 * program before the first test.  `option` is what it was asked for by.
 */
char *ck_junit_prepare(const char *option, const char *path,
                       const struct leakslope_report *report);

/* Writes it; a report that was asked for and cannot be there ends the
   program. */
void ck_junit_write(const char *option, const char *file,
                    const struct leakslope_report *report);

#endif
