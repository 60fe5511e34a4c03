/* SPDX-License-Identifier: MIT */
/* Says after which calls errno is another than before them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

enum { BEFORE = 77, MEGABYTE = 1 << 20 };

#define CALL(call)                                                       \
  do {                                                                   \
    errno = BEFORE;                                                      \
    (void)(call);                                                        \
    if (errno != BEFORE) printf("%s: errno becomes %d\n", #call, errno); \
  } while (0)

static ssize_t reads(void *cookie, char *bytes, size_t size) {
  (void)cookie;
  (void)bytes;
  (void)size;
  return 0;
}

static void *runs(void *arg) { return arg; }
static int runs_too(void *arg) { return arg != NULL; }

static void blocks(void) {
  void *block;
  CALL(block = malloc(100));
  CALL((free(block), 1));
  CALL(block = calloc(3, 50));
  CALL(block = realloc(block, 5000));
  CALL(block = reallocarray(block, 3, 5000));
  CALL((free(block), 1));
  CALL(posix_memalign(&block, 64, 100));
  CALL((free(block), 1));
  CALL(block = malloc(32 * MEGABYTE));
  CALL(block = realloc(block, 64 * MEGABYTE));
  CALL((free(block), 1));
  CALL((free(NULL), 1));
}

static void descriptors(void) {
  int fd, two[2];
  CALL(fd = open("/dev/null", O_RDONLY));
  CALL(dup2(fd, 900));
  CALL(close(900));
  CALL(fcntl(fd, F_DUPFD, 5000));
  CALL(close(5000));
  CALL(close(fd));
  CALL(close(-1));
  CALL(pipe(two));
  CALL(close(two[0]));
  CALL(close(two[1]));
  CALL(fd = eventfd(0, 0));
  CALL(close(fd));
  CALL(fd = socket(AF_UNIX, SOCK_STREAM, 0));
  CALL(close(fd));
  CALL(close_range(600, 700, 0));
  CALL((closefrom(600), 1));
}

static void streams(void) {
  cookie_io_functions_t functions = {.read = reads};
  FILE *file;
  DIR *folder;
  char *text;
  size_t size;
  CALL(file = fopen("/dev/null", "r"));
  CALL(fclose(file));
  CALL(file = open_memstream(&text, &size));
  CALL(fclose(file));
  free(text);
  CALL(file = fmemopen(NULL, 100, "w+"));
  CALL(fclose(file));
  CALL(file = fopencookie(NULL, "r", functions));
  CALL(fclose(file));
  CALL(file = tmpfile());
  CALL(fclose(file));
  CALL(file = popen("true", "r"));
  CALL(pclose(file));
  CALL(folder = opendir("/"));
  CALL(closedir(folder));
}

static void others(void) {
  pthread_t thread;
  thrd_t other;
  timer_t timer;
  struct sigevent none = {.sigev_notify = SIGEV_NONE};
  void *pages;
  CALL(pages = mmap(NULL, MEGABYTE, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  CALL(pages = mremap(pages, MEGABYTE, 2 * MEGABYTE, MREMAP_MAYMOVE));
  CALL(munmap(pages, 2 * MEGABYTE));
  CALL(pthread_create(&thread, NULL, runs, NULL));
  CALL(pthread_join(thread, NULL));
  CALL(thrd_create(&other, runs_too, NULL));
  CALL(thrd_join(other, NULL));
  CALL(timer_create(CLOCK_MONOTONIC, &none, &timer));
  CALL(timer_delete(timer));
}

int main(void) {
  for (int i = 0; i < 3; i++) {
    blocks();
    descriptors();
    streams();
    others();
  }
  puts("done");
  return 0;
}
