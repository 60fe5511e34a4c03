/* SPDX-License-Identifier: MIT */
/*
 * By libunwind, loaded for ourselves alone: the library exports _Unwind_*, and
 * in the global scope it would take over the host's C++ exceptions.
 */
#include <dlfcn.h>
#include <errno.h>

#include "platform/guard.h"
#include "traceback/intern.h"
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
  libunwind.local_space = dlsym(library, "_ULaarch64_local_addr_space");
  *(void **)(void *)&libunwind.flush = dlsym(library, "_Uaarch64_flush_cache");
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

size_t ls_unwind(const uintptr_t *record, uintptr_t *pcs, size_t max) {
  void *found[LS_UNWIND_MAX + OWN_FRAMES];
  if (max > LS_UNWIND_MAX) max = LS_UNWIND_MAX;
  /* Its thread-local tables are allocated by the dynamic linker, by malloc, at
     a thread's first call: not an event, and not a missed one. */
  int owner = ls_owner;
  ls_owner = LS_OWNER_API;
  int n = libunwind.backtrace(found, (int)max + OWN_FRAMES);
  ls_owner = owner;
  int from = 0;
  while (from < n && (uintptr_t)found[from] != record[1]) from++;
  pcs[0] = record[1];
  size_t frames = 1;
  if (ls_unwind_is_outermost(pcs[0])) return frames;
  for (int i = from + 1; i < n && frames < max; i++) {
    if (ls_unwind_is_outermost((uintptr_t)found[i])) break;
    pcs[frames++] = (uintptr_t)found[i];
  }
  return frames;
}

uint32_t ls_unwind_marked_site(uintptr_t mark, const uintptr_t *record,
                               size_t nframe) {
  uintptr_t pcs[LS_UNWIND_MAX + 1];
  pcs[0] = mark;
  return ls_intern(pcs, 1 + ls_unwind(record, pcs + 1, nframe));
}

uint32_t ls_unwind_site(const uintptr_t *record, size_t nframe) {
  uintptr_t pcs[LS_UNWIND_MAX];
  return ls_intern(pcs, ls_unwind(record, pcs, nframe));
}

int ls_unwind_passes(const uintptr_t *record, uintptr_t target, uintptr_t begin,
                     uintptr_t end) {
  (void)record;
  (void)target;
  (void)begin;
  (void)end;
  return 1;
}

void ls_unwind_flush(void) {
  if (libunwind.flush && libunwind.local_space)
    libunwind.flush(*libunwind.local_space, 0, 0);
}
