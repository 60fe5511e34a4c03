/* SPDX-License-Identifier: MIT */
/*
 * The malloc family as the program sees it: forward, then tell the sink.
 *
 * A block is recorded after the allocator gave it and forgotten before the
 * allocator gets it back, so at each moment one thread owns its record and no
 * lock is needed.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "interpose/hooks.h"
#include "interpose/sink.h"
#include "platform/guard.h"

#define HOOK __attribute__((visibility("default"), noinline, hot))
/* The frame record: makes the hook keep a frame pointer, whatever the rest of
   the library is built with. */
#define RECORD ((const uintptr_t *)__builtin_frame_address(0))

/* Where there is no record: one costs more than to look for this. */
#define CALLER ((uintptr_t)__builtin_return_address(0))

/* Takes the whole of the sink's short way in, where that is at hand (hot.c). */
#define HOT __attribute__((flatten))

/* C23's; glibc 2.36 has no declaration. */
void free_sized(void *pointer, size_t size);
void free_aligned_sized(void *pointer, size_t alignment, size_t size);

/* Another allocator than libc's that is behind us may call its own functions by
   name, and so comes here. */
static inline int is_by_allocator(uintptr_t caller) {
  return caller - ls_allocator.begin < ls_allocator.end - ls_allocator.begin;
}

/* Whether the call at hand is the host's and is to be recorded. */
static inline int wanted(uintptr_t caller) {
  if (!__atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED)) return 0;
  if (__builtin_expect(ls_owner == LS_OWNER_HOST, 1)) return 1;
  if (ls_owner == LS_OWNER_HOOK && !is_by_allocator(caller)) ls_sink_missed();
  return 0;
}

static inline int unresolved(void) {
  if (__builtin_expect(ls_real.malloc != NULL, 1)) return 0;
  ls_hooks_resolve();
  return ls_real.malloc == NULL;
}

/* Before another allocator than glibc's is asked for its size: a block of
   somebody else's could be its end. */
static inline size_t size_if_known(void *block) {
  if (__builtin_expect(ls_glibc_blocks, 1)) return ls_glibc_size(block);
  return ls_sink_knows(block) ? ls_usable_size(block) : 0;
}

static inline void tell(void *block, size_t size, const uintptr_t *record) {
  if (!block || !wanted(record[1]) || is_by_allocator(record[1])) return;
  ls_hand_to(LS_OWNER_HOOK);
  size_t usable = ls_usable_of(block, size);
  /* One that came here on the way, by a jump out of the allocator. */
  if (!ls_glibc_blocks && ls_sink_knows(block))
    (void)ls_sink_free(block, usable);
  ls_sink_alloc(block, size, usable, record);
  ls_hand_to(LS_OWNER_HOST);
}

/* Where what points at a leak is looked for, a pointer that the block's last
   owner left in it would count.  What the kernel has just mapped is zero. */
static void clean(void *block, size_t from, size_t size) {
  enum { MAPPED = 2 };
  if (!block || from >= size || ls_owner != LS_OWNER_HOST ||
      !ls_is_unusual_for(LS_UNUSUAL_CLEAN))
    return;
  if (ls_glibc_blocks && ((const size_t *)block)[-1] & MAPPED) return;
  memset((char *)block + from, 0, size - from);
}

static __attribute__((noinline)) void *malloc_unresolved(
    size_t size, const uintptr_t *record) {
  if (unresolved()) return ls_boot_alloc(size, 0);
  void *block = ls_real.malloc(size);
  tell(block, size, record);
  return block;
}

/* Not traced, or not now, or not by the short way.  Returns the block, so that
   the hook has less to save. */
static __attribute__((noinline)) void *told(void *block, size_t size,
                                            const uintptr_t *record) {
  clean(block, 0, size);
  tell(block, size, record);
  return block;
}

/* The word in front of a block of glibc's, of a size at which it is neither
   mapped nor big: one question for both. */
