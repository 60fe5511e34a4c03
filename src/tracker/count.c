/* SPDX-License-Identifier: MIT */
/* Counts objects for the sites of their domains, and what could not be kept. */
#include "tracker/count.h"

#include <stdatomic.h>

#include "platform/together.h"
#include "traceback/intern.h"
#include "traceback/unwind.h"
#include "tracker/counters.h"
#include "tracker/domains.h"
#include "tracker/early.h"
#include "tracker/quickly.h"
#include "tracker/state.h"

enum { DEFAULT_NFRAME = 64 };

struct ls_tracker_state ls_tracker_state LS_TOGETHER = {.nframe =
                                                            DEFAULT_NFRAME};

__attribute__((noinline, cold)) void ls_count_drop(void) {
  atomic_fetch_add_explicit(&ls_tracker_state.drops, 1, memory_order_relaxed);
}

static uint32_t in_domain(enum ls_domain domain, uint32_t site) {
  if (site)
    ls_domains_set(site, domain);
  else
    ls_count_drop();
  return site;
}

/* A domain's sites are kept apart by a first pc that no code has: its number.
 */
uint32_t ls_count_site(enum ls_domain domain, const uintptr_t *record) {
  return ls_count_marked_site(domain, domain, record);
}

uint32_t ls_count_marked_site(enum ls_domain domain, uintptr_t mark,
                              const uintptr_t *record) {
  return in_domain(
      domain, ls_unwind_marked_site(mark, record, ls_tracker_state.nframe));
}

uint32_t ls_count_untraced(enum ls_domain domain, uintptr_t number) {
  uintptr_t pcs[] = {domain, number};
  return in_domain(domain, ls_intern(pcs, 2));
}

void ls_count(uint32_t site, int64_t objects, int64_t bytes) {
  if (ls_is_early() && !bytes && ls_early_count(site, objects)) return;
  if (!ls_counters_add_other(site, objects, bytes)) ls_count_drop();
}

uint32_t ls_count_birth(void) { return LS_LOAD(&ls_tracker_state.birth); }
