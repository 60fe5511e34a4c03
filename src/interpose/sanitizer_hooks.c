/* SPDX-License-Identifier: MIT */
/* Takes allocations from a sanitizer's runtime, whose malloc is in front of
 * ours. */
#include "interpose/sanitizer_hooks.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "interpose/dynamic.h"
#include "interpose/hooks.h"
#include "interpose/sink.h"
#include "interpose/slots.h"
#include "platform/guard.h"

typedef void on_alloc(const volatile void *block, size_t size);
typedef void on_free(const volatile void *block);

/* The runtime's, where there is one (sanitizer/allocator_interface.h). */
#define WEAK __attribute__((weak))
extern WEAK void __asan_init(void);
extern WEAK void __lsan_init(void);
extern WEAK void __tsan_init(void);
extern WEAK void __msan_init(void);
extern WEAK int __sanitizer_install_malloc_and_free_hooks(on_alloc *alloc,
                                                          on_free *release);
extern WEAK size_t __sanitizer_get_allocated_size(const volatile void *block);

const char *ls_sanitizer_name(void) {
  if (__asan_init) return "AddressSanitizer";
  if (__lsan_init) return "LeakSanitizer";
  if (__tsan_init) return "ThreadSanitizer";
  if (__msan_init) return "MemorySanitizer";
  return NULL;
}

/* ThreadSanitizer's tells nothing of aligned blocks. */
int ls_sanitizer_tells(void) {
  return (__asan_init || __lsan_init) &&
         __sanitizer_install_malloc_and_free_hooks &&
         __sanitizer_get_allocated_size;
}

int ls_sanitizer_is_behind_us(void) {
  struct dl_find_object first, own;
  return ls_sanitizer_name() &&
         !_dl_find_object(dlsym(RTLD_DEFAULT, "malloc"), &first) &&
         !_dl_find_object((void *)ls_sanitizer_name, &own) &&
         first.dlfo_link_map == own.dlfo_link_map;
}

/* ---- events: context hook ------------------------------------------------ */

/* While it is learnt which code is the runtime's: the range of ours. */
static struct {
  uintptr_t begin, end;
  int calls, walked;
} learning;

static int learns(const uintptr_t *record) {
  if (!learning.end) return 0;
  learning.calls++;
  learning.walked += ls_sink_told_learn(record, learning.begin, learning.end);
  return 1;
}

static int wanted(void) {
  if (!__atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED)) return 0;
  if (ls_owner == LS_OWNER_HOST) return 1;
  if (ls_owner == LS_OWNER_HOOK) ls_sink_missed();
  return 0;
}

#define RECORD ((const uintptr_t *)__builtin_frame_address(0))

static __attribute__((noinline)) void tell_alloc(const volatile void *block,
                                                 size_t size) {
  if (!block || learns(RECORD) || !wanted()) return;
  int saved = errno;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_told_alloc((void *)block, size, RECORD);
  ls_owner = LS_OWNER_HOST;
  errno = saved;
}

/* Asked of a pointer that is no block, the runtime would report this question
   instead of what the program did with the pointer. */
static size_t size_of(const volatile void *block) {
  return ls_sink_knows((const void *)block)
             ? __sanitizer_get_allocated_size(block)
             : 0;
}

static __attribute__((noinline)) void tell_free(const volatile void *block) {
  if (!block || learns(RECORD) || !wanted()) return;
  int saved = errno;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_told_free((void *)block, size_of(block), RECORD);
  ls_owner = LS_OWNER_HOST;
  errno = saved;
}

/* ---- a realloc that tells nothing: context hook ---------------------------
 */

static struct {
  ls_realloc *resize;
  ls_reallocarray *resize_array;
} real;

/* Around the runtime's call: what is known of the old block, then the new one.
   What the runtime tells meanwhile is the same event. */
static struct ls_block begin_resize(void *block) {
  ls_owner = LS_OWNER_HOOK;
  struct ls_block old = {0};
  if (block) old = ls_sink_lift(block, size_of(block));
  ls_owner = LS_OWNER_API;
  return old;
}

static void end_resize(struct ls_block old, void *block, void *fresh,
                       size_t size, const uintptr_t *record) {
  int saved = errno;
  ls_owner = LS_OWNER_HOOK;
  if (fresh)
    ls_sink_told_move(old, fresh, size, record, 0);
  else if (size && block)
    ls_sink_told_move(old, block, old.size, record, 1);
  ls_owner = LS_OWNER_HOST;
  errno = saved;
}

static __attribute__((noinline)) void *resize(void *block, size_t size) {
  if (!wanted()) return real.resize(block, size);
  struct ls_block old = begin_resize(block);
  void *fresh = real.resize(block, size);
  end_resize(old, block, fresh, size, RECORD);
  return fresh;
}