static inline int is_small(size_t head) {
  enum { MAPPED = 2 };
  size_t not_small = ~(size_t)(LS_SINK_SMALL - 1) | MAPPED;
  return __builtin_expect((head & not_small) == 0, 1) != 0;
}

static inline size_t small_size(size_t head) {
  enum { FLAGS = 7 };
  return (head & ~(size_t)FLAGS) - sizeof head;
}

HOOK HOT void *malloc(size_t size) {
  if (__builtin_expect(!ls_real.malloc, 0))
    return malloc_unresolved(size, RECORD);
  void *block = ls_real.malloc(size);
  if (__builtin_expect(!block, 0)) return NULL;
  if (!ls_is_usual()) return told(block, size, RECORD);
  size_t head = ((const size_t *)block)[-1];
  if (!is_small(head)) return told(block, size, RECORD);
  ls_hand_to(LS_OWNER_HOOK);
  return ls_sink_alloc_usual(block, size, small_size(head), RECORD);
}

HOOK HOT void *calloc(size_t n, size_t size) {
  size_t total;
  if (unresolved()) {
    if (__builtin_mul_overflow(n, size, &total)) return NULL;
    return ls_boot_alloc(total, 0);
  }
  void *block = ls_real.calloc(n, size);
  tell(block, n * size, RECORD);
  return block;
}

/* What is known of came from the real allocator; only of the rest it must be
   asked where it is from. */
static __attribute__((noinline)) void free_unknown(void *block,
                                                   int is_counted) {
  if (ls_boot_owns(block) || unresolved()) return;
  if (is_counted) ls_sink_unknown();
  ls_real.free(block);
}

static __attribute__((noinline)) void free_slowly(void *block,
                                                  uintptr_t caller) {
  if (!block || ls_boot_owns(block)) return;
  int is_traced = wanted(caller);
  if (is_traced) {
    ls_hand_to(LS_OWNER_HOOK);
    is_traced = !ls_sink_free(block, size_if_known(block));
    ls_hand_to(LS_OWNER_HOST);
  }
  free_unknown(block, is_traced && !is_by_allocator(caller));
}

/* By the long way, which goes on where the short one left off. */
static __attribute__((noinline)) void free_known(void *block) {
  int known = ls_sink_free(block, ls_glibc_size(block));
  ls_hand_to(LS_OWNER_HOST);
  if (known)
    ls_real.free(block);
  else
    free_unknown(block, 1);
}

HOOK HOT void free(void *block) {
  if (__builtin_expect(!block, 0)) return;
  if (!ls_is_usual()) {
    free_slowly(block, CALLER);
    return;
  }
  ls_hand_to(LS_OWNER_HOOK);
  size_t head = ((const size_t *)block)[-1];
  if (__builtin_expect(
          !is_small(head) || !ls_sink_free_usual(block, small_size(head)), 0)) {
    free_known(block);
    return;
  }
  ls_hand_to(LS_OWNER_HOST);
  ls_real.free(block);
}

HOOK void free_sized(void *block, size_t size) {
  (void)size;
  free(block);
}

HOOK void free_aligned_sized(void *block, size_t alignment, size_t size) {
  (void)alignment;
  (void)size;
  free(block);
}

/* A block of the boot arena moves to the real heap when it is resized. */
static void *move_out_of_boot(void *block, size_t size) {
  size_t old = ls_boot_size(block);
  void *fresh = unresolved() ? ls_boot_alloc(size, 0) : ls_real.malloc(size);
  if (fresh) memcpy(fresh, block, old < size ? old : size);
  return fresh;
}

static __attribute__((noinline)) void *reallocate_slowly(
    void *block, size_t size, const uintptr_t *record) {
  if (block && ls_boot_owns(block)) return move_out_of_boot(block, size);
  if (unresolved()) return ls_boot_alloc(size, 0);
  void *fresh = ls_real.realloc(block, size);
  if (block) return fresh;
  clean(fresh, 0, size);
  tell(fresh, size, record);
  return fresh;
}

