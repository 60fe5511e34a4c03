/* SPDX-License-Identifier: MIT */
/*
 * How deep a hook goes into the stack: each call is made on a stack that was
 * painted, by the hook and by the function behind it.  A hook may take 1 KiB
 * more, at a call path that it meets for the first time, and at the first call
 * of all, too.  The operators of C++ are compared with libc's malloc and free,
 * as those of libstdc++ call ours.
 * usage: depth PLUGIN; says "alive" at its end
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { SIZE = 256 * 1024, PAINT = 0xa5, MOST = 1024, PATHS = 6, PAGE = 4096 };

static char *stack;
static ucontext_t back, coroutine;

/* The functions, as ours or as those behind them. */
static struct {
  void *(*malloc)(size_t);
  void *(*calloc)(size_t, size_t);
  void *(*realloc)(void *, size_t);
  void (*free)(void *);
  int (*posix_memalign)(void **, size_t, size_t);
  int (*open)(const char *, int, ...);
  int (*close)(int);
  int (*eventfd)(unsigned, int);
  int (*dup)(int);
  int (*pipe)(int *);
  int (*socketpair)(int, int, int, int *);
  FILE *(*fopen)(const char *, const char *);
  int (*fclose)(FILE *);
  void *(*mmap)(void *, size_t, int, int, int, off_t);
  int (*munmap)(void *, size_t);
  int (*timer_create)(clockid_t, struct sigevent *, timer_t *);
  int (*timer_delete)(timer_t);
  void *(*mremap)(void *, size_t, size_t, int, ...);
  int (*pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
                        void *);
  int (*pthread_join)(pthread_t, void **);
  int (*pthread_detach)(pthread_t);
  int (*dlclose)(void *);
  void *(*_Znwm)(size_t); /* operator new, and delete */
  void (*_ZdlPv)(void *);
} call;

static void *volatile kept;

static void by_malloc(void) { call.free(kept = call.malloc(100)); }
static void by_calloc(void) { call.free(kept = call.calloc(3, 100)); }
static void by_realloc(void) {
  kept = call.realloc(NULL, 10);
  call.free(kept = call.realloc(kept, 5000));
}
static void by_posix_memalign(void) {
  void *block = NULL;
  if (call.posix_memalign(&block, 64, 100)) abort();
  call.free(block);
}
static void by_open(void) { call.close(call.open("/dev/null", O_RDONLY)); }
static void by_eventfd(void) { call.close(call.eventfd(0, 0)); }
static void by_dup(void) { call.close(call.dup(1)); }
static void by_pipe(void) {
  int fds[2];
  if (call.pipe(fds)) abort();
  call.close(fds[0]);
  call.close(fds[1]);
}
static void by_socketpair(void) {
  int fds[2];
  if (call.socketpair(AF_UNIX, SOCK_STREAM, 0, fds)) abort();
  call.close(fds[0]);
  call.close(fds[1]);
}
static void by_fopen(void) { call.fclose(call.fopen("/dev/null", "r")); }
static void by_mmap(void) {
  call.munmap(
      call.mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      PAGE);
}
static void by_timer(void) {
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  timer_t timer;
  if (!call.timer_create(CLOCK_MONOTONIC, &event, &timer))
    call.timer_delete(timer);
}

