/* SPDX-License-Identifier: MIT */
/*
 * Every hook has a victim: a call of it must reach the sink with the right
 * size or descriptor, and with a caller inside the victim.  The list of hooks
 * makes the list of victims: a hook without one does not compile.
 */
#include <check.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "interpose/hooks.h"
#include "interpose/sink.h"
#include "platform/guard.h"
#include "told.h"

void free_sized(void *pointer, size_t size);
void free_aligned_sized(void *pointer, size_t alignment, size_t size);

/* ---- victims --------------------------------------------------------------
 */

static void *volatile kept;

#define GIVES(call, wanted_size)               \
  listen_now();                                \
  kept = (call);                               \
  stop_listening();                            \
  ck_assert_int_eq(told.allocs, 1);            \
  ck_assert_ptr_eq(told.block, kept);          \
  ck_assert_uint_eq(told.size, wanted_size);   \
  ck_assert_uint_ge(told.usable, wanted_size); \
  free(kept)

static void victim_malloc(void) { GIVES(malloc(100), 100); }
static void victim_calloc(void) { GIVES(calloc(10, 30), 300); }
static void victim_aligned_alloc(void) { GIVES(aligned_alloc(256, 512), 512); }
static void victim_memalign(void) { GIVES(memalign(128, 77), 77); }
static void victim_valloc(void) { GIVES(valloc(50), 50); }
static void victim_pvalloc(void) { GIVES(pvalloc(50), 50); }

static void victim_posix_memalign(void) {
  void *block = NULL;
  GIVES((posix_memalign(&block, 64, 90), block), 90);
  listen_now();
  int rc = posix_memalign(&block, 3, 90);
  stop_listening();
  ck_assert_int_eq(rc, EINVAL);
  ck_assert_int_eq(told.allocs, 0);
}

static void victim_free(void) {
  void *block = kept = malloc(20);
  listen_now();
  free(kept);
  free(NULL);
  stop_listening();
  ck_assert_int_eq(told.frees, 1);
  ck_assert_ptr_eq(told.freed, block);
}

static void victim_free_sized(void) {
  void *block = kept = malloc(20);
  listen_now();
  free_sized(kept, 20);
  stop_listening();
  ck_assert_ptr_eq(told.freed, block);
}

static void victim_free_aligned_sized(void) {
  void *block = kept = aligned_alloc(64, 64);
  listen_now();
  free_aligned_sized(kept, 64, 64);
  stop_listening();
  ck_assert_ptr_eq(told.freed, block);
}

static void victim_realloc(void) {
  void *block = kept = malloc(20);
  listen_now();
  void *bigger = realloc(kept, 5000);
  stop_listening();
  ck_assert_ptr_eq(told.freed, block);
  ck_assert_int_eq(told.moves, 1);
  ck_assert_ptr_eq(told.block, bigger);
  ck_assert_uint_eq(told.size, 5000);
  ck_assert_int_eq(told.failed, 0);
  /* one that fails leaves the block as it was */
  listen_now();
  volatile size_t too_much = SIZE_MAX / 4;
  void *none = realloc(bigger, too_much);
  stop_listening();
  ck_assert_ptr_null(none);
  ck_assert_int_eq(told.failed, 1);
  ck_assert_ptr_eq(told.block, bigger);
  ck_assert_uint_eq(told.size, 11);
  /* to nothing: gone */
  listen_now();
  kept = realloc(bigger, 0);
  stop_listening();
  ck_assert_ptr_null(kept);
  ck_assert_int_eq(told.frees, 1);
  ck_assert_int_eq(told.moves, 0);
  GIVES(realloc(NULL, 40), 40);
}

static void victim_reallocarray(void) {
  kept = malloc(20);
  listen_now();
  kept = reallocarray(kept, 30, 10);
  stop_listening();
  ck_assert_uint_eq(told.size, 300);
  free(kept);
  volatile size_t many = SIZE_MAX / 2;
  errno = 0;
  ck_assert_ptr_null(reallocarray(NULL, many, 3));
  ck_assert_int_eq(errno, ENOMEM);
}

