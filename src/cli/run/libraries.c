/* SPDX-License-Identifier: MIT */
/* Asks the dynamic linker which libraries a program loads, in search order. */
#include "cli/run/libraries.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* "\tlibx.so.1 => /lib/libx.so.1 (0x7f...)", "... => not found",
   "\t/lib64/ld-linux-x86-64.so.2 (0x7f...)". */
static struct cli_library *parse_line(char *line, struct ls_arena *arena) {
  struct cli_library *library = ls_arena_alloc(arena, sizeof *library);
  if (!library || *line++ != '\t') return NULL;
  char *address = strrchr(line, '(');
  if (address && address > line) address[-1] = '\0';
  char *arrow = strstr(line, " => ");
  const char *path = arrow ? arrow + 4 : line;
  if (arrow) *arrow = '\0';
  library->name = ls_arena_string(arena, line);
  if (strcmp(path, "not found")) library->path = ls_arena_string(arena, path);
  return library;
}

static struct cli_library *parse(char *text, struct ls_arena *arena) {
  struct cli_library *first = NULL;
  struct cli_library **last = &first;
  char *rest = text;
  for (char *line; (line = strsep(&rest, "\n"));) {
    *last = parse_line(line, arena);
    if (*last) last = &(*last)->next;
  }
  return first;
}

/* An interpreter is a program, too: one of the system's only. */
static int is_system(const char *interpreter) {
  return (!strncmp(interpreter, "/lib", 4) ||
          !strncmp(interpreter, "/usr/lib", 8)) &&
         !strstr(interpreter, "/../");
}

struct cli_library *cli_libraries(const struct cli_elf *program,
                                  const char *path, struct ls_arena *arena) {
  const char *interpreter = cli_elf_interpreter(program);
  if (!interpreter || !is_system(interpreter)) return NULL;
  char full[PATH_MAX]; /* without a slash it would be searched for */
  if (!realpath(path, full)) return NULL;
  const char *const argv[] = {"env", "LD_TRACE_LOADED_OBJECTS=1", interpreter,
                              full, NULL};
  struct ls_text out = {.arena = arena};
  if (cli_capture(argv, &out) < 0) return NULL;
  char *text = ls_arena_string(arena, ls_text_string(&out));
  return text ? parse(text, arena) : NULL;
}

int cli_library_has_malloc(const struct cli_library *library) {
  struct cli_elf elf;
  int has = library->path && !cli_elf_open(&elf, library->path) &&
            cli_elf_exports(&elf, "malloc");
  if (library->path) cli_elf_close(&elf);
  return has;
}

/* ---- names --------------------------------------------------------------- */

struct known {
  const char *part; /* of the file's name */
  const char *name;
};

static const char *find(const struct known *known, const char *library) {
  const char *slash = strrchr(library, '/');
  for (; known->part; known++)
    if (strstr(slash ? slash + 1 : library, known->part)) return known->name;
  return NULL;
}

const char *cli_allocator_name(const char *library) {
  static const struct known known[] = {{"libjemalloc", "jemalloc"},
                                       {"libtcmalloc", "tcmalloc"},
                                       {"libmimalloc", "mimalloc"},
                                       {NULL, NULL}};
  return find(known, library);
}

const char *cli_sanitizer_name(const char *library) {
  static const struct known known[] = {
      {"libasan", "AddressSanitizer"},
      {"clang_rt.asan", "AddressSanitizer"},
      {"liblsan", "LeakSanitizer"},
      {"libtsan", "ThreadSanitizer"},
      {"clang_rt.tsan", "ThreadSanitizer"},
      {"libhwasan", "HWAddressSanitizer"},
      {"clang_rt.hwasan", "HWAddressSanitizer"},
      {NULL, NULL}};
  return find(known, library);
}
