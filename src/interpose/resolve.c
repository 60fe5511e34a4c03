/* SPDX-License-Identifier: MIT */
/* The real functions, and the arena for the calls made while they are not
   known yet. */
#include <dlfcn.h>
#include <stdint.h>

#include "interpose/hooks.h"

struct ls_real ls_real;

/* dlsym's own needs (an error string, a TLS block) are a few hundred bytes;
   other libraries' early constructors get the rest. */
enum { BOOT_SIZE = 256 * 1024, BOOT_ALIGNMENT = 16 };

static struct {
  _Alignas(BOOT_ALIGNMENT) unsigned char memory[BOOT_SIZE];
  size_t used;
} boot;

int ls_boot_owns(const void *pointer) {
  uintptr_t at = (uintptr_t)pointer;
  return at >= (uintptr_t)boot.memory &&
         at < (uintptr_t)boot.memory + BOOT_SIZE;
}

/* Each piece is preceded by its size. */
void *ls_boot_alloc(size_t size, size_t alignment) {
  if (alignment < BOOT_ALIGNMENT) alignment = BOOT_ALIGNMENT;
  uintptr_t base = (uintptr_t)boot.memory;
  size_t at = base + boot.used + sizeof(size_t);
  at = (at + alignment - 1) / alignment * alignment - base;
  if (at > BOOT_SIZE || size > BOOT_SIZE - at) return NULL;
  *(size_t *)(void *)(boot.memory + at - sizeof(size_t)) = size;
  boot.used = at + size;
  return boot.memory + at;
}

size_t ls_boot_size(const void *pointer) {
  return *(const size_t *)((const unsigned char *)pointer - sizeof(size_t));
}

void ls_hooks_resolve(void) {
  static int begun;
  if (begun) return;
  begun = 1;
  struct ls_real found;
#define LS_HOOK_FIND(result, name, parameters) \
  *(void **)(void *)&found.name = dlsym(RTLD_NEXT, #name);
  LS_HOOKS(LS_HOOK_FIND)
#undef LS_HOOK_FIND
  /* Published whole: a half-filled table would mix two allocators. */
  ls_real = found;
}
