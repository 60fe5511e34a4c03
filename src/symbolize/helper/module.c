/* SPDX-License-Identifier: MIT */
/* Opens, once each, the files that addresses are looked up in. */
#include "symbolize/helper/module.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
    .section_address = dwfl_offline_section_address,
};

/* To open a FIFO would wait for ever, and to open a device may act on it. */
static int is_file(const char *path) {
  struct stat st;
  return *path == '/' && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int has_build_id(Dwfl_Module *handle, const char *wanted) {
  const unsigned char *bits;
  GElf_Addr address;
  if (!*wanted) return 1;
  int n = dwfl_module_build_id(handle, &bits, &address);
  if (n <= 0 || strlen(wanted) != 2 * (size_t)n) return 0;
  for (int i = 0; i < n; i++) {
    const char *digits = "0123456789abcdef";
    if (wanted[2 * i] != digits[bits[i] >> 4] ||
        wanted[2 * i + 1] != digits[bits[i] & 15])
      return 0;
  }
  return 1;
}

/* Wrong lines are worse than none: the file may have been rebuilt since
   the program was started. */
static void module_open(struct module *module) {
  if (!is_file(module->path)) return;
  module->dwfl = dwfl_begin(&callbacks);
  if (!module->dwfl) return;
  dwfl_report_begin(module->dwfl);
  Dwfl_Module *handle =
      dwfl_report_elf(module->dwfl, module->path, module->path, -1, 0, true);
  dwfl_report_end(module->dwfl, NULL, NULL);
  if (!handle || !dwfl_module_getelf(handle, &module->bias)) return;
  if (has_build_id(handle, module->build_id)) module->handle = handle;
}

static void module_free(struct module *module) {
  if (module->dwfl) dwfl_end(module->dwfl);
  free(module->path);
  free(module->build_id);
  free(module);
}

static struct module *module_new(const char *path, const char *build_id) {
  struct module *module = calloc(1, sizeof *module);
  if (!module) return NULL;
  module->path = strdup(path);
  module->build_id = strdup(build_id);
  if (module->path && module->build_id) {
    module_open(module);
    return module;
  }
  module_free(module);
  return NULL;
}

struct module *module_get(struct module **list, const char *path,
                          const char *build_id) {
  for (struct module *module = *list; module; module = module->next)
    if (strcmp(module->path, path) == 0 &&
        strcmp(module->build_id, build_id) == 0)
      return module;
  struct module *module = module_new(path, build_id);
  if (!module) return NULL;
  module->next = *list;
  *list = module;
  return module;
}

/* libdwfl lays the sections of an object file out one behind the other. */
static Dwarf_Addr address_in_object(Elf *elf, const struct module *module,
                                    uint64_t position) {
  Elf_Scn *section = NULL;
  while ((section = elf_nextscn(elf, section))) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) && header.sh_type == SHT_PROGBITS &&
        header.sh_flags & SHF_EXECINSTR && position >= header.sh_offset &&
        position - header.sh_offset < header.sh_size)
      return header.sh_addr + (position - header.sh_offset) + module->bias;
  }
  return 0;
}

Dwarf_Addr module_address(const struct module *module, uint64_t offset) {
  GElf_Addr bias;
  GElf_Ehdr header;
  Elf *elf = dwfl_module_getelf(module->handle, &bias);
  if (elf && gelf_getehdr(elf, &header) && header.e_type == ET_REL)
    return address_in_object(elf, module, offset);
  return offset + module->bias;
}

void modules_free(struct module *list) {
  while (list) {
    struct module *next = list->next;
    module_free(list);
    list = next;
  }
}
