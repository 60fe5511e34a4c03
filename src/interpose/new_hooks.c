/* SPDX-License-Identifier: MIT */
/*
 * operator new and delete, by the names that C++ compilers give them.
 *
 * libstdc++'s and libc++'s call malloc and free: they are jumped to, and
 * nothing is told here.  Other allocators have operators of their own, which
 * call nobody: then the block is told of here.  An exception leaves through the
 * hook before anything is marked.
 *
 * In a C program whose C++ plug-ins are loaded later there is nobody behind us:
 * they are not to find ours (withdraw.c).  Where one did, as it was loaded
 * before that, ours do what the libraries' do.
 */
#include "interpose/new_hooks.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#include "interpose/descriptors.h"

/* ---- who is behind us ---------------------------------------------------- */

#define FIELD(result, name, parameters) static result(*real_##name) parameters;
LS_HOOKS_NEW(FIELD)
#undef FIELD

/* In every C++ runtime; bound when the library is loaded, at no cost. */
extern char __gxx_personality_v0[] __attribute__((weak));

void ls_new_resolve(int anyway) {
  /* To look for what is not there costs much more than to find it. */
  if (!__gxx_personality_v0) {
    if (anyway) *(void **)(void *)&real__Znwm = dlsym(RTLD_NEXT, "_Znwm");
    if (!real__Znwm) return;
  }
#define FIND(result, name, parameters) \
  *(void **)(void *)&real_##name = dlsym(RTLD_NEXT, #name);
  LS_HOOKS_NEW(FIND)
#undef FIND
}

int ls_new_is_behind(void) { return real__Znwm != NULL; }

static inline void resolve(void) {
  if (__builtin_expect(!ls_real.malloc, 0)) ls_hooks_resolve();
}

/* The allocator's own: it does not pass by our malloc. */
static int is_own(uintptr_t code) {
  return code - ls_allocator.begin < ls_allocator.end - ls_allocator.begin;
}

/* ---- telling ------------------------------------------------------------- */

static int wanted(void) {
  if (!__atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED)) return 0;
  if (ls_owner == LS_OWNER_HOOK) ls_sink_missed();
  return ls_owner == LS_OWNER_HOST;
}

/* Where the operator called malloc all the same, the block is known already,
   by a place in the allocator. */
static void tell(void *block, size_t size, const uintptr_t *record) {
  if (!block || !wanted()) return;
  ls_owner = LS_OWNER_HOOK;
  size_t usable = ls_usable_of(block, size);
  (void)ls_sink_free(block, usable);
  ls_sink_alloc(block, size, usable, record);
  ls_owner = LS_OWNER_HOST;
}

static void tell_gone(void *block) {
  if (!block || !wanted()) return;
  ls_owner = LS_OWNER_HOOK;
  if (!ls_sink_knows(block))
    ls_sink_unknown();
  else
    (void)ls_sink_free(block, ls_usable_size(block));
  ls_owner = LS_OWNER_HOST;
}

/* ---- with nobody behind us ----------------------------------------------- */

/* One of no size has an address too. */
static void *plain(size_t size) { return malloc(size ? size : 1); }

static void *plain_aligned(size_t size, size_t alignment) {
  if (alignment < sizeof(void *)) alignment = sizeof(void *);
  if (size > SIZE_MAX - alignment) return NULL;
  size = (size + alignment - 1) / alignment * alignment;
  return aligned_alloc(alignment, size ? size : alignment);
}

/* Of a library that is loaded, if it is not ours: a plug-in that is linked with
   us finds us first. */
static void *in_library(const char *path, const char *name) {
  Dl_info ours, its;
  void *library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  void *found = library ? dlsym(library, name) : NULL;
  if (library) dlclose(library);
  if (!found || !dladdr(&real__Znwm, &ours) || !dladdr(found, &its) ||
      its.dli_fbase == ours.dli_fbase)
    return NULL;
  return found;
}

/* There is no memory.  The function that the caller would have without us knows
   the handlers to call and what to throw. */
