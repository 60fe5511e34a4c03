/* SPDX-License-Identifier: MIT */
/* Finds the symbolizer program, and prepares its environment. */
#define _GNU_SOURCE 1
#include "symbolize/locate.h"

#include <stdlib.h>
#include <string.h>

#include "platform/text.h"
#include "symbolize/sys.h"

#define HELPER "leakslope-symbolize"

static int is_executable(const char *path) {
  return LS_SYS(SYS_faccessat, AT_FDCWD, path, X_OK) == 0;
}

/* `tail` beside the file that this code is in, if it is there. */
static const char *beside_us(struct ls_arena *arena, const char *us,
                             const char *tail) {
  const char *slash = us ? strrchr(us, '/') : NULL;
  if (!slash) return NULL;
  struct ls_text path = {.arena = arena};
  ls_text_add_bytes(&path, us, (size_t)(slash + 1 - us));
  ls_text_add(&path, tail);
  return !path.truncated && is_executable(path.data) ? path.data : NULL;
}

static const char *compiled_in(const char *path) {
  return *path && is_executable(path) ? path : NULL;
}

#ifndef LS_SYMBOLIZER_PATH
#define LS_SYMBOLIZER_PATH ""
#endif
#ifndef LS_SYMBOLIZER_BESIDE /* from the installed library's folder */
#define LS_SYMBOLIZER_BESIDE "../libexec/" HELPER
#endif
#ifndef LS_SYMBOLIZER_BUILD_PATH
#define LS_SYMBOLIZER_BUILD_PATH ""
#endif

const char *ls_locate_helper(struct ls_arena *arena,
                             struct ls_modules *modules) {
  /* A set-user-ID program runs nothing that its caller names. */
  const char *named = secure_getenv("LEAKSLOPE_SYMBOLIZER");
  if (named && *named)
    return *named == '/' && is_executable(named) ? named : NULL;
  struct ls_place here = ls_modules_place(modules, (uintptr_t)ls_locate_helper);
  const char *us = here.module ? here.module->path : NULL;
  const char *found = beside_us(arena, us, "../libexec/" HELPER);
  if (!found) found = beside_us(arena, us, LS_SYMBOLIZER_BESIDE);
  if (!found) found = compiled_in(LS_SYMBOLIZER_PATH);
  if (!found) found = beside_us(arena, us, HELPER);
  if (!found) found = compiled_in(LS_SYMBOLIZER_BUILD_PATH);
  return found;
}

static int is_kept(const char *variable) {
  static const char *const dropped[] = {
      "LD_PRELOAD=", "LD_AUDIT=", "DEBUGINFOD_URLS=", "CK_", "LEAKSLOPE"};
  for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
    if (strncmp(variable, dropped[i], strlen(dropped[i])) == 0) return 0;
  return 1;
}

char **ls_locate_environment(struct ls_arena *arena) {
  size_t n = 0;
  while (environ && environ[n]) n++;
  char **kept = ls_arena_alloc(arena, (n + 1) * sizeof *kept);
  if (!kept) return NULL;
  size_t nkept = 0;
  for (size_t i = 0; i < n; i++)
    if (is_kept(environ[i])) kept[nkept++] = environ[i];
  return kept;
}
