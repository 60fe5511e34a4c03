/* SPDX-License-Identifier: MIT */
/* Finds the calls of allocating functions in the machine code of an ELF file.
 */
#include "cli/sites/calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#if defined __x86_64__

typedef ElfW(Shdr) Section;
typedef ElfW(Sym) Symbol;
typedef ElfW(Rela) Relocation;

/* What a call may go to. */
struct target {
  uint64_t address; /* in an object file: in its section */
  unsigned section; /* of an object file, else 0 */
  int is_slot;      /* 1: it holds the address of the function */
  struct cli_allocator callee;
};

struct finder {
  struct ls_arena *arena;
  const struct cli_elf *elf;
  const struct cli_wrappers *more;
  struct cli_calls *calls;
  int is_object;
  size_t n, capacity;
  struct target *targets;
  int failed; /* without memory */
};

/* An array that has room for one more; NULL without memory. */
static void *grown(struct ls_arena *arena, void *array, size_t n,
                   size_t *capacity, size_t size) {
  if (n < *capacity) return array;
  size_t more = *capacity ? 2 * *capacity : 64;
  void *larger = ls_arena_alloc(arena, more * size);
  if (!larger) return NULL;
  if (n) memcpy(larger, array, n * size);
  *capacity = more;
  return larger;
}

/* ---- what calls may go to -------------------------------------------------
 */

static void add_target(struct finder *f, struct target target) {
  void *targets =
      grown(f->arena, f->targets, f->n, &f->capacity, sizeof *f->targets);
  if (!targets) {
    f->failed = 1;
    return;
  }
  f->targets = targets;
  f->targets[f->n++] = target;
}

static int compare_targets(const void *a, const void *b) {
  const struct target *x = a, *y = b;
  if (x->is_slot != y->is_slot) return x->is_slot - y->is_slot;
  if (x->section != y->section) return x->section < y->section ? -1 : 1;
  return (x->address > y->address) - (x->address < y->address);
}

static const struct target *target_at(const struct finder *f, int is_slot,
                                      unsigned section, uint64_t address) {
  const struct target key = {
      .address = address, .section = section, .is_slot = is_slot};
  return f->n ? bsearch(&key, f->targets, f->n, sizeof key, compare_targets)
              : NULL;
}

static const Symbol *symbol_of(const struct finder *f, const Section *table,
                               size_t index) {
  size_t n;
  const Symbol *symbols = cli_elf_table(f->elf, table, sizeof *symbols, &n);
  return symbols && index < n ? &symbols[index] : NULL;
}

static const char *name_of(const struct finder *f, const Section *table,
                           const Symbol *symbol) {
  return cli_elf_string(f->elf, table->sh_link, symbol->st_name);
}

/* Functions that the file has itself. */
static void add_functions(struct finder *f, const Section *table) {
  size_t n;
  const Symbol *symbols = cli_elf_table(f->elf, table, sizeof *symbols, &n);
  for (size_t i = 0; symbols && i < n; i++) {
    const Symbol *symbol = &symbols[i];
    struct target target = {.address = symbol->st_value};
    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC ||
        symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= SHN_LORESERVE)
      continue;
    if (f->is_object) target.section = symbol->st_shndx;
    if (cli_allocator_find(f->more, name_of(f, table, symbol), 1,
                           &target.callee))
      add_target(f, target);
  }
}

/* Slots that the dynamic linker fills with functions of others. */
static void add_slots(struct finder *f, const Section *relocations) {
  size_t n;
  const Section *table = cli_elf_section(f->elf, relocations->sh_link);
  const Relocation *of = cli_elf_table(f->elf, relocations, sizeof *of, &n);
  for (size_t i = 0; table && of && i < n; i++) {
    struct target target = {.address = of[i].r_offset, .is_slot = 1};
    unsigned type = ELF64_R_TYPE(of[i].r_info);
    if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) continue;
    const Symbol *symbol = symbol_of(f, table, ELF64_R_SYM(of[i].r_info));
    if (symbol && cli_allocator_find(f->more, name_of(f, table, symbol), 0,
                                     &target.callee))
      add_target(f, target);
  }
}

static void find_targets(struct finder *f) {
  const Section *section;
  for (size_t i = 0; (section = cli_elf_section(f->elf, i)); i++) {
    if (section->sh_type == SHT_SYMTAB || section->sh_type == SHT_DYNSYM)
      add_functions(f, section);
    if (section->sh_type == SHT_RELA && !f->is_object) add_slots(f, section);
  }
  if (f->n) qsort(f->targets, f->n, sizeof *f->targets, compare_targets);
}

