/* SPDX-License-Identifier: MIT */
#include "interpose/owner.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

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

static const char *name_of(const Dl_info *info) {
  const char *file = base_name(info->dli_fname ? info->dli_fname : "");
  Dl_info other;
  for (int i = 0; i < KNOWN; i++) {
    if (!strncmp(file, known[i].library, strlen(known[i].library)))
      return known[i].name;
    void *function = dlsym(RTLD_DEFAULT, known[i].symbol);
    if (function && dladdr(function, &other) &&
        other.dli_fbase == info->dli_fbase)
      return known[i].name;
  }
  return NULL;
}

const char *ls_malloc_owner(void) {
  static char text[256];
  static const char other[] =
      "malloc is not ours: another allocator is in front of libleakslope";
  Dl_info info;
  const char *name = ls_sanitizer_name();
  if (name) {
    snprintf(text, sizeof text, "malloc is %s's", name);
    return text;
  }
  void *function = dlsym(RTLD_DEFAULT, "malloc");
  if (!function || !dladdr(function, &info)) return other;
  name = name_of(&info);
  if (!name) return other;
  struct dl_find_object object;
  int in_program = !_dl_find_object(function, &object) &&
                   object.dlfo_link_map == _r_debug.r_map;
  snprintf(text, sizeof text,
           in_program
               ? "malloc is %s's, in the program itself: link it as a shared "
                 "library, behind libleakslope"
               : "malloc is %s's: put its library behind libleakslope, on the "
                 "link line or in LD_PRELOAD",
           name);
  return text;
}
