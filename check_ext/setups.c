/* SPDX-License-Identifier: MIT */
/* Gives each test case a set-up function of its own. */
#include "setups.h"

#include <stdlib.h>

#include "gate/heap.h"
#include "pass.h"

enum { POOL = 256 };

/* Not among the variables: see src/gate/texts.h. */
static struct ck_tcase **owners;

static void begin(unsigned i) {
  if (owners[i]) ck_pass_begin(owners[i]);
}

#define SETUP(n) \
  static void setup_##n(void) { begin(0x##n); }
#define ENTRY(n) setup_##n,

/* clang-format off */
#define FOUR(X, n, a, b, c, d) X(n##a) X(n##b) X(n##c) X(n##d)
#define SIXTEEN(X, n)                                      \
  FOUR(X, n, 0, 1, 2, 3) FOUR(X, n, 4, 5, 6, 7)            \
  FOUR(X, n, 8, 9, a, b) FOUR(X, n, c, d, e, f)
#define ALL(X)                                             \
  SIXTEEN(X, 0) SIXTEEN(X, 1) SIXTEEN(X, 2) SIXTEEN(X, 3)  \
  SIXTEEN(X, 4) SIXTEEN(X, 5) SIXTEEN(X, 6) SIXTEEN(X, 7)  \
  SIXTEEN(X, 8) SIXTEEN(X, 9) SIXTEEN(X, a) SIXTEEN(X, b)  \
  SIXTEEN(X, c) SIXTEEN(X, d) SIXTEEN(X, e) SIXTEEN(X, f)
/* clang-format on */

ALL(SETUP)

static const SFun setups[POOL] = {ALL(ENTRY)};

static void release(const struct ck_tcase *tcase) {
  for (unsigned i = 0; owners && i < POOL; i++)
    if (owners[i] == tcase) owners[i] = NULL;
}

SFun ck_setup_for(struct ck_tcase *tcase) {
  if (!owners && !(owners = lsg_heap_new((size_t)POOL * sizeof *owners)))
    return NULL;
  ck_registry_on_tcase_gone(release);
  for (unsigned i = 0; i < POOL; i++)
    if (!owners[i]) {
      owners[i] = tcase;
      return setups[i];
    }
  return NULL;
}
