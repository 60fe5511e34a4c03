/* SPDX-License-Identifier: MIT */
/* Finds, in a folder, the files of the modules of a snapshot that was taken on
   another machine. */
#include "cli/snapshots/symbols.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/sites/elf_file.h"

enum { BUILD_ID_SIZE = 2 * 64 + 1 };

static int has_build_id(const char *path, const char *wanted) {
  struct cli_elf elf;
  char found[BUILD_ID_SIZE] = "";
  int rc = cli_elf_open(&elf, path);
  if (!rc) cli_elf_build_id(&elf, found, sizeof found);
  cli_elf_close(&elf);
  return !rc && !strcmp(found, wanted);
}

/* The n-th place where the module may be; 0 where there are no more. */
static int candidate(int n, const struct ls_module *module, const char *folder,
                     char *path, size_t size) {
  const char *slash = strrchr(module->path, '/');
  const char *id = module->build_id;
  switch (n) {
    case 0:
      snprintf(path, size, "%s%s", folder, module->path);
      return 1;
    case 1:
      snprintf(path, size, "%s/.build-id/%.2s/%s.debug", folder, id, id + 2);
      return 1;
    case 2:
      snprintf(path, size, "%s/%s", folder, slash ? slash + 1 : module->path);
      return 1;
    default:
      return 0;
  }
}

static int find(struct ls_arena *arena, struct ls_module *module,
                const char *folder) {
  char path[2 * PATH_MAX];
  for (int n = 0; candidate(n, module, folder, path, sizeof path); n++) {
    if (!has_build_id(path, module->build_id)) continue;
    module->path = ls_arena_string(arena, path);
    module->deleted = 0;
    return module->path ? 0 : -ENOMEM;
  }
  return 0;
}

int cli_symbols_find(struct leakslope_snapshot *snapshot, const char *folder) {
  char real[PATH_MAX];
  int rc = 0;
  struct stat st;
  if (!realpath(folder, real) || stat(real, &st)) return -errno;
  if (!S_ISDIR(st.st_mode)) return -ENOTDIR;
  for (size_t i = 0; i < snapshot->nmodules && !rc; i++)
    if (strlen(snapshot->modules[i].build_id) > 2)
      rc = find(&snapshot->arena, &snapshot->modules[i], real);
  return rc;
}
