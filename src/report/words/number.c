/* SPDX-License-Identifier: MIT */
/* Writes numbers with the same digits in every locale. */
#include "report/words/number.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double LIMIT = 1e18; /* fits 64 bits, and a digit to spare */

/* A number in decimal: whole.fraction, of `digits` digits. */
struct decimal {
  int negative;
  unsigned digits;
  uint64_t whole;
  uint64_t fraction;
};

static struct decimal decimal_of(double value, unsigned decimals) {
  struct decimal d = {.digits = decimals};
  uint64_t scale = 1;
  for (unsigned i = 0; i < decimals; i++) scale *= 10;
  double size = isnan(value) ? 0 : fabs(value);
  if (size > LIMIT) size = LIMIT;
  d.whole = (uint64_t)size;
  d.fraction = (uint64_t)((size - (double)d.whole) * (double)scale + 0.5);
  if (d.fraction >= scale) { /* 0.96 with one digit */
    d.whole++;
    d.fraction -= scale;
  }
  d.negative = value < 0 && (d.whole || d.fraction); /* no "-0" */
  return d;
}

static void add(struct ls_text *text, const struct decimal *d) {
  ls_text_addf(text, "%s%" PRIu64, d->negative ? "-" : "", d->whole);
  if (d->digits) ls_text_addf(text, ".%0*" PRIu64, (int)d->digits, d->fraction);
}

static unsigned at_most(unsigned decimals) {
  return decimals < LS_NUMBER_DECIMALS ? decimals : LS_NUMBER_DECIMALS;
}

void ls_number_add_fixed(struct ls_text *text, double value,
                         unsigned decimals) {
  struct decimal d = decimal_of(value, at_most(decimals));
  add(text, &d);
}

void ls_number_add(struct ls_text *text, double value, unsigned decimals) {
  struct decimal d = decimal_of(value, at_most(decimals));
  while (d.digits && d.fraction % 10 == 0) {
    d.fraction /= 10;
    d.digits--;
  }
  add(text, &d);
}

/* What printf made, with a point for whatever the locale has instead. */
static void add_with_point(struct ls_text *text, const char *digits) {
  int in_point = 0;
  for (; *digits; digits++) {
    int plain = strchr("0123456789+-e", *digits) != NULL;
    if (plain || !in_point) ls_text_add_bytes(text, plain ? digits : ".", 1);
    in_point = !plain;
  }
}

void ls_number_add_exact(struct ls_text *text, double value) {
  enum { LEAST = 15, MOST = 17 };
  char digits[40];
  if (isnan(value)) value = 0;
  if (isinf(value)) value = value > 0 ? DBL_MAX : -DBL_MAX;
  for (int n = LEAST; n <= MOST; n++) {
    snprintf(digits, sizeof digits, "%.*g", n, value);
    if (strtod(digits, NULL) == value) break;
  }
  add_with_point(text, digits);
}

void ls_number_add_size(struct ls_text *text, double bytes) {
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  const unsigned last = sizeof units / sizeof *units - 1;
  unsigned unit = 0;
  double value = bytes;
  /* as ls_text_add_size: a unit above bytes holds until 10240 of it */
  while (unit < last && fabs(value) >= (unit ? 10240 : 1024)) {
    value /= 1024;
    unit++;
  }
  struct decimal d = decimal_of(value, 1);
  if (!d.negative) ls_text_add(text, "+");
  add(text, &d);
  ls_text_addf(text, " %s", units[unit]);
}

void ls_number_add_count(struct ls_text *text, uint64_t n, const char *noun) {
  ls_text_addf(text, "%" PRIu64 " %s%s", n, noun, n == 1 ? "" : "s");
}

void ls_number_add_thousands(struct ls_text *text, uint64_t n) {
  enum { GROUP = 1000, GROUPS = 7 };
  unsigned groups[GROUPS], used = 0;
  do {
    groups[used++] = (unsigned)(n % GROUP);
    n /= GROUP;
  } while (n);
  ls_text_addf(text, "%u", groups[--used]);
  while (used) ls_text_addf(text, ",%03u", groups[--used]);
}
