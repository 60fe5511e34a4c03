/* SPDX-License-Identifier: MIT */
/* Reads the few instructions that tell calls and frames from other words. */
#include "traceback/code_x86_64.h"

#include <link.h>
#include <stddef.h>
#include <string.h>

#include "platform/readable.h"
#include "traceback/eh_frame.h"
#include "traceback/object.h"

/* ---- where code is ------------------------------------------------------- */

struct range {
  uintptr_t begin, end; /* empty: none */
};

static int has(struct range range, uintptr_t address, size_t size) {
  return address >= range.begin && address < range.end &&
         range.end - address >= size;
}

/* The segment that has an address and these flags, of a module whose headers
   lie where it begins, as linkers have it. */
static struct range segment_of(const struct dl_find_object *object,
                               uintptr_t address, ElfW(Word) flags) {
  const ElfW(Ehdr) *header = object->dlfo_map_start;
  struct range none = {0, 0};
  if (!object->dlfo_link_map || memcmp(header->e_ident, ELFMAG, SELFMAG) ||
      header->e_phentsize != sizeof(ElfW(Phdr)) ||
      header->e_phoff + header->e_phnum * sizeof(ElfW(Phdr)) > LS_PAGE)
    return none;
  const ElfW(Phdr) *segment =
      (const void *)((const char *)header + header->e_phoff);
  for (int i = 0; i < header->e_phnum; i++) {
    uintptr_t begin = object->dlfo_link_map->l_addr + segment[i].p_vaddr;
    struct range range = {begin, begin + segment[i].p_memsz};
    if (segment[i].p_type == PT_LOAD && segment[i].p_flags & flags &&
        has(range, address, 1))
      return range;
  }
  return none;
}

/* Code that no module has (a compiler made it while the program ran) is known
   as far as its page. */
static struct range code_around(uintptr_t pc) {
  struct dl_find_object object;
  if (ls_object_of(pc, &object)) return segment_of(&object, pc, PF_X);
  struct range page = {ls_page_of(pc), ls_page_of(pc) + LS_PAGE};
  if (pc >> 47 || !ls_is_readable(page.begin)) page.end = page.begin;
  return page;
}

int ls_code_is_behind(uintptr_t pc) {
  struct dl_find_object object;
  if (ls_object_of(pc - 1, &object))
    return has(segment_of(&object, pc - 1, PF_X), pc - 1, 1);
  return ls_code_follows_call(pc);
}

/* ---- calls --------------------------------------------------------------- */

enum {
  CALL = 0xe8,
  CALL_SIZE = 5,
  GROUP = 0xff, /* of instructions, this one by three bits of its operand */
  CALL_BITS = 0x10,
  BITS = 0x38,
  LONGEST = 7 /* bytes of a call through memory */
};

/* The length of a call by register or memory whose operand is written in
   these bytes. */
static size_t indirect_size(uint8_t operand, uint8_t scale) {
  unsigned mode = operand >> 6, low = operand & 7;
  if ((operand & BITS) != CALL_BITS) return 0;
  if (mode == 3) return 2;
  size_t size = 2 + (low == 4);
  if (mode == 1) return size + 1;
  if (mode == 2) return size + 4;
  if (low == 5 || (low == 4 && (scale & 7) == 5)) return size + 4;
  return size;
}

/* `n` bytes of code lie in front of `end`. */
static int ends_in_indirect(const uint8_t *end, size_t n) {
  for (size_t size = 2; size <= n; size++)
    if (end[-(ptrdiff_t)size] == GROUP &&
        indirect_size(end[1 - (ptrdiff_t)size],
                      size > 2 ? end[2 - (ptrdiff_t)size] : 0) == size)
      return 1;
  return 0;
}

static size_t bytes_before(struct range range, uintptr_t pc) {
  size_t n = pc - range.begin;
  return pc <= range.begin || pc > range.end ? 0 : n < LONGEST ? n : LONGEST;
}

static int ends_in_direct(const uint8_t *end, size_t n) {
  return n >= CALL_SIZE && end[-CALL_SIZE] == CALL;
}

static int ends_in_call(uintptr_t pc, size_t n) {
  const uint8_t *end = (const uint8_t *)pc;
  return ends_in_direct(end, n) || ends_in_indirect(end, n);
}

int ls_code_follows_call(uintptr_t pc) {
  return ends_in_call(pc, bytes_before(code_around(pc - 1), pc));
}

int ls_code_in_function(uintptr_t begin, uintptr_t pc) {
  return ends_in_call(pc, pc - begin < LONGEST ? pc - begin : LONGEST);
}

/* ---- frames -------------------------------------------------------------- */

enum { JUMP = 0x25, RETURN = 0xc3, PUSH_RBP = 0x55, FURTHEST = 16 * 1024 };

static int is_end_branch(const uint8_t *code) {
  static const uint8_t bytes[] = {0xf3, 0x0f, 0x1e, 0xfa};
  return !memcmp(code, bytes, sizeof bytes);
}

