/* SPDX-License-Identifier: MIT */
/*
 * Takes the place of dlclose: what was remembered of a library's code is wrong
 * once it is gone, and a traceback through it can be read only with where it
 * lay.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdint.h>

#include "interpose/hooks.h"
#include "interpose/sink.h"
#include "platform/guard.h"
#include "platform/unloaded.h"

/* 1 if the handle is a library whose place is known now. */
static int describe(void *handle, struct ls_unloaded *library) {
  struct link_map *map = NULL;
  struct dl_find_object object;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) || !map || !map->l_name[0])
    return 0;
  if (_dl_find_object(map->l_ld, &object)) return 0;
  library->begin = (uintptr_t)object.dlfo_map_start;
  library->end = (uintptr_t)object.dlfo_map_end;
  library->bias = map->l_addr;
  library->path = map->l_name;
  return 1;
}

/* What is remembered of code is wrong also where nothing is traced now: it may
   be traced again.  Which libraries go along with this one is not looked at. */
__attribute__((visibility("default"), noinline)) int dlclose(void *handle) {
  struct ls_unloaded library;
  struct dl_find_object object;
  ls_hooks_resolve();
  if (!ls_real.dlclose) {
    errno = ENOSYS;
    return -1;
  }
  int before = ls_owner;
  ls_owner = LS_OWNER_HOOK;
  int known = before == LS_OWNER_HOST && describe(handle, &library);
  if (known) ls_unloaded_note(&library);
  ls_owner = before;
  int rc = ls_real.dlclose(handle);
  if (!known) return rc;
  ls_owner = LS_OWNER_HOOK;
  /* Others may hold it: then nothing has changed. */
  if (!_dl_find_object((void *)library.begin, &object))
    ls_unloaded_stays(&library);
  else
    ls_sink_unloaded();
  ls_owner = before;
  return rc;
}
