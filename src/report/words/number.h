/* SPDX-License-Identifier: MIT */
/*
 * Numbers in reports: the same digits in every locale.
 *
 * vsnprintf takes its decimal point from LC_NUMERIC, and the host program may
 * have set any; a comma would make the XML invalid and the words differ.
 */
#ifndef LS_REPORT_NUMBER_H
#define LS_REPORT_NUMBER_H

#include <stdint.h>

#include "platform/text.h"

enum { LS_NUMBER_DECIMALS = 6 }; /* at most */

/* `value` with exactly `decimals` digits after the point, rounded; what is not
   a number is 0, what is beyond 1e18 is 1e18. */
void ls_number_add_fixed(struct ls_text *text, double value, unsigned decimals);

/* The same without zeros at the end: "2.5", "2". */
void ls_number_add(struct ls_text *text, double value, unsigned decimals);

/* The fewest digits that are read back as the same value: for machines.  What
   is no number is 0, what is infinite the largest of its sign. */
void ls_number_add_exact(struct ls_text *text, double value);

/* "+1.0 KiB", "-24.0 B": always with a sign and one decimal, in binary units
   that change where tracemalloc's do. */
void ls_number_add_size(struct ls_text *text, double bytes);

/* "1,470", "12,345,678". */
void ls_number_add_thousands(struct ls_text *text, uint64_t n);

/* "1 iteration", "2 iterations". */
void ls_number_add_count(struct ls_text *text, uint64_t n, const char *noun);

#endif
