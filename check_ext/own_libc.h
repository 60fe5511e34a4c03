/* SPDX-License-Identifier: MIT */
/*
 * Jumps to libc's own functions, for the file that own_libc_generate.cmake
 * writes.
 *
 * CK_LIBC_JUMP(read, 7) defines the function ck_libc_read, to which the layer's
 * calls of read() go: it jumps to where slot 7 says.  The slots are filled from
 * libc's table of symbols before the program's first constructor, so neither a
 * definition in the program nor --wrap reaches them.  It is a jump, and no
 * frame of ours is in any traceback.
 */
#ifndef CHECK_EXT_OWN_LIBC_H
#define CHECK_EXT_OWN_LIBC_H

#include <leakslope.h>

#ifdef __x86_64__
#define CK_LIBC_GO(i) "  endbr64\n  jmp *ck_libc_slots+8*" #i "(%rip)\n"
#elif defined __aarch64__
#define CK_LIBC_GO(i)                          \
  "  hint 34\n" /* bti c */                    \
  "  adrp x16, ck_libc_slots+8*" #i            \
  "\n"                                         \
  "  ldr x16, [x16, :lo12:ck_libc_slots+8*" #i \
  "]\n"                                        \
  "  br x16\n"
#else
#error "own_libc.h: a jump through a slot is not known for this architecture"
#endif

#define CK_LIBC_JUMP(name, i)                                                \
  __asm__(".text\n.globl ck_libc_" #name "\n.hidden ck_libc_" #name          \
          "\n.type ck_libc_" #name ", %function\n.balign 16\nck_libc_" #name \
          ":\n  .cfi_startproc\n" CK_LIBC_GO(                                \
              i) "  .cfi_endproc\n.size ck_libc_" #name ", .-ck_libc_" #name \
                 "\n");

/* The slots, and what fills them, for `n` names, each ended by a NUL. */
#define CK_LIBC_FUNCTIONS(n, names)                                    \
  __attribute__((visibility("hidden"))) void *ck_libc_slots[n];        \
  __attribute__((constructor(101))) static void find_functions(void) { \
    const char *name = names;                                          \
    for (unsigned i = 0; i < (n); i++) {                               \
      ck_libc_slots[i] = leakslope_libc_function(name);                \
      while (*name++) continue;                                        \
    }                                                                  \
  }

#endif