static void victim_malloc_usable_size(void) {
  kept = malloc(100);
  ck_assert_uint_ge(malloc_usable_size(kept), 100);
  ck_assert_uint_eq(malloc_usable_size(NULL), 0);
  free(kept);
}

#define OPENS(call)                        \
  do {                                     \
    listen_now();                          \
    int fd_ = (call);                      \
    stop_listening();                      \
    ck_assert_int_ge(fd_, 0);              \
    ck_assert_int_eq(told.nopened, 1);     \
    ck_assert_int_eq(told.opened[0], fd_); \
    close(fd_);                            \
  } while (0)

#define OPENS_TWO(call)                       \
  do {                                        \
    int fds[2] = {-1, -1};                    \
    listen_now();                             \
    int rc_ = (call);                         \
    stop_listening();                         \
    ck_assert_int_eq(rc_, 0);                 \
    ck_assert_int_eq(told.nopened, 2);        \
    ck_assert_int_eq(told.opened[0], fds[0]); \
    ck_assert_int_eq(told.opened[1], fds[1]); \
    close(fds[0]);                            \
    close(fds[1]);                            \
  } while (0)

static void victim_open(void) {
  OPENS(open("/dev/null", O_RDONLY));
  listen_now();
  ck_assert_int_lt(open("/no/such/file", O_RDONLY), 0);
  stop_listening();
  ck_assert_int_eq(told.nopened, 0);
  /* the mode arrives */
  int fd = open("hooks-mode", O_CREAT | O_WRONLY | O_EXCL, 0400);
  ck_assert_int_ge(fd, 0);
  close(fd);
  ck_assert_int_eq(access("hooks-mode", R_OK), 0);
  unlink("hooks-mode");
}
static void victim_open64(void) { OPENS(open64("/dev/null", O_RDONLY)); }
static void victim_openat(void) {
  OPENS(openat(AT_FDCWD, "/dev/null", O_RDONLY));
}
static void victim_openat64(void) {
  OPENS(openat64(AT_FDCWD, "/dev/null", O_RDONLY));
}
static void victim_creat(void) {
  OPENS(creat("hooks-creat", 0600));
  unlink("hooks-creat");
}
static void victim_creat64(void) {
  OPENS(creat64("hooks-creat", 0600));
  unlink("hooks-creat");
}
static void victim_close(void) {
  int fd = open("/dev/null", O_RDONLY);
  listen_now();
  close(fd);
  stop_listening();
  ck_assert_int_eq(told.closed, fd);
}
static void victim_dup(void) { OPENS(dup(0)); }
static void victim_dup2(void) {
  OPENS(dup2(0, 77));
  int fd = dup(0);
  listen_now();
  dup2(fd, fd); /* opens nothing */
  stop_listening();
  ck_assert_int_eq(told.nopened, 0);
  close(fd);
}
static void victim_dup3(void) { OPENS(dup3(0, 78, O_CLOEXEC)); }
static void victim_pipe(void) { OPENS_TWO(pipe(fds)); }
static void victim_pipe2(void) { OPENS_TWO(pipe2(fds, O_CLOEXEC)); }
static void victim_socket(void) { OPENS(socket(AF_UNIX, SOCK_STREAM, 0)); }
static void victim_socketpair(void) {
  OPENS_TWO(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
}

/* A listening socket on loopback and a connection to it. */
static int connected(int *client) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  int server = socket(AF_INET, SOCK_STREAM, 0);
  ck_assert_int_eq(bind(server, (struct sockaddr *)&address, size), 0);
  ck_assert_int_eq(listen(server, 1), 0);
  getsockname(server, (struct sockaddr *)&address, &size);
  *client = socket(AF_INET, SOCK_STREAM, 0);
  ck_assert_int_eq(connect(*client, (struct sockaddr *)&address, size), 0);
  return server;
}
static void victim_accept(void) {
  int client, server = connected(&client);
  OPENS(accept(server, NULL, NULL));
  close(client);
  close(server);
}
static void victim_accept4(void) {
  int client, server = connected(&client);
  OPENS(accept4(server, NULL, NULL, SOCK_CLOEXEC));
  close(client);
  close(server);
}
static void victim_eventfd(void) { OPENS(eventfd(0, 0)); }
static void victim_epoll_create(void) { OPENS(epoll_create(1)); }
static void victim_epoll_create1(void) { OPENS(epoll_create1(0)); }
static void victim_timerfd_create(void) {
  OPENS(timerfd_create(CLOCK_MONOTONIC, 0));
}
static void victim_signalfd(void) {
  sigset_t none;
  sigemptyset(&none);
  OPENS(signalfd(-1, &none, 0));
}
static void victim_inotify_init(void) { OPENS(inotify_init()); }
static void victim_inotify_init1(void) { OPENS(inotify_init1(0)); }
static void victim_memfd_create(void) { OPENS(memfd_create("x", 0)); }

