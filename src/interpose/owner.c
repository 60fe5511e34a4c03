/* SPDX-License-Identifier: MIT */
/* Names the allocator in front of ours where malloc is not ours, and says what
   to do about it. */
#include "interpose/owner.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "interpose/sanitizer_hooks.h"

/* Allocators that are told by a function of theirs that has no other's name,
   in a library or in the program. */
static const struct {
  const char *symbol, *name, *library;
} known[] = {{"mallocx", "jemalloc", "libjemalloc"},
             {"mi_malloc", "mimalloc", "libmimalloc"},
             {"tc_malloc", "tcmalloc", "libtcmalloc"},
             {"MallocExtension_Internal_GetStats", "tcmalloc", "libtcmalloc"}};
enum { KNOWN = sizeof known / sizeof *known };

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* Where the module begins that has the address; NULL for none. */
static void *module_of(const void *address, Dl_info *info) {
  return address && dladdr(address, info) && info->dli_fname ? info->dli_fbase
                                                             : NULL;
}

/* NULL for an allocator that is not known. */
static const char *allocator_name(const Dl_info *info) {
  const char *file = base_name(info->dli_fname);
  Dl_info other;
  for (int i = 0; i < KNOWN; i++)
    if (!strncmp(file, known[i].library, strlen(known[i].library)) ||
        module_of(dlsym(RTLD_DEFAULT, known[i].symbol), &other) ==
            info->dli_fbase)
      return known[i].name;
  return NULL;
}

static const char *in_the_program(const char *name) {
  static char text[256];
  if (!name)
    return "malloc is the program's own: link its allocator as a shared "
           "library, after leakslope";
  snprintf(text, sizeof text,
           "malloc is %s's, in the program itself: link it as a shared "
           "library, after leakslope",
           name);
  return text;
}

const char *ls_malloc_owner(void) {
  static char text[256];
  Dl_info first;
  Dl_info other;
  const char *name = ls_sanitizer_name();
  if (name) {
    snprintf(text, sizeof text, "malloc is %s's", name);
    return text;
  }
  void *module = module_of(dlsym(RTLD_DEFAULT, "malloc"), &first);
  if (!module) return "malloc is not ours";
  name = allocator_name(&first);
  /* Others see it or not, as it was linked. */
  if (module == module_of((const void *)getauxval(AT_PHDR), &other))
    return in_the_program(name);
  if (module == module_of(text, &other))
    return "malloc is not ours: the program has one of its own: link its "
           "allocator as a shared library, after leakslope";
  snprintf(text, sizeof text,
           "malloc is %s's, in front of libleakslope; `leakslope run` puts it "
           "behind, and so does linking it after leakslope",
           name ? name : base_name(first.dli_fname));
  return text;
}
