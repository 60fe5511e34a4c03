/* SPDX-License-Identifier: MIT */
/*
 * dlclose: what was remembered of a library's code is wrong once it is gone,
 * and a traceback through it can be read only with where it lay.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

#include "interpose/hooks.h"
#include "interpose/sink.h"
#include "platform/guard.h"
#include "platform/unloaded.h"

enum { PATH = 4096 };

/* 1 if the handle is a library whose place is known now. */
static int describe(void *handle, struct ls_unloaded *library, char *path) {
  struct link_map *map = NULL;
  struct dl_find_object object;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) || !map || !map->l_name[0])
    return 0;
  if (_dl_find_object(map->l_ld, &object)) return 0;
  size_t n = strlen(map->l_name);
  if (n >= PATH) return 0;
  memcpy(path, map->l_name, n + 1);
  library->begin = (uintptr_t)object.dlfo_map_start;
  library->end = (uintptr_t)object.dlfo_map_end;
  library->bias = map->l_addr;
  library->path = path;
  return 1;
}

__attribute__((visibility("default"), noinline)) int dlclose(void *handle) {
  char path[PATH];
  struct ls_unloaded library;
  struct dl_find_object object;
  ls_hooks_resolve();
  if (!ls_real.dlclose) {
    errno = ENOSYS;
    return -1;
  }
  int known = __atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED) &&
              ls_owner == LS_OWNER_HOST && describe(handle, &library, path);
  int rc = ls_real.dlclose(handle);
  /* Others may hold it: then nothing has changed. */
  if (known && _dl_find_object((void *)library.begin, &object)) {
    ls_unloaded_note(&library);
    ls_sink_unloaded();
  }
  return rc;
}
