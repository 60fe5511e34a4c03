/* SPDX-License-Identifier: MIT */
/* Remembers of the latest children who forked them.  They are no objects of a
   domain: how many are left is a gauge, whose place this is. */
#include <errno.h>
#include <stdatomic.h>

#include "interpose/sink.h"
#include "tracker/count.h"

enum { CHILDREN = 512 }; /* twice as many as may be left behind */

static struct {
  _Atomic unsigned n;
  struct {
    _Atomic int pid;
    _Atomic uint32_t site;
  } of[CHILDREN];
} forks;

void ls_sink_forked(int child, const uintptr_t *record) {
  int saved = errno;
  uint32_t site = ls_count_site(LS_DOMAIN_GAUGE, record);
  unsigned at = atomic_fetch_add(&forks.n, 1) % CHILDREN;
  atomic_store(&forks.of[at].site, site);
  atomic_store(&forks.of[at].pid, child);
  errno = saved;
}

/* A number may be given again: the latest of it is meant. */
uint32_t ls_tracker_fork_of(int child) {
  unsigned n = atomic_load(&forks.n);
  for (unsigned i = 1; i <= CHILDREN && i <= n; i++) {
    unsigned at = (n - i) % CHILDREN;
    if (atomic_load(&forks.of[at].pid) == child)
      return atomic_load(&forks.of[at].site);
  }
  return 0;
}
