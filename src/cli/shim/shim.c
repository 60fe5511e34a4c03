/* SPDX-License-Identifier: MIT */
/*
 * leakslope shim FOLDER
 *
 * Writes FOLDER/check.pc and libraries for it (shim_libraries.h), so that what
 * asks for Check gets it with leakslope in front, or where they cannot be made,
 * with our flags in front of Check's own.  It repeats the real check.pc: one
 * that merely required it would find itself.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/shim/shim_libraries.h"
#include "platform/file.h"

/* A shim says whom it stands for, so that one is not made of another. */
#define STANDS_FOR "leakslope_stands_for"
#define REAL_LIBDIR "leakslope_check_libdir"

/* ---- asking pkg-config --------------------------------------------------- */

/* A variable of a module; CLI_OK, or CLI_WRONG where pkg-config does not know
   the module or cannot be started. */
static int ask(const char *module, const char *variable, struct ls_text *out) {
  char what[128];
  const char *tool = getenv("PKG_CONFIG");
  snprintf(what, sizeof what, "--variable=%s", variable);
  const char *const argv[] = {tool && *tool ? tool : "pkg-config", what, module,
                              NULL};
  int rc = cli_capture(argv, out);
  if (rc == 127) return cli_wrong("%s cannot be started", argv[0]);
  if (rc) return cli_wrong("%s does not know %s", argv[0], module);
  while (out->length && strchr(" \n", out->data[out->length - 1]))
    out->data[--out->length] = '\0';
  return CLI_OK;
}

/* Our own files are found beside the command, wherever it was installed. */
static void look_beside_us(const char *others) {
  char folder[PATH_MAX];
  char all[2 * PATH_MAX];
  if (cli_library_file("pkgconfig/leakslope-check.pc", folder, sizeof folder))
    return;
  *strrchr(folder, '/') = '\0';
  snprintf(all, sizeof all, "%s%s%s", folder, *others ? ":" : "", others);
  setenv("PKG_CONFIG_PATH", all, 1);
}

/* What a program is gated with, without Check's own libraries. */
static int ask_flags(struct ls_text *flags) {
  const char *path = getenv("PKG_CONFIG_PATH");
  char *others = ls_arena_string(flags->arena, path ? path : "");
  struct ls_text tracer = {.arena = flags->arena};
  if (!others) return cli_wrong("no memory");
  look_beside_us(others);
  int status = ask("leakslope-check", "gate_libs", flags);
  if (!status) status = ask("leakslope", "tracer_libs", &tracer);
  if (path)
    setenv("PKG_CONFIG_PATH", others, 1);
  else
    unsetenv("PKG_CONFIG_PATH");
  if (!status && (!flags->length || !tracer.length))
    return cli_wrong("leakslope-check.pc is of another version");
  ls_text_addf(flags, " %s", ls_text_string(&tracer));
  return status;
}

/* The folder of the real check.pc, as pkg-config writes it. */
static int ask_real(struct ls_text *folder) {
  int status = ask("check", STANDS_FOR, folder);
  if (status || folder->length) return status;
  status = ask("check", "pcfiledir", folder);
  if (status || folder->length) return status;
  return cli_wrong("pkg-config does not say where check.pc is");
}

static int ask_libdir(struct ls_text *folder) {
  int status = ask("check", REAL_LIBDIR, folder);
  return status || folder->length ? status : ask("check", "libdir", folder);
}

/* ---- the file ------------------------------------------------------------ */

/* pkg-config writes a space as "\ ". */
static void unescape(char *path) {
  char *to = path;
  for (; *path; path++)
    if (*path != '\\' || !path[1]) *to++ = *path;
  *to = '\0';
}

/* Whether the line says what `word` is: "Libs: -lcheck", "libdir = /lib". */
static int says(const char *line, const char *word, char mark) {
  size_t n = strlen(word);
  return !strncmp(line, word, n) && line[n + strspn(line + n, " \t")] == mark;
}

