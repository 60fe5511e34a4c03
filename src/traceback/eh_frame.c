/* SPDX-License-Identifier: MIT */
#include "traceback/eh_frame.h"

#include <dlfcn.h>
#include <string.h>

#include "traceback/dwarf_cursor.h"
#include "traceback/dwarf_expression.h"

/* ---- pointers ----------------------------------------------------------- */

/* DW_EH_PE_*: how a pointer is written. */
enum {
  PE_FORM = 0x0f,
  PE_ABSPTR = 0x00,
  PE_UDATA2 = 0x02,
  PE_UDATA4 = 0x03,
  PE_UDATA8 = 0x04,
  PE_SDATA2 = 0x0a,
  PE_SDATA4 = 0x0b,
  PE_SDATA8 = 0x0c,
  PE_BASE = 0x70,
  PE_PCREL = 0x10,
  PE_DATAREL = 0x30,
  PE_TABLE = PE_DATAREL | PE_SDATA4 /* the one form linkers make */
};

/* 1 and the value, or 0 for a form that is not known. */
static int read_pointer(struct ls_cursor *c, unsigned encoding,
                        uintptr_t *value) {
  uintptr_t here = (uintptr_t)c->at;
  switch (encoding & PE_FORM) {
    case PE_ABSPTR:
    case PE_UDATA8:
    case PE_SDATA8:
      *value = ls_read_bytes(c, 8);
      break;
    case PE_UDATA4:
      *value = ls_read_bytes(c, 4);
      break;
    case PE_SDATA4:
      *value = (uintptr_t)(intptr_t)(int32_t)ls_read_bytes(c, 4);
      break;
    case PE_UDATA2:
      *value = ls_read_bytes(c, 2);
      break;
    case PE_SDATA2:
      *value = (uintptr_t)(intptr_t)(int16_t)ls_read_bytes(c, 2);
      break;
    default:
      return 0;
  }
  if ((encoding & PE_BASE) == PE_PCREL) *value += here;
  return (encoding & PE_BASE) == 0 || (encoding & PE_BASE) == PE_PCREL;
}

/* ---- finding the entry of a pc
 * ----------------------------------------------- */

struct table_entry {
  int32_t pc;  /* relative to the table's header */
  int32_t fde; /* likewise */
};

static const uint8_t *find_fde(uintptr_t pc) {
  struct dl_find_object object;
  if (_dl_find_object((void *)pc, &object) || !object.dlfo_eh_frame)
    return NULL;
  const uint8_t *header = object.dlfo_eh_frame;
  struct ls_cursor c = {header + 4, header + 20};
  uintptr_t ignored, count;
  if (header[0] != 1 || header[3] != PE_TABLE) return NULL;
  if (!read_pointer(&c, header[1], &ignored) ||
      !read_pointer(&c, header[2], &count) || !count)
    return NULL;
  const struct table_entry *table = (const void *)c.at;
  intptr_t wanted = (intptr_t)(pc - (uintptr_t)header);
  size_t low = 0, high = count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (table[middle].pc <= wanted)
      low = middle;
    else
      high = middle;
  }
  return table[low].pc <= wanted ? header + table[low].fde : NULL;
}

/* What an entry (FDE) and its common part (CIE) say. */
struct entry {
  uintptr_t begin, size; /* of the code it covers */
  uint64_t code_align;
  int64_t data_align;
  unsigned encoding;
  int is_signal;
  struct ls_cursor common;  /* instructions of the CIE */
  struct ls_cursor program; /* and of the FDE */
};

/* The bytes of a record behind its length; 0 for a form not used here. */
static int open_record(const uint8_t *record, struct ls_cursor *c) {
  uint32_t length;
  memcpy(&length, record, sizeof length);
  if (!length || length >= 0xfffffff0u) return 0;
  c->at = record + sizeof length;
  c->end = c->at + length;
  return 1;
}

/* The letters of an augmentation that begins with 'z'. */
static int read_augmentation(struct ls_cursor *c, const char *letters,
                             struct entry *entry) {
  uintptr_t ignored;
  for (; *letters; letters++) {
    unsigned encoding;
    switch (*letters) {
      case 'R':
        entry->encoding = (unsigned)ls_read_bytes(c, 1);
        break;
      case 'L':
        (void)ls_read_bytes(c, 1);
        break;
      case 'P':
        /* not followed: only its length matters */
        encoding = (unsigned)ls_read_bytes(c, 1);
        if (!read_pointer(c, encoding & PE_FORM, &ignored)) return 0;
        break;
      case 'S':
        entry->is_signal = 1;
        break;
      default:
        return 0;
    }
  }
  return 1;
}

