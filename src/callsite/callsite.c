/* SPDX-License-Identifier: MIT */
/* Chooses the frame of a call path that is to blame for the allocation. */
#include <link.h>
#include <string.h>

#include "callsite/callsite.h"
#include "symbolize/shape.h"

/* Libraries whose frames never are the place to blame: they allocate for
   whoever called them. */
static const char *const system_libraries[] = {
    "libc.so",    "libc-",        "ld-linux",     "libleakslope",
    "libpthread", "libdl.so",     "libstdc++.so", "libunwind.so",
    "libc++.so",  "libc++abi.so", "libgcc_s.so",  "libasan.so",
    "liblsan.so", "libtsan.so",   "libubsan.so",  "libclang_rt."};

enum { MODULES = 16 };

static struct {
  size_t n;
  struct {
    uintptr_t begin, end;
  } at[MODULES];
} skipped;

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static int is_system(const char *module) {
  const char *name = base_name(module);
  for (size_t i = 0; i < sizeof system_libraries / sizeof *system_libraries;
       i++)
    if (!strncmp(name, system_libraries[i], strlen(system_libraries[i])))
      return 1;
  return 0;
}

static int note_module(struct dl_phdr_info *info, size_t size, void *arg) {
  (void)size;
  (void)arg;
  if (!info->dlpi_name || !is_system(info->dlpi_name)) return 0;
  for (int i = 0; i < info->dlpi_phnum && skipped.n < MODULES; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X)) continue;
    uintptr_t begin = info->dlpi_addr + segment->p_vaddr;
    skipped.at[skipped.n].begin = begin;
    skipped.at[skipped.n].end = begin + segment->p_memsz;
    skipped.n++;
  }
  return 0;
}

void ls_callsite_init(void) {
  skipped.n = 0;
  dl_iterate_phdr(note_module, NULL);
}

int ls_callsite_is_system(uintptr_t pc) {
  for (size_t i = 0; i < skipped.n; i++)
    if (pc >= skipped.at[i].begin && pc < skipped.at[i].end) return 1;
  return 0;
}

uintptr_t ls_callsite_of(const uintptr_t *pcs, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!ls_callsite_is_system(pcs[i])) return pcs[i];
  return n ? pcs[0] : 0;
}

/* A header of the system's, inlined into the program: getline, asprintf. */
static int is_inlined_header(const struct leakslope_frame *frame) {
  static const char folder[] = "/usr/include/";
  return frame->inlined && frame->filename &&
         !strncmp(frame->filename, folder, sizeof folder - 1);
}

size_t ls_callsite_innermost(const struct leakslope_frame *frames, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!(frames[i].module && is_system(frames[i].module)) &&
        !is_inlined_header(&frames[i]) &&
        !(frames[i].function && ls_callsite_wrapper(frames[i].function)))
      return i;
  return 0;
}

/* ---- the program's own --------------------------------------------------- */

static int begins(const char *text, const char *with) {
  return !strncmp(text, with, strlen(with));
}

/* Where distributions put their libraries. */
static int is_installed(const char *module) {
  return begins(module, "/usr/lib") || begins(module, "/lib");
}

static int is_system_file(const char *file) {
  return begins(file, "/usr/include/") || begins(file, "/usr/local/include/") ||
         begins(file, "/usr/lib/gcc") || begins(file, "/usr/lib/llvm") ||
         begins(file, "/usr/lib/clang") ||
         strstr(file, "/include/c++/") != NULL;
}

static int is_system_frame(const struct leakslope_frame *frame) {
  return (frame->module && is_system(frame->module)) ||
         (frame->filename && is_system_file(frame->filename));
}

static int same_module(const char *a, const char *b) {
  return a && b && !strcmp(a, b);
}

static int is_library(const char *module) {
  return is_installed(module) || strstr(base_name(module), ".so") != NULL;
}

/* The module that the path began in: the outermost with a line that is no
   installed library's, or else the program; NULL where a walk ended in a
   library. */
static const char *home_of(const struct ls_path *path) {
  const char *any = NULL;
  for (size_t i = path->n; i-- > 0;) {
    const struct leakslope_frame *frame = &path->frames[i];
    if (!frame->module || is_system(frame->module)) continue;
    if (frame->filename && !is_installed(frame->module)) return frame->module;
    if (!any && !is_library(frame->module)) any = frame->module;
  }
  return any;
}

static int is_own(const struct leakslope_frame *frame, const char *home) {
  if (is_system_frame(frame)) return 0;
  if (same_module(frame->module, home)) return 1;
  if (!frame->module && !home) return 1; /* of no path is more known */
  return frame->filename && !(frame->module && is_installed(frame->module));
}

int ls_callsite_is_own(const struct ls_path *path, size_t at) {
  return is_own(&path->frames[at], home_of(path));
}

int ls_callsite_is_ours(const struct leakslope_frame *frame) {
  return frame->module && begins(base_name(frame->module), "libleakslope");
}

size_t ls_callsite_foreign(const struct ls_path *path) {
  for (size_t i = 0; i < path->n; i++)
    if (!is_system_frame(&path->frames[i])) return i;
  return 0;
}

size_t ls_callsite_outermost(const struct ls_path *path) {
  const char *home = home_of(path);
  size_t any = path->n;
  for (size_t i = path->n; i-- > 0;) {
    if (!is_own(&path->frames[i], home)) continue;
    if (path->frames[i].filename) return i;
    if (any == path->n) any = i;
  }
  return any;
}

/* A part of an allocator: of the next frames of the program's own one returns
   any bytes, and is known to. */
static int serves_allocator(const struct ls_path *path, size_t at,
                            const char *home, size_t last) {
  enum { NEXT = 2 };
  unsigned seen = 0;
  for (size_t i = at + 1; i < last && seen < NEXT; i++) {
    if (!is_own(&path->frames[i], home)) continue;
    seen++;
    if (path->shapes && (path->shapes[i] & LS_SHAPE_RESULT) == LS_SHAPE_BLOCK &&
        ls_callsite_hands_on(path, i))
      return 1;
  }
  return 0;
}

/* The outermost allocates for nobody, whatever it is called. */
size_t ls_callsite_named(const struct ls_path *path, size_t first) {
  const char *home = home_of(path);
  size_t last = ls_callsite_outermost(path);
  if (last == path->n) return last;
  for (size_t i = first; i < last; i++)
    if (is_own(&path->frames[i], home) && !ls_callsite_hands_on(path, i) &&
        !serves_allocator(path, i, home, last))
      return i;
  return last;
}
