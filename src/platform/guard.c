/* SPDX-License-Identifier: MIT */
/* Says, for each thread, whether it is in code of ours. */
#include "platform/guard.h"

#include "platform/together.h"

_Alignas(64) _Thread_local struct ls_own ls_own;

_Atomic int ls_usual_owner LS_TOGETHER = LS_UNUSUAL_OFF | LS_UNUSUAL_BLOCKS;
