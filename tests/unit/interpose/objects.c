/* SPDX-License-Identifier: MIT */
/* Victims of the hooks of mappings, threads and fork. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "interpose/sink.h"
#include "platform/guard.h"
#include "told.h"

enum { PAGE = 4096 };

/* What the sink was told of objects since listen_now(). */
static struct {
  const void *pages;
  size_t size;
  const void *gone;
  size_t gone_size;
  uint64_t before;
  struct ls_remapped re;
  int maps, unmaps, remaps;
} objects;

void forget_objects(void) { memset(&objects, 0, sizeof objects); }

/* ---- many descriptors at once -------------------------------------------- */

static unsigned closed_from, closed_to;

void ls_sink_fds_close(unsigned first, unsigned last) {
  closed_from = first;
  closed_to = last;
}

void victim_close_range(void) {
  unsigned fd = (unsigned)dup(0);
  closed_from = closed_to = 0;
  listen_now();
  ck_assert_int_eq(close_range(fd, fd + 1, CLOSE_RANGE_CLOEXEC), 0);
  ck_assert_uint_eq(closed_to, 0);
  ck_assert_int_eq(close_range(fd, fd + 1, 0), 0);
  stop_listening();
  ck_assert_uint_eq(closed_from, fd);
  ck_assert_uint_eq(closed_to, fd + 1);
}

void victim_closefrom(void) {
  int fd = fcntl(0, F_DUPFD, 200);
  listen_now();
  closefrom(fd);
  stop_listening();
  ck_assert_uint_eq(closed_from, (unsigned)fd);
  ck_assert_uint_eq(closed_to, UINT_MAX);
}

/* ---- mappings ------------------------------------------------------------ */

static uint64_t now;

uint64_t ls_sink_map_now(void) { return ++now; }

void ls_sink_map(const void *pages, size_t size, const uintptr_t *record) {
  (void)record;
  objects.pages = pages;
  objects.size = size;
  objects.maps++;
}

void ls_sink_unmap(const void *pages, size_t size, uint64_t before) {
  objects.gone = pages;
  objects.gone_size = size;
  objects.before = before;
  objects.unmaps++;
}

void ls_sink_remap(const struct ls_remapped *re, uint64_t before,
                   const uintptr_t *record) {
  (void)record;
  objects.re = *re;
  objects.before = before;
  objects.remaps++;
}

enum { READ_WRITE = PROT_READ | PROT_WRITE };

#define MAPS(call)                             \
  do {                                         \
    listen_now();                              \
    void *pages_ = (call);                     \
    stop_listening();                          \
    ck_assert_ptr_ne(pages_, MAP_FAILED);      \
    ck_assert_int_eq(objects.maps, 1);         \
    ck_assert_ptr_eq(objects.pages, pages_);   \
    ck_assert_uint_eq(objects.size, 2 * PAGE); \
    munmap(pages_, 2 * PAGE);                  \
  } while (0)

