/* SPDX-License-Identifier: MIT */
/* Finds the functions that the layer calls where all is linked statically:
   libc has no table of symbols then, and each is taken by its name. */
#include <stddef.h>

#include <leakslope.h>

/* As what they are not, so that no declaration of theirs is in the way. */
#define LIBC_FUNCTION(name) extern const char at_##name[] __asm__(#name);
#include LEAKSLOPE_LIBC_LIST
#undef LIBC_FUNCTION

static const struct {
  const char *name, *at;
} functions[] = {
#define LIBC_FUNCTION(name) {#name, at_##name},
#include LEAKSLOPE_LIBC_LIST
#undef LIBC_FUNCTION
};

static int is_same(const char *one, const char *other) {
  while (*one && *one == *other) {
    one++;
    other++;
  }
  return *one == *other;
}

void *leakslope_libc_function(const char *name) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (is_same(functions[i].name, name)) return (void *)functions[i].at;
  return NULL;
}
