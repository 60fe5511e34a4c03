/* SPDX-License-Identifier: MIT */
#include "platform/guard.h"

_Thread_local struct ls_own ls_own;