static void *beside(const void *caller, const char *name) {
  static const char *const runtimes[] = {"libstdc++.so.6", "libc++.so.1",
                                         "libc++abi.so.1"};
  Dl_info info;
  void *found = NULL;
  if (dladdr(caller, &info) && info.dli_fname)
    found = in_library(info.dli_fname, name);
  for (size_t i = 0; !found && i < sizeof runtimes / sizeof *runtimes; i++)
    found = in_library(runtimes[i], name);
  return found;
}

static void *cannot(int may_return) {
  if (!may_return) abort(); /* nobody can throw: as std::terminate() ends */
  return NULL;
}

/* ---- the operators ------------------------------------------------------- */

#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))

#define NEW(name, parameters, arguments, by_malloc, may_return)        \
  LS_HOOK void *name parameters {                                      \
    resolve();                                                         \
    if (!real_##name) {                                                \
      void *made = by_malloc;                                          \
      if (made) return made;                                           \
      void *(*other)parameters;                                        \
      *(void **)(void *)&other = beside(CALLER, #name);                \
      return other ? other arguments : cannot(may_return);             \
    }                                                                  \
    if (!is_own((uintptr_t)real_##name)) return real_##name arguments; \
    void *block = real_##name arguments;                               \
    tell(block, size, LS_RECORD);                                      \
    return block;                                                      \
  }

#define DELETE(name, parameters, arguments)               \
  LS_HOOK void name parameters {                          \
    resolve();                                            \
    if (!real_##name) {                                   \
      free(block);                                        \
      return;                                             \
    }                                                     \
    if (is_own((uintptr_t)real_##name)) tell_gone(block); \
    real_##name arguments;                                \
  }

#define DECLARE(result, name, parameters) result name parameters;
LS_HOOKS_NEW(DECLARE)
#undef DECLARE

NEW(_Znwm, (size_t size), (size), plain(size), 0)
NEW(_Znam, (size_t size), (size), plain(size), 0)
NEW(_ZnwmRKSt9nothrow_t, (size_t size, const void *tag), (size, tag),
    plain(size), 1)
NEW(_ZnamRKSt9nothrow_t, (size_t size, const void *tag), (size, tag),
    plain(size), 1)
NEW(_ZnwmSt11align_val_t, (size_t size, size_t alignment), (size, alignment),
    plain_aligned(size, alignment), 0)
NEW(_ZnamSt11align_val_t, (size_t size, size_t alignment), (size, alignment),
    plain_aligned(size, alignment), 0)
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t,
    (size_t size, size_t alignment, const void *tag), (size, alignment, tag),
    plain_aligned(size, alignment), 1)
NEW(_ZnamSt11align_val_tRKSt9nothrow_t,
    (size_t size, size_t alignment, const void *tag), (size, alignment, tag),
    plain_aligned(size, alignment), 1)

DELETE(_ZdlPv, (void *block), (block))
DELETE(_ZdaPv, (void *block), (block))
DELETE(_ZdlPvm, (void *block, size_t size), (block, size))
DELETE(_ZdaPvm, (void *block, size_t size), (block, size))
DELETE(_ZdlPvRKSt9nothrow_t, (void *block, const void *tag), (block, tag))
DELETE(_ZdaPvRKSt9nothrow_t, (void *block, const void *tag), (block, tag))
DELETE(_ZdlPvSt11align_val_t, (void *block, size_t alignment),
       (block, alignment))
DELETE(_ZdaPvSt11align_val_t, (void *block, size_t alignment),
       (block, alignment))
DELETE(_ZdlPvmSt11align_val_t, (void *block, size_t size, size_t alignment),
       (block, size, alignment))
DELETE(_ZdaPvmSt11align_val_t, (void *block, size_t size, size_t alignment),
       (block, size, alignment))
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t,
       (void *block, size_t alignment, const void *tag),
       (block, alignment, tag))
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t,
       (void *block, size_t alignment, const void *tag),
       (block, alignment, tag))
