/* SPDX-License-Identifier: MIT */
/*
 * Takes our operators new and delete out of the dynamic linker's sight where
 * the program has nothing of C++: a plug-in that is loaded later then finds
 * those that it would find without us, its own before all others.
 *
 * The linker passes over a symbol that has no value, so that is written over
 * ours, in this process.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "interpose/dynamic.h"
#include "interpose/new_hooks.h"

/* new and delete, each with and without []: no other name of ours begins so. */
static int is_operator(const char *name) {
  return name[0] == '_' && name[1] == 'Z' &&
         ((name[2] == 'n' && (name[3] == 'w' || name[3] == 'a')) ||
          (name[2] == 'd' && (name[3] == 'l' || name[3] == 'a')));
}

/* The segment of an address, as its program header says; NULL if none has it.
 */
static const ElfW(Phdr) * segment_of(const struct link_map *map,
                                     const ElfW(Ehdr) * header,
                                     uintptr_t address) {
  const ElfW(Phdr) *segment =
      (const void *)((const char *)header + header->e_phoff);
  for (int i = 0; i < header->e_phnum; i++, segment++)
    if (segment->p_type == PT_LOAD &&
        address - map->l_addr - segment->p_vaddr < segment->p_memsz)
      return segment;
  return NULL;
}

static int protection_of(const ElfW(Phdr) * segment) {
  return (segment->p_flags & PF_X ? PROT_EXEC : 0) |
         (segment->p_flags & PF_W ? PROT_WRITE : 0) | PROT_READ;
}

static void hide(const struct ls_dynamic *dynamic, size_t first, size_t last) {
  for (size_t i = first; i <= last; i++) {
    ElfW(Sym) *symbol = (ElfW(Sym) *)&dynamic->symbols[i];
    if (!is_operator(dynamic->names + symbol->st_name)) continue;
    symbol->st_value = 0;
    symbol->st_shndx = SHN_UNDEF;
  }
}

void ls_new_withdraw(void) {
  struct dl_find_object own;
  if (_dl_find_object((void *)ls_new_withdraw, &own)) return;
  const struct link_map *map = own.dlfo_link_map;
  struct ls_dynamic dynamic = ls_dynamic_of(map);
  size_t first = 0, last = 0;
  for (size_t i = 1; i < dynamic.n; i++) {
    if (!is_operator(dynamic.names + dynamic.symbols[i].st_name)) continue;
    if (!first) first = i;
    last = i;
  }
  if (!first) return;
  /* The segment as a whole stays one mapping, of which a fork copies what it
     has of pages: a part would be a mapping of its own in each forked process,
     and the code would come there by faults. */
  const ElfW(Phdr) *segment =
      segment_of(map, own.dlfo_map_start, (uintptr_t)&dynamic.symbols[first]);
  if (!segment) return;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t at = map->l_addr + segment->p_vaddr, begin = at & ~(page - 1);
  size_t size = at + segment->p_memsz - begin;
  int before = protection_of(segment);
  /* NOLINTBEGIN(performance-no-int-to-ptr) */
  if (mprotect((void *)begin, size, before | PROT_WRITE)) return;
  hide(&dynamic, first, last);
  (void)mprotect((void *)begin, size, before);
  /* NOLINTEND(performance-no-int-to-ptr) */
}
