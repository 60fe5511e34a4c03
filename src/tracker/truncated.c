/* SPDX-License-Identifier: MIT */
/* Says whether a path has as many frames as are kept. */
#include "traceback/intern.h"
#include "traceback/unwind.h"
#include "tracker/tracker.h"

int ls_tracker_is_truncated(uint32_t site) {
  uintptr_t path[LS_UNWIND_MAX + 1];
  size_t marks = ls_tracker_domain(site) == LS_DOMAIN_MALLOC ? 0 : 1;
  size_t n = ls_intern_path(site, path, LS_UNWIND_MAX + 1);
  return !ls_tracker_label(site) && n >= ls_tracker_nframe() + marks;
}
