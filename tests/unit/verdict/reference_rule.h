/* SPDX-License-Identifier: MIT */
/* The interface of the oracle: all that its own names need. */
#ifndef LS_TESTS_REFERENCE_RULE_H
#define LS_TESTS_REFERENCE_RULE_H

typedef long long i64;

/* n iterations in B windows: lowest, highest and last count, the same for
   bytes, and S: the survivors by window of birth.  `rested`: the iteration by
   which what is bounded is at rest, 0 for three quarters of n. */
typedef struct {
  int n, B;
  i64 lo[64], hi[64], la[64], blo[64], bhi[64], bla[64], S[64], peak, limit;
  int rested;
} site_t;

enum { OK = -1, MORE = 0, FADE = 1, THIN = 2, DUE = 3, LEAK = 4, LIMIT = 5 };

int lks_judge(const site_t *f);

#endif