/* The line with each `variable` replaced, in the arena; NULL for no memory. */
static const char *replace(struct ls_arena *arena, const char *line,
                           const char *variable, const char *with) {
  struct ls_text out = {.arena = arena};
  for (const char *found; (found = strstr(line, variable));) {
    ls_text_add_bytes(&out, line, (size_t)(found - line));
    ls_text_add(&out, with);
    line = found + strlen(variable);
  }
  ls_text_add(&out, line);
  return out.truncated ? NULL : ls_text_string(&out);
}

/* It is read from another folder than it was written for; and the libraries
   are elsewhere, but what else is in their folder is not. */
static void add_line(struct ls_text *pc, const char *line, const char *folder,
                     const char *libraries) {
  const char *moved = replace(pc->arena, line, "${pcfiledir}", folder);
  if (moved && libraries)
    moved = replace(pc->arena, moved, "${libdir}", "${" REAL_LIBDIR "}");
  if (moved && libraries && says(line, "libdir", '='))
    ls_text_addf(pc, REAL_LIBDIR "=%s\nlibdir=%s\n", strchr(moved, '=') + 1,
                 libraries);
  else if (moved)
    ls_text_addf(pc, "%s\n", moved);
  else
    pc->truncated = 1;
}

/* `libraries`: where they are, NULL where there are none. */
static void compose(struct ls_text *pc, char *real, const char *folder,
                    const char *flags, const char *libraries) {
  int added = 0;
  ls_text_addf(
      pc,
      "# Made by leakslope: %s/check.pc, with leakslope in front.\n" STANDS_FOR
      "=%s\n",
      folder, folder);
  for (char *line; (line = strsep(&real, "\n"));) {
    if (!*line && !real) break; /* behind the last line's end */
    if (says(line, "Libs", ':') && !added++) {
      ls_text_addf(pc, "Libs: %s", flags);
      line = strchr(line, ':') + 1;
      if (*line != ' ') ls_text_add(pc, " ");
    }
    add_line(pc, line, folder, libraries);
  }
  if (!added) ls_text_addf(pc, "Libs: %s\n", flags);
}

/* What the file is made of. */
struct sources {
  struct ls_text named; /* the real folder, as pkg-config writes it */
  struct ls_text libdir;
  struct ls_text flags;
  struct ls_text real; /* the real check.pc */
  char *folder;        /* the real folder */
};

static int collect(struct sources *from, struct ls_arena *arena) {
  char path[PATH_MAX];
  const struct ls_text empty = {.arena = arena};
  from->named = from->libdir = from->flags = from->real = empty;
  if (ask_real(&from->named) || ask_libdir(&from->libdir) ||
      ask_flags(&from->flags))
    return CLI_WRONG;
  from->folder = ls_arena_string(arena, ls_text_string(&from->named));
  if (!from->folder) return cli_wrong("no memory");
  unescape(from->folder);
  snprintf(path, sizeof path, "%s/check.pc", from->folder);
  int rc = cli_read(path, &from->real);
  if (rc) return cli_wrong("%s cannot be read: %s", path, strerror(-rc));
  if (!from->real.length) return cli_wrong("%s is empty", path);
  return CLI_OK;
}

/* ---- writing it ---------------------------------------------------------- */

static int has(const char *folder, const char *name) {
  char path[PATH_MAX + 32];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return access(path, F_OK) == 0;
}

/* Not over the real one, or among the files of a system or a project; and the
   folder is to be named in PKG_CONFIG_PATH. */
static int refuse_folder(const char *folder, const char *real) {
  char resolved[PATH_MAX];
  if (realpath(real, resolved) && !strcmp(folder, resolved))
    return cli_wrong("%s has the real check.pc", folder);
  if (strchr(folder, ':'))
    return cli_wrong("%s: PKG_CONFIG_PATH cannot name a folder with a ':'",
                     folder);
  if (has(folder, "lib") && !has(folder, "check.pc") &&
      !has(folder, "leakslope-check.pc"))
    return cli_wrong("%s has a lib of its own: name a new folder", folder);
  return CLI_OK;
}