static void by_mremap(void) {
  void *pages =
      call.mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pages = call.mremap(pages, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
  call.munmap(pages, 2 * PAGE);
}

static void *ends(void *arg) { return arg; }

static void by_pthread_join(void) {
  pthread_t thread;
  if (!call.pthread_create(&thread, NULL, ends, NULL))
    call.pthread_join(thread, NULL);
}

static void by_pthread_detach(void) {
  pthread_t thread;
  if (!call.pthread_create(&thread, NULL, ends, NULL))
    call.pthread_detach(thread);
}

static const char *plugin;
static void *library; /* that was loaded for the call */

static void by_dlclose(void) { call.dlclose(library); }

static void by_new(void) { call._ZdlPv(kept = call._Znwm(100)); }

#define ALL(X)      \
  X(malloc)         \
  X(calloc)         \
  X(realloc)        \
  X(free)           \
  X(posix_memalign) \
  X(open)           \
  X(close)          \
  X(eventfd)        \
  X(dup)            \
  X(pipe)           \
  X(socketpair)     \
  X(fopen)          \
  X(fclose)         \
  X(mmap)           \
  X(munmap)         \
  X(timer_create)   \
  X(timer_delete)   \
  X(mremap)         \
  X(pthread_create) \
  X(pthread_join) X(pthread_detach) X(dlclose) X(_Znwm) X(_ZdlPv)

static void choose(void *from) {
#define CHOOSE(name) *(void **)(void *)&call.name = dlsym(from, #name);
  ALL(CHOOSE)
  if (call._Znwm && call._ZdlPv) return; /* libc has none */
  call._Znwm = call.malloc;
  call._ZdlPv = call.free;
}

/* New paths all the time: the long way of each hook. */
static unsigned path;
static void (*what)(void);

static __attribute__((noinline)) void choose_path(unsigned bits, int depth) {
  if (!depth)
    what();
  else if (bits & 1)
    choose_path(bits >> 1, depth - 1);
  else
    choose_path(bits >> 1, depth - 1);
  __asm__ volatile("");
}

static void job(void) { choose_path(path++, 8); }

static size_t depth_of(void) {
  if (what == by_dlclose) library = dlopen(plugin, RTLD_NOW);
  memset(stack, PAINT, SIZE);
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = stack;
  coroutine.uc_stack.ss_size = SIZE;
  coroutine.uc_link = &back;
  makecontext(&coroutine, job, 0);
  swapcontext(&back, &coroutine);
  size_t at = 0;
  while (at < SIZE && (unsigned char)stack[at] == PAINT) at++;
  return SIZE - at;
}

static size_t deepest(void *from) {
  size_t most = 0;
  choose(from);
  for (int i = 0; i < PATHS; i++) {
    size_t depth = depth_of();
    if (depth > most) most = depth;
  }
  return most;
}

static int check(const char *name, void (*function)(void)) {
  void *libc = dlopen("libc.so.6", RTLD_NOLOAD | RTLD_NOW);
  what = function;
  (void)deepest(libc); /* what libc does at first only */
  size_t plain = deepest(libc);
  size_t traced = deepest(RTLD_DEFAULT);
  int good = traced <= plain + MOST;
  printf("%-16s plain %5zu, traced %5zu: %ld more%s\n", name, plain, traced,
         (long)traced - (long)plain, good ? "" : ", too many");
  return good;
}

static int check_all(void) {
  int good = 1;
#define CHECK(name) good &= check(#name, by_##name);
  CHECK(malloc)
  CHECK(calloc)
  CHECK(realloc)
  CHECK(posix_memalign)
  CHECK(open)
  CHECK(eventfd)
  CHECK(dup)
  CHECK(pipe)
  CHECK(socketpair)
  CHECK(fopen)
  CHECK(mmap)
  CHECK(timer)
  CHECK(mremap)
  CHECK(pthread_join)
  CHECK(pthread_detach)
  CHECK(dlclose)
  if (dlsym(RTLD_NEXT, "_Znwm")) CHECK(new)
  return good;
}

/* Where libstdc++ binds its calls lazily, the dynamic linker needs room. */
static void bind_operators(void) {
  void *runtime = dlopen("libstdc++.so.6", RTLD_NOLOAD | RTLD_NOW);
  if (!runtime) return;
  choose(runtime);
  by_new();
}

/* In a thread that never allocated, too. */
static void *in_thread(void *arg) {
  *(int *)arg = check_all();
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t thread;
  int in_main, there = 0;
  if (argc != 2) return 1;
  bind_operators();
  plugin = argv[1];
  stack = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
               -1, 0);
  if (stack == MAP_FAILED) return 1;
  in_main = check_all();
  if (pthread_create(&thread, NULL, in_thread, &there)) return 1;
  pthread_join(thread, NULL);
  if (in_main && there) puts("alive");
  return !in_main || !there;
}
