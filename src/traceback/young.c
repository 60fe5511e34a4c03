/* SPDX-License-Identifier: MIT */
/* Counts the first walks after a fork. */
#include "traceback/young.h"

enum {
  WALKS = 128,
  FORKS = 16 /* after which a process that forks is known to do so */
};

void ls_young_begin(void) { ls_own.young = LS_YOUNG_FORKED | WALKS; }

void ls_young_forked(void) {
  uint32_t forks =
      ls_own.young & LS_YOUNG_FORKED ? 0 : ls_own.young / LS_YOUNG_FORK;
  if (forks < FORKS) forks++;
  ls_own.young = forks * LS_YOUNG_FORK | (forks == FORKS ? WALKS : 0);
}
