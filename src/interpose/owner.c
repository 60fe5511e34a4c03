/* SPDX-License-Identifier: MIT */
/* Whose malloc it is, where it is not ours: a text for people. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "interpose/hooks.h"

static const char *allocator_name(const char *path) {
  static const char *const known[] = {"jemalloc", "tcmalloc", "mimalloc"};
  const char *slash = strrchr(path, '/');
  const char *file = slash ? slash + 1 : path;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strstr(file, known[i])) return known[i];
  return file;
}

/* Where the module begins that has the address; NULL for none. */
static void *module_of(const void *address, Dl_info *info) {
  return address && dladdr(address, info) && info->dli_fname ? info->dli_fbase
                                                             : NULL;
}

const char *ls_hooks_whose_malloc(void) {
  static char text[256];
  Dl_info first;
  Dl_info other;
  void *module = module_of(dlsym(RTLD_DEFAULT, "malloc"), &first);
  if (!module) return "malloc is not ours";
  /* Others see it or not, as it was linked. */
  if (module == module_of((const void *)getauxval(AT_PHDR), &other))
    return "malloc is the program's own: link its allocator as a shared "
           "library, after leakslope";
  if (module == module_of(text, &other))
    return "malloc is not ours: the program has one of its own: link its "
           "allocator as a shared library, after leakslope";
  snprintf(text, sizeof text,
           "malloc is %s's, in front of libleakslope; `leakslope run` puts it "
           "behind, and so does linking it after leakslope",
           allocator_name(first.dli_fname));
  return text;
}
