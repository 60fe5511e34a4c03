/* SPDX-License-Identifier: MIT */
/* Preloaded: takes us out of LD_PRELOAD once we are in the program. */
#include "adapters/cmocka/adapter.h"
#include "gate/environment.h"

__attribute__((constructor)) static void begin(void) {
  if (cm_is_there()) ls_gate_leave_environment();
}
