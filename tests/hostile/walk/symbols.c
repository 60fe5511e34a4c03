/* SPDX-License-Identifier: MIT */
/*
 * Names of a program's own functions by its table of symbols, so that a program
 * of thousands needs no process that reads debug information.
 */
#include "symbols.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *file;

static const Elf64_Ehdr *header(void) { return (const void *)file; }

static const Elf64_Shdr *sections(void) {
  return (const void *)(file + header()->e_shoff);
}

static const Elf64_Shdr *table_of_symbols(void) {
  for (int i = 0; i < header()->e_shnum; i++)
    if (sections()[i].sh_type == SHT_SYMTAB) return &sections()[i];
  abort();
}

static const char *map_self(void) {
  struct stat st;
  int fd = open("/proc/self/exe", O_RDONLY);
  void *all = MAP_FAILED;
  if (fd >= 0 && !fstat(fd, &st))
    all = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (all == MAP_FAILED) abort();
  close(fd);
  return all;
}

const char *symbol_at(unsigned long offset) {
  static char name[64];
  if (!file) file = map_self();
  const Elf64_Shdr *table = table_of_symbols();
  const char *names = file + sections()[table->sh_link].sh_offset;
  const Elf64_Sym *symbols = (const void *)(file + table->sh_offset);
  for (size_t i = 0; i < table->sh_size / sizeof *symbols; i++) {
    const Elf64_Sym *symbol = &symbols[i];
    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC ||
        offset - symbol->st_value >= symbol->st_size)
      continue;
    snprintf(name, sizeof name, "%s", names + symbol->st_name);
    name[strcspn(name, ".")] = 0; /* of a part, or of a copy */
    return name;
  }
  return NULL;
}
