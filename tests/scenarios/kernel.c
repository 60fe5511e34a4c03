/* SPDX-License-Identifier: MIT */
/* Objects of the kernel: descriptors, directories, timers, threads, maps. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scenario.h"

extern char **environ;

/* ---- descriptors -------------------------------------------------------- */

START_TEST(fd_leak) {
  ck_assert_int_ge(open("/dev/null", O_RDONLY), 0); /* leaks */
}
END_TEST

START_TEST(fd_1in5) {
  static unsigned n;
  int fd = open("/dev/null", O_RDONLY); /* leaks */
  if (n++ % 5) close(fd);
}
END_TEST

START_TEST(sock_leak) {
  ck_assert_int_ge(socket(AF_UNIX, SOCK_STREAM, 0), 0); /* leaks */
}
END_TEST

START_TEST(dir_leak) {
  DIR *dir = opendir("/"); /* leaks */
  KEEP(dir);
}
END_TEST

START_TEST(dir_clean) {
  DIR *dir = opendir("/");
  ck_assert_ptr_nonnull(readdir(dir));
  closedir(dir);
}
END_TEST

START_TEST(file_leak) {
  FILE *file = fopen("/dev/null", "r"); /* leaks */
  KEEP(file);
}
END_TEST

START_TEST(file_clean) {
  FILE *file = fopen("/dev/null", "r");
  ck_assert_int_eq(getc(file), EOF);
  fclose(file);
}
END_TEST

/* Fails when there are no descriptors left, and leaks until then. */
START_TEST(file_leak_checked) {
  ck_assert_ptr_nonnull(fopen("/dev/null", "r")); /* leaks */
}
END_TEST

START_TEST(popen_leak) {
  FILE *pipe = popen("true", "r"); /* leaks */
  ck_assert_ptr_nonnull(pipe);
}
END_TEST

START_TEST(popen_clean) {
  FILE *pipe = popen("true", "r");
  ck_assert_ptr_nonnull(pipe);
  ck_assert_int_eq(pclose(pipe), 0);
}
END_TEST

START_TEST(tmpfile_clean) {
  FILE *file = tmpfile();
  ck_assert_int_ge(fputs("text", file), 0);
  fclose(file);
}
END_TEST

/* One end is closed. */
START_TEST(pipe_end_leak) {
  int ends[2];
  ck_assert(!pipe(ends)); /* leaks */
  close(ends[0]);
}
END_TEST

START_TEST(pipe_clean) {
  int ends[2];
  ck_assert(!pipe(ends));
  close(ends[0]);
  close(ends[1]);
}
END_TEST

START_TEST(socketpair_leak) {
  int ends[2];
  ck_assert(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends)); /* leaks */
}
END_TEST

START_TEST(epoll_leak) {
  int epoll = epoll_create1(0); /* leaks */
  int event = eventfd(0, 0);
  struct epoll_event interest = {.events = EPOLLIN};
  ck_assert(!epoll_ctl(epoll, EPOLL_CTL_ADD, event, &interest));
  close(event);
}
END_TEST

START_TEST(memfd_leak) {
  ck_assert_int_ge(memfd_create("scenario", 0), 0); /* leaks */
}
END_TEST

START_TEST(dup_close) {
  int fd = dup(1);
  ck_assert_int_ge(fd, 0);
  close(fd);
}
END_TEST

START_TEST(dup_leak) { ck_assert_int_ge(dup(1), 0); /* leaks */ }
END_TEST

START_TEST(fcntl_dup_leak) {
  ck_assert_int_ge(fcntl(1, F_DUPFD, 3), 0); /* leaks */
}
END_TEST

START_TEST(fd_cache16) {
  static int cache[16];
  static unsigned n;
  int *slot = &cache[n++ % LENGTH(cache)];
  if (n > LENGTH(cache)) close(*slot);
  *slot = open("/dev/null", O_RDONLY);
  ck_assert_int_ge(*slot, 0);
}
END_TEST

/* Closed by number, with a call that names no single one. */
START_TEST(close_range_clean) {
  int first = dup(1);
  int second = dup(1);
  ck_assert_int_gt(second, first);
  ck_assert(!close_range((unsigned)first, (unsigned)second, 0));
}
END_TEST

/* ---- shared memory and semaphores --------------------------------------- */

START_TEST(shm_leak) {
  char name[64];
  snprintf(name, sizeof name, "/scenario-%d", (int)getpid());
  int fd = shm_open(name, O_RDWR | O_CREAT, 0600); /* leaks */
  ck_assert_int_ge(fd, 0);
  shm_unlink(name);
}
END_TEST

