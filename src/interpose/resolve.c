/* SPDX-License-Identifier: MIT */
/* The real functions, and the arena for the calls made while they are not
   known yet. */
#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <link.h>
#include <stdint.h>

#include "interpose/dynamic.h"
#include "interpose/hooks.h"
#include "interpose/new_hooks.h"
#include "platform/clock.h"
#include "platform/guard.h"
#include "platform/own_libc.h"

struct ls_real ls_real;

/* dlsym's own needs (an error string, a TLS block) are a few hundred bytes;
   other libraries' early constructors get the rest. */
_Alignas(LS_BOOT_ALIGNMENT) unsigned char ls_boot_memory[LS_BOOT_SIZE];
static size_t boot_used;

int ls_glibc_blocks;

struct ls_code ls_allocator;

int ls_realloc_in_front;

/* Each piece is preceded by its size. */
void *ls_boot_alloc(size_t size, size_t alignment) {
  if (alignment < LS_BOOT_ALIGNMENT) alignment = LS_BOOT_ALIGNMENT;
  uintptr_t base = (uintptr_t)ls_boot_memory;
  size_t at = base + boot_used + sizeof(size_t);
  at = (at + alignment - 1) / alignment * alignment - base;
  if (at > LS_BOOT_SIZE || size > LS_BOOT_SIZE - at) return NULL;
  *(size_t *)(void *)(ls_boot_memory + at - sizeof(size_t)) = size;
  boot_used = at + size;
  return ls_boot_memory + at;
}

size_t ls_boot_size(const void *pointer) {
  return *(const size_t *)((const unsigned char *)pointer - sizeof(size_t));
}

/* A library between us and libc may have functions of the same names. */
static int is_libc(void *function) {
  struct dl_find_object its, libc;
  const char *(*in_libc)(void) = gnu_get_libc_version;
  return function && !_dl_find_object(function, &its) &&
         !_dl_find_object(*(void **)(void *)&in_libc, &libc) &&
         its.dlfo_link_map == libc.dlfo_link_map;
}

static int is_ours(void *function) {
  struct dl_find_object its, own;
  return !_dl_find_object(function, &its) &&
         !_dl_find_object((void *)ls_hooks_resolve, &own) &&
         its.dlfo_link_map == own.dlfo_link_map;
}

/* Most often one look suffices; else those that were loaded before us are
   asked, in the order in which the dynamic linker does. */
static int has_in_front(const char *name) {
  struct dl_find_object own;
  void *found = dlsym(RTLD_DEFAULT, name);
  if (!found || is_ours(found)) return 0;
  if (_dl_find_object((void *)ls_hooks_resolve, &own)) return 0;
  struct link_map *map = _r_debug.r_map;
  for (; map && map != own.dlfo_link_map; map = map->l_next)
    if (ls_dynamic_defines(map, name)) return 1;
  return 0;
}

void ls_hooks_resolve(void) {
  static int begun;
  if (begun) return;
  begun = 1;
  /* First of all: dlsym below may be the program's too. */
  ls_libc_bind();
  struct ls_real found;
#define LS_HOOK_FIND(result, name, parameters) \
  *(void **)(void *)&found.name = dlsym(RTLD_NEXT, #name);
  LS_HOOKS_BEHIND(LS_HOOK_FIND)
#undef LS_HOOK_FIND
  ls_new_resolve(!is_libc(*(void **)(void *)&found.malloc));
  *(void **)(void *)&ls_clock_behind = ls_libc_function("clock_gettime");
  ls_realloc_in_front = has_in_front("realloc");
  /* Published whole: a half-filled table would mix two allocators. */
  ls_real = found;
}

/* Compares what the word in front of a block says with what the allocator
   says, for small, large and mapped ones. */
static int looks_like_glibc(void) {
  static const size_t sizes[] = {1, 24, 25, 100, 1000, 5000, 1 << 20};
  int agrees = 1;
  for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    void *block = ls_real.malloc(sizes[i]);
    if (!block) return 0;
    ls_glibc_blocks = 1;
    agrees &= ls_usable_size(block) == ls_real.malloc_usable_size(block);
    ls_glibc_blocks = 0;
    ls_real.free(block);
  }
  return agrees;
}

void ls_hooks_examine(void) {
  struct dl_find_object object;
  if (!ls_real.malloc || !ls_real.malloc_usable_size) return;
  void *behind = *(void **)(void *)&ls_real.malloc;
  /* Only libc's own malloc is read like that: another allocator's word in
     front of a block could agree by chance. */
  if (is_libc(behind))
    ls_glibc_blocks = looks_like_glibc();
  else if (!_dl_find_object(behind, &object))
    ls_allocator = (struct ls_code){(uintptr_t)object.dlfo_map_start,
                                    (uintptr_t)object.dlfo_map_end};
  ls_unusual_set(LS_UNUSUAL_BLOCKS, !ls_glibc_blocks);
}
