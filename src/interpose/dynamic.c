/* SPDX-License-Identifier: MIT */
/* Finds the table of dynamic symbols of a loaded module. */
#include "interpose/dynamic.h"

#include <stdint.h>
#include <string.h>

/* The number of symbols: the last of the last chain. */
static size_t count(const uint32_t *hash) {
  uint32_t nbuckets = hash[0], first = hash[1], bloom = hash[2], last = 0;
  const uint32_t *buckets = hash + 4 + bloom * (sizeof(ElfW(Addr)) / 4);
  const uint32_t *chains = buckets + nbuckets;
  for (uint32_t i = 0; i < nbuckets; i++)
    if (buckets[i] > last) last = buckets[i];
  if (last < first) return first;
  while (!(chains[last - first] & 1)) last++;
  return last + 1;
}

/* Only what the loader relocates has addresses here instead of offsets; the
   kernel's own module does not. */
static const void *at(const struct link_map *map, ElfW(Addr) value) {
  /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
  return (const void *)(value < map->l_addr ? value + map->l_addr : value);
}

struct ls_dynamic ls_dynamic_of(const struct link_map *map) {
  enum { CHAINS = 1 }; /* of the older table: as many as symbols */
  struct ls_dynamic found = {0};
  const uint32_t *hash = NULL, *older = NULL;
  for (const ElfW(Dyn) *entry = map->l_ld; entry && entry->d_tag; entry++) {
    const void *table = at(map, entry->d_un.d_ptr);
    if (entry->d_tag == DT_SYMTAB) found.symbols = table;
    if (entry->d_tag == DT_STRTAB) found.names = table;
    if (entry->d_tag == DT_GNU_HASH) hash = table;
    if (entry->d_tag == DT_HASH) older = table;
  }
  if (!found.symbols || !found.names) return found;
  found.n = hash ? count(hash) : older ? older[CHAINS] : 0;
  return found;
}

int ls_dynamic_defines(const struct link_map *map, const char *name) {
  struct ls_dynamic dynamic = ls_dynamic_of(map);
  for (size_t i = 0; i < dynamic.n; i++)
    if (dynamic.symbols[i].st_shndx != SHN_UNDEF &&
        !strcmp(dynamic.names + dynamic.symbols[i].st_name, name))
      return 1;
  return 0;
}
