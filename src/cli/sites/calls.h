/* SPDX-License-Identifier: MIT */
/*
 * The calls in an ELF file that go to functions which allocate.
 *
 *   program, library   call rel32, jmp rel32   to the function, or to a stub
 *                                              that jumps by the function's
 * slot call *slot, jmp *slot   (-fno-plt) object file        the same, named by
 * the relocation of the operand
 *
 * An operand of 32 bits hits the one address that is looked for by chance once
 * in four thousand million, so code needs no disassembly for it.
 */
#ifndef LS_CLI_CALLS_H
#define LS_CLI_CALLS_H

#include <stdint.h>

#include "cli/sites/allocators.h"
#include "cli/sites/elf_file.h"
#include "platform/arena.h"

struct cli_call {
  uint64_t place; /* of the last byte of the call, as a traced frame's offset;
                     in an object file its position */
  struct cli_allocator callee;
  int is_jump; /* the caller's frame is gone then: no traceback has it */
};

struct cli_calls {
  size_t n;
  size_t capacity;
  struct cli_call *of;
};

/* Adds those of the file; 0 or a negative errno: -ENOTSUP for code of a machine
   whose calls are not known. */
int cli_calls_find(struct ls_arena *arena, const struct cli_elf *elf,
                   const struct cli_wrappers *more, struct cli_calls *calls);

#endif
