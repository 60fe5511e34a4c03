/* SPDX-License-Identifier: MIT */
/*
 * Calls that open or close a descriptor: forward, then tell the sink.
 *
 * libc's own calls (fopen, opendir) do not come by here: their descriptors are
 * found through the stream, which is a malloc block.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "interpose/hooks.h"
#include "interpose/sink.h"
#include "platform/guard.h"

#define HOOK __attribute__((visibility("default"), noinline))
/* The frame record: makes the hook keep a frame pointer, whatever the rest of
   the library is built with. */
#define RECORD ((const uintptr_t *)__builtin_frame_address(0))

static int wanted(void) {
  return __atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED) &&
         ls_owner == LS_OWNER_HOST;
}

static int opened(int fd, const uintptr_t *record) {
  if (fd >= 0 && wanted()) {
    ls_owner = LS_OWNER_HOOK;
    ls_sink_fd_open(fd, record);
    ls_owner = LS_OWNER_HOST;
  }
  return fd;
}

static int opened_two(int rc, const int *fds, const uintptr_t *record) {
  if (rc == 0) {
    opened(fds[0], record);
    opened(fds[1], record);
  }
  return rc;
}

/* The real function, or leave with ENOSYS where libc has none. */
#define REAL(name)     \
  ls_hooks_resolve();  \
  if (!ls_real.name) { \
    errno = ENOSYS;    \
    return -1;         \
  }

/* open's third argument is there only where the flags ask for it. */
static int has_mode(int flags) {
  return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define MODE_AFTER(last, flags, mode) \
  unsigned mode = 0;                  \
  if (has_mode(flags)) {              \
    va_list args;                     \
    va_start(args, last);             \
    mode = va_arg(args, unsigned);    \
    va_end(args);                     \
  }

HOOK int open(const char *path, int flags, ...) {
  MODE_AFTER(flags, flags, mode)
  REAL(open)
  return opened(ls_real.open(path, flags, mode), RECORD);
}

HOOK int open64(const char *path, int flags, ...) {
  MODE_AFTER(flags, flags, mode)
  REAL(open64)
  return opened(ls_real.open64(path, flags, mode), RECORD);
}

HOOK int openat(int dir, const char *path, int flags, ...) {
  MODE_AFTER(flags, flags, mode)
  REAL(openat)
  return opened(ls_real.openat(dir, path, flags, mode), RECORD);
}

HOOK int openat64(int dir, const char *path, int flags, ...) {
  MODE_AFTER(flags, flags, mode)
  REAL(openat64)
  return opened(ls_real.openat64(dir, path, flags, mode), RECORD);
}

HOOK int creat(const char *path, unsigned mode) {
  REAL(creat)
  return opened(ls_real.creat(path, mode), RECORD);
}

HOOK int creat64(const char *path, unsigned mode) {
  REAL(creat64)
  return opened(ls_real.creat64(path, mode), RECORD);
}

HOOK int close(int fd) {
  REAL(close)
  if (fd >= 0 && wanted()) {
    ls_owner = LS_OWNER_HOOK;
    ls_sink_fd_close(fd);
    ls_owner = LS_OWNER_HOST;
  }
  return ls_real.close(fd);
}

HOOK int dup(int fd) {
  REAL(dup)
  return opened(ls_real.dup(fd), RECORD);
}

HOOK int dup2(int from, int to) {
  REAL(dup2)
  int fd = ls_real.dup2(from, to);
  return from == to ? fd : opened(fd, RECORD);
}

HOOK int dup3(int from, int to, int flags) {
  REAL(dup3)
  return opened(ls_real.dup3(from, to, flags), RECORD);
}

HOOK int pipe(int fds[2]) {
  REAL(pipe)
  return opened_two(ls_real.pipe(fds), fds, RECORD);
}

HOOK int pipe2(int fds[2], int flags) {
  REAL(pipe2)
  return opened_two(ls_real.pipe2(fds, flags), fds, RECORD);
}

HOOK int socket(int domain, int type, int protocol) {
  REAL(socket)
  return opened(ls_real.socket(domain, type, protocol), RECORD);
}

HOOK int socketpair(int domain, int type, int protocol, int fds[2]) {
  REAL(socketpair)
  return opened_two(ls_real.socketpair(domain, type, protocol, fds), fds,
                    RECORD);
}

HOOK int accept(int fd, struct sockaddr *address, socklen_t *size) {
  REAL(accept)
  return opened(ls_real.accept(fd, address, size), RECORD);
}

HOOK int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags) {
  REAL(accept4)
  return opened(ls_real.accept4(fd, address, size, flags), RECORD);
}

HOOK int eventfd(unsigned value, int flags) {
  REAL(eventfd)
  return opened(ls_real.eventfd(value, flags), RECORD);
}

HOOK int epoll_create(int size) {
  REAL(epoll_create)
  return opened(ls_real.epoll_create(size), RECORD);
}

HOOK int epoll_create1(int flags) {
  REAL(epoll_create1)
  return opened(ls_real.epoll_create1(flags), RECORD);
}

HOOK int timerfd_create(int clock, int flags) {
  REAL(timerfd_create)
  return opened(ls_real.timerfd_create(clock, flags), RECORD);
}

HOOK int inotify_init(void) {
  REAL(inotify_init)
  return opened(ls_real.inotify_init(), RECORD);
}

HOOK int inotify_init1(int flags) {
  REAL(inotify_init1)
  return opened(ls_real.inotify_init1(flags), RECORD);
}

HOOK int memfd_create(const char *name, unsigned flags) {
  REAL(memfd_create)
  return opened(ls_real.memfd_create(name, flags), RECORD);
}

HOOK int mkstemp(char *name) {
  REAL(mkstemp)
  return opened(ls_real.mkstemp(name), RECORD);
}

HOOK int mkstemp64(char *name) {
  REAL(mkstemp64)
  return opened(ls_real.mkstemp64(name), RECORD);
}

HOOK int mkostemp(char *name, int flags) {
  REAL(mkostemp)
  return opened(ls_real.mkostemp(name, flags), RECORD);
}
