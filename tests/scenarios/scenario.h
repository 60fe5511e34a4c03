/* SPDX-License-Identifier: MIT */
/*
 * What the labelled scenarios share.  Each is a Check test whose body is one
 * iteration; what it does next is in its static variables.  The call that
 * allocates what a scenario leaks has the comment "leaks" on its line: the
 * message has to name that line.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Number of elements of an array. */
#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* The compiler must take the object to be used, here and by anyone. */
#define KEEP(object) __asm__ volatile("" : : "g"(object) : "memory")

/* A random sequence of its own for each name; the same in each run unless the
   environment variable SCENARIO_SEED says otherwise. */
struct sequence {
  const char *name;
  uint64_t state;
};

uint64_t sequence_next(struct sequence *sequence);

/* 0 to n - 1, evenly. */
unsigned sequence_below(struct sequence *sequence, unsigned n);

/* 0 to 1, without 1. */
double sequence_unit(struct sequence *sequence);

/* Runs the tests of a family as one suite; the result is main's.  With
   SCENARIO_THREAD in the environment, beside a thread that has allocated and
   idles. */
int scenario_run(const char *family, const TTest *const leaking[],
                 size_t nleaking, const TTest *const healthy[],
                 size_t nhealthy);

/* The same for a suite that was put together elsewhere. */
int scenario_run_suite(Suite *suite);

#endif
