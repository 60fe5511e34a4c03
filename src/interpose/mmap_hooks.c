/* SPDX-License-Identifier: MIT */
/*
 * Mappings: forward, then tell the sink.
 *
 * libc's own (malloc's, a thread's stack, a library's) do not come by here:
 * it calls the kernel itself.  Those of another allocator behind us do, and
 * are left out: what it hands out is counted as blocks.
 *
 * An allocator in front of us maps pages before anything else runs, and holds
 * a lock of its own then: looking the real functions up allocates, so until
 * that was done the kernel is asked instead.
 */
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interpose/descriptors.h"

/* Not looked up yet: this is the first call of an allocator, which may hold a
   lock of its own that the dynamic linker's allocations would wait for. */
#define LS_REAL_OR_KERNEL(function, type, ...) \
  if (__builtin_expect(!ls_real.function, 0))  \
    return (type)syscall(SYS_##function, __VA_ARGS__);
#define SYS_mmap64 SYS_mmap

/* Whether the call is the host's and is to be recorded. */
static int wanted(const uintptr_t *record) {
  if (!__atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED)) return 0;
  if (record[1] - ls_allocator.begin < ls_allocator.end - ls_allocator.begin)
    return 0;
  if (ls_owner == LS_OWNER_HOOK) ls_sink_missed();
  return ls_owner == LS_OWNER_HOST;
}

static void *mapped(void *pages, size_t size, const uintptr_t *record) {
  if (pages == MAP_FAILED || !wanted(record)) return pages;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_map(pages, size, record);
  ls_owner = LS_OWNER_HOST;
  return pages;
}

LS_HOOK void *mmap(void *at, size_t size, int protection, int flags, int fd,
                   off_t offset) {
  LS_REAL_OR_KERNEL(mmap, void *, at, size, protection, flags, fd, offset)
  return mapped(ls_real.mmap(at, size, protection, flags, fd, offset), size,
                LS_RECORD);
}

LS_HOOK void *mmap64(void *at, size_t size, int protection, int flags, int fd,
                     off64_t offset) {
  LS_REAL_OR_KERNEL(mmap64, void *, at, size, protection, flags, fd, offset)
  return mapped(ls_real.mmap64(at, size, protection, flags, fd, offset), size,
                LS_RECORD);
}

LS_HOOK int munmap(void *at, size_t size) {
  LS_REAL_OR_KERNEL(munmap, int, at, size)
  const uintptr_t *record = LS_RECORD;
  uint64_t before = ls_sink_map_now();
  int rc = ls_real.munmap(at, size);
  if (rc || !wanted(record)) return rc;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_unmap(at, size, before);
  ls_owner = LS_OWNER_HOST;
  return rc;
}

/* The fifth argument is there only where the flags ask for it; otherwise it is
   passed on whatever it is. */
LS_HOOK void *mremap(void *old, size_t old_size, size_t size, int flags, ...) {
  va_list args;
  va_start(args, flags);
  void *to = va_arg(args, void *);
  va_end(args);
  LS_REAL_OR_KERNEL(mremap, void *, old, old_size, size, flags, to)
  uint64_t before = ls_sink_map_now();
  const uintptr_t *record = LS_RECORD;
  void *pages = ls_real.mremap(old, old_size, size, flags, to);
  if (pages == MAP_FAILED || !wanted(record)) return pages;
  /* Without a size it is one more view of shared pages. */
  struct ls_remapped re = {old, old_size, pages, size, 0};
  re.keeps_old = !old_size || (flags & MREMAP_DONTUNMAP);
  ls_owner = LS_OWNER_HOOK;
  ls_sink_remap(&re, before, record);
  ls_owner = LS_OWNER_HOST;
  return pages;
}