static __attribute__((noinline)) void *resize_array(void *block, size_t n,
                                                    size_t size) {
  if (!wanted()) return real.resize_array(block, n, size);
  struct ls_block old = begin_resize(block);
  void *fresh = real.resize_array(block, n, size);
  /* n * size overflows only where nothing was given. */
  end_resize(old, block, fresh, fresh ? n * size : n && size, RECORD);
  return fresh;
}

/* 0 where they are made in the program, past all slots. */
static int lead_resizes(void) {
  struct dl_find_object object;
  void *function = (void *)__sanitizer_install_malloc_and_free_hooks;
  if (!_dl_find_object(function, &object) &&
      object.dlfo_link_map == _r_debug.r_map && !ls_slots_has_program())
    return 0;
  *(void **)(void *)&real.resize = dlsym(RTLD_DEFAULT, "realloc");
  *(void **)(void *)&real.resize_array = dlsym(RTLD_DEFAULT, "reallocarray");
  if (real.resize && real.resize_array)
    ls_slots_lead(function, resize, resize_array);
  return 1;
}

/* ---- which code is the runtime's: context runner --------------------------
 */

static int starts_with(const char *name, const char *start) {
  return !strncmp(name, start, strlen(start));
}

static int is_runtime(const char *name) {
  return starts_with(name, "__interceptor_") ||
         starts_with(name, "___interceptor_");
}

/* A runtime that was linked into the program: the linker has laid its parts
   side by side, and its functions that take the place of libc's are known by
   name. */
static void add_named(const struct link_map *map) {
  struct ls_dynamic dynamic = ls_dynamic_of(map);
  for (size_t i = 0; i < dynamic.n; i++) {
    const ElfW(Sym) *symbol = &dynamic.symbols[i];
    if (symbol->st_shndx != SHN_UNDEF &&
        is_runtime(dynamic.names + symbol->st_name))
      ls_sink_told_code(map->l_addr + symbol->st_value,
                        map->l_addr + symbol->st_value + symbol->st_size);
  }
}

static int add_code(void) {
  struct dl_find_object object;
  void *function = (void *)__sanitizer_install_malloc_and_free_hooks;
  if (_dl_find_object(function, &object)) return 0;
  if (object.dlfo_link_map == _r_debug.r_map)
    add_named(object.dlfo_link_map);
  else
    ls_sink_told_code((uintptr_t)object.dlfo_map_start,
                      (uintptr_t)object.dlfo_map_end);
  return 1;
}

/* Calls its malloc family as a program does: all frames between this function
   and the hook are the runtime's.  1 if it tells of a realloc. */
static int call_all(void) {
  void *(*get)(size_t), *(*zeroed)(size_t, size_t), *(*again)(void *, size_t);
  int (*aligned)(void **, size_t, size_t);
  void (*put)(void *);
  *(void **)(void *)&get = dlsym(RTLD_DEFAULT, "malloc");
  *(void **)(void *)&zeroed = dlsym(RTLD_DEFAULT, "calloc");
  *(void **)(void *)&again = dlsym(RTLD_DEFAULT, "realloc");
  *(void **)(void *)&aligned = dlsym(RTLD_DEFAULT, "posix_memalign");
  *(void **)(void *)&put = dlsym(RTLD_DEFAULT, "free");
  void *volatile block = get(1), *other = NULL;
  int before = learning.calls;
  put(again(block, 100));
  /* One of them is that of its release. */
  int tells = learning.calls - before >= 3;
  put(zeroed(1, 1));
  if (!aligned(&other, 64, 64)) put(other);
  return tells;
}

int ls_sanitizer_install(const char **cause) {
  static int installed;
  struct dl_find_object own;
  if (installed) return 0;
  *cause = "the sanitizer's runtime has no room for another malloc hook";
  if (_dl_find_object((void *)tell_free, &own) ||
      !__sanitizer_install_malloc_and_free_hooks(tell_alloc, tell_free))
    return -ENOTSUP;
  installed = 1;
  learning.begin = (uintptr_t)own.dlfo_map_start;
  learning.end = (uintptr_t)own.dlfo_map_end;
  int found = add_code();
  int tells_of_resizing = call_all();
  learning.end = 0;
  *cause = "the frames of the sanitizer's runtime cannot be told";
  if (!found || learning.calls < 6 || learning.walked != learning.calls)
    return -ENOTSUP;
  *cause = "the sanitizer's runtime tells nothing of realloc: link with --wrap";
  return tells_of_resizing || lead_resizes() ? 0 : -ENOTSUP;
}