static void victim_mkstemp(void) {
  char name[] = "hooks-XXXXXX";
  OPENS(mkstemp(name));
  unlink(name);
}
static void victim_mkstemp64(void) {
  char name[] = "hooks-XXXXXX";
  OPENS(mkstemp64(name));
  unlink(name);
}
static void victim_mkostemp(void) {
  char name[] = "hooks-XXXXXX";
  OPENS(mkostemp(name, O_CLOEXEC));
  unlink(name);
}

/* ---- streams ------------------------------------------------------------- */

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);

#define STREAM(open_it, number, close_it) \
  do {                                    \
    listen_now();                         \
    void *stream = (open_it);             \
    stop_listening();                     \
    ck_assert_ptr_nonnull(stream);        \
    int fd = number(stream);              \
    ck_assert_int_eq(told.nopened, 1);    \
    ck_assert_int_eq(told.opened[0], fd); \
    listen_now();                         \
    close_it(stream);                     \
    stop_listening();                     \
    ck_assert_int_eq(told.closed, fd);    \
  } while (0)

static void victim_fopen(void) {
  STREAM(fopen("/dev/null", "r"), fileno, fclose);
}
static void victim_fopen64(void) {
  STREAM(fopen64("/dev/null", "r"), fileno, fclose);
}
static void victim_tmpfile(void) { STREAM(tmpfile(), fileno, fclose); }
static void victim_tmpfile64(void) { STREAM(tmpfile64(), fileno, fclose); }
static void victim_popen(void) { STREAM(popen("true", "r"), fileno, pclose); }
static void victim_fclose(void) { victim_fopen(); }
static void victim_pclose(void) { victim_popen(); }
static void victim_opendir(void) { STREAM(opendir("/"), dirfd, closedir); }
static void victim_closedir(void) { victim_opendir(); }
static void victim_shm_open(void) {
  OPENS(shm_open("/leakslope-hooks", O_CREAT | O_RDWR, 0600));
  shm_unlink("/leakslope-hooks");
}
static void victim_fcntl(void) {
  OPENS(fcntl(0, F_DUPFD, 50));
  listen_now();
  int flags = fcntl(0, F_GETFD);
  stop_listening();
  ck_assert_int_ge(flags, 0);
  ck_assert_int_eq(told.nopened, 0);
}
static void victim_fcntl64(void) { OPENS(fcntl64(0, F_DUPFD_CLOEXEC, 50)); }
static void victim___open_2(void) { OPENS(__open_2("/dev/null", O_RDONLY)); }
static void victim___open64_2(void) {
  OPENS(__open64_2("/dev/null", O_RDONLY));
}
static void victim___openat_2(void) {
  OPENS(__openat_2(AT_FDCWD, "/dev/null", O_RDONLY));
}
static void victim___openat64_2(void) {
  OPENS(__openat64_2(AT_FDCWD, "/dev/null", O_RDONLY));
}

static void victim_dlclose(void) {
  /* a library that nothing else holds */
  void *handle = dlopen("libanl.so.1", RTLD_NOW);
  if (!handle) return;
  void *again = dlopen("libanl.so.1", RTLD_NOW);
  listen_now();
  dlclose(again);
  stop_listening();
  ck_assert_int_eq(told.unloaded, 0); /* still held */
  listen_now();
  dlclose(handle);
  stop_listening();
  ck_assert_int_le(told.unloaded, 1);
}

