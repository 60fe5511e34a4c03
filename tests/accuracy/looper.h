/* SPDX-License-Identifier: MIT */
/*
 * Check's place, for programs whose tests are to be run many times each with
 * nothing else around: a recorder, LeakSanitizer, Valgrind.
 *
 *   LOOP_PASSES=n   passes of each test (default 300)
 *   LOOP_ONLY=x     only the test x, or the test case x; "name[i]" for one
 *                   index of a loop test
 *
 * Each test runs in a child of its own: fixtures and body, again and again, and
 * exit().  One line for each: name, pid, exit status or -signal.
 */
#ifndef LOOPER_H
#define LOOPER_H

/* What a recorder fills in; the default does nothing. */
void loop_begins(const char *test, const void *stack);
void loop_boundary(unsigned pass);
void loop_ends(unsigned pass, int is_early);

#endif