static void *two_pages(void) {
  return mmap(NULL, 2 * PAGE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

void victim_mmap(void) {
  MAPS(mmap(NULL, 2 * PAGE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  listen_now();
  ck_assert_ptr_eq(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), MAP_FAILED);
  stop_listening();
  ck_assert_int_eq(objects.maps, 0);
}

void victim_mmap64(void) {
  MAPS(mmap64(NULL, 2 * PAGE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

void victim_munmap(void) {
  void *pages = two_pages();
  listen_now();
  ck_assert_int_lt(munmap((char *)pages + 1, PAGE), 0);
  ck_assert_int_eq(objects.unmaps, 0);
  ck_assert_int_eq(munmap(pages, 2 * PAGE), 0);
  stop_listening();
  ck_assert_int_eq(objects.unmaps, 1);
  ck_assert_ptr_eq(objects.gone, pages);
  ck_assert_uint_eq(objects.gone_size, 2 * PAGE);
  ck_assert_uint_eq(objects.before, now);
}

void victim_mremap(void) {
  char *pages = two_pages(), *place = two_pages();
  listen_now();
  ck_assert_ptr_eq(mremap(pages, 2 * PAGE, SIZE_MAX / 2, 0), MAP_FAILED);
  ck_assert_int_eq(objects.remaps, 0);
  /* the fifth argument arrives */
  void *moved =
      mremap(pages, 2 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place);
  stop_listening();
  ck_assert_ptr_eq(moved, place);
  ck_assert_int_eq(objects.remaps, 1);
  ck_assert_ptr_eq(objects.re.old, pages);
  ck_assert_uint_eq(objects.re.old_size, 2 * PAGE);
  ck_assert_ptr_eq(objects.re.pages, place);
  ck_assert_uint_eq(objects.re.size, PAGE);
  ck_assert_int_eq(objects.re.keeps_old, 0);
  munmap(place, 2 * PAGE);
}

/* ---- threads ------------------------------------------------------------- */

static struct {
  uintptr_t start, started, number, joined, detached;
  uint64_t before;
  int is_detached, created, failed, runs;
} threads;

int ls_sink_thread_created(uintptr_t start, int is_detached,
                           const uintptr_t *record) {
  (void)record;
  threads.start = start;
  threads.is_detached = is_detached;
  threads.created++;
  return 1;
}

void ls_sink_thread_failed(uintptr_t start) {
  ck_assert_uint_eq(start, threads.start);
  threads.failed++;
}

void ls_sink_thread_runs(uintptr_t start, uintptr_t number) {
  threads.started = start;
  threads.number = number;
  threads.runs++;
}

uint64_t ls_sink_thread_now(void) { return ++now; }

void ls_sink_thread_joined(uintptr_t number, uint64_t before) {
  threads.joined = number;
  threads.before = before;
}

void ls_sink_thread_detached(uintptr_t number) { threads.detached = number; }

static void *give_back(void *arg) { return arg; }

static int give_seven(void *arg) { return arg ? 7 : 0; }

static int value;

static pthread_t new_thread(const pthread_attr_t *attributes) {
  pthread_t thread;
  memset(&threads, 0, sizeof threads);
  listen_now();
  ck_assert_int_eq(pthread_create(&thread, attributes, give_back, &value), 0);
  return thread;
}

static void check_joined(pthread_t thread, const void *result) {
  stop_listening();
  ck_assert_ptr_eq(result, &value);
  ck_assert_int_eq(threads.created, 1);
  ck_assert_int_eq(threads.runs, 1);
  ck_assert_uint_eq(threads.started, threads.start);
  ck_assert_uint_eq(threads.number, (uintptr_t)thread);
  ck_assert_uint_eq(threads.joined, (uintptr_t)thread);
  ck_assert_uint_eq(threads.before, now);
}

void victim_pthread_join(void) {
  void *result;
  pthread_t thread = new_thread(NULL);
  ck_assert_int_eq(pthread_join(thread, &result), 0);
  check_joined(thread, result);
}

void victim_pthread_tryjoin_np(void) {
  void *result;
  pthread_t thread = new_thread(NULL);
  while (pthread_tryjoin_np(thread, &result))
    ck_assert_uint_eq(threads.joined, 0); /* one that fails is none */
  check_joined(thread, result);
}

static struct timespec in_a_minute(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  time.tv_sec += 60;
  return time;
}

void victim_pthread_timedjoin_np(void) {
  void *result;
  struct timespec until = in_a_minute(CLOCK_REALTIME);
  pthread_t thread = new_thread(NULL);
  ck_assert_int_eq(pthread_timedjoin_np(thread, &result, &until), 0);
  check_joined(thread, result);
}

void victim_pthread_clockjoin_np(void) {
  void *result;
  struct timespec until = in_a_minute(CLOCK_MONOTONIC);
  pthread_t thread = new_thread(NULL);
  ck_assert_int_eq(
      pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &until), 0);
  check_joined(thread, result);
}

void victim_pthread_create(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  new_thread(&attributes);
  while (!*(volatile int *)&threads.runs) sched_yield();
  stop_listening();
  ck_assert_int_eq(threads.is_detached, 1);
  pthread_attr_destroy(&attributes);
  /* one that cannot be created: its stack lies nowhere */
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, (size_t)1 << 60);
  pthread_t none;
  memset(&threads, 0, sizeof threads);
  listen_now();
  ck_assert_int_ne(pthread_create(&none, &attributes, give_back, NULL), 0);
  stop_listening();
  ck_assert_int_eq(threads.failed, 1);
  pthread_attr_destroy(&attributes);
}

void victim_pthread_detach(void) {
  pthread_t thread = new_thread(NULL);
  ck_assert_int_eq(pthread_detach(thread), 0);
  stop_listening();
  ck_assert_uint_eq(threads.detached, (uintptr_t)thread);
}

static thrd_t new_c11_thread(void) {
  thrd_t thread;
  memset(&threads, 0, sizeof threads);
  listen_now();
  ck_assert_int_eq(thrd_create(&thread, give_seven, &value), thrd_success);
  return thread;
}

void victim_thrd_create(void) { victim_thrd_join(); }

void victim_thrd_join(void) {
  int result;
  thrd_t thread = new_c11_thread();
  ck_assert_int_eq(thrd_join(thread, &result), thrd_success);
  stop_listening();
  ck_assert_int_eq(result, 7);
  ck_assert_int_eq(threads.created, 1);
  ck_assert_uint_eq(threads.number, (uintptr_t)thread);
  ck_assert_uint_eq(threads.joined, (uintptr_t)thread);
}

void victim_thrd_detach(void) {
  thrd_t thread = new_c11_thread();
  ck_assert_int_eq(thrd_detach(thread), thrd_success);
  stop_listening();
  ck_assert_uint_eq(threads.detached, (uintptr_t)thread);
}

/* ---- fork -----------------------------------------------------------------
 */

/* volatile: of pthread_atfork the compiler believes that it calls nobody */
static volatile int handlers, forks;

void ls_sink_fork_handlers(void) { handlers++; }

static void note_fork(void) { forks++; }

static int child_told;

void ls_sink_forked(int child, const uintptr_t *record) {
  ck_assert_ptr_nonnull(record);
  child_told = child;
}

void victim_fork(void) {
  int status = -1;
  child_told = 0;
  listen_now();
  pid_t pid = fork();
  if (!pid) _exit(child_told ? 1 : 0); /* it is told in the parent alone */
  stop_listening();
  ck_assert_int_eq(child_told, pid);
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  ck_assert_int_eq(WEXITSTATUS(status), 0);
}

void victim___register_atfork(void) {
  int status = -1;
  handlers = 0;
  pthread_atfork(note_fork, note_fork, NULL);
  ck_assert_int_eq(handlers, 1);
  pid_t pid = fork();
  if (!pid) _exit(forks);
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  ck_assert_int_eq(WEXITSTATUS(status), 1); /* the one before */
  ck_assert_int_eq(forks, 2);
}

void victim_prctl(void) {
  char name[16] = "";
  ck_assert_int_eq(prctl(PR_SET_NAME, "a_name"), 0);
  ck_assert_int_eq(prctl(PR_GET_NAME, name), 0);
  ck_assert_str_eq(name, "a_name");
  errno = 0;
  ck_assert_int_eq(prctl(-1), -1);
  ck_assert_int_eq(errno, EINVAL);
}

/* ---- children in the parent's memory --------------------------------------
 */

/* Neither tells of its descriptors, and the parent does again. */
static void check_child(pid_t child) {
  int status = -1;
  ck_assert_int_gt(child, 0);
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert_int_eq(status, 0);
  ck_assert_int_eq(told_closed(), -1);
  int fd = dup(0);
  close(fd);
  ck_assert_int_eq(told_closed(), fd);
  stop_listening();
}

static int closes(void *arg) {
  close(dup(0));
  return arg != NULL;
}

void victim_vfork(void) {
  listen_now();
  pid_t child = vfork();
  if (!child) _exit(closes(NULL));
  check_child(child);
}

void victim_clone(void) {
  static _Alignas(64) char stack[64 * 1024];
  listen_now();
  check_child(clone(closes, stack + sizeof stack,
                    CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
  listen_now();
  check_child(clone(closes, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL));
}

/* ---- memory that is locked ------------------------------------------------
 */

void victim_mlockall(void) {
  enum { NO_FLAG = 1 << 20 };
  errno = 0;
  ck_assert_int_eq(mlockall(NO_FLAG), -1);
  ck_assert_int_eq(errno, EINVAL);
  errno = ENOENT;
  if (!mlockall(MCL_CURRENT)) ck_assert_int_eq(errno, ENOENT);
  ck_assert_int_eq(munlockall(), 0);
}

/* A jump gives the thread back where a hook is left behind, and only there. */
#define JUMPED(name)                           \
  void victim_##name(void) {                   \
    sigjmp_buf here;                           \
    listen_now();                              \
    ls_owner = LS_OWNER_HOOK;                  \
    if (!sigsetjmp(here, 0)) name(here, 1);    \
    stop_listening();                          \
    ck_assert_int_eq(ls_owner, LS_OWNER_HOST); \
    if (!sigsetjmp(here, 0)) name(here, 2);    \
    ck_assert_int_eq(ls_owner, LS_OWNER_HOST); \
  }
void __longjmp_chk(struct __jmp_buf_tag[1], int) __attribute__((noreturn));
JUMPED(longjmp)
JUMPED(_longjmp)
JUMPED(siglongjmp)
JUMPED(__longjmp_chk)