static const struct {
  const char *name;
  void (*run)(void);
} victims[] = {
#define VICTIM(result, name, parameters) {#name, victim_##name},
    LS_HOOKS(VICTIM)
#undef VICTIM
};
enum { VICTIMS = sizeof victims / sizeof *victims };

START_TEST(the_hook_reaches_the_sink) { victims[_i].run(); }
END_TEST

START_TEST(the_caller_is_the_return_address_in_the_victim) {
  listen_now();
  kept = malloc(1);
  const void *here = __builtin_extract_return_addr(__builtin_return_address(0));
  stop_listening();
  uintptr_t at = (uintptr_t)told.caller;
  uintptr_t begin =
      (uintptr_t)the_caller_is_the_return_address_in_the_victim_fn;
  ck_assert_uint_gt(at, begin);
  ck_assert_uint_lt(at, begin + 4096);
  ck_assert_ptr_ne(told.caller, here);
  free(kept);
}
END_TEST

START_TEST(nothing_is_told_while_our_own_code_runs) {
  listen_now();
  int before = ls_guard_enter();
  kept = malloc(10);
  free(kept);
  int fd = open("/dev/null", O_RDONLY);
  close(fd);
  ls_guard_leave(before);
  stop_listening();
  ck_assert_int_eq(told.allocs + told.frees + told.nopened, 0);
  ck_assert_int_eq(told.closed, -1);
  ck_assert_int_eq(told.missed, 0);
}
END_TEST

START_TEST(a_call_inside_a_hook_is_counted_as_missed) {
  listen_now();
  ls_owner = LS_OWNER_HOOK; /* as a signal handler would find it */
  kept = malloc(10);
  ls_owner = LS_OWNER_HOST;
  stop_listening();
  ck_assert_int_eq(told.allocs, 0);
  ck_assert_int_eq(told.missed, 1);
  free(kept);
}
END_TEST

START_TEST(errno_is_the_real_functions) {
  listen_now();
  errno = 42;
  kept = malloc(10);
  int after_malloc = errno;
  free(kept);
  int after_free = errno;
  volatile size_t too_much = SIZE_MAX / 4;
  kept = malloc(too_much);
  int after_failure = errno;
  stop_listening();
  ck_assert_ptr_null(kept);
  ck_assert_int_eq(after_malloc, 42);
  ck_assert_int_eq(after_free, 42);
  ck_assert_int_eq(after_failure, ENOMEM);
  ck_assert_int_eq(told.allocs, 1);
}
END_TEST

START_TEST(the_boot_arena_serves_resizes_and_releases) {
  unsigned char *a = ls_boot_alloc(100, 0), *b = ls_boot_alloc(10, 4096);
  ck_assert(ls_boot_owns(a) && ls_boot_owns(b) && !ls_boot_owns(&a));
  ck_assert_uint_eq(ls_boot_size(a), 100);
  ck_assert_uint_eq((uintptr_t)b % 4096, 0);
  memset(a, 'x', 100);
  /* known by its address: freed without harm, moved out when resized */
  unsigned char *c = realloc(a, 200);
  ck_assert(!ls_boot_owns(c));
  ck_assert_uint_eq(c[99], 'x');
  ck_assert_uint_eq(malloc_usable_size(b), 10);
  free(b);
  free(c);
  ck_assert_ptr_null(ls_boot_alloc(SIZE_MAX / 2, 0));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Interpose");
  TCase *hooks = tcase_create("Hooks");
  tcase_add_loop_test(hooks, the_hook_reaches_the_sink, 0, VICTIMS);
  tcase_add_test(hooks, the_caller_is_the_return_address_in_the_victim);
  tcase_add_test(hooks, nothing_is_told_while_our_own_code_runs);
  tcase_add_test(hooks, a_call_inside_a_hook_is_counted_as_missed);
  tcase_add_test(hooks, errno_is_the_real_functions);
  tcase_add_test(hooks, the_boot_arena_serves_resizes_and_releases);
  add_operators(hooks);
  suite_add_tcase(suite, hooks);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
