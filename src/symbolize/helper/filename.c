/* SPDX-License-Identifier: MIT */
/* Turns a file name of libdw back into the name that the compiler was given. */
#include "symbolize/helper/filename.h"

#include <dwarf.h>
#include <string.h>

static const char *unit_string(Dwarf_Die *unit, unsigned name) {
  Dwarf_Attribute attribute;
  return dwarf_formstring(dwarf_attr(unit, name, &attribute));
}

/* The name after `folder` and a slash, or NULL when it is not below it. */
static const char *below(const char *file, const char *folder) {
  size_t n = strlen(folder);
  while (n > 0 && folder[n - 1] == '/') n--;
  if (strncmp(file, folder, n) != 0 || file[n] != '/') return NULL;
  return file[n + 1] && file[n + 1] != '/' ? file + n + 1 : NULL;
}

/* gcc lists the folder of a file that it was given by its absolute path; entry
   0 is the unit's own. */
static int folder_is_listed(const char *file, Dwarf_Files *files) {
  const char *const *folders;
  size_t n;
  const char *slash = strrchr(file, '/');
  size_t length = slash ? (size_t)(slash - file) : 0;
  if (!files || dwarf_getsrcdirs(files, &folders, &n) != 0) return 0;
  for (size_t i = 1; i < n; i++)
    if (folders[i] && strncmp(folders[i], file, length) == 0 &&
        folders[i][length] == '\0')
      return 1;
  return 0;
}

int filename_whole;

const char *filename_as_given(const char *file, Dwarf_Die *unit,
                              Dwarf_Files *files) {
  const char *folder = unit_string(unit, DW_AT_comp_dir);
  if (!file || !folder || filename_whole) return file;
  const char *relative = below(file, folder);
  if (!relative || folder_is_listed(file, files)) return file;
  /* clang lists no such folder, but keeps the unit's own name as it was. */
  const char *name = unit_string(unit, DW_AT_name);
  return name && strcmp(name, file) == 0 ? file : relative;
}
