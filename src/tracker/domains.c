/* SPDX-License-Identifier: MIT */
/* Keeps the domain of each site, beside the site itself. */
#include "tracker/domains.h"

#include "traceback/intern.h"

_Static_assert(LS_DOMAIN_MALLOC == 0, "what a site is of at first");

void ls_domains_set(uint32_t site, enum ls_domain domain) {
  ls_intern_set_tag(site, (uint8_t)domain);
}

enum ls_domain ls_tracker_domain(uint32_t site) {
  return (enum ls_domain)ls_intern_tag(site);
}
