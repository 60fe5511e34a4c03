/* SPDX-License-Identifier: MIT */
/*
 * How to leave a function: the rule of one pc, from its module's .eh_frame.
 *
 * x86-64 as compilers use it: of all registers only rsp, rbp and the return
 * address matter for a call path, and the return address lies below the frame.
 *
 * Source: System V ABI, AMD64 supplement, 3.7; DWARF 5, 6.4; the Linux
 * Standard Base's description of .eh_frame_hdr.
 * Context: hook.  Reads mapped memory only; _dl_find_object takes no lock.
 */
#ifndef LS_TRACEBACK_EH_FRAME_H
#define LS_TRACEBACK_EH_FRAME_H

#include <stdint.h>

/* Where the frame (CFA, the caller's rsp) is. */
enum ls_cfa {
  LS_CFA_NONE,      /* no rule: not known yet, or no table covers the pc */
  LS_CFA_RSP,       /* rsp + cfa_offset */
  LS_CFA_RBP,       /* rbp + cfa_offset */
  LS_CFA_AT_RBP,    /* the word at rbp + cfa_offset: a realigned stack */
  LS_CFA_SIGNAL,    /* a signal frame: all in the ucontext at rsp */
  LS_CFA_END,       /* outermost: the return address is undefined */
  LS_CFA_BAD,       /* a form that is not evaluated here */
  LS_CFA_REGISTERS, /* found through registers that do not outlive a call: only
                      where a signal came are they known */
  LS_CFA_NOWHERE    /* of no pc of code; not in any table */
};

/* Where the caller's rbp is. */
enum ls_rbp {
  LS_RBP_SAME,   /* in rbp still */
  LS_RBP_AT_CFA, /* saved at CFA + rbp_offset */
  LS_RBP_AT_RBP  /* saved at rbp + rbp_offset */
};

struct ls_rule {
  uint8_t cfa;        /* enum ls_cfa */
  uint8_t rbp;        /* enum ls_rbp */
  int32_t cfa_offset; /* bytes */
  int32_t rbp_offset; /* bytes */
  /* With LS_CFA_REGISTERS, DWARF's register numbers plus one, 0 for none:
     cfa_in + cfa_offset is the CFA, the others hold the caller's. */
  uint8_t cfa_in, rsp_in, rbp_in, return_in;
};

/* The rule that holds at `pc` (of the call, not of the return), and where the
   function begins. */
struct ls_rule ls_eh_frame_rule(uintptr_t pc, uintptr_t *begin);

/* Where the last function before `pc` ends that has a table, if `pc` has none;
   0 if there is no such function, or `pc` has one. */
uintptr_t ls_eh_frame_end_before(uintptr_t pc);

/* Where the caller's value of a register is, other than rsp, rbp and rip, by
   DWARF's number: 0 in it still, 1 saved at CFA + *offset, -1 not known. */
int ls_eh_frame_saved(uintptr_t pc, unsigned reg, int32_t *offset);

#endif
