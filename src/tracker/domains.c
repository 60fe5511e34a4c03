/* SPDX-License-Identifier: MIT */
#include "tracker/domains.h"

#include <stdatomic.h>

#include "platform/arena.h"
#include "traceback/intern.h"

enum { BLOCK = 4096 };

/* By site; without a block: of the malloc domain. */
static _Atomic(uint8_t *) domains[LS_SITE_LIMIT_ID / BLOCK];

int ls_domains_set(uint32_t site, enum ls_domain domain) {
  _Atomic(uint8_t *) *slot = &domains[site / BLOCK];
  uint8_t *block = atomic_load(slot);
  if (!block) {
    uint8_t *fresh = ls_pages_map(BLOCK, 0);
    if (!fresh) return 0;
    if (atomic_compare_exchange_strong(slot, &block, fresh))
      block = fresh;
    else
      ls_pages_unmap(fresh, BLOCK);
  }
  __atomic_store_n(&block[site % BLOCK], (uint8_t)domain, __ATOMIC_RELAXED);
  return 1;
}

enum ls_domain ls_tracker_domain(uint32_t site) {
  const uint8_t *block =
      atomic_load_explicit(&domains[site / BLOCK], memory_order_acquire);
  if (!block) return LS_DOMAIN_MALLOC;
  return (enum ls_domain)__atomic_load_n(&block[site % BLOCK],
                                         __ATOMIC_RELAXED);
}
