/* SPDX-License-Identifier: MIT */
/*
 * The name of a report in a folder that many runs write to at the same time:
 * one for each program and part of it.
 *
 *   TEST-test_cache.xml              the program
 *   TEST-test_cache@Cache.xml        CK_RUN_SUITE=Cache
 *   TEST-test_cache@Cache@Core.xml   and CK_RUN_CASE=Core
 *   TEST-test_cache@@Core.xml        CK_RUN_CASE=Core alone
 *   TEST-test_cache@@@slow.xml       CK_INCLUDE_TAGS=slow
 *   TEST-test_cache@@@@slow.xml      CK_EXCLUDE_TAGS=slow
 *   TEST-test_cache@@@@@test_put.xml CK_LEAK_TEST=test_put
 *
 * Different parts have different names: what is no letter, digit, '_', '-' or
 * '.' is written as %XX, and a long name ends in a hash of the whole.
 */
#ifndef LS_GATE_REPORT_NAME_H
#define LS_GATE_REPORT_NAME_H

enum { LSG_REPORT_NAME_SIZE = 1024 };

/* By the framework's filters as they are in the environment. */
void lsg_report_name(char name[LSG_REPORT_NAME_SIZE], const char *program,
                     const char *extension);

#endif
