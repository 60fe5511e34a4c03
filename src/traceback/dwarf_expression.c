/* SPDX-License-Identifier: MIT */
/* Evaluates the DWARF expressions by which a frame's caller is found. */
#include "traceback/dwarf_expression.h"

enum { VALUES = 6 };

enum {
  OP_DEREF = 0x06,
  OP_CONST1U = 0x08,
  OP_CONST1S = 0x09,
  OP_CONST2U = 0x0a,
  OP_CONST2S = 0x0b,
  OP_CONSTU = 0x10,
  OP_CONSTS = 0x11,
  OP_AND = 0x1a,
  OP_MINUS = 0x1c,
  OP_PLUS = 0x22,
  OP_PLUS_UCONST = 0x23,
  OP_SHL = 0x24,
  OP_GE = 0x2a,
  OP_LIT0 = 0x30,
  OP_LIT31 = 0x4f,
  OP_BREG0 = 0x70,
  OP_BREG31 = 0x8f
};

struct machine {
  struct ls_value stack[VALUES];
  unsigned depth;
  uintptr_t pc;
};

static int push(struct machine *m, int base, int64_t number) {
  if (m->depth == VALUES) return 0;
  m->stack[m->depth++] = (struct ls_value){number, (int8_t)base, 0};
  return 1;
}

static int push_register(struct machine *m, unsigned reg, int64_t offset) {
  if (reg == LS_REG_RSP) return push(m, LS_BASE_RSP, offset);
  if (reg == LS_REG_RBP) return push(m, LS_BASE_RBP, offset);
  /* rip is known: it is what is being asked about */
  if (reg == LS_REG_RIP) return push(m, LS_BASE_NONE, (int64_t)m->pc + offset);
  return 0;
}

static int binary(struct machine *m, unsigned op) {
  if (m->depth < 2) return 0;
  struct ls_value *a = &m->stack[m->depth - 2], *b = &m->stack[m->depth - 1];
  m->depth--;
  if (a->loaded || b->loaded) return 0;
  if (op == OP_PLUS) {
    if (a->base && b->base) return 0;
    a->base = (int8_t)(a->base | b->base);
    a->number += b->number;
    return 1;
  }
  if (b->base) return 0;
  if (op == OP_MINUS) {
    a->number -= b->number;
    return 1;
  }
  if (a->base) return 0;
  switch (op) {
    case OP_AND:
      a->number &= b->number;
      return 1;
    case OP_SHL:
      a->number = (int64_t)((uint64_t)a->number << (b->number & 63));
      return 1;
    case OP_GE:
      a->number = a->number >= b->number;
      return 1;
    default:
      return 0;
  }
}

static int load(struct machine *m) {
  if (!m->depth || m->stack[m->depth - 1].loaded) return 0;
  m->stack[m->depth - 1].loaded = 1;
  return 1;
}

static int add_constant(struct machine *m, uint64_t number) {
  if (!m->depth || m->stack[m->depth - 1].loaded) return 0;
  m->stack[m->depth - 1].number += (int64_t)number;
  return 1;
}

static int operate(struct machine *m, struct ls_cursor *c, unsigned op) {
  if (op >= OP_LIT0 && op <= OP_LIT31) return push(m, 0, op - OP_LIT0);
  if (op >= OP_BREG0 && op <= OP_BREG31)
    return push_register(m, op - OP_BREG0, ls_read_sleb(c));
  switch (op) {
    case OP_DEREF:
      return load(m);
    case OP_CONST1U:
      return push(m, 0, (int64_t)ls_read_bytes(c, 1));
    case OP_CONST1S:
      return push(m, 0, (int8_t)ls_read_bytes(c, 1));
    case OP_CONST2U:
      return push(m, 0, (int64_t)ls_read_bytes(c, 2));
    case OP_CONST2S:
      return push(m, 0, (int16_t)ls_read_bytes(c, 2));
    case OP_CONSTU:
      return push(m, 0, (int64_t)ls_read_uleb(c));
    case OP_CONSTS:
      return push(m, 0, ls_read_sleb(c));
    case OP_PLUS_UCONST:
      return add_constant(m, ls_read_uleb(c));
    default:
      return binary(m, op);
  }
}

int ls_expression(struct ls_cursor *c, uintptr_t pc, struct ls_value *value) {
  uint64_t length = ls_read_uleb(c);
  if (length > (uintptr_t)(c->end - c->at)) return 0;
  struct ls_cursor e = {c->at, c->at + length};
  struct machine m = {.pc = pc};
  c->at += length;
  while (e.at < e.end) {
    unsigned op = (unsigned)ls_read_bytes(&e, 1);
    if (!operate(&m, &e, op)) return 0;
  }
  if (m.depth != 1) return 0;
  *value = m.stack[0];
  return 1;
}
