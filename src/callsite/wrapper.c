/* SPDX-License-Identifier: MIT */
/* Knows the functions that allocate for their caller and hand the block on: by
   their name, and by what they return and take. */
#include <string.h>
#include <strings.h>

#include "callsite/callsite.h"
#include "symbolize/shape.h"

/* Those whose names say nothing by themselves, and those that another part of
   the library asks for. */
static const char *const wrappers[] = {
    "malloc", "calloc", "realloc", "reallocarray", "strdup", "strndup",
    "xmalloc", "xcalloc", "xzalloc", "zalloc", "xrealloc", "xreallocarray",
    "xstrdup", "xstrndup", "xmemdup", "xasprintf", "g_malloc", "g_malloc0",
    "g_malloc_n", "g_malloc0_n", "g_try_malloc", "g_try_malloc0", "g_realloc",
    "g_realloc_n", "g_strdup", "g_strndup", "g_strdup_printf", "g_memdup",
    "g_memdup2", "g_slice_alloc", "g_slice_alloc0", "talloc_strdup",
    "mem_alloc", "safe_malloc", "safe_calloc", "safe_realloc", "emalloc",
    "ecalloc", "erealloc", "estrdup", "checked_malloc", "my_malloc", "o_malloc",
    "operator new", "operator new[]",
    /* of streams and descriptors */
    "xopen", "xfopen", "xfdopen", "xdup", "xsocket", "xpipe", "xopendir",
    "xmmap", "safe_open", "safe_fopen",
    /* servers': Redis and Valkey, nginx */
    "zmalloc", "zcalloc", "zrealloc", "zstrdup", "zmalloc_usable",
    "zcalloc_usable", "zrealloc_usable", "zcalloc_num", "ztrymalloc",
    "ztrycalloc", "ztryrealloc", "ztrymalloc_usable", "ngx_alloc", "ngx_calloc",
    "ngx_memalign", "ngx_palloc", "ngx_pnalloc", "ngx_pcalloc",
    "ngx_palloc_small", "ngx_palloc_block", "ngx_palloc_large", "ngx_pmemalign",
    "ngx_create_pool"};

const char *ls_callsite_wrapper(const char *function) {
  for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
    if (!strcmp(function, wrappers[i])) return wrappers[i];
  return NULL;
}

/* ---- names --------------------------------------------------------------- */

/* Without the scope of C++. */
static const char *last_part(const char *function) {
  const char *at = function, *next;
  while ((next = strstr(at, "::"))) at = next + 2;
  return at;
}

/* "alloc", but neither what gives back nor what is an object itself. */
static int says_alloc(const char *name) {
  for (const char *at = name; (at = strcasestr(at, "alloc")); at++) {
    int gives_back = at - name >= 2 && !strncasecmp(at - 2, "de", 2);
    const char *end = at + 5;
    if (!gives_back && strncasecmp(end, "ator", 4) != 0 &&
        strncasecmp(end, "ated", 4) != 0)
      return 1;
  }
  return 0;
}

static int is_small(char c) { return c >= 'a' && c <= 'z'; }

/* A copy of its own: "strdup", "dup_key", "duplicate", "bufDup2". */
static int says_copy(const char *name) {
  for (const char *at = name; (at = strcasestr(at, "dup")); at++)
    if (!is_small(at[3]) || (!strncmp(at + 3, "licate", 6) && !is_small(at[9])))
      return 1;
  return 0;
}

/* ---- shapes -------------------------------------------------------------- */

static unsigned shape_of(const struct ls_path *path, size_t at) {
  return path->shapes ? path->shapes[at] : LS_SHAPE_UNKNOWN;
}

static unsigned result_of(unsigned shape) { return shape & LS_SHAPE_RESULT; }

static int returns_block(unsigned shape) {
  return result_of(shape) >= LS_SHAPE_BLOCK;
}

/* A function that returns nothing and has nothing to put a block into keeps
   it, whatever it is called. */
static int can_hand_on(unsigned shape) {
  return result_of(shape) == LS_SHAPE_UNKNOWN || returns_block(shape) ||
         (shape & LS_SHAPE_TAKES_OBJECT);
}

/* void *grab(size_t size): any bytes, and so many. */
static int is_by_shape(unsigned shape) {
  if (result_of(shape) != LS_SHAPE_BLOCK) return 0;
  if (shape & LS_SHAPE_TAKES_SIZE) return 1;
  return (shape & LS_SHAPE_TAKES_NUMBER) && !(shape & LS_SHAPE_TAKES_OBJECT);
}

int ls_callsite_hands_on(const struct ls_path *path, size_t at) {
  const char *function = path->frames[at].function;
  unsigned shape = shape_of(path, at);
  if (is_by_shape(shape)) return 1;
  if (!function) return 0;
  const char *name = last_part(function);
  if (!strncmp(name, "__wrap_", 7) || ls_callsite_wrapper(name)) return 1;
  if (says_alloc(name)) return can_hand_on(shape);
  return says_copy(name) &&
         (result_of(shape) == LS_SHAPE_UNKNOWN || returns_block(shape));
}

/* ---- streams ------------------------------------------------------------- */

static int is_among(const char *function, const char *const *names, size_t n) {
  for (size_t i = 0; function && i < n; i++)
    if (!strcmp(function, names[i])) return 1;
  return 0;
}

enum ls_stream_part ls_callsite_stream(const struct leakslope_frame *frames,
                                       size_t n) {
  static const char *const buffers[] = {"_IO_file_doallocate", "_IO_doallocbuf",
                                        "_IO_wfile_doallocate",
                                        "_IO_wdoallocbuf"};
  static const char *const openers[] = {
      "fopen",       "fopen64",        "_IO_fopen",      "_IO_new_fopen",
      "fdopen",      "_IO_fdopen",     "_IO_new_fdopen", "__fopen_internal",
      "freopen",     "freopen64",      "tmpfile",        "tmpfile64",
      "popen",       "_IO_popen",      "_IO_new_popen",  "fmemopen",
      "fopencookie", "_IO_fopencookie"};
  for (size_t i = 0; i < n; i++) {
    const char *function = frames[i].function;
    if (is_among(function, buffers, sizeof buffers / sizeof *buffers))
      return LS_STREAM_BUFFER;
    if (is_among(function, openers, sizeof openers / sizeof *openers))
      return LS_STREAM_ITSELF;
  }
  return LS_NO_STREAM;
}
