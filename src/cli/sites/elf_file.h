/* SPDX-License-Identifier: MIT */
/*
 * An ELF file of this machine's kind, mapped and read by hand.  Every offset
 * in it is checked before it is followed: what is damaged is as if absent.
 */
#ifndef LS_CLI_ELF_FILE_H
#define LS_CLI_ELF_FILE_H

#include <link.h>
#include <stddef.h>

typedef ElfW(Ehdr) cli_elf_header;

struct cli_elf {
  const unsigned char *bytes;
  size_t size;
  const cli_elf_header *header; /* NULL where it is no ELF file of our kind */
};

/* 0; -ENOEXEC: mapped, but not ELF; -ENOTSUP: built for another architecture;
   else what opening gave.  To be closed in the first three cases. */
int cli_elf_open(struct cli_elf *elf, const char *path);
void cli_elf_close(struct cli_elf *elf);

/* The interpreter of a program that is linked dynamically, else NULL. */
const char *cli_elf_interpreter(const struct cli_elf *elf);

/* Whether the dynamic section has `tag`; its value in *value (may be NULL). */
int cli_elf_dynamic(const struct cli_elf *elf, long tag, unsigned long *value);

/* Whether a library is needed whose name begins with `start`. */
int cli_elf_needs(const struct cli_elf *elf, const char *start);

/* Sections, by index; NULL behind the last. */
const ElfW(Shdr) * cli_elf_section(const struct cli_elf *elf, size_t index);
const char *cli_elf_section_name(const struct cli_elf *elf,
                                 const ElfW(Shdr) * section);

/* What is in one: its sh_size bytes, or a table of *n entries of `size` bytes;
   NULL where the file does not have it. */
const unsigned char *cli_elf_bytes(const struct cli_elf *elf,
                                   const ElfW(Shdr) * section);
const void *cli_elf_table(const struct cli_elf *elf, const ElfW(Shdr) * section,
                          size_t size, size_t *n);

/* The string at `index` of the string table that is section `table`. */
const char *cli_elf_string(const struct cli_elf *elf, size_t table,
                           size_t index);

int cli_elf_has_section(const struct cli_elf *elf, const char *name);

enum cli_symbol {
  CLI_ABSENT,
  CLI_WEAK_IMPORT,
  CLI_IMPORT, /* of a library */
  CLI_DEFINED /* here */
};

/* What the file says of a global symbol, in either of its symbol tables. */
enum cli_symbol cli_elf_symbol(const struct cli_elf *elf, const char *name);

/* Whether the symbol is defined and seen by other modules. */
int cli_elf_exports(const struct cli_elf *elf, const char *name);

/* Whether the bytes of `text` are anywhere in the file. */
int cli_elf_mentions(const struct cli_elf *elf, const char *text);

/* The build id in hexadecimal; "" without one. */
void cli_elf_build_id(const struct cli_elf *elf, char *hex, size_t size);

#endif
