/* SPDX-License-Identifier: MIT */
/* Says whether a jump of the program leaves a hook of ours behind. */
#include <dlfcn.h>

#include "interpose/sink.h"
#include "traceback/unwind.h"

int ls_sink_jumps(const uintptr_t *record, uintptr_t target) {
  struct dl_find_object own;
  if (_dl_find_object((void *)ls_sink_jumps, &own)) return 1;
  return ls_unwind_passes(record, target, (uintptr_t)own.dlfo_map_start,
                          (uintptr_t)own.dlfo_map_end);
}
