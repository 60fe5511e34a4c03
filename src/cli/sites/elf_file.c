/* SPDX-License-Identifier: MIT */
/* Reads an ELF file and checks every offset before it is followed. */
#include "cli/sites/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined __x86_64__
enum { MACHINE = EM_X86_64 };
#elif defined __aarch64__
enum { MACHINE = EM_AARCH64 };
#else
enum { MACHINE = EM_NONE };
#endif

enum {
  CLASS = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32,
  DATA = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB
};

typedef cli_elf_header Header;
typedef ElfW(Phdr) Segment;
typedef ElfW(Shdr) Section;
typedef ElfW(Dyn) Dynamic;
typedef ElfW(Sym) Symbol;
typedef ElfW(Word) Word;

/* ---- opening ------------------------------------------------------------- */

static int map(struct cli_elf *elf, int fd) {
  struct stat st;
  if (fstat(fd, &st)) return -errno;
  if (S_ISDIR(st.st_mode)) return -EISDIR;
  if (!S_ISREG(st.st_mode) || st.st_size <= 0) return -ENOEXEC;
  void *bytes =
      mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, (off_t)0);
  if (bytes == MAP_FAILED) return -errno;
  elf->bytes = bytes;
  elf->size = (size_t)st.st_size;
  return 0;
}

static int recognize(struct cli_elf *elf) {
  const Header *header = (const void *)elf->bytes;
  if (elf->size < EI_NIDENT || memcmp(elf->bytes, ELFMAG, SELFMAG))
    return -ENOEXEC;
  if (elf->bytes[EI_CLASS] != CLASS || elf->bytes[EI_DATA] != DATA)
    return -ENOTSUP;
  if (elf->size < sizeof *header) return -ENOEXEC;
  if (header->e_machine != MACHINE) return -ENOTSUP;
  elf->header = header;
  return 0;
}

int cli_elf_open(struct cli_elf *elf, const char *path) {
  *elf = (struct cli_elf){0};
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return -errno;
  int rc = map(elf, fd);
  close(fd);
  return rc ? rc : recognize(elf);
}

void cli_elf_close(struct cli_elf *elf) {
  if (elf->bytes) munmap((void *)elf->bytes, elf->size);
  *elf = (struct cli_elf){0};
}

/* ---- what is where ------------------------------------------------------- */

/* `size` bytes at `offset`, aligned for a table; NULL where there are not. */
static const void *at(const struct cli_elf *elf, size_t offset, size_t size) {
  if (offset > elf->size || size > elf->size - offset) return NULL;
  return offset % sizeof(ElfW(Addr)) ? NULL : elf->bytes + offset;
}

/* A string that ends within its table. */
static const char *string_at(const struct cli_elf *elf, size_t table,
                             size_t size, size_t index) {
  if (table > elf->size || size > elf->size - table || index >= size) return "";
  const char *text = (const char *)elf->bytes + table + index;
  return memchr(text, '\0', size - index) ? text : "";
}

static const Segment *segment(const struct cli_elf *elf, Word type) {
  const Header *header = elf->header;
  const Segment *first =
      at(elf, header->e_phoff, header->e_phnum * sizeof *first);
  for (size_t i = 0; first && i < header->e_phnum; i++)
    if (first[i].p_type == type) return &first[i];
  return NULL;
}

static const Section *section_table(const struct cli_elf *elf) {
  return at(elf, elf->header->e_shoff, elf->header->e_shnum * sizeof(Section));
}

const Section *cli_elf_section(const struct cli_elf *elf, size_t index) {
  const Section *first = section_table(elf);
  return first && index < elf->header->e_shnum ? &first[index] : NULL;
}

static const Section *section_of_type(const struct cli_elf *elf, Word type) {
  for (size_t i = 0; cli_elf_section(elf, i); i++)
    if (cli_elf_section(elf, i)->sh_type == type)
      return cli_elf_section(elf, i);
  return NULL;
}

const char *cli_elf_section_name(const struct cli_elf *elf,
                                 const Section *section) {
  const Section *names = cli_elf_section(elf, elf->header->e_shstrndx);
  return names ? string_at(elf, names->sh_offset, names->sh_size,
                           section->sh_name)
               : "";
}

static const Section *section_named(const struct cli_elf *elf,
                                    const char *name) {
  for (size_t i = 0; cli_elf_section(elf, i); i++)
    if (!strcmp(cli_elf_section_name(elf, cli_elf_section(elf, i)), name))
      return cli_elf_section(elf, i);
  return NULL;
}

const unsigned char *cli_elf_bytes(const struct cli_elf *elf,
                                   const Section *section) {
  if (section->sh_type == SHT_NOBITS || section->sh_offset > elf->size ||
      section->sh_size > elf->size - section->sh_offset)
    return NULL;
  return elf->bytes + section->sh_offset;
}

const void *cli_elf_table(const struct cli_elf *elf, const Section *section,
                          size_t size, size_t *n) {
  *n = section->sh_size / size;
  return at(elf, section->sh_offset, section->sh_size);
}

