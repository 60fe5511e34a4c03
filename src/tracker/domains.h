/* SPDX-License-Identifier: MIT */
/*
 * Of which domain a site is: malloc's, unless it was said to be of another.
 * Read by ls_tracker_domain().  Context: hook.
 */
#ifndef LS_TRACKER_DOMAINS_H
#define LS_TRACKER_DOMAINS_H

#include "tracker/tracker.h"

void ls_domains_set(uint32_t site, enum ls_domain domain);

#endif