static void *reallocate(void *block, size_t size, const uintptr_t *record) {
  if (__builtin_expect(!block || ls_boot_owns(block) || !ls_real.malloc, 0) ||
      !wanted(record[1]))
    return reallocate_slowly(block, size, record);
  ls_hand_to(LS_OWNER_HOOK);
  struct ls_block old = ls_sink_lift(block, size_if_known(block));
  /* The allocator may call back (mmap hooks): it works on the host's behalf
     but the record is ours, so the owner stays the hook. */
  void *fresh = ls_real.realloc(block, size);
  if (__builtin_expect(fresh != NULL, 1)) {
    ls_sink_move(old, fresh, size, ls_usable_of(fresh, size), record, 0);
  } else if (size && old.site) {
    /* Failed: the old block is still the program's. */
    ls_sink_move(old, block, old.size, ls_usable_of(block, old.size), record,
                 1);
  }
  ls_hand_to(LS_OWNER_HOST);
  if (old.site) clean(fresh, old.size, size);
  return fresh;
}

HOOK HOT void *realloc(void *block, size_t size) {
  return reallocate(block, size, RECORD);
}

HOOK void *reallocarray(void *block, size_t n, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(n, size, &total)) {
    errno = ENOMEM;
    return NULL;
  }
  if (__builtin_expect(!ls_real.malloc, 0)) ls_hooks_resolve();
  /* As libc's does it: the block is of the program's allocator. */
  if (ls_realloc_in_front) return realloc(block, total);
  return reallocate(block, total, RECORD);
}

/* A block of libc's, where the allocator lacks such a function, is not told:
   nothing of it is known to the allocator. */
static void *told_if_own(void *block, size_t size, uintptr_t function,
                         const uintptr_t *record) {
  if (!ls_is_of_allocator(function)) return block;
  clean(block, 0, size);
  tell(block, size, record);
  return block;
}

HOOK int posix_memalign(void **out, size_t alignment, size_t size) {
  if (unresolved() || !ls_real.posix_memalign) {
    *out = ls_boot_alloc(size, alignment);
    return *out ? 0 : ENOMEM;
  }
  int rc = ls_real.posix_memalign(out, alignment, size);
  if (rc == 0)
    told_if_own(*out, size, (uintptr_t)ls_real.posix_memalign, RECORD);
  return rc;
}

HOOK void *aligned_alloc(size_t alignment, size_t size) {
  if (unresolved() || !ls_real.aligned_alloc)
    return ls_boot_alloc(size, alignment);
  void *block = ls_real.aligned_alloc(alignment, size);
  return told_if_own(block, size, (uintptr_t)ls_real.aligned_alloc, RECORD);
}

HOOK void *memalign(size_t alignment, size_t size) {
  if (unresolved() || !ls_real.memalign) return ls_boot_alloc(size, alignment);
  void *block = ls_real.memalign(alignment, size);
  return told_if_own(block, size, (uintptr_t)ls_real.memalign, RECORD);
}

enum { PAGE = 4096 };

HOOK void *valloc(size_t size) {
  if (unresolved() || !ls_real.valloc) return ls_boot_alloc(size, PAGE);
  void *block = ls_real.valloc(size);
  return told_if_own(block, size, (uintptr_t)ls_real.valloc, RECORD);
}

HOOK void *pvalloc(size_t size) {
  if (unresolved() || !ls_real.pvalloc) return ls_boot_alloc(size, PAGE);
  void *block = ls_real.pvalloc(size);
  return told_if_own(block, size, (uintptr_t)ls_real.pvalloc, RECORD);
}

HOOK size_t malloc_usable_size(void *block) {
  if (!block) return 0;
  if (ls_boot_owns(block)) return ls_boot_size(block);
  if (unresolved()) return 0;
  return ls_real.malloc_usable_size(block);
}
