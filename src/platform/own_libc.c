/* SPDX-License-Identifier: MIT */
/* Looks up libc's own functions in its symbol table, and has this library call
   those instead of the program's functions of the same names. */
#include "platform/own_libc.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

/* Our own dynamic section; there is none in a static program. */
extern ElfW(Dyn) _DYNAMIC[] __attribute__((weak, visibility("hidden")));

/* A loaded library, by its dynamic section. */
struct module {
  uintptr_t base;
  const ElfW(Sym) * symbols;
  const char *strings;
  const ElfW(Versym) * versions;
  const uint32_t *hash;
  const ElfW(Rela) * calls, *data; /* its relocations */
  size_t ncalls, ndata;            /* in bytes */
  size_t soname;
  uintptr_t end;
};

/* The C library and the dynamic linker, which has functions of libc's too. */
static struct {
  int known;
  struct module of[2];
} own;
enum { LIBC, LOADER, MODULES };

static int begins_with(const char *text, const char *start) {
  while (*start && *text == *start) {
    text++;
    start++;
  }
  return !*start;
}

static int is_same(const char *one, const char *other) {
  while (*one && *one == *other) {
    one++;
    other++;
  }
  return *one == *other;
}

/* ---- reading a module ---------------------------------------------------- */

/* The dynamic linker has added the base where it may write to the section. */
static uintptr_t address(const struct module *module, const ElfW(Dyn) * entry) {
  uintptr_t at = entry->d_un.d_ptr;
  return at < module->base ? at + module->base : at;
}

static void note_entry(struct module *module, const ElfW(Dyn) * entry) {
  void *at = (void *)address(module, entry);
  switch (entry->d_tag) {
    case DT_SYMTAB:
      module->symbols = at;
      break;
    case DT_STRTAB:
      module->strings = at;
      break;
    case DT_VERSYM:
      module->versions = at;
      break;
    case DT_GNU_HASH:
      module->hash = at;
      break;
    case DT_JMPREL:
      module->calls = at;
      break;
    case DT_RELA:
      module->data = at;
      break;
    case DT_PLTRELSZ:
      module->ncalls = entry->d_un.d_val;
      break;
    case DT_RELASZ:
      module->ndata = entry->d_un.d_val;
      break;
    case DT_SONAME:
      module->soname = entry->d_un.d_val;
      break;
    default:
      break;
  }
}

static const ElfW(Phdr) * headers(uintptr_t base, unsigned *n) {
  const ElfW(Ehdr) *header = (const void *)base;
  *n = header->e_phnum;
  return (const void *)(base + header->e_phoff);
}

static uintptr_t end_of(uintptr_t base) {
  unsigned n;
  uintptr_t end = base;
  const ElfW(Phdr) *header = headers(base, &n);
  for (unsigned i = 0; i < n; i++)
    if (header[i].p_type == PT_LOAD &&
        base + header[i].p_vaddr + header[i].p_memsz > end)
      end = base + header[i].p_vaddr + header[i].p_memsz;
  return end;
}

static struct module read_module(const struct link_map *map) {
  struct module module = {.base = map->l_addr};
  for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++)
    note_entry(&module, entry);
  return module;
}

static const char *soname(const struct module *module) {
  return module->strings && module->soname ? module->strings + module->soname
                                           : "";
}

static void keep(int which, struct module module) {
  if (own.of[which].base || !module.symbols || !module.hash) return;
  module.end = end_of(module.base);
  own.of[which] = module;
}

/* By the list that the dynamic linker keeps for debuggers. */
static void find_modules(void) {
  for (const struct link_map *map = _r_debug.r_map; map; map = map->l_next) {
    if (!map->l_addr || !map->l_ld) continue; /* the program, at its address */
    struct module module = read_module(map);
    if (begins_with(soname(&module), "libc.so.")) keep(LIBC, module);
    if (begins_with(soname(&module), "ld-linux") ||
        begins_with(soname(&module), "ld64.so"))
      keep(LOADER, module);
  }
  own.known = own.of[LIBC].base != 0;
}

/* ---- finding a function -------------------------------------------------- */

static uint32_t hash_of(const char *name) {
  uint32_t hash = 5381;
  for (; *name; name++) hash = 33 * hash + (unsigned char)*name;
  return hash;
}

static int is_function(const ElfW(Sym) * symbol) {
  int type = ELF64_ST_TYPE(symbol->st_info);
  return symbol->st_shndx != SHN_UNDEF &&
         (type == STT_FUNC || type == STT_GNU_IFUNC);
}

