/* SPDX-License-Identifier: MIT */
/* Chooses the frame of a call path that is to blame for the allocation. */
#include <link.h>
#include <string.h>

#include "callsite/callsite.h"

/* Libraries whose frames never are the place to blame: they allocate for
   whoever called them. */
static const char *const system_libraries[] = {
    "libc.so",    "libc-",    "ld-linux",     "libleakslope",
    "libpthread", "libdl.so", "libstdc++.so", "libunwind.so"};

/* Functions that allocate for their caller and hand the block on. */
static const char *const wrappers[] = {
    "malloc", "calloc", "realloc", "reallocarray", "strdup", "strndup",
    "xmalloc", "xcalloc", "xzalloc", "zalloc", "xrealloc", "xreallocarray",
    "xstrdup", "xstrndup", "xmemdup", "xasprintf", "g_malloc", "g_malloc0",
    "g_malloc_n", "g_malloc0_n", "g_try_malloc", "g_try_malloc0", "g_realloc",
    "g_realloc_n", "g_strdup", "g_strndup", "g_strdup_printf", "g_memdup",
    "g_memdup2", "g_slice_alloc", "g_slice_alloc0", "talloc_strdup",
    "mem_alloc", "safe_malloc", "safe_calloc", "safe_realloc", "emalloc",
    "ecalloc", "erealloc", "estrdup", "checked_malloc", "my_malloc", "o_malloc",
    "operator new",
    /* servers': Redis and Valkey, nginx */
    "zmalloc", "zcalloc", "zrealloc", "zstrdup", "zmalloc_usable",
    "zcalloc_usable", "zrealloc_usable", "zcalloc_num", "ztrymalloc",
    "ztrycalloc", "ztryrealloc", "ztrymalloc_usable", "ngx_alloc", "ngx_calloc",
    "ngx_memalign", "ngx_palloc", "ngx_pnalloc", "ngx_pcalloc",
    "ngx_palloc_small", "ngx_palloc_block", "ngx_palloc_large", "ngx_pmemalign",
    "ngx_create_pool"};

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

static int is_skipped(uintptr_t pc) {
  for (size_t i = 0; i < skipped.n; i++)
    if (pc >= skipped.at[i].begin && pc < skipped.at[i].end) return 1;
  return 0;
}

uintptr_t ls_callsite_of(const uintptr_t *pcs, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!is_skipped(pcs[i])) return pcs[i];
  return n ? pcs[0] : 0;
}

const char *ls_callsite_wrapper(const char *function) {
  for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
    if (!strcmp(function, wrappers[i])) return wrappers[i];
  return NULL;
}

static int is_wrapper(const struct leakslope_frame *frame) {
  if (frame->module && is_system(frame->module)) return 1;
  /* A header of the system's, inlined into the program: getline, asprintf */
  if (frame->inlined && frame->filename &&
      !strncmp(frame->filename, "/usr/include/", 13))
    return 1;
  return frame->function && ls_callsite_wrapper(frame->function);
}

size_t ls_callsite_named(const struct leakslope_frame *frames, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!is_wrapper(&frames[i])) return i;
  return 0;
}
