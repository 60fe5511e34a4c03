/* SPDX-License-Identifier: MIT */
/* Finds out about a program, without running it, what decides whether it can be
   gated. */
#include "cli/doctor/inspect.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/run/libraries.h"
#include "cli/sites/elf_file.h"

/* ---- what the file says -------------------------------------------------- */

static enum cli_kind kind_of(const struct cli_elf *elf) {
  unsigned long flags = 0;
  switch (elf->header->e_type) {
    case ET_EXEC:
      return cli_elf_interpreter(elf) ? CLI_DYNAMIC : CLI_STATIC;
    case ET_DYN:
      if (cli_elf_dynamic(elf, DT_FLAGS_1, &flags) && (flags & DF_1_PIE))
        return cli_elf_interpreter(elf) ? CLI_DYNAMIC : CLI_STATIC;
      /* Some libraries can be run, and some linkers do not set the flag. */
      if (cli_elf_dynamic(elf, DT_SONAME, NULL)) return CLI_LIBRARY;
      return cli_elf_interpreter(elf) ? CLI_DYNAMIC : CLI_LIBRARY;
    default:
      return CLI_OBJECT;
  }
}

static enum cli_check check_of(const struct cli_elf *elf) {
  if (cli_elf_needs(elf, "libcheck.so")) return CLI_CHECK_SHARED;
  if (cli_elf_symbol(elf, "srunner_run_tagged") == CLI_DEFINED)
    return CLI_CHECK_STATIC;
  /* Without its symbols it still has the names of Check's variables. */
  if (!cli_elf_has_section(elf, ".symtab") &&
      cli_elf_mentions(elf, "CK_DEFAULT_TIMEOUT") &&
      cli_elf_mentions(elf, "CK_TAP_LOG_FILE_NAME"))
    return CLI_CHECK_STATIC;
  return CLI_CHECK_NONE;
}

/* The kernel then tells the dynamic linker to load nothing that the caller
   names. */
static int is_privileged(const char *path) {
  struct stat st;
  if (stat(path, &st)) return 0;
  return ((st.st_mode & S_ISUID) && st.st_uid != getuid()) ||
         ((st.st_mode & S_ISGID) && st.st_gid != getgid()) ||
         (getuid() && getxattr(path, "security.capability", NULL, 0) > 0);
}

/* The layer has a section of its own, which is there when names are not. */
static int is_relinked(const struct cli_elf *elf) {
  return cli_elf_has_section(elf, "leakslope_outer");
}

/* By --wrap; what `leakslope shim` makes has this section by another name. */
static int is_wrapped(const struct cli_elf *elf) {
  return cli_elf_has_section(elf, ".note.leakslope");
}