/* The version that programs are linked with today, else the last that fits. */
static const ElfW(Sym) *
    find_in(const struct module *module, const char *name) {
  enum { HIDDEN = 0x8000 };
  const ElfW(Sym) *found = NULL;
  if (!module->base) return NULL;
  uint32_t hash = hash_of(name), nbuckets = module->hash[0];
  uint32_t first = module->hash[1], words = module->hash[2];
  const uint32_t *buckets =
      (const uint32_t *)(const void *)((const uintptr_t
                                            *)(const void *)(module->hash + 4) +
                                       words);
  const uint32_t *chain = buckets + nbuckets;
  uint32_t i = nbuckets ? buckets[hash % nbuckets] : 0;
  if (i < first) return NULL;
  for (;; i++) {
    const ElfW(Sym) *symbol = &module->symbols[i];
    if ((chain[i - first] | 1) == (hash | 1) && is_function(symbol) &&
        is_same(module->strings + symbol->st_name, name)) {
      found = symbol;
      if (!module->versions || !(module->versions[i] & HIDDEN)) return found;
    }
    if (chain[i - first] & 1) return found;
  }
}

/* A function of which libc has several is chosen by one that it has for it. */
static uintptr_t resolved(const struct module *module,
                          const ElfW(Sym) * symbol) {
  uintptr_t at = module->base + symbol->st_value;
  if (ELF64_ST_TYPE(symbol->st_info) != STT_GNU_IFUNC) return at;
  return ((uintptr_t(*)(void))at)();
}

void *ls_libc_function(const char *name) {
  if (!own.known) find_modules();
  for (int i = 0; i < MODULES; i++) {
    const ElfW(Sym) *symbol = find_in(&own.of[i], name);
    if (symbol) return (void *)resolved(&own.of[i], symbol);
  }
  return NULL;
}

/* ---- binding ------------------------------------------------------------- */

static int is_libcs(uintptr_t code) {
  for (int i = 0; i < MODULES; i++)
    if (code >= own.of[i].base && code < own.of[i].end) return 1;
  return 0;
}

/* The part of our data that the dynamic linker has made read-only. */
static int protect(uintptr_t base, int protection) {
  unsigned n;
  const ElfW(Phdr) *header = headers(base, &n);
  int (*change)(void *, size_t, int);
  unsigned long (*ask)(unsigned long);
  *(void **)(void *)&change = ls_libc_function("mprotect");
  *(void **)(void *)&ask = ls_libc_function("getauxval");
  if (!change || !ask) return -1;
  uintptr_t page = ask(AT_PAGESZ);
  for (unsigned i = 0; i < n; i++) {
    if (header[i].p_type != PT_GNU_RELRO) continue;
    uintptr_t begin = base + header[i].p_vaddr;
    uintptr_t end = (begin + header[i].p_memsz) / page * page;
    begin = begin / page * page;
    if (end > begin) return change((void *)begin, end - begin, protection);
  }
  return 0;
}

/* Where a call of ours leads outside of libc, libc's function; else 0. */
static uintptr_t better(const struct module *self, const ElfW(Rela) * where) {
  const ElfW(Sym) *symbol = &self->symbols[ELF64_R_SYM(where->r_info)];
  uintptr_t now = *(uintptr_t *)(self->base + where->r_offset);
  if (!ELF64_R_SYM(where->r_info) || symbol->st_shndx != SHN_UNDEF || !now ||
      is_libcs(now))
    return 0;
  return (uintptr_t)ls_libc_function(self->strings + symbol->st_name);
}

static void bind_each(const struct module *self, const ElfW(Rela) * at,
                      size_t bytes, int *writable) {
  if (!at || !self->symbols) return;
  for (size_t i = 0; i < bytes / sizeof *at; i++) {
    uintptr_t function = better(self, &at[i]);
    if (!function) continue;
    if (!*writable) *writable = !protect(self->base, PROT_READ | PROT_WRITE);
    if (!*writable) return;
    *(uintptr_t *)(self->base + at[i].r_offset) = function;
  }
}

void ls_libc_bind(void) {
  int writable = 0;
  if (!_DYNAMIC) return;
  if (!own.known) find_modules();
  const struct link_map *map = _r_debug.r_map;
  while (map && map->l_ld != _DYNAMIC) map = map->l_next;
  /* Linked into the program itself, as in unit tests, we share its calls. */
  if (!map || map == _r_debug.r_map || !own.known) return;
  struct module self = read_module(map);
  bind_each(&self, self.calls, self.ncalls, &writable);
  bind_each(&self, self.data, self.ndata, &writable);
  if (writable) (void)protect(self.base, PROT_READ);
}
