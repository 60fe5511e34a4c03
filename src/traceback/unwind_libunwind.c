/* SPDX-License-Identifier: MIT */
/*
 * By libunwind, loaded for ourselves alone: the library exports _Unwind_*, and
 * in the global scope it would take over the host's C++ exceptions.
 */
#include <dlfcn.h>
#include <errno.h>

#include "platform/guard.h"
#include "traceback/unwind.h"

/* Frames of ours between libunwind and the hook's caller. */
enum { OWN_FRAMES = 16 };

typedef int backtrace_function(void **buffer, int size);
typedef void flush_function(void *space, uintptr_t low, uintptr_t high);

static struct {
  backtrace_function *backtrace;
  flush_function *flush;
  void **local_space;
} libunwind;

int ls_unwind_init(const char **cause) {
  if (libunwind.backtrace) return 0;
  void *library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    *cause = "libunwind.so.8 cannot be loaded";
    return -ENOTSUP;
  }
  void *space = dlsym(library, "_ULx86_64_local_addr_space");
  if (!space) space = dlsym(library, "_ULaarch64_local_addr_space");
  libunwind.local_space = space;
  *(void **)(void *)&libunwind.flush = dlsym(library, "_Ux86_64_flush_cache");
  if (!libunwind.flush)
    *(void **)(void *)&libunwind.flush =
        dlsym(library, "_Uaarch64_flush_cache");
  backtrace_function *backtrace;
  *(void **)(void *)&backtrace = dlsym(library, "unw_backtrace");
  if (!backtrace) {
    *cause = "libunwind.so.8 has no unw_backtrace";
    return -ENOTSUP;
  }
  /* Its first call sets up tables: not inside a hook. */
  void *one[1];
  backtrace(one, 1);
  libunwind.backtrace = backtrace;
  return 0;
}

size_t ls_unwind(const void *caller, uintptr_t *pcs, size_t max) {
  void *found[LS_UNWIND_MAX + OWN_FRAMES];
  if (max > LS_UNWIND_MAX) max = LS_UNWIND_MAX;
  /* Its thread-local tables are allocated by the dynamic linker, by malloc, at
     a thread's first call: not an event, and not a missed one. */
  int owner = ls_owner;
  ls_owner = LS_OWNER_API;
  int n = libunwind.backtrace(found, (int)max + OWN_FRAMES);
  ls_owner = owner;
  int from = 0;
  while (from < n && found[from] != caller) from++;
  if (from >= n) { /* not met: the path is not to be had, its start is */
    pcs[0] = (uintptr_t)caller;
    return 1;
  }
  size_t frames = (size_t)(n - from) < max ? (size_t)(n - from) : max;
  for (size_t i = 0; i < frames; i++) pcs[i] = (uintptr_t)found[from + (int)i];
  return frames;
}

void ls_unwind_flush(void) {
  if (libunwind.flush && libunwind.local_space)
    libunwind.flush(*libunwind.local_space, 0, 0);
}
