/* SPDX-License-Identifier: MIT */
/*
 * The entries of .eh_frame: which one covers a pc, and what it says besides its
 * instructions (eh_frame.c).  Context: hook.
 */
#ifndef LS_TRACEBACK_EH_FRAME_ENTRY_H
#define LS_TRACEBACK_EH_FRAME_ENTRY_H

#include <stdint.h>

#include "traceback/dwarf_cursor.h"

/* What an entry (FDE) and its common part (CIE) say. */
struct ls_eh_entry {
  uintptr_t begin, size; /* of the code it covers */
  uint32_t code_align;
  int32_t data_align;
  uint8_t encoding;
  uint8_t is_signal;
  struct ls_cursor common;  /* instructions of the CIE */
  struct ls_cursor program; /* and of the FDE */
};

/* The last entry that begins at `pc` or before; NULL if there is none. */
const uint8_t *ls_eh_find(uintptr_t pc);

/* 0 for a form that is not used here. */
int ls_eh_read(const uint8_t *fde, struct ls_eh_entry *entry);

/* A pointer as it is written there: 1 and the value, or 0 for a form that is
   not known. */
int ls_eh_pointer(struct ls_cursor *c, unsigned encoding, uintptr_t *value);

#endif