/* mov %rsp,%rbp in its two forms. */
static int sets_rbp(const uint8_t *code) {
  static const uint8_t forms[2][3] = {{0x48, 0x89, 0xe5}, {0x48, 0x8b, 0xec}};
  return !memcmp(code, forms[0], 3) || !memcmp(code, forms[1], 3);
}

/* Whether a function that begins here makes its frame before `pc`. */
static int makes_frame(struct range range, uintptr_t begin, uintptr_t pc) {
  enum { PROLOGUE = 24, LEAST = 8, END_BRANCH = 4 };
  if (!has(range, begin, LEAST)) return 0;
  const uint8_t *code = (const uint8_t *)begin;
  if (is_end_branch(code)) code += END_BRANCH;
  if (*code != PUSH_RBP) return 0;
  for (size_t i = 1; i < PROLOGUE && (uintptr_t)&code[i + 3] <= pc; i++)
    if (sets_rbp(&code[i])) return 1;
  return 0;
}

/* Where a call goes that a stub of the linkage table hands on. */
static uintptr_t through_stub(uintptr_t target) {
  enum { STUB = 16, JUMP_SIZE = 6, END_BRANCH = 4 };
  struct dl_find_object object;
  int32_t offset;
  struct range range = code_around(target);
  if (!has(range, target, STUB)) return target;
  const uint8_t *code = (const uint8_t *)target;
  if (is_end_branch(code)) code += END_BRANCH;
  if (*code == 0xf2) code++; /* bnd */
  if (code[0] != GROUP || code[1] != JUMP) return target;
  memcpy(&offset, code + 2, sizeof offset);
  uintptr_t slot = (uintptr_t)code + JUMP_SIZE + (uintptr_t)(intptr_t)offset;
  if (slot % sizeof slot || !ls_object_of(slot, &object) ||
      !has(segment_of(&object, slot, PF_W), slot, sizeof slot))
    return target;
  return *(const uintptr_t *)slot;
}

/* Where the code that is like that of `pc`, without tables, begins. */
static struct range without_tables(uintptr_t pc) {
  struct range range = code_around(pc);
  uintptr_t before = ls_eh_frame_end_before(pc);
  if (before > range.begin && before <= pc) range.begin = before;
  return range;
}

/* The prologue nearest before `pc`, unless something returns in between. */
static int is_behind_prologue(struct range range, uintptr_t pc) {
  enum { MOV = 0x89 };
  const uint8_t *code = (const uint8_t *)pc;
  size_t most = pc - range.begin < FURTHEST ? pc - range.begin : FURTHEST;
  for (size_t i = 4; i <= most; i++) {
    const uint8_t *at = code - i;
    if (*at == PUSH_RBP && sets_rbp(at + 1)) return 1;
    if (*at == RETURN && (i == most || at[-1] != MOV)) return 0;
  }
  return 0;
}

/* Where a direct call goes that ends at `end`. */
static uintptr_t target_of(const uint8_t *end) {
  int32_t distance;
  memcpy(&distance, end - sizeof distance, sizeof distance);
  return through_stub((uintptr_t)end + (uintptr_t)(intptr_t)distance);
}

static int returns_between(uintptr_t from, uintptr_t to) {
  enum { MOV = 0x89 };
  for (const uint8_t *at = (const uint8_t *)to; --at > (const uint8_t *)from;)
    if (*at == RETURN && at[-1] != MOV) return 1;
  return 0;
}

static size_t module_bytes_before(uintptr_t pc) {
  struct dl_find_object object;
  if (!ls_object_of(pc - 1, &object)) return 0;
  return bytes_before(segment_of(&object, pc - 1, PF_X), pc);
}

uintptr_t ls_code_called(uintptr_t back) {
  size_t n = bytes_before(code_around(back - 1), back);
  const uint8_t *end = (const uint8_t *)back;
  return ends_in_direct(end, n) ? target_of(end) : 0;
}

int ls_code_may_enter(uintptr_t word, uintptr_t begin, uintptr_t pc) {
  const uint8_t *end = (const uint8_t *)word;
  size_t n = module_bytes_before(word);
  if (ends_in_direct(end, n)) {
    uintptr_t target = target_of(end);
    return target > begin && target < pc;
  }
  return ends_in_indirect(end, n) && pc - begin < FURTHEST &&
         returns_between(begin, pc);
}

int ls_code_keeps_frame(uintptr_t pc, uintptr_t back, int interrupted) {
  struct range callers = code_around(back - 1);
  struct range range = without_tables(pc);
  const uint8_t *end = (const uint8_t *)back;
  size_t n = bytes_before(callers, back);
  if (!has(range, pc, 1)) return 0;
  if (ends_in_direct(end, n)) {
    uintptr_t target = target_of(end);
    if (target >= range.begin && target <= pc && pc - target < 1 << 20 &&
        makes_frame(range, target, pc))
      return 1;
  }
  return !interrupted && ends_in_indirect(end, n) &&
         is_behind_prologue(range, pc);
}
