/* SPDX-License-Identifier: MIT */
#include <stddef.h>

char *cache_copy(const char *key);
char *cache_grow(char *old, size_t size);
char *cache_rename(const char *key);
