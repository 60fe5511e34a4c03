/* SPDX-License-Identifier: MIT */
/* A program that takes all the places that a sanitizer's runtime has for hooks
   of its malloc, before any constructor. */
#include "leak.c"

typedef void on_alloc(const volatile void *block, size_t size);
typedef void on_free(const volatile void *block);
int __sanitizer_install_malloc_and_free_hooks(on_alloc *alloc,
                                              on_free *release);

static void ignore_alloc(const volatile void *block, size_t size) {
  (void)block;
  (void)size;
}

static void ignore_free(const volatile void *block) { (void)block; }

static void take_all(void) {
  while (__sanitizer_install_malloc_and_free_hooks(ignore_alloc, ignore_free)) {
  }
}

__attribute__((section(".preinit_array"),
               used)) static void (*early)(void) = take_all;
