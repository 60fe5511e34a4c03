/* SPDX-License-Identifier: MIT */
/* Counts what the program itself reports: leakslope_track() and _untrack(). */
#include <errno.h>

#include "leakslope.h"
#include "platform/guard.h"
#include "tracker/tracked.h"
#include "tracker/tracker.h"

int leakslope_track(unsigned domain, uintptr_t ptr, size_t size) {
  const uintptr_t *record = __builtin_frame_address(0);
  if (!ls_tracker_is_tracing()) return -ENOTSUP;
  int saved = errno, before = ls_owner;
  ls_owner = LS_OWNER_HOOK;
  int known = ls_tracked_put(domain, ptr, size, record);
  ls_owner = before;
  errno = saved;
  return known ? 0 : -ENOMEM;
}

int leakslope_untrack(unsigned domain, uintptr_t ptr) {
  if (!ls_tracker_is_tracing()) return -ENOTSUP;
  int saved = errno, before = ls_owner;
  ls_owner = LS_OWNER_HOOK;
  ls_tracked_take(domain, ptr);
  ls_owner = before;
  errno = saved;
  return 0;
}