static int read_common(const uint8_t *cie, struct entry *entry) {
  enum { RETURN_ADDRESS = 16 };
  struct ls_cursor c;
  if (!open_record(cie, &c)) return 0;
  (void)ls_read_bytes(&c, 4); /* id */
  unsigned version = (unsigned)ls_read_bytes(&c, 1);
  const char *letters = (const char *)c.at;
  while (c.at < c.end && *c.at) c.at++;
  c.at++;
  entry->code_align = ls_read_uleb(&c);
  entry->data_align = ls_read_sleb(&c);
  uint64_t column = version == 1 ? ls_read_bytes(&c, 1) : ls_read_uleb(&c);
  if (column != RETURN_ADDRESS) return 0;
  entry->encoding = PE_ABSPTR;
  if (*letters == 'z') {
    uint64_t length = ls_read_uleb(&c);
    struct ls_cursor data = {c.at, c.at + length};
    if (!read_augmentation(&data, letters + 1, entry)) return 0;
    c.at += length;
  } else if (*letters) {
    return 0;
  }
  entry->common = c;
  return 1;
}

static int read_entry(const uint8_t *fde, struct entry *entry) {
  struct ls_cursor c;
  if (!open_record(fde, &c)) return 0;
  const uint8_t *here = c.at;
  uint32_t back = (uint32_t)ls_read_bytes(&c, 4);
  if (!back || !read_common(here - back, entry)) return 0;
  if (!read_pointer(&c, entry->encoding, &entry->begin) ||
      !read_pointer(&c, entry->encoding & PE_FORM, &entry->size))
    return 0;
  c.at += ls_read_uleb(&c); /* augmentation data: of no interest here */
  entry->program = c;
  return 1;
}

/* ---- instructions
 * --------------------------------------------------------------------- */

enum {
  CFA_ADVANCE = 0x40, /* in the two high bits, with an operand below */
  CFA_OFFSET = 0x80,
  CFA_RESTORE = 0xc0,
  CFA_NOP = 0x00,
  CFA_SET_LOC = 0x01,
  CFA_ADVANCE1 = 0x02,
  CFA_ADVANCE2 = 0x03,
  CFA_ADVANCE4 = 0x04,
  CFA_OFFSET_EXTENDED = 0x05,
  CFA_RESTORE_EXTENDED = 0x06,
  CFA_UNDEFINED = 0x07,
  CFA_SAME_VALUE = 0x08,
  CFA_REGISTER = 0x09,
  CFA_REMEMBER = 0x0a,
  CFA_RESTORE_STATE = 0x0b,
  CFA_DEF_CFA = 0x0c,
  CFA_DEF_CFA_REGISTER = 0x0d,
  CFA_DEF_CFA_OFFSET = 0x0e,
  CFA_DEF_CFA_EXPRESSION = 0x0f,
  CFA_EXPRESSION = 0x10,
  CFA_OFFSET_EXTENDED_SF = 0x11,
  CFA_DEF_CFA_SF = 0x12,
  CFA_DEF_CFA_OFFSET_SF = 0x13,
  CFA_VAL_OFFSET = 0x14,
  CFA_VAL_OFFSET_SF = 0x15,
  CFA_VAL_EXPRESSION = 0x16,
  CFA_GNU_ARGS_SIZE = 0x2e,
  REMEMBERED = 8
};

enum return_address { RA_BELOW_CFA, RA_UNDEFINED, RA_ELSEWHERE };

struct row {
  struct ls_rule rule;
  unsigned cfa_register;
  enum return_address return_address;
  int is_saved; /* the register that is asked for, as ls_eh_frame_saved says */
  int32_t saved_at;
};

struct interpreter {
  const struct entry *entry;
  unsigned asked; /* for where another register is; 0: for none */
  struct row row, initial, remembered[REMEMBERED];
  unsigned depth;
  uintptr_t at, pc; /* the row's first pc; the pc that is asked about */
  int bad;
};

static void saved(struct interpreter *in, uint64_t reg, int64_t offset) {
  if (reg == LS_REG_RIP) {
    in->row.return_address = offset == -8 ? RA_BELOW_CFA : RA_ELSEWHERE;
  } else if (reg == LS_REG_RBP) {
    in->row.rule.rbp = LS_RBP_AT_CFA;
    in->row.rule.rbp_offset = (int32_t)offset;
  } else if (reg == in->asked) {
    in->row.is_saved = 1;
    in->row.saved_at = (int32_t)offset;
  }
}

static void restored(struct interpreter *in, uint64_t reg) {
  if (reg == LS_REG_RIP) {
    in->row.return_address = in->initial.return_address;
  } else if (reg == LS_REG_RBP) {
    in->row.rule.rbp = in->initial.rule.rbp;
    in->row.rule.rbp_offset = in->initial.rule.rbp_offset;
  } else if (reg == in->asked) {
    in->row.is_saved = in->initial.is_saved;
    in->row.saved_at = in->initial.saved_at;
  }
}

