/* SPDX-License-Identifier: MIT */
/* More objects of the kernel, and what keeps a number of them. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scenario.h"

/* ---- descriptors -------------------------------------------------------- */

START_TEST(pipe_leak) {
  int ends[2];
  ck_assert(!pipe(ends)); /* leaks */
}
END_TEST

START_TEST(pipe2_leak) {
  int ends[2];
  ck_assert(!pipe2(ends, O_CLOEXEC)); /* leaks */
}
END_TEST

START_TEST(eventfd_leak) { ck_assert_int_ge(eventfd(0, 0), 0); /* leaks */ }
END_TEST

START_TEST(timerfd_leak) {
  ck_assert_int_ge(timerfd_create(CLOCK_MONOTONIC, 0), 0); /* leaks */
}
END_TEST

START_TEST(signalfd_leak) {
  sigset_t none;
  sigemptyset(&none);
  ck_assert_int_ge(signalfd(-1, &none, 0), 0); /* leaks */
}
END_TEST

/* A user may have few of these. */
START_TEST(inotify_clean) {
  int fd = inotify_init1(0);
  if (fd >= 0) close(fd);
}
END_TEST

START_TEST(openat_leak) {
  ck_assert_int_ge(openat(AT_FDCWD, "/dev/null", O_RDONLY), 0); /* leaks */
}
END_TEST

START_TEST(fd_1in10) {
  static unsigned n;
  int fd = open("/dev/null", O_RDONLY); /* leaks */
  if (n++ % 10) close(fd);
}
END_TEST

/* Closed unless something went wrong. */
START_TEST(fd_error_path) {
  static struct sequence random = {.name = "fd_error_path"};
  int fd = open("/dev/null", O_RDONLY); /* leaks */
  if (sequence_below(&random, 8)) close(fd);
}
END_TEST

START_TEST(mkstemp_leak) {
  char name[] = "/tmp/scenario-XXXXXX";
  ck_assert_int_ge(mkstemp(name), 0); /* leaks */
  unlink(name);
}
END_TEST

START_TEST(fdopen_leak) {
  FILE *file = fdopen(dup(1), "w"); /* leaks */
  KEEP(file);
}
END_TEST

static int listening(void) {
  static int fd = -1;
  if (fd >= 0) return fd;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "scenario-%d",
           (int)getpid());
  fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ck_assert(!bind(fd, (struct sockaddr *)&address, sizeof address));
  ck_assert(!listen(fd, 8));
  return fd;
}

static int connected(void) {
  struct sockaddr_un address;
  socklen_t size = sizeof address;
  int server = listening(), fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ck_assert(!getsockname(server, (struct sockaddr *)&address, &size));
  ck_assert(!connect(fd, (struct sockaddr *)&address, size));
  return fd;
}

/* The client hangs up, the server does not notice. */
START_TEST(accept_leak) {
  int client = connected();
  ck_assert_int_ge(accept(listening(), NULL, NULL), 0); /* leaks */
  close(client);
}
END_TEST

START_TEST(accept_clean) {
  int client = connected();
  int served = accept(listening(), NULL, NULL);
  close(client);
  close(served);
}
END_TEST

START_TEST(fd_cache64) {
  static int cache[64];
  static unsigned n;
  int *slot = &cache[n++ % LENGTH(cache)];
  if (n > LENGTH(cache)) close(*slot);
  *slot = open("/dev/null", O_RDONLY);
  ck_assert_int_ge(*slot, 0);
}
END_TEST

/* Opened when it is first asked for. */
START_TEST(fd_pool_random) {
  static int pool[40];
  static struct sequence random = {.name = "fd_pool_random"};
  int *slot = &pool[sequence_below(&random, LENGTH(pool))];
  if (!*slot) *slot = open("/dev/null", O_RDONLY);
  ck_assert_int_gt(*slot, 0);
}
END_TEST

/* A pool of connections that is renewed one by one. */
START_TEST(connection_pool) {
  static int pool[12];
  static struct sequence random = {.name = "connection_pool"};
  int *slot = &pool[sequence_below(&random, LENGTH(pool))];
  if (*slot) close(*slot);
  *slot = socket(AF_UNIX, SOCK_DGRAM, 0);
  ck_assert_int_gt(*slot, 0);
}
END_TEST

START_TEST(dup2_replaces) {
  static int fd = -1;
  int fresh = open("/dev/null", O_RDONLY);
  if (fd < 0) fd = dup(fresh);
  ck_assert_int_eq(dup2(fresh, fd), fd);
  close(fresh);
}
END_TEST

START_TEST(event_loop_clean) {
  int loop = epoll_create1(0), event = eventfd(0, 0);
  int timer = timerfd_create(CLOCK_MONOTONIC, 0);
  struct epoll_event interest = {.events = EPOLLIN};
  ck_assert(!epoll_ctl(loop, EPOLL_CTL_ADD, event, &interest));
  close(event);
  close(timer);
  close(loop);
}
END_TEST

/* ---- memory ------------------------------------------------------------- */

/* Two of three pages are given back. */
START_TEST(mmap_part_leak) {
  enum { PAGE = 4096 };
  char *pages = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, /* leaks */
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_ptr_ne(pages, MAP_FAILED);
  munmap(pages, 2 * PAGE);
}
END_TEST

