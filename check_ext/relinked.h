/* SPDX-License-Identifier: MIT */
/*
 * A mark that is loaded with a program that is relinked with us, so that the
 * layer knows it when it is preloaded as well: an ELF note, which linkers keep
 * whatever they leave out, and strip too.
 */
#ifndef CHECK_EXT_RELINKED_H
#define CHECK_EXT_RELINKED_H

#define CK_NOTE_NAME "leakslope"
enum { CK_NOTE_TYPE = 1 };

/* At file level, once.  Name, no description, type; 4 bytes each. */
#define CK_NOTE_DEFINE                             \
  __asm__(                                         \
      ".pushsection .note.leakslope,\"a\",%note\n" \
      ".balign 4\n"                                \
      ".long 10, 0, 1\n"                           \
      ".asciz \"leakslope\"\n"                     \
      ".balign 4\n"                                \
      ".popsection")

#endif