static const char *sanitizer_of(const struct cli_elf *elf) {
  static const struct {
    const char *symbol, *name;
  } known[] = {{"__asan_init", "AddressSanitizer"},
               {"__lsan_init", "LeakSanitizer"},
               {"__tsan_init", "ThreadSanitizer"},
               {"__msan_init", "MemorySanitizer"},
               {"__hwasan_init", "HWAddressSanitizer"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (cli_elf_symbol(elf, known[i].symbol) >= CLI_IMPORT)
      return known[i].name;
  return NULL;
}

static const char *own_malloc_of(const struct cli_elf *elf) {
  if (cli_elf_symbol(elf, "malloc") != CLI_DEFINED) return NULL;
  if (cli_elf_symbol(elf, "mallocx") == CLI_DEFINED) return "jemalloc";
  if (cli_elf_symbol(elf, "tc_malloc") == CLI_DEFINED) return "tcmalloc";
  if (cli_elf_symbol(elf, "mi_malloc") == CLI_DEFINED) return "mimalloc";
  return "an allocator";
}

static enum cli_debug debug_of(const struct cli_elf *elf) {
  char id[128];
  char path[sizeof id + 64];
  if (cli_elf_has_section(elf, ".debug_info") ||
      cli_elf_has_section(elf, ".zdebug_info"))
    return CLI_DEBUG_INSIDE;
  cli_elf_build_id(elf, id, sizeof id);
  snprintf(path, sizeof path, "/usr/lib/debug/.build-id/%.2s/%s.debug", id,
           *id ? id + 2 : "");
  return *id && !access(path, R_OK) ? CLI_DEBUG_SEPARATE : CLI_DEBUG_NONE;
}

/* ---- what it loads ------------------------------------------------------- */

static int begins(const char *text, const char *start) {
  return !strncmp(text, start, strlen(start));
}

static const char *file_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static void note_malloc(struct cli_program *program, const char *path) {
  const char *name = file_name(path);
  const int is_tracer = begins(name, "libleakslope.so");
  if (!program->first_malloc) program->first_malloc = path;
  if (is_tracer || program->allocator || begins(name, "libc.so") ||
      begins(name, "ld-linux"))
    return;
  program->allocator = path;
  program->in_front = !program->tracer;
}

/* What a program has of Check may be in a library that it loads. */
static void note_check(struct cli_program *program, const char *path) {
  struct cli_elf elf;
  if (cli_elf_open(&elf, path)) {
    cli_elf_close(&elf);
    return;
  }
  if (!begins(file_name(path), "libleakslope") &&
      cli_elf_exports(&elf, "_cmocka_run_group_tests"))
    program->cmocka = 1;
  if (cli_elf_exports(&elf, "srunner_run_tagged")) {
    if (program->check == CLI_CHECK_NONE) program->check = CLI_CHECK_SHARED;
  } else if (!begins(file_name(path), "libleakslope") &&
             cli_elf_symbol(&elf, "_tcase_add_test") == CLI_IMPORT) {
    program->suite = path;
  }
  cli_elf_close(&elf);
}

static void look_at_libraries(struct cli_program *program,
                              const struct cli_library *library) {
  for (; library; library = library->next) {
    const char *sanitizer = cli_sanitizer_name(library->name);
    if (!program->sanitizer) program->sanitizer = sanitizer;
    if (!library->path) continue;
    note_check(program, library->path);
    if (begins(file_name(library->name), "libleakslope.so"))
      program->tracer = library->path;
    if (!sanitizer && cli_library_has_malloc(library))
      note_malloc(program, library->path);
  }
}

/* ---- all of it ----------------------------------------------------------- */

static void look_at(const struct cli_elf *elf, struct ls_arena *arena,
                    struct cli_program *program) {
  program->kind = kind_of(elf);
  program->check = check_of(elf);
  program->relinked = is_relinked(elf);
  program->wrapped = is_wrapped(elf);
  program->privileged = is_privileged(program->file);
  program->sanitizer = sanitizer_of(elf);
  program->debug = debug_of(elf);
  if (program->kind != CLI_DYNAMIC) return;
  program->own_malloc = own_malloc_of(elf);
  const struct cli_library *libraries =
      cli_libraries(elf, program->file, arena);
  program->listed = libraries != NULL;
  look_at_libraries(program, libraries);
}

/* libtool's script runs the program of the same name in .libs. */
static int behind_script(struct cli_program *program) {
  static const char mark[] = "temporary wrapper script for";
  char path[PATH_MAX];
  struct cli_elf script;
  int rc = cli_elf_open(&script, program->file);
  int is_libtool = script.bytes && cli_elf_mentions(&script, mark);
  cli_elf_close(&script);
  if (rc != -ENOEXEC || !is_libtool) return 0;
  const char *name = file_name(program->file);
  int n = snprintf(path, sizeof path, "%.*s.libs/%s",
                   (int)(name - program->file), program->file, name);
  if (n < 0 || (size_t)n >= sizeof path || access(path, R_OK)) return 0;
  memcpy(program->file, path, strlen(path) + 1);
  return 1;
}

static int no_elf(const struct cli_elf *elf, struct cli_program *program,
                  int rc) {
  program->kind = rc == -ENOTSUP ? CLI_FOREIGN : CLI_NO_ELF;
  if (elf->size >= 2 && !memcmp(elf->bytes, "#!", 2))
    program->kind = CLI_SCRIPT;
  return rc == -ENOTSUP || rc == -ENOEXEC ? 0 : rc;
}

int cli_inspect(const char *path, struct ls_arena *arena,
                struct cli_program *program) {
  struct cli_elf elf;
  *program = (struct cli_program){0};
  if (strlen(path) >= sizeof program->file) return -ENAMETOOLONG;
  memcpy(program->file, path, strlen(path) + 1);
  int rc = cli_elf_open(&elf, program->file);
  if (rc == -ENOEXEC && behind_script(program)) {
    cli_elf_close(&elf);
    rc = cli_elf_open(&elf, program->file);
  }
  if (rc)
    rc = no_elf(&elf, program, rc);
  else
    look_at(&elf, arena, program);
  cli_elf_close(&elf);
  return rc;
}