START_TEST(sem_leak) {
  static unsigned n;
  char name[64];
  snprintf(name, sizeof name, "/scenario-%d-%u", (int)getpid(), n++);
  sem_t *semaphore = sem_open(name, O_CREAT, 0600, 1); /* leaks */
  ck_assert_ptr_ne(semaphore, SEM_FAILED);
  sem_unlink(name);
}
END_TEST

START_TEST(sem_clean) {
  static unsigned n;
  char name[64];
  snprintf(name, sizeof name, "/scenario-%d-%u", (int)getpid(), n++);
  sem_t *semaphore = sem_open(name, O_CREAT, 0600, 1);
  ck_assert_ptr_ne(semaphore, SEM_FAILED);
  sem_unlink(name);
  sem_close(semaphore);
}
END_TEST

START_TEST(mmap_leak) {
  void *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, /* leaks */
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_ptr_ne(pages, MAP_FAILED);
}
END_TEST

START_TEST(mmap_clean) {
  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_ptr_ne(pages, MAP_FAILED);
  pages[0] = 1;
  munmap(pages, 8192);
}
END_TEST

/* ---- timers and processes ----------------------------------------------- */

START_TEST(timer_leak) {
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  timer_t timer;
  ck_assert(!timer_create(CLOCK_MONOTONIC, &event, &timer)); /* leaks */
}
END_TEST

START_TEST(timer_clean) {
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  timer_t timer;
  ck_assert(!timer_create(CLOCK_MONOTONIC, &event, &timer));
  ck_assert(!timer_delete(timer));
}
END_TEST

/* Spawned and never waited for. */
START_TEST(zombie_leak) {
  char name[] = "true", *arguments[] = {name, NULL};
  pid_t pid;
  ck_assert(!posix_spawnp(&pid, "true", NULL, NULL, arguments, environ));
}
END_TEST

START_TEST(fork_wait) {
  pid_t pid = fork();
  if (pid == 0) {
    char *block = malloc(1000); /* the child's, gone with it */
    KEEP(block);
    _exit(0);
  }
  ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

/* ---- threads ------------------------------------------------------------ */

static void *work(void *arg) {
  char *block = malloc(100);
  KEEP(block);
  free(block);
  return arg;
}

START_TEST(thr_join) {
  pthread_t thread;
  ck_assert(!pthread_create(&thread, NULL, work, NULL));
  ck_assert(!pthread_join(thread, NULL));
}
END_TEST

START_TEST(thread_leak) {
  pthread_t thread;
  ck_assert(!pthread_create(&thread, NULL, work, NULL)); /* leaks */
}
END_TEST

static pthread_key_t key_without_destructor, key_with_destructor;

static void make_keys(void) {
  pthread_key_create(&key_without_destructor, NULL);
  pthread_key_create(&key_with_destructor, free);
}

static void *set_value(void *key) {
  char *value = malloc(60); /* leaks */
  pthread_setspecific(*(pthread_key_t *)key, value);
  return NULL;
}

static void run_with_key(pthread_key_t *key) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_t thread;
  pthread_once(&once, make_keys);
  ck_assert(!pthread_create(&thread, NULL, set_value, key));
  ck_assert(!pthread_join(thread, NULL));
}

START_TEST(tls_leak) { run_with_key(&key_without_destructor); }
END_TEST

START_TEST(tls_clean) { run_with_key(&key_with_destructor); }
END_TEST

/* Handed from one thread to another, which frees it. */
static void *free_it(void *block) {
  free(block);
  return NULL;
}

START_TEST(free_elsewhere) {
  pthread_t thread;
  char *block = malloc(200);
  KEEP(block);
  ck_assert(!pthread_create(&thread, NULL, free_it, block));
  ck_assert(!pthread_join(thread, NULL));
}
END_TEST

static void *make_block(void *arg) {
  (void)arg;
  return malloc(200); /* leaks */
}

/* The result of a thread is dropped by whoever joins it. */
START_TEST(result_dropped) {
  pthread_t thread;
  void *result;
  ck_assert(!pthread_create(&thread, NULL, make_block, NULL));
  ck_assert(!pthread_join(thread, &result));
  KEEP(result);
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {
      fd_leak,         fd_1in5,           sock_leak,   dir_leak,
      file_leak,       file_leak_checked, popen_leak,  pipe_end_leak,
      socketpair_leak, epoll_leak,        memfd_leak,  dup_leak,
      fcntl_dup_leak,  shm_leak,          sem_leak,    mmap_leak,
      timer_leak,      zombie_leak,       thread_leak, tls_leak,
      result_dropped};
  const TTest *const healthy[] = {
      dir_clean,  file_clean, popen_clean,   tmpfile_clean,
      pipe_clean, dup_close,  fd_cache16,    close_range_clean,
      sem_clean,  mmap_clean, timer_clean,   fork_wait,
      thr_join,   tls_clean,  free_elsewhere};
  return scenario_run("kernel", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