static void say_quoted(const char *text) {
  putchar('\'');
  for (; *text; text++)
    if (*text == '\'')
      fputs("'\\''", stdout);
    else
      putchar(*text);
  putchar('\'');
}

/* In front of what the variable has already. */
static void say_export(const char *variable, const char *start,
                       const char *value, const char *end, char between) {
  printf("export %s=%s", variable, start);
  say_quoted(value);
  printf("%s", end);
  printf("\"${%s:+%c$%s}\"\n", variable, between, variable);
}

/* For whoever does not ask pkg-config: gcc reads LIBRARY_PATH, which clang
   looks into too late; CMake's find_library() has a path of its own.
   pkg-config leaves out what is in LIBRARY_PATH by the same name: for clang's
   sake it has another there. */
static void say_exports(const char *folder, const char *libraries) {
  say_export("PKG_CONFIG_PATH", "", folder, "", ':');
  if (!libraries) return;
  say_export("LIBRARY_PATH", "", libraries, "/.", ':');
  say_export("CMAKE_LIBRARY_PATH", "", libraries, "", ':');
  say_export("LDFLAGS", "-L", libraries, "", ' ');
}

/* Who asks for the gate by its own name has it by the libraries already: by
   --wrap as well there would be two. */
static int write_own(const char *folder) {
  static const char pc[] =
      "# Made by leakslope: the check.pc beside it has leakslope in it.\n"
      "Name: leakslope-check\n"
      "Description: Fails a Check test when its memory grows with every "
      "repetition\n"
      "Version: " LS_VERSION
      "\n"
      "Requires: check >= 0.13\n";
  char path[PATH_MAX + 32];
  snprintf(path, sizeof path, "%s/leakslope-check.pc", folder);
  int rc = ls_file_replace(path, pc, sizeof pc - 1);
  return rc ? cli_wrong("%s: %s", path, strerror(-rc)) : CLI_OK;
}

static int write_all(const char *folder, struct sources *from,
                     struct ls_arena *arena) {
  char path[PATH_MAX + 16];
  char libraries[PATH_MAX + 16];
  struct ls_text pc = {.arena = arena};
  const char *why;
  snprintf(libraries, sizeof libraries, "%s/lib", folder);
  int made = cli_shim_libraries(libraries, ls_text_string(&from->libdir),
                                ls_text_string(&from->flags), &why);
  compose(&pc, from->real.data, from->named.data,
          made ? "-L${libdir}" : from->flags.data, made ? libraries : NULL);
  if (pc.truncated) return cli_wrong("no memory");
  snprintf(path, sizeof path, "%s/check.pc", folder);
  int rc = ls_file_replace(path, pc.data, pc.length);
  if (rc) return cli_wrong("%s: %s", path, strerror(-rc));
  if (made && write_own(folder)) return CLI_WRONG;
  if (!made)
    fprintf(stderr,
            "leakslope: %s: only what takes Check's linker options from "
            "pkg-config is gated; leakslope doctor PROGRAM tells\n",
            why);
  say_exports(folder, made ? libraries : NULL);
  return CLI_OK;
}

static int write_to(const char *where, struct sources *from,
                    struct ls_arena *arena) {
  char folder[PATH_MAX];
  int made = !mkdir(where, 0777);
  if (!made && errno != EEXIST)
    return cli_wrong("%s: %s", where, strerror(errno));
  if (!realpath(where, folder))
    return cli_wrong("%s: %s", where, strerror(errno));
  int status = refuse_folder(folder, from->folder);
  if (!status) status = write_all(folder, from, arena);
  if (status && made) (void)rmdir(folder);
  return status;
}

int cli_shim(int argc, char **argv) {
  struct ls_arena arena = {0};
  struct sources from;
  if (argc != 1 || !*argv[0] || argv[0][0] == '-')
    return cli_wrong("usage: leakslope shim FOLDER");
  int status = collect(&from, &arena);
  if (!status) status = write_to(argv[0], &from, &arena);
  ls_arena_release(&arena);
  return status;
}