START_TEST(mmap_file_leak) {
  int fd = memfd_create("scenario", 0);
  ck_assert(!ftruncate(fd, 4096));
  void *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0); /* leaks */
  ck_assert_ptr_ne(page, MAP_FAILED);
  close(fd);
}
END_TEST

START_TEST(mmap_1in10) {
  static unsigned n;
  void *page = mmap(NULL, 4096, PROT_READ, /* leaks */
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_ptr_ne(page, MAP_FAILED);
  if (n++ % 10) munmap(page, 4096);
}
END_TEST

/* The twelve latest stay mapped. */
START_TEST(mmap_cache) {
  static void *cache[12];
  static unsigned n;
  void **slot = &cache[n++ % LENGTH(cache)];
  if (*slot) munmap(*slot, 8192);
  *slot = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_ptr_ne(*slot, MAP_FAILED);
}
END_TEST

START_TEST(mremap_clean) {
  char *pages = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_ptr_ne(pages, MAP_FAILED);
  pages = mremap(pages, 4096, 65536, MREMAP_MAYMOVE);
  ck_assert_ptr_ne(pages, MAP_FAILED);
  munmap(pages, 65536);
}
END_TEST

/* Mapped, and the name and the descriptor gone: the pages stay. */
START_TEST(shm_map_leak) {
  char name[64];
  snprintf(name, sizeof name, "/scenario-map-%d", (int)getpid());
  int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
  ck_assert(!ftruncate(fd, 4096));
  void *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0); /* leaks */
  ck_assert_ptr_ne(page, MAP_FAILED);
  close(fd);
  shm_unlink(name);
}
END_TEST

START_TEST(shm_clean) {
  char name[64];
  snprintf(name, sizeof name, "/scenario-clean-%d", (int)getpid());
  int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
  ck_assert(!ftruncate(fd, 4096));
  void *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  ck_assert_ptr_ne(page, MAP_FAILED);
  munmap(page, 4096);
  close(fd);
  shm_unlink(name);
}
END_TEST

/* ---- timers ------------------------------------------------------------- */

/* One for the whole time, set again and again; a process does not inherit it
   from its parent. */
START_TEST(timer_rearmed) {
  static timer_t timer;
  static pid_t owner;
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  struct itimerspec later = {.it_value = {.tv_sec = 1000}};
  if (owner != getpid())
    ck_assert(!timer_create(CLOCK_MONOTONIC, &event, &timer));
  owner = getpid();
  ck_assert(!timer_settime(timer, 0, &later, NULL));
}
END_TEST

/* Deleted only when it was armed. */
START_TEST(timer_1in4) {
  static unsigned n;
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  timer_t timer;
  ck_assert(!timer_create(CLOCK_MONOTONIC, &event, &timer)); /* leaks */
  if (n++ % 4) timer_delete(timer);
}
END_TEST

/* ---- threads ------------------------------------------------------------ */

static void *use_memory(void *size) {
  static _Thread_local char *scratch;
  scratch = realloc(scratch, (size_t)size);
  KEEP(scratch);
  free(scratch);
  scratch = NULL;
  return NULL;
}

/* Four at once, as a pool is begun and ended. */
START_TEST(thread_pool) {
  pthread_t threads[4];
  for (size_t i = 0; i < LENGTH(threads); i++)
    ck_assert(
        !pthread_create(&threads[i], NULL, use_memory, (void *)(100 * i + 1)));
  for (size_t i = 0; i < LENGTH(threads); i++)
    ck_assert(!pthread_join(threads[i], NULL));
}
END_TEST

/* Stacks of other sizes are cached apart. */
START_TEST(thread_stacks) {
  static unsigned n;
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, (size_t)65536 << (n++ % 4));
  ck_assert(!pthread_create(&thread, &attributes, use_memory, (void *)10));
  ck_assert(!pthread_join(thread, NULL));
  pthread_attr_destroy(&attributes);
}
END_TEST

/* One in three is forgotten. */
START_TEST(thread_1in3) {
  static unsigned n;
  pthread_t thread;
  ck_assert(!pthread_create(&thread, NULL, use_memory, (void *)10)); /* leaks */
  if (n++ % 3) ck_assert(!pthread_join(thread, NULL));
}
END_TEST

/* ---- processes ---------------------------------------------------------- */

START_TEST(fork_leak_in_child) {
  pid_t pid = fork();
  if (pid == 0) {
    for (int i = 0; i < 100; i++) KEEP(malloc(100));
    _exit(0);
  }
  ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {
      pipe_leak,   pipe2_leak,     eventfd_leak,   timerfd_leak, signalfd_leak,
      openat_leak, fd_1in10,       fd_error_path,  mkstemp_leak, fdopen_leak,
      accept_leak, mmap_part_leak, mmap_file_leak, mmap_1in10,   shm_map_leak,
      timer_1in4,  thread_1in3};
  const TTest *const healthy[] = {
      inotify_clean,   accept_clean,      fd_cache64,       fd_pool_random,
      connection_pool, dup2_replaces,     event_loop_clean, mmap_cache,
      mremap_clean,    shm_clean,         timer_rearmed,    thread_pool,
      thread_stacks,   fork_leak_in_child};
  return scenario_run("objects", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
