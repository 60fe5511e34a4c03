/* SPDX-License-Identifier: MIT */
/* Writes the library folder of a shim, by which a linker takes leakslope along
   with Check. */
#include "cli/shim/shim_libraries.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/run/soname.h"
#include "platform/file.h"

static char reason[2 * PATH_MAX];

static int cannot(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static int cannot(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(reason, sizeof reason, format, args);
  va_end(args);
  return 0;
}

/* Makefiles, CMake and linker scripts each take other characters apart. */
static int is_plain(const char *path) {
  static const char plain[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-";
  if (!path[strspn(path, plain)]) return 1;
  return cannot("'%s' has characters that not all build tools bear", path);
}

/* ---- Check's archives ---------------------------------------------------- */

/* What linkers compile when the program is linked has no names to change. */
static int is_compiled(const char *archive) {
  struct ls_arena arena = {0};
  struct ls_text bytes = {.arena = &arena};
  static const char bitcode[] = "\nBC\xC0\xDE";
  int rc = cli_read(archive, &bytes);
  int later = !rc && bytes.length &&
              (memmem(bytes.data, bytes.length, "__gnu_lto_slim", 14) ||
               memmem(bytes.data, bytes.length, bitcode, sizeof bitcode - 1));
  ls_arena_release(&arena);
  if (rc) return cannot("%s: %s", archive, strerror(-rc));
  return later ? cannot("%s is compiled with -flto", archive) : 1;
}

/* libc's: only the program's own calls of them are led elsewhere. */
static int is_libc(const char *name, size_t n) {
  return (n == 7 && !strncmp(name, "realloc", n)) ||
         (n == 12 && !strncmp(name, "reallocarray", n));
}

/* "-Wl,--wrap=x" gives "x __real_x". */
static int write_names(const char *path, const char *flags) {
  static const char wrap[] = "--wrap=";
  struct ls_arena arena = {0};
  struct ls_text names = {.arena = &arena};
  for (const char *at = flags; (at = strstr(at, wrap));) {
    at += sizeof wrap - 1;
    int n = (int)strcspn(at, " ,");
    if (!is_libc(at, (size_t)n))
      ls_text_addf(&names, "%.*s __real_%.*s\n", n, at, n, at);
  }
  int rc =
      names.length ? ls_file_replace(path, names.data, names.length) : -ENOENT;
  ls_arena_release(&arena);
  return rc ? cannot("%s: %s", path, strerror(-rc)) : 1;
}

static int rename_functions(const char *archive, const char *to,
                            const char *names) {
  const char *given = getenv("OBJCOPY");
  const char *const tools[] = {given && *given ? given : "objcopy",
                               "llvm-objcopy"};
  char option[PATH_MAX + 64];
  snprintf(option, sizeof option, "--redefine-syms=%s", names);
  int rc = 127;
  for (size_t i = 0; i < 2 && rc == 127; i++) {
    struct ls_arena arena = {0};
    struct ls_text out = {.arena = &arena};
    /* Objects that have both are used as they were compiled. */
    const char *const argv[] = {
        tools[i], "--wildcard", option, "--remove-section=.gnu.lto_*",
        archive,  to,           NULL};
    rc = cli_capture(argv, &out);
    ls_arena_release(&arena);
  }
  if (rc == 127) return cannot("there is no objcopy (binutils)");
  return rc ? cannot("objcopy cannot rename the functions of %s", archive) : 1;
}

/* ---- the folder ---------------------------------------------------------- */

struct place {
  char folder[PATH_MAX];
  char gated[PATH_MAX];
  char tracer[PATH_MAX]; /* the installed libleakslope.so */
  char layer[PATH_MAX];  /* the installed archives' folder */
};

static int write_script(const struct place *place, const char *name,
                        const char *first, const char *second) {
  char path[PATH_MAX + 32];
  char text[5 * PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", place->folder, name);
  /* As needed: what does not use Check is not traced. */
  int n = snprintf(text, sizeof text,
                   "/* GNU ld script, made by leakslope: Check with leakslope "
                   "in front */\n"
                   "GROUP ( %s %s AS_NEEDED ( %s/libleakslope.so ) )\n",
                   first, second, place->gated);
  int rc = ls_file_replace(path, text, (size_t)n);
  return rc ? cannot("%s: %s", path, strerror(-rc)) : 1;
}

/* 1 made, 0 cannot, -1 there is none. */
static int make_archive(const struct place *place, const char *libdir,
                        const char *name) {
  char real[PATH_MAX];
  char ours[PATH_MAX + 32];
  char names[PATH_MAX + 32];
  char layer[PATH_MAX + 64];
  snprintf(real, sizeof real, "%s/%s", libdir, name);
  if (access(real, R_OK)) return -1;
  snprintf(ours, sizeof ours, "%s/%s", place->gated, name);
  snprintf(names, sizeof names, "%s/names", place->gated);
  snprintf(layer, sizeof layer, "%s/libleakslope_check_named.a", place->layer);
  return is_compiled(real) && rename_functions(real, ours, names) &&
         write_script(place, name, ours, layer);
}

static int make_shared(const struct place *place, const char *libdir) {
  char real[PATH_MAX];
  char layer[PATH_MAX + 64];
  snprintf(real, sizeof real, "%s/libcheck.so", libdir);
  if (access(real, R_OK)) return -1;
  snprintf(layer, sizeof layer, "%s/libleakslope_check_next.a", place->layer);
  return write_script(place, "libcheck.so", layer, real);
}

static int make_folder(const char *path) {
  if (!mkdir(path, 0777) || errno == EEXIST) return 1;
  return cannot("%s: %s", path, strerror(errno));
}

static int prepare(struct place *place, const char *folder, const char *flags) {
  char path[PATH_MAX + 32];
  snprintf(place->folder, sizeof place->folder, "%s", folder);
  snprintf(place->gated, sizeof place->gated, "%s/gated", folder);
  if (cli_library_file("libleakslope.so", place->tracer,
                       sizeof place->tracer) ||
      cli_library_file("leakslope/libleakslope_check_named.a", place->layer,
                       sizeof place->layer))
    return cannot("leakslope is not wholly installed");
  *strrchr(place->layer, '/') = '\0';
  if (!is_plain(folder) || !is_plain(place->tracer)) return 0;
  if (!make_folder(folder) || !make_folder(place->gated)) return 0;
  snprintf(path, sizeof path, "%s/names", place->gated);
  if (!write_names(path, flags)) return 0;
  snprintf(path, sizeof path, "%s/libleakslope.so", place->gated);
  int rc = cli_soname_copy(place->tracer, path, place->tracer);
  return rc ? cannot("%s: %s", path, strerror(-rc)) : 1;
}

int cli_shim_libraries(const char *folder, const char *libdir,
                       const char *flags, const char **why) {
  static const char *const archives[] = {"libcheck.a", "libcheck_pic.a"};
  struct place place;
  int some = 0;
  *why = reason;
  if (strlen(folder) + 64 > PATH_MAX || strlen(libdir) + 64 > PATH_MAX)
    return cannot("the folder's name is too long");
  if (!is_plain(libdir) || !prepare(&place, folder, flags)) return 0;
  for (int i = 0; i < 3; i++) {
    int made = i < 2 ? make_archive(&place, libdir, archives[i])
                     : make_shared(&place, libdir);
    if (!made) return 0;
    some |= made > 0;
  }
  return some ? 1 : cannot("there is no libcheck in '%s'", libdir);
}