const char *cli_elf_string(const struct cli_elf *elf, size_t table,
                           size_t index) {
  const Section *names = cli_elf_section(elf, table);
  return names ? string_at(elf, names->sh_offset, names->sh_size, index) : "";
}

int cli_elf_has_section(const struct cli_elf *elf, const char *name) {
  return section_named(elf, name) != NULL;
}

const char *cli_elf_interpreter(const struct cli_elf *elf) {
  const Segment *interp = segment(elf, PT_INTERP);
  if (!interp) return NULL;
  return string_at(elf, interp->p_offset, interp->p_filesz, 0);
}

/* ---- the dynamic section ------------------------------------------------- */

static const Dynamic *dynamic(const struct cli_elf *elf, size_t *n) {
  const Segment *found = segment(elf, PT_DYNAMIC);
  *n = found ? found->p_filesz / sizeof(Dynamic) : 0;
  return found ? at(elf, found->p_offset, found->p_filesz) : NULL;
}

int cli_elf_dynamic(const struct cli_elf *elf, long tag, unsigned long *value) {
  size_t n;
  const Dynamic *entries = dynamic(elf, &n);
  for (size_t i = 0; entries && i < n && entries[i].d_tag != DT_NULL; i++)
    if (entries[i].d_tag == tag) {
      if (value) *value = entries[i].d_un.d_val;
      return 1;
    }
  return 0;
}

int cli_elf_needs(const struct cli_elf *elf, const char *start) {
  size_t n;
  const Dynamic *entries = dynamic(elf, &n);
  const Section *symbols = section_of_type(elf, SHT_DYNSYM);
  const Section *names =
      symbols ? cli_elf_section(elf, symbols->sh_link) : NULL;
  if (!names) return 0;
  for (size_t i = 0; entries && i < n && entries[i].d_tag != DT_NULL; i++)
    if (entries[i].d_tag == DT_NEEDED &&
        !strncmp(string_at(elf, names->sh_offset, names->sh_size,
                           entries[i].d_un.d_val),
                 start, strlen(start)))
      return 1;
  return 0;
}

/* ---- symbols ------------------------------------------------------------- */

static enum cli_symbol kind_of(const Symbol *symbol) {
  if (symbol->st_shndx != SHN_UNDEF) return CLI_DEFINED;
  return ELF64_ST_BIND(symbol->st_info) == STB_WEAK ? CLI_WEAK_IMPORT
                                                    : CLI_IMPORT;
}

/* "malloc@GLIBC_2.2.5" in a full table is malloc. */
static int is_named(const char *symbol, const char *name, size_t n) {
  return !strncmp(symbol, name, n) && (!symbol[n] || symbol[n] == '@');
}

static enum cli_symbol look_up(const struct cli_elf *elf, Word type,
                               const char *name) {
  const Section *table = section_of_type(elf, type);
  const Section *names = table ? cli_elf_section(elf, table->sh_link) : NULL;
  const Symbol *symbols =
      names ? at(elf, table->sh_offset, table->sh_size) : NULL;
  enum cli_symbol best = CLI_ABSENT;
  for (size_t i = 0; symbols && i < table->sh_size / sizeof *symbols; i++) {
    if (ELF64_ST_BIND(symbols[i].st_info) == STB_LOCAL) continue;
    const char *text =
        string_at(elf, names->sh_offset, names->sh_size, symbols[i].st_name);
    if (is_named(text, name, strlen(name)) && kind_of(&symbols[i]) > best)
      best = kind_of(&symbols[i]);
  }
  return best;
}

enum cli_symbol cli_elf_symbol(const struct cli_elf *elf, const char *name) {
  enum cli_symbol seen = look_up(elf, SHT_DYNSYM, name);
  enum cli_symbol full = look_up(elf, SHT_SYMTAB, name);
  return full > seen ? full : seen;
}

int cli_elf_exports(const struct cli_elf *elf, const char *name) {
  return look_up(elf, SHT_DYNSYM, name) == CLI_DEFINED;
}

int cli_elf_mentions(const struct cli_elf *elf, const char *text) {
  return memmem(elf->bytes, elf->size, text, strlen(text)) != NULL;
}

/* ---- notes --------------------------------------------------------------- */

void cli_elf_build_id(const struct cli_elf *elf, char *hex, size_t size) {
  const Section *note = section_named(elf, ".note.gnu.build-id");
  const unsigned char *bytes = NULL;
  size_t skip = sizeof(ElfW(Nhdr)) + 4; /* the owner: "GNU" */
  hex[0] = '\0';
  if (note && note->sh_offset <= elf->size &&
      note->sh_size <= elf->size - note->sh_offset)
    bytes = elf->bytes + note->sh_offset;
  for (size_t i = skip, n = 0; bytes && i < note->sh_size && n + 3 <= size; i++)
    n += (size_t)snprintf(hex + n, size - n, "%02x", bytes[i]);
}
