/* SPDX-License-Identifier: MIT */
/*
 * The expressions that compilers and linkers write into .eh_frame: a register
 * plus a number, or the word that lies there.  Source: DWARF 5, 2.5.
 * Context: hook.
 */
#ifndef LS_TRACEBACK_DWARF_EXPRESSION_H
#define LS_TRACEBACK_DWARF_EXPRESSION_H

#include "traceback/dwarf_cursor.h"

/* A value in an expression: a register plus a number, or what lies there. */
struct ls_value {
  int64_t number;
  int8_t base;   /* LS_BASE_NONE: the number alone */
  int8_t loaded; /* 1: the word at that address */
};

enum { LS_BASE_NONE, LS_BASE_RSP, LS_BASE_RBP };
enum { LS_REG_RBP = 6, LS_REG_RSP = 7, LS_REG_RIP = 16 };

/* The value of the expression at *c (its length first) for code at `pc`; 0 if
   it has a form that is not evaluated here. */
int ls_expression(struct ls_cursor *c, uintptr_t pc, struct ls_value *value);

#endif
