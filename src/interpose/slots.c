/* SPDX-License-Identifier: MIT */
/* Leads calls of realloc to us through the slots of the loaded modules, for
   sanitizers that do not report them. */
#include "interpose/slots.h"

#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __aarch64__
enum { JUMP_SLOT = R_AARCH64_JUMP_SLOT, DATA_SLOT = R_AARCH64_GLOB_DAT };
#else
enum { JUMP_SLOT = R_X86_64_JUMP_SLOT, DATA_SLOT = R_X86_64_GLOB_DAT };
#endif

/* The Check layer's, in a program that it is linked into. */
extern ls_realloc *leakslope_slot_realloc __attribute__((weak));
extern ls_reallocarray *leakslope_slot_reallocarray __attribute__((weak));

struct leading {
  const struct link_map *except, *own;
  ls_realloc *resize;
  ls_reallocarray *resize_array;
};

struct module {
  ElfW(Addr) bias;
  ElfW(Addr) sealed, sealed_end; /* slots that the loader has made read-only */
  const ElfW(Sym) * symbols;
  const char *names;
  const ElfW(Rela) * slots, *relocations;
  size_t nslots, nrelocations;
};

static void write_slot(const struct module *module, uintptr_t *slot,
                       uintptr_t value) {
  uintptr_t address = (uintptr_t)slot;
  int sealed = address >= module->sealed && address < module->sealed_end;
  uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
  void *page = (void *)(address & ~(size - 1)); /* NOLINT */
  if (sealed && mprotect(page, size, PROT_READ | PROT_WRITE)) return;
  __atomic_store_n(slot, value, __ATOMIC_RELEASE);
  if (sealed) (void)mprotect(page, size, PROT_READ);
}

static void lead(const struct leading *leading, const struct module *module,
                 const ElfW(Rela) * relocation, size_t n) {
  for (; n; n--, relocation++) {
    unsigned type = (unsigned)ELF64_R_TYPE(relocation->r_info);
    if (type != JUMP_SLOT && type != DATA_SLOT) continue;
    const ElfW(Sym) *symbol = &module->symbols[ELF64_R_SYM(relocation->r_info)];
    const char *name = module->names + symbol->st_name;
    uintptr_t value = !strcmp(name, "realloc") ? (uintptr_t)leading->resize
                      : !strcmp(name, "reallocarray")
                          ? (uintptr_t)leading->resize_array
                          : 0;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
    uintptr_t *slot = (uintptr_t *)(module->bias + relocation->r_offset);
    if (value) write_slot(module, slot, value);
  }
}

/* Only what its loader relocates has addresses here instead of offsets; the
   kernel's own module does not. */
static const void *at(const struct dl_phdr_info *info, ElfW(Addr) value) {
  /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
  return (const void *)(value < info->dlpi_addr ? value + info->dlpi_addr
                                                : value);
}

static void read_dynamic(const struct dl_phdr_info *info,
                         const ElfW(Dyn) * entry, struct module *module) {
  for (; entry->d_tag; entry++) {
    ElfW(Addr) value = entry->d_un.d_ptr;
    if (entry->d_tag == DT_SYMTAB) module->symbols = at(info, value);
    if (entry->d_tag == DT_STRTAB) module->names = at(info, value);
    if (entry->d_tag == DT_JMPREL) module->slots = at(info, value);
    if (entry->d_tag == DT_RELA) module->relocations = at(info, value);
    if (entry->d_tag == DT_PLTRELSZ)
      module->nslots = value / sizeof(ElfW(Rela));
    if (entry->d_tag == DT_RELASZ)
      module->nrelocations = value / sizeof(ElfW(Rela));
  }
}

static int visit(struct dl_phdr_info *info, size_t size, void *arg) {
  const struct leading *leading = arg;
  struct module module = {.bias = info->dlpi_addr};
  struct dl_find_object object;
  const void *dynamic = NULL;
  (void)size;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    ElfW(Addr) begin = info->dlpi_addr + segment->p_vaddr;
    if (segment->p_type == PT_DYNAMIC)
      dynamic = (const void *)begin; /* NOLINT */
    if (segment->p_type != PT_GNU_RELRO) continue;
    module.sealed = begin;
    module.sealed_end = begin + segment->p_memsz;
  }
  if (!dynamic || _dl_find_object((void *)dynamic, &object) ||
      object.dlfo_link_map == leading->except ||
      object.dlfo_link_map == leading->own)
    return 0;
  read_dynamic(info, dynamic, &module);
  if (!module.symbols || !module.names) return 0;
  if (module.slots) lead(leading, &module, module.slots, module.nslots);
  if (module.relocations)
    lead(leading, &module, module.relocations, module.nrelocations);
  return 0;
}

int ls_slots_has_program(void) { return &leakslope_slot_realloc != NULL; }

void ls_slots_lead(const void *except, ls_realloc *resize,
                   ls_reallocarray *resize_array) {
  struct leading leading = {.resize = resize, .resize_array = resize_array};
  struct dl_find_object object;
  if (!_dl_find_object((void *)except, &object))
    leading.except = object.dlfo_link_map;
  if (!_dl_find_object((void *)ls_slots_lead, &object))
    leading.own = object.dlfo_link_map;
  dl_iterate_phdr(visit, &leading);
  if (&leakslope_slot_realloc) leakslope_slot_realloc = resize;
  if (&leakslope_slot_reallocarray) leakslope_slot_reallocarray = resize_array;
}