/* ---- code -----------------------------------------------------------------
 */

enum { OPERAND = 4, CALL = 0xe8, JUMP = 0xe9 };

/* A piece of code: the section, its bytes. */
struct code {
  const Section *section;
  unsigned index;
  const unsigned char *bytes;
};

static int32_t operand_at(const unsigned char *at) {
  int32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static void add_call(struct finder *f, const struct code *code, size_t end,
                     const struct cli_allocator *callee, int is_jump) {
  struct cli_calls *calls = f->calls;
  void *of =
      grown(f->arena, calls->of, calls->n, &calls->capacity, sizeof *calls->of);
  if (!of) {
    f->failed = 1;
    return;
  }
  calls->of = of;
  uint64_t base =
      f->is_object ? code->section->sh_offset : code->section->sh_addr;
  calls->of[calls->n++] = (struct cli_call){base + end - 1, *callee, is_jump};
}

/* The kind of the instruction whose operand of 32 bits is at `at`. */
enum kind { OTHER, DIRECT_CALL, DIRECT_JUMP, SLOT_CALL, SLOT_JUMP };

static enum kind kind_of(const struct code *code, size_t at) {
  const unsigned char *operand = code->bytes + at;
  if (at < 1) return OTHER;
  if (operand[-1] == CALL) return DIRECT_CALL;
  if (operand[-1] == JUMP) return DIRECT_JUMP;
  if (at < 2) return OTHER;
  if (operand[-2] == 0xff && operand[-1] == 0x15) return SLOT_CALL;
  if (operand[-2] == 0xff && operand[-1] == 0x25) return SLOT_JUMP;
  if (operand[-2] == 0x0f && (operand[-1] & 0xf0) == 0x80) return DIRECT_JUMP;
  return OTHER;
}

static int is_jump(enum kind kind) {
  return kind == DIRECT_JUMP || kind == SLOT_JUMP;
}

static int is_stubs(const struct finder *f, const Section *section) {
  return !strncmp(cli_elf_section_name(f->elf, section), ".plt", 4);
}

static int has(const unsigned char *bytes, size_t at, size_t size,
               const char *text, size_t n) {
  return at <= size && size - at >= n && !memcmp(bytes + at, text, n);
}

/* The stub at `at`: [endbr64] [mov $n, %r11d] [bnd] jmp *slot.  Where the
   operand of the jump is; 0 where it is no stub. */
static size_t jump_in_stub(const unsigned char *bytes, size_t at, size_t size) {
  enum { MOVE = 2 + OPERAND };
  if (has(bytes, at, size, "\xf3\x0f\x1e\xfa", 4)) at += 4;
  if (has(bytes, at, size, "\x41\xbb", 2)) at += MOVE;
  if (has(bytes, at, size, "\xf2", 1)) at++;
  if (!has(bytes, at, size, "\xff\x25", 2) || size - at < 2 + OPERAND) return 0;
  return at + 2;
}

static const struct target *by_stub(const struct finder *f, uint64_t address) {
  const Section *section;
  for (size_t i = 0; (section = cli_elf_section(f->elf, i)); i++) {
    const unsigned char *bytes = cli_elf_bytes(f->elf, section);
    if (!bytes || !is_stubs(f, section) || address < section->sh_addr ||
        address - section->sh_addr >= section->sh_size)
      continue;
    size_t at =
        jump_in_stub(bytes, address - section->sh_addr, section->sh_size);
    return at ? target_at(f, 1, 0,
                          section->sh_addr + at + OPERAND +
                              (uint64_t)(int64_t)operand_at(bytes + at))
              : NULL;
  }
  return NULL;
}

static const struct target *linked_target(const struct finder *f,
                                          const struct code *code, size_t at,
                                          enum kind kind) {
  uint64_t next = code->section->sh_addr + at + OPERAND;
  uint64_t to = next + (uint64_t)(int64_t)operand_at(code->bytes + at);
  if (kind == SLOT_CALL || kind == SLOT_JUMP) return target_at(f, 1, 0, to);
  const struct target *own = target_at(f, 0, 0, to);
  return own ? own : by_stub(f, to);
}

static void scan_linked(struct finder *f, const struct code *code) {
  if (is_stubs(f, code->section)) return;
  for (size_t at = 1; at + OPERAND <= code->section->sh_size; at++) {
    enum kind kind = kind_of(code, at);
    const struct target *target =
        kind == OTHER ? NULL : linked_target(f, code, at, kind);
    if (target) add_call(f, code, at + OPERAND, &target->callee, is_jump(kind));
  }
}

/* ---- object files ---------------------------------------------------------
 */

static int takes_slot(unsigned type) {
  return type == R_X86_64_GOTPCREL || type == R_X86_64_GOTPCRELX ||
         type == R_X86_64_REX_GOTPCRELX;
}

/* A relocation says where the operand goes. */
static void take_relocation(struct finder *f, const struct code *code,
                            const Section *table, const Relocation *of) {
  unsigned type = ELF64_R_TYPE(of->r_info);
  struct cli_allocator callee;
  if (of->r_offset >= code->section->sh_size ||
      code->section->sh_size - of->r_offset < OPERAND)
    return;
  enum kind kind = kind_of(code, of->r_offset);
  int slot = kind == SLOT_CALL || kind == SLOT_JUMP;
  if (kind == OTHER || slot != takes_slot(type) ||
      (!slot && type != R_X86_64_PLT32 && type != R_X86_64_PC32))
    return;
  const Symbol *symbol = symbol_of(f, table, ELF64_R_SYM(of->r_info));
  if (!symbol) return;
  if (ELF64_ST_TYPE(symbol->st_info) == STT_SECTION) {
    const struct target *own =
        target_at(f, 0, symbol->st_shndx, (uint64_t)of->r_addend + OPERAND);
    if (!own) return;
    callee = own->callee;
  } else if (!cli_allocator_find(f->more, name_of(f, table, symbol),
                                 symbol->st_shndx != SHN_UNDEF, &callee)) {
    return;
  }
  add_call(f, code, of->r_offset + OPERAND, &callee, is_jump(kind));
}

static const Section *relocations_of(const struct finder *f, unsigned index) {
  const Section *section;
  for (size_t i = 0; (section = cli_elf_section(f->elf, i)); i++)
    if (section->sh_type == SHT_RELA && section->sh_info == index)
      return section;
  return NULL;
}

static int is_relocated(const Relocation *of, size_t n, size_t at) {
  for (size_t i = 0; i < n; i++)
    if (of[i].r_offset == at) return 1;
  return 0;
}

/* The assembler itself put in where local functions are. */
static void scan_object(struct finder *f, const struct code *code) {
  const Section *relocations = relocations_of(f, code->index);
  const Section *table =
      relocations ? cli_elf_section(f->elf, relocations->sh_link) : NULL;
  size_t n = 0;
  const Relocation *of =
      table ? cli_elf_table(f->elf, relocations, sizeof *of, &n) : NULL;
  if (!of) n = 0;
  for (size_t i = 0; i < n; i++) take_relocation(f, code, table, &of[i]);
  for (size_t at = 1; at + OPERAND <= code->section->sh_size; at++) {
    enum kind kind = kind_of(code, at);
    if (kind != DIRECT_CALL && kind != DIRECT_JUMP) continue;
    uint64_t to =
        at + OPERAND + (uint64_t)(int64_t)operand_at(code->bytes + at);
    const struct target *own = target_at(f, 0, code->index, to);
    if (own && !is_relocated(of, n, at))
      add_call(f, code, at + OPERAND, &own->callee, is_jump(kind));
  }
}

int cli_calls_find(struct ls_arena *arena, const struct cli_elf *elf,
                   const struct cli_wrappers *more, struct cli_calls *calls) {
  struct finder f = {.arena = arena, .elf = elf, .more = more, .calls = calls};
  const Section *section;
  f.is_object = elf->header->e_type == ET_REL;
  find_targets(&f);
  for (size_t i = 0; (section = cli_elf_section(elf, i)); i++) {
    struct code code = {section, (unsigned)i, cli_elf_bytes(elf, section)};
    if (section->sh_type != SHT_PROGBITS || !code.bytes ||
        !(section->sh_flags & SHF_EXECINSTR))
      continue;
    if (f.is_object)
      scan_object(&f, &code);
    else
      scan_linked(&f, &code);
  }
  return f.failed ? -ENOMEM : 0;
}

#else

int cli_calls_find(struct ls_arena *arena, const struct cli_elf *elf,
                   const struct cli_wrappers *more, struct cli_calls *calls) {
  (void)arena, (void)elf, (void)more, (void)calls;
  return -ENOTSUP;
}

#endif
