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

/* For people with readelf, and `leakslope doctor`. */
#ifdef CK_WRAPPED
#define CK_NOTE_SECTION ".note.leakslope.named"
#else
#define CK_NOTE_SECTION ".note.leakslope"
#endif

/* At file level, once: name, no description, type. */
/* clang-format off */
#define CK_NOTE_DEFINE                                          \
  __asm__(".pushsection " CK_NOTE_SECTION ",\"a\",%note\n"       \
          ".balign 4\n"                                         \
          ".long 10, 0, 1\n"                                    \
          ".asciz \"" CK_NOTE_NAME "\"\n"                       \
          ".balign 4\n"                                         \
          ".popsection")
/* clang-format on */

#endif
