/* SPDX-License-Identifier: MIT */
/*
 * leakslope shim FOLDER
 *
 * Writes FOLDER/check.pc, the real check.pc with our flags in front of Check's
 * own.  It repeats the real one: one that merely required it would find
 * itself.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "platform/file.h"

/* A shim says whom it stands for, so that one is not made of another. */
#define STANDS_FOR "leakslope_stands_for"

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

/* ---- the file ------------------------------------------------------------ */

/* pkg-config writes a space as "\ ". */
static void unescape(char *path) {
  char *to = path;
  for (; *path; path++)
    if (*path != '\\' || !path[1]) *to++ = *path;
  *to = '\0';
}

static int is_libs(const char *line) {
  return !strncmp(line, "Libs", 4) && line[4 + strspn(line + 4, " \t")] == ':';
}

/* It is read from another folder than it was written for. */
static void add_moved(struct ls_text *pc, const char *line,
                      const char *folder) {
  static const char variable[] = "${pcfiledir}";
  for (const char *found; (found = strstr(line, variable));) {
    ls_text_add_bytes(pc, line, (size_t)(found - line));
    ls_text_add(pc, folder);
    line = found + sizeof variable - 1;
  }
  ls_text_addf(pc, "%s\n", line);
}

static void compose(struct ls_text *pc, char *real, const char *folder,
                    const char *flags) {
  int added = 0;
  ls_text_addf(
      pc,
      "# Made by leakslope: %s/check.pc, with leakslope in front.\n" STANDS_FOR
      "=%s\n",
      folder, folder);
  for (char *line; (line = strsep(&real, "\n"));) {
    if (!*line && !real) break; /* behind the last line's end */
    if (is_libs(line) && !added++) {
      ls_text_addf(pc, "Libs: %s", flags);
      line = strchr(line, ':') + 1;
      if (*line != ' ') ls_text_add(pc, " ");
    }
    add_moved(pc, line, folder);
  }
  if (!added) ls_text_addf(pc, "Libs: %s\n", flags);
}

static int make(struct ls_text *pc, const char **folder) {
  struct ls_text flags = {.arena = pc->arena};
  struct ls_text named = {.arena = pc->arena};
  struct ls_text real = {.arena = pc->arena};
  char path[PATH_MAX];
  if (ask_real(&named) || ask_flags(&flags)) return CLI_WRONG;
  char *plain = ls_arena_string(pc->arena, ls_text_string(&named));
  if (!plain) return cli_wrong("no memory");
  unescape(plain);
  snprintf(path, sizeof path, "%s/check.pc", plain);
  int rc = cli_read(path, &real);
  if (rc) return cli_wrong("%s cannot be read: %s", path, strerror(-rc));
  if (real.length) compose(pc, real.data, named.data, flags.data);
  if (pc->truncated || !real.length) return cli_wrong("%s is empty", path);
  *folder = plain;
  return CLI_OK;
}

/* ---- writing it ---------------------------------------------------------- */

/* Not over the real one; and the folder is to be named in PKG_CONFIG_PATH. */
static int refuse_folder(const char *folder, const char *real) {
  char resolved[PATH_MAX];
  if (realpath(real, resolved) && !strcmp(folder, resolved))
    return cli_wrong("%s has the real check.pc", folder);
  if (strchr(folder, ':'))
    return cli_wrong("%s: PKG_CONFIG_PATH cannot name a folder with a ':'",
                     folder);
  return CLI_OK;
}

static void say_export(const char *folder) {
  fputs("export PKG_CONFIG_PATH='", stdout);
  for (; *folder; folder++)
    if (*folder == '\'')
      fputs("'\\''", stdout);
    else
      putchar(*folder);
  puts("'\"${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}\"");
}

static int write_to(const char *where, const struct ls_text *pc,
                    const char *real) {
  char folder[PATH_MAX];
  char path[PATH_MAX + 16];
  int made = !mkdir(where, 0777);
  if (!made && errno != EEXIST)
    return cli_wrong("%s: %s", where, strerror(errno));
  if (!realpath(where, folder))
    return cli_wrong("%s: %s", where, strerror(errno));
  int status = refuse_folder(folder, real);
  snprintf(path, sizeof path, "%s/check.pc", folder);
  int rc = status ? 0 : ls_file_replace(path, pc->data, pc->length);
  if (rc) status = cli_wrong("%s: %s", path, strerror(-rc));
  if (status && made) (void)rmdir(folder);
  if (!status) say_export(folder);
  return status;
}

int cli_shim(int argc, char **argv) {
  struct ls_arena arena = {0};
  struct ls_text pc = {.arena = &arena};
  const char *real = NULL;
  if (argc != 1 || !*argv[0] || argv[0][0] == '-')
    return cli_wrong("usage: leakslope shim FOLDER");
  int status = make(&pc, &real);
  if (!status) status = write_to(argv[0], &pc, real);
  ls_arena_release(&arena);
  return status;
}
