/* SPDX-License-Identifier: MIT */
#include "cache.h"

#include <stdlib.h>
#include <string.h>

char *cache_copy(const char *key) { return strdup(key); }

char *cache_grow(char *old, size_t size) {
  return size ? realloc(old, size) : old;
}

char *cache_rename(const char *key) {
  char *name = malloc(strlen(key) + 2);
  if (!name) return NULL;
  name[0] = '_';
  strcpy(name + 1, key);
  return name;
}
