/* SPDX-License-Identifier: MIT */
/*
 * A sink that believes nothing: the traceback of every allocation, as the
 * tracer gives it, against libunwind's step by step walk and against libgcc's
 * unwinder.  With the hooks it makes a library to be preloaded into any
 * program; at exit it adds a line to the file named by LS_DIFFERENTIAL_LOG.
 * With LS_DIFFERENTIAL_EVERY=N only one traceback of N is compared.
 */
#define UNW_LOCAL_ONLY
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libunwind.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

#include "interpose/hooks.h"
#include "interpose/sink.h"
#include "platform/guard.h"
#include "platform/thread.h"
#include "traceback/intern.h"
#include "traceback/unwind.h"

enum { FRAMES = 64, OWN = 24 };

int ls_sink_wanted;

static struct {
  unsigned long allocations, frames, wrong, apart, seen, every;
  uint32_t ndone;
  _Unwind_Reason_Code (*backtrace)(_Unwind_Trace_Fn, void *);
  int (*getcontext)(unw_context_t *);
  int (*init)(unw_cursor_t *, unw_context_t *);
  int (*step)(unw_cursor_t *);
  int (*get_reg)(unw_cursor_t *, int, unw_word_t *);
} differ;

struct path {
  size_t n;
  uintptr_t pcs[FRAMES + OWN];
};

static _Unwind_Reason_Code take(struct _Unwind_Context *context, void *arg) {
  struct path *path = arg;
  if (path->n == FRAMES + OWN) return _URC_END_OF_STACK;
  int before = 0;
  path->pcs[path->n++] = _Unwind_GetIPInfo(context, &before);
  return _URC_NO_REASON;
}

static __attribute__((noinline)) void by_libgcc(struct path *path) {
  path->n = 0;
  differ.backtrace(take, path);
}

static __attribute__((noinline)) void by_libunwind(struct path *path) {
  unw_context_t context;
  unw_cursor_t cursor;
  unw_word_t pc;
  path->n = 0;
  differ.getcontext(&context);
  if (differ.init(&cursor, &context)) return;
  do {
    if (differ.get_reg(&cursor, UNW_REG_IP, &pc) || !pc) break;
    path->pcs[path->n++] = pc;
  } while (path->n < FRAMES + OWN && differ.step(&cursor) > 0);
}

/* The path from `pc` outward, at most FRAMES long. */
static struct path from(const struct path *whole, uintptr_t pc) {
  struct path path = {0};
  size_t i = 0;
  while (i < whole->n && whole->pcs[i] != pc) i++;
  for (; i < whole->n && path.n < FRAMES; i++)
    if (whole->pcs[i]) path.pcs[path.n++] = whole->pcs[i];
  return path;
}

static int same(const struct path *a, const struct path *b) {
  return a->n == b->n && !memcmp(a->pcs, b->pcs, a->n * sizeof a->pcs[0]);
}

static void show(const char *name, const struct path *path) {
  char line[32 * FRAMES];
  int n = snprintf(line, sizeof line, "%s %zu:", name, path->n);
  for (size_t i = 0; i < path->n && n < (int)sizeof line - 20; i++)
    n += snprintf(line + n, sizeof line - (size_t)n, " %lx",
                  (unsigned long)path->pcs[i]);
  line[n++] = '\n';
  (void)!write(2, line, (size_t)n);
}

static void compare(const uintptr_t *record) {
  int owner = ls_owner;
  ls_owner = LS_OWNER_API; /* the oracles may allocate */
  struct path ours = {0}, whole;
  uint32_t site = ls_unwind_site(record, FRAMES);
  if (__atomic_fetch_add(&differ.seen, 1, __ATOMIC_RELAXED) % differ.every) {
    ls_owner = owner;
    return;
  }
  ours.n = ls_intern_path(site, ours.pcs, FRAMES);
  by_libgcc(&whole);
  struct path gcc = from(&whole, record[1]);
  by_libunwind(&whole);
  struct path unw = from(&whole, record[1]);
  __atomic_add_fetch(&differ.allocations, 1, __ATOMIC_RELAXED);
  __atomic_add_fetch(&differ.frames, ours.n, __ATOMIC_RELAXED);
  /* Where code has no tables the two oracles part: one of them must agree. */
  int apart = !same(&gcc, &unw);
  if (apart) __atomic_add_fetch(&differ.apart, 1, __ATOMIC_RELAXED);
  if (!same(&ours, &gcc) && !(apart && same(&ours, &unw)) &&
      __atomic_add_fetch(&differ.wrong, 1, __ATOMIC_RELAXED) <= 3) {
    show("ours    ", &ours);
    show("libgcc  ", &gcc);
    show("libunwind", &unw);
  }
  ls_owner = owner;
}

