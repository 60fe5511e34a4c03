/* SPDX-License-Identifier: MIT */
/* Lists the functions that allocate, and recognizes wrappers of them. */
#include "cli/sites/allocators.h"

#include <string.h>

#include "callsite/callsite.h"

/* A symbol, and the name in the source where that is another one. */
struct known {
  const char *symbol;
  const char *name;
};

/* Left out is what gives something back only sometimes (realpath, getcwd): its
   calls could never all be seen to allocate. */
static const struct known malloc_names[] = {
    {"malloc", NULL},
    {"calloc", NULL},
    {"realloc", NULL},
    {"reallocarray", NULL},
    {"posix_memalign", NULL},
    {"aligned_alloc", NULL},
    {"memalign", NULL},
    {"valloc", NULL},
    {"pvalloc", NULL},
    {"strdup", NULL},
    {"__strdup", "strdup"},
    {"strndup", NULL},
    {"__strndup", "strndup"},
    {"wcsdup", NULL},
    {"asprintf", NULL},
    {"__asprintf", "asprintf"},
    {"__asprintf_chk", "asprintf"},
    {"vasprintf", NULL},
    {"__vasprintf_chk", "vasprintf"},
    {"getline", NULL},
    {"getdelim", NULL},
    {"__getdelim", "getdelim"},
    {"open_memstream", NULL},
    {"open_wmemstream", NULL},
    {"fmemopen", NULL},
    {"fdopen", NULL},
    {"fdopendir", NULL},
    {"fts_open", NULL},
    {"fts64_open", "fts_open"},
    {"scandir", NULL},
    {"scandir64", "scandir"},
    {"getaddrinfo", NULL},
    {"getifaddrs", NULL},
    {"if_nameindex", NULL},
    {"backtrace_symbols", NULL},
    {"tempnam", NULL},
    {"regcomp", NULL},
    {"newlocale", NULL},
    {"iconv_open", NULL},
};

static const struct known fd_names[] = {
    {"open", NULL},
    {"open64", "open"},
    {"__open_2", "open"},
    {"__open64_2", "open"},
    {"openat", NULL},
    {"openat64", "openat"},
    {"__openat_2", "openat"},
    {"__openat64_2", "openat"},
    {"creat", NULL},
    {"creat64", "creat"},
    {"dup", NULL},
    {"dup2", NULL},
    {"dup3", NULL},
    {"pipe", NULL},
    {"pipe2", NULL},
    {"socket", NULL},
    {"socketpair", NULL},
    {"accept", NULL},
    {"accept4", NULL},
    {"eventfd", NULL},
    {"epoll_create", NULL},
    {"epoll_create1", NULL},
    {"timerfd_create", NULL},
    {"signalfd", NULL},
    {"inotify_init", NULL},
    {"inotify_init1", NULL},
    {"memfd_create", NULL},
    {"mkstemp", NULL},
    {"mkstemp64", "mkstemp"},
    {"mkostemp", NULL},
    {"mkostemp64", "mkostemp"},
    {"fopen", NULL},
    {"fopen64", "fopen"},
    {"tmpfile", NULL},
    {"tmpfile64", "tmpfile"},
    {"popen", NULL},
    {"opendir", NULL},
    {"shm_open", NULL},
};

static const struct known mmap_names[] = {
    {"mmap", NULL}, {"mmap64", "mmap"}, {"mremap", NULL}};

static const struct known thread_names[] = {{"pthread_create", NULL},
                                            {"thrd_create", NULL}};

static const struct known timer_names[] = {{"timer_create", NULL}};

static const struct known shm_names[] = {{"shmat", NULL}};

#define LIST(names) \
  { (names), sizeof(names) / sizeof *(names) }
static const struct {
  const struct known *names;
  size_t n;
} lists[] = {
    [LEAKSLOPE_DOMAIN_MALLOC] = LIST(malloc_names),
    [LEAKSLOPE_DOMAIN_FD] = LIST(fd_names),
    [LEAKSLOPE_DOMAIN_MMAP] = LIST(mmap_names),
    [LEAKSLOPE_DOMAIN_THREAD] = LIST(thread_names),
    [LEAKSLOPE_DOMAIN_TIMER] = LIST(timer_names),
    [LEAKSLOPE_DOMAIN_SHM] = LIST(shm_names),
};

static int find_listed(const char *symbol, struct cli_allocator *found) {
  for (size_t domain = 0; domain < sizeof lists / sizeof *lists; domain++)
    for (size_t i = 0; i < lists[domain].n; i++) {
      const struct known *known = &lists[domain].names[i];
      if (strcmp(known->symbol, symbol)) continue;
      found->name = known->name ? known->name : known->symbol;
      found->domain = (enum leakslope_domain)domain;
      return 1;
    }
  return 0;
}

static const char *find_wrapper(const struct cli_wrappers *more,
                                const char *symbol) {
  if (!strncmp(symbol, "_Znw", 4)) return "operator new";
  if (!strncmp(symbol, "_Zna", 4)) return "operator new[]";
  for (size_t i = 0; i < more->n; i++)
    if (!strcmp(symbol, more->names[i])) return more->names[i];
  return ls_callsite_wrapper(symbol);
}

int cli_allocator_find(const struct cli_wrappers *more, const char *symbol,
                       int is_own, struct cli_allocator *found) {
  char name[256];
  size_t n = strcspn(symbol, "@.");
  if (!n || n >= sizeof name) return 0;
  memcpy(name, symbol, n);
  name[n] = '\0';
  if (!is_own && find_listed(name, found)) return 1;
  found->name = find_wrapper(more, name);
  found->domain = LEAKSLOPE_DOMAIN_MALLOC;
  return found->name != NULL;
}
