/* SPDX-License-Identifier: MIT */
#include "platform/guard.h"

_Thread_local int ls_owner;
