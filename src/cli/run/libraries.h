/* SPDX-License-Identifier: MIT */
/*
 * The libraries of a program, in the order in which a symbol is looked for.
 */
#ifndef LS_CLI_LIBRARIES_H
#define LS_CLI_LIBRARIES_H

#include "cli/sites/elf_file.h"
#include "platform/arena.h"

struct cli_library {
  struct cli_library *next;
  const char *name;
  const char *path; /* NULL: not found */
};

/* NULL where they cannot be known.  The program is not run. */
struct cli_library *cli_libraries(const struct cli_elf *program,
                                  const char *path, struct ls_arena *arena);

/* Whether the library gives malloc to others. */
int cli_library_has_malloc(const struct cli_library *library);

/* "jemalloc" for what is known by its name, else NULL. */
const char *cli_allocator_name(const char *library);

/* "AddressSanitizer" for its library, else NULL. */
const char *cli_sanitizer_name(const char *library);

#endif