static void unchanged(struct interpreter *in, uint64_t reg) {
  if (reg == LS_REG_RBP) in->row.rule.rbp = LS_RBP_SAME;
  if (reg == LS_REG_RIP) in->row.return_address = RA_ELSEWHERE;
  if (reg == in->asked) in->row.is_saved = 0;
}

/* A rule for a register that only matters if it is one of ours. */
static void unsupported(struct interpreter *in, uint64_t reg) {
  if (reg == LS_REG_RBP || reg == LS_REG_RIP) in->bad = 1;
  if (reg == in->asked) in->row.is_saved = -1;
}

/* A register of the caller's that is in another one, as in longjmp. */
static void held(struct interpreter *in, uint64_t reg, uint64_t where) {
  uint8_t number = (uint8_t)(where + 1);
  if (reg == LS_REG_RSP) in->row.rule.rsp_in = number;
  if (reg == LS_REG_RBP) in->row.rule.rbp_in = number;
  if (reg == LS_REG_RIP) in->row.rule.return_in = number;
  if (reg == in->asked) in->row.is_saved = -1;
}

static void define_cfa(struct interpreter *in, uint64_t reg, int64_t offset) {
  in->row.cfa_register = (unsigned)reg;
  in->row.rule.cfa = reg == LS_REG_RSP   ? LS_CFA_RSP
                     : reg == LS_REG_RBP ? LS_CFA_RBP
                                         : LS_CFA_REGISTERS;
  in->row.rule.cfa_in = (uint8_t)(reg + 1);
  in->row.rule.cfa_offset = (int32_t)offset;
}

static void define_cfa_by_expression(struct interpreter *in,
                                     struct ls_cursor *c) {
  struct ls_value value;
  in->row.rule.cfa = LS_CFA_BAD;
  if (!ls_expression(c, in->pc, &value)) return;
  in->row.rule.cfa_offset = (int32_t)value.number;
  if (!value.loaded && value.base)
    in->row.rule.cfa = value.base == LS_BASE_RSP ? LS_CFA_RSP : LS_CFA_RBP;
  else if (value.loaded && value.base == LS_BASE_RBP)
    in->row.rule.cfa = LS_CFA_AT_RBP;
}

static void saved_by_expression(struct interpreter *in, struct ls_cursor *c) {
  uint64_t reg = ls_read_uleb(c);
  struct ls_value value;
  int good = ls_expression(c, in->pc, &value);
  if (reg == LS_REG_RBP && good && !value.loaded && value.base == LS_BASE_RBP) {
    in->row.rule.rbp = LS_RBP_AT_RBP;
    in->row.rule.rbp_offset = (int32_t)value.number;
  } else {
    unsupported(in, reg);
  }
}

static void skip_block(struct ls_cursor *c) {
  uint64_t length = ls_read_uleb(c);
  c->at = length < (uintptr_t)(c->end - c->at) ? c->at + length : c->end;
}

static void remember(struct interpreter *in) {
  if (in->depth < REMEMBERED)
    in->remembered[in->depth++] = in->row;
  else
    in->bad = 1;
}

static void recall(struct interpreter *in) {
  if (in->depth)
    in->row = in->remembered[--in->depth];
  else
    in->bad = 1;
}

static void advance(struct interpreter *in, uint64_t units) {
  in->at += units * in->entry->code_align;
}

/* Instructions about one register. */
static int about_register(struct interpreter *in, struct ls_cursor *c,
                          unsigned op) {
  uint64_t reg = op == CFA_EXPRESSION ? 0 : ls_read_uleb(c);
  switch (op) {
    case CFA_OFFSET_EXTENDED:
      saved(in, reg, (int64_t)ls_read_uleb(c) * in->entry->data_align);
      return 1;
    case CFA_OFFSET_EXTENDED_SF:
      saved(in, reg, ls_read_sleb(c) * in->entry->data_align);
      return 1;
    case CFA_RESTORE_EXTENDED:
      restored(in, reg);
      return 1;
    case CFA_UNDEFINED:
      if (reg == LS_REG_RIP) in->row.return_address = RA_UNDEFINED;
      if (reg == LS_REG_RBP) in->row.rule.rbp = LS_RBP_SAME;
      if (reg == in->asked) in->row.is_saved = -1;
      return 1;
    case CFA_SAME_VALUE:
      unchanged(in, reg);
      return 1;
    case CFA_REGISTER:
      held(in, reg, ls_read_uleb(c));
      return 1;
    case CFA_VAL_OFFSET:
    case CFA_VAL_OFFSET_SF:
      (void)ls_read_uleb(c);
      unsupported(in, reg);
      return 1;
    case CFA_EXPRESSION:
      saved_by_expression(in, c);
      return 1;
    case CFA_VAL_EXPRESSION:
      skip_block(c);
      unsupported(in, reg);
      return 1;
    default:
      return 0;
  }
}

