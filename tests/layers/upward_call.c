/* SPDX-License-Identifier: MIT */
/* What no file of the verdict may do. */
#include "tracker/tracker.h"
#include "verdict/verdict.h"

uint32_t upward_call(void);

uint32_t upward_call(void) { return ls_tracker_sites() + ls_ruled_out(100); }