void ls_sink_alloc(void *block, size_t size, size_t usable,
                   const uintptr_t *record) {
  (void)block;
  (void)size;
  (void)usable;
  compare(record);
}

void *ls_sink_alloc_usual(void *block, size_t size, size_t usable,
                          const uintptr_t *record) {
  ls_sink_alloc(block, size, usable, record);
  ls_hand_to(LS_OWNER_HOST);
  return block;
}

int ls_sink_free(void *block, size_t usable) {
  (void)block;
  (void)usable;
  return 1;
}

int ls_sink_free_usual(void *block, size_t usable) {
  return ls_sink_free(block, usable);
}

void ls_sink_unknown(void) {}

struct ls_block ls_sink_lift(void *block, size_t usable) {
  (void)block;
  (void)usable;
  return (struct ls_block){0};
}

void ls_sink_move(struct ls_block old, void *block, size_t size, size_t usable,
                  const uintptr_t *record, int failed) {
  (void)old;
  (void)block;
  (void)size;
  (void)usable;
  if (!failed) compare(record);
}

void ls_sink_fd_open(int fd, const uintptr_t *record) {
  (void)fd;
  (void)record;
}
void ls_sink_fd_close(int fd) { (void)fd; }
void ls_sink_unloaded(void) { ls_unwind_flush(); }

void ls_sink_fork_handlers(void) {}
void ls_sink_forked(int child, const uintptr_t *record) {
  (void)child;
  (void)record;
}
void ls_sink_missed(void) {}
int ls_sink_jumps(const uintptr_t *record, uintptr_t target) {
  (void)record;
  (void)target;
  return 0;
}

/* For a signal handler, which may not allocate. */
__attribute__((visibility("default"), noinline)) void ls_differential_probe(
    void) {
  if (ls_owner != LS_OWNER_HOST || !ls_sink_wanted) return;
  ls_owner = LS_OWNER_HOOK;
  compare(__builtin_frame_address(0));
  ls_owner = LS_OWNER_HOST;
}

static int load(void) {
  void *gcc = dlopen("libgcc_s.so.1", RTLD_NOW | RTLD_LOCAL);
  void *unw = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
  if (!gcc || !unw) return 0;
  *(void **)(void *)&differ.backtrace = dlsym(gcc, "_Unwind_Backtrace");
  *(void **)(void *)&differ.getcontext = dlsym(unw, "_Ux86_64_getcontext");
  *(void **)(void *)&differ.init = dlsym(unw, "_ULx86_64_init_local");
  *(void **)(void *)&differ.step = dlsym(unw, "_ULx86_64_step");
  *(void **)(void *)&differ.get_reg = dlsym(unw, "_ULx86_64_get_reg");
  return differ.backtrace && differ.getcontext && differ.init && differ.step &&
         differ.get_reg;
}

/* A forked child counts for itself. */
static void in_child(void) {
  ls_intern_after_fork();
  ls_thread_after_fork();
  differ.allocations = differ.frames = differ.wrong = differ.apart = 0;
}

__attribute__((constructor)) static void begin(void) {
  const char *cause;
  int before = ls_guard_enter();
  const char *every = getenv("LS_DIFFERENTIAL_EVERY");
  differ.every = every ? strtoul(every, NULL, 10) : 1;
  if (!differ.every) differ.every = 1;
  ls_hooks_resolve();
  if (load() && !ls_unwind_init(&cause)) {
    pthread_atfork(ls_intern_before_fork, ls_intern_after_fork, in_child);
    ls_sink_wanted = 1;
  }
  ls_guard_leave(before);
}

__attribute__((destructor)) static void end(void) {
  const char *log = getenv("LS_DIFFERENTIAL_LOG");
  char line[200];
  ls_sink_wanted = 0;
  if (!log) return;
  int n = snprintf(line, sizeof line,
                   "%s allocations %lu frames %lu mismatches %lu apart %lu\n",
                   program_invocation_short_name, differ.allocations,
                   differ.frames, differ.wrong, differ.apart);
  int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd >= 0) (void)!write(fd, line, (size_t)n);
}