/* Instructions about the frame. */
static int about_frame(struct interpreter *in, struct ls_cursor *c,
                       unsigned op) {
  uint64_t reg;
  switch (op) {
    case CFA_DEF_CFA:
      reg = ls_read_uleb(c);
      define_cfa(in, reg, (int64_t)ls_read_uleb(c));
      return 1;
    case CFA_DEF_CFA_SF:
      reg = ls_read_uleb(c);
      define_cfa(in, reg, ls_read_sleb(c) * in->entry->data_align);
      return 1;
    case CFA_DEF_CFA_REGISTER:
      define_cfa(in, ls_read_uleb(c), in->row.rule.cfa_offset);
      return 1;
    case CFA_DEF_CFA_OFFSET:
      in->row.rule.cfa_offset = (int32_t)ls_read_uleb(c);
      return 1;
    case CFA_DEF_CFA_OFFSET_SF:
      in->row.rule.cfa_offset =
          (int32_t)(ls_read_sleb(c) * in->entry->data_align);
      return 1;
    case CFA_DEF_CFA_EXPRESSION:
      define_cfa_by_expression(in, c);
      return 1;
    default:
      return 0;
  }
}

/* Instructions about the place, and those about nothing. */
static int about_place(struct interpreter *in, struct ls_cursor *c,
                       unsigned op) {
  uintptr_t location;
  switch (op) {
    case CFA_NOP:
      return 1;
    case CFA_SET_LOC:
      if (read_pointer(c, in->entry->encoding, &location)) in->at = location;
      return 1;
    case CFA_ADVANCE1:
      advance(in, ls_read_bytes(c, 1));
      return 1;
    case CFA_ADVANCE2:
      advance(in, ls_read_bytes(c, 2));
      return 1;
    case CFA_ADVANCE4:
      advance(in, ls_read_bytes(c, 4));
      return 1;
    case CFA_REMEMBER:
      remember(in);
      return 1;
    case CFA_RESTORE_STATE:
      recall(in);
      return 1;
    case CFA_GNU_ARGS_SIZE:
      (void)ls_read_uleb(c);
      return 1;
    default:
      return 0;
  }
}

static void run(struct interpreter *in, struct ls_cursor c) {
  while (c.at < c.end && in->at <= in->pc && !in->bad) {
    unsigned op = (unsigned)ls_read_bytes(&c, 1), operand = op & 0x3f;
    switch (op & 0xc0) {
      case CFA_ADVANCE:
        advance(in, operand);
        continue;
      case CFA_OFFSET:
        saved(in, operand, (int64_t)ls_read_uleb(&c) * in->entry->data_align);
        continue;
      case CFA_RESTORE:
        restored(in, operand);
        continue;
      default:
        if (!about_frame(in, &c, op) && !about_place(in, &c, op) &&
            !about_register(in, &c, op))
          in->bad = 1;
    }
  }
}

/* The row of `pc`; the common part holds from the first one on. */
static void interpret(struct interpreter *in, const struct entry *entry,
                      uintptr_t pc) {
  in->entry = entry;
  in->at = entry->begin;
  in->pc = pc;
  in->row.return_address = RA_ELSEWHERE;
  run(in, entry->common);
  in->initial = in->row;
  run(in, entry->program);
}

int ls_eh_frame_saved(uintptr_t pc, unsigned reg, int32_t *offset) {
  struct entry entry = {0};
  const uint8_t *fde = find_fde(pc);
  if (!fde || !read_entry(fde, &entry) || pc - entry.begin >= entry.size ||
      entry.is_signal)
    return -1;
  struct interpreter in = {.asked = reg};
  interpret(&in, &entry, pc);
  *offset = in.row.saved_at;
  return in.bad ? -1 : in.row.is_saved;
}

struct ls_rule ls_eh_frame_rule(uintptr_t pc) {
  struct ls_rule none = {.cfa = LS_CFA_NONE}, bad = {.cfa = LS_CFA_BAD};
  struct entry entry = {0};
  const uint8_t *fde = find_fde(pc);
  if (!fde) return none;
  if (!read_entry(fde, &entry)) return bad;
  if (pc - entry.begin >= entry.size) return none;
  if (entry.is_signal) return (struct ls_rule){.cfa = LS_CFA_SIGNAL};
  struct interpreter in = {0};
  interpret(&in, &entry, pc);
  if (in.row.return_address == RA_UNDEFINED)
    return (struct ls_rule){.cfa = LS_CFA_END};
  struct ls_rule rule = in.row.rule;
  if (rule.rsp_in || rule.rbp_in || rule.return_in) rule.cfa = LS_CFA_REGISTERS;
  if (in.bad || (in.row.return_address != RA_BELOW_CFA && !rule.return_in))
    return bad;
  return rule;
}
