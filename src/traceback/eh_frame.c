/* SPDX-License-Identifier: MIT */
/* Interprets the instructions of .eh_frame: the rule that holds at a pc. */
#include "traceback/eh_frame.h"

#include "traceback/dwarf_expression.h"
#include "traceback/eh_frame_entry.h"

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
  REMEMBERED = 2 /* compilers need one; each is a part of the stack's depth */
};

enum return_address { RA_BELOW_CFA, RA_UNDEFINED, RA_ELSEWHERE };

/* Small: a hook is to take little of the stack. */
struct row {
  struct ls_rule rule;
  uint8_t return_address; /* enum return_address */
  int8_t is_saved;        /* the register that is asked for, as
                             ls_eh_frame_saved says */
  int32_t saved_at;
};

struct interpreter {
  const struct ls_eh_entry *entry;
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
      if (ls_eh_pointer(c, in->entry->encoding, &location)) in->at = location;
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
static void interpret(struct interpreter *in, const struct ls_eh_entry *entry,
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
  struct ls_eh_entry entry = {0};
  const uint8_t *fde = ls_eh_find(pc);
  if (!fde || !ls_eh_read(fde, &entry) || pc - entry.begin >= entry.size ||
      entry.is_signal)
    return -1;
  struct interpreter in = {.asked = reg};
  interpret(&in, &entry, pc);
  *offset = in.row.saved_at;
  return in.bad ? -1 : in.row.is_saved;
}

uintptr_t ls_eh_frame_end_before(uintptr_t pc) {
  struct ls_eh_entry entry = {0};
  const uint8_t *fde = ls_eh_find(pc);
  if (!fde || !ls_eh_read(fde, &entry) || pc - entry.begin < entry.size)
    return 0;
  return entry.begin + entry.size;
}

struct ls_rule ls_eh_frame_rule(uintptr_t pc, uintptr_t *begin) {
  struct ls_rule none = {.cfa = LS_CFA_NONE}, bad = {.cfa = LS_CFA_BAD};
  struct ls_eh_entry entry = {0};
  const uint8_t *fde = ls_eh_find(pc);
  if (!fde) return none;
  if (!ls_eh_read(fde, &entry)) return bad;
  *begin = entry.begin;
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
