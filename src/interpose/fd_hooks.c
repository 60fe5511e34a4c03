/* SPDX-License-Identifier: MIT */
/*
 * Calls that open or close a descriptor: forward, then tell the sink.
 *
 * libc's own calls (fopen, opendir) do not come by here: their descriptors are
 * found through the stream, which is a malloc block.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "interpose/descriptors.h"

static int opened_two(int rc, const int *fds, const uintptr_t *record) {
  if (rc == 0) {
    ls_descriptor_opened(fds[0], record);
    ls_descriptor_opened(fds[1], record);
  }
  return rc;
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

LS_HOOK int open(const char *path, int flags, ...) {
  MODE_AFTER(flags, flags, mode)
  LS_REAL_OR(open, -1)
  return ls_descriptor_opened(ls_real.open(path, flags, mode), LS_RECORD);
}

LS_HOOK int open64(const char *path, int flags, ...) {
  MODE_AFTER(flags, flags, mode)
  LS_REAL_OR(open64, -1)
  return ls_descriptor_opened(ls_real.open64(path, flags, mode), LS_RECORD);
}

LS_HOOK int openat(int dir, const char *path, int flags, ...) {
  MODE_AFTER(flags, flags, mode)
  LS_REAL_OR(openat, -1)
  return ls_descriptor_opened(ls_real.openat(dir, path, flags, mode),
                              LS_RECORD);
}

LS_HOOK int openat64(int dir, const char *path, int flags, ...) {
  MODE_AFTER(flags, flags, mode)
  LS_REAL_OR(openat64, -1)
  return ls_descriptor_opened(ls_real.openat64(dir, path, flags, mode),
                              LS_RECORD);
}

LS_HOOK int creat(const char *path, unsigned mode) {
  LS_REAL_OR(creat, -1)
  return ls_descriptor_opened(ls_real.creat(path, mode), LS_RECORD);
}

LS_HOOK int creat64(const char *path, unsigned mode) {
  LS_REAL_OR(creat64, -1)
  return ls_descriptor_opened(ls_real.creat64(path, mode), LS_RECORD);
}

LS_HOOK int close(int fd) {
  LS_REAL_OR(close, -1)
  ls_descriptor_closing(fd);
  return ls_real.close(fd);
}

LS_HOOK int dup(int fd) {
  LS_REAL_OR(dup, -1)
  return ls_descriptor_opened(ls_real.dup(fd), LS_RECORD);
}

LS_HOOK int dup2(int from, int to) {
  LS_REAL_OR(dup2, -1)
  int fd = ls_real.dup2(from, to);
  return from == to ? fd : ls_descriptor_opened(fd, LS_RECORD);
}

LS_HOOK int dup3(int from, int to, int flags) {
  LS_REAL_OR(dup3, -1)
  return ls_descriptor_opened(ls_real.dup3(from, to, flags), LS_RECORD);
}

LS_HOOK int pipe(int fds[2]) {
  LS_REAL_OR(pipe, -1)
  return opened_two(ls_real.pipe(fds), fds, LS_RECORD);
}

LS_HOOK int pipe2(int fds[2], int flags) {
  LS_REAL_OR(pipe2, -1)
  return opened_two(ls_real.pipe2(fds, flags), fds, LS_RECORD);
}

LS_HOOK int socket(int domain, int type, int protocol) {
  LS_REAL_OR(socket, -1)
  return ls_descriptor_opened(ls_real.socket(domain, type, protocol),
                              LS_RECORD);
}

LS_HOOK int socketpair(int domain, int type, int protocol, int fds[2]) {
  LS_REAL_OR(socketpair, -1)
  return opened_two(ls_real.socketpair(domain, type, protocol, fds), fds,
                    LS_RECORD);
}

LS_HOOK int accept(int fd, struct sockaddr *address, socklen_t *size) {
  LS_REAL_OR(accept, -1)
  return ls_descriptor_opened(ls_real.accept(fd, address, size), LS_RECORD);
}

LS_HOOK int accept4(int fd, struct sockaddr *address, socklen_t *size,
                    int flags) {
  LS_REAL_OR(accept4, -1)
  return ls_descriptor_opened(ls_real.accept4(fd, address, size, flags),
                              LS_RECORD);
}

LS_HOOK int eventfd(unsigned value, int flags) {
  LS_REAL_OR(eventfd, -1)
  return ls_descriptor_opened(ls_real.eventfd(value, flags), LS_RECORD);
}

LS_HOOK int epoll_create(int size) {
  LS_REAL_OR(epoll_create, -1)
  return ls_descriptor_opened(ls_real.epoll_create(size), LS_RECORD);
}

LS_HOOK int epoll_create1(int flags) {
  LS_REAL_OR(epoll_create1, -1)
  return ls_descriptor_opened(ls_real.epoll_create1(flags), LS_RECORD);
}

LS_HOOK int timerfd_create(int clock, int flags) {
  LS_REAL_OR(timerfd_create, -1)
  return ls_descriptor_opened(ls_real.timerfd_create(clock, flags), LS_RECORD);
}

/* Given a descriptor, it changes that one and returns it. */
LS_HOOK int signalfd(int fd, const sigset_t *mask, int flags) {
  LS_REAL_OR(signalfd, -1)
  int rc = ls_real.signalfd(fd, mask, flags);
  return fd == -1 ? ls_descriptor_opened(rc, LS_RECORD) : rc;
}

LS_HOOK int inotify_init(void) {
  LS_REAL_OR(inotify_init, -1)
  return ls_descriptor_opened(ls_real.inotify_init(), LS_RECORD);
}

LS_HOOK int inotify_init1(int flags) {
  LS_REAL_OR(inotify_init1, -1)
  return ls_descriptor_opened(ls_real.inotify_init1(flags), LS_RECORD);
}

LS_HOOK int memfd_create(const char *name, unsigned flags) {
  LS_REAL_OR(memfd_create, -1)
  return ls_descriptor_opened(ls_real.memfd_create(name, flags), LS_RECORD);
}

LS_HOOK int mkstemp(char *name) {
  LS_REAL_OR(mkstemp, -1)
  return ls_descriptor_opened(ls_real.mkstemp(name), LS_RECORD);
}

LS_HOOK int mkstemp64(char *name) {
  LS_REAL_OR(mkstemp64, -1)
  return ls_descriptor_opened(ls_real.mkstemp64(name), LS_RECORD);
}

LS_HOOK int mkostemp(char *name, int flags) {
  LS_REAL_OR(mkostemp, -1)
  return ls_descriptor_opened(ls_real.mkostemp(name, flags), LS_RECORD);
}

static void closing_all(unsigned first, unsigned last) {
  if (!ls_descriptors_wanted()) return;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_fds_close(first, last);
  ls_owner = LS_OWNER_HOST;
}

LS_HOOK int close_range(unsigned first, unsigned last, int flags) {
  LS_REAL_OR(close_range, -1)
  int closes = !(flags & (int)CLOSE_RANGE_CLOEXEC) && first <= last;
  if (closes) closing_all(first, last);
  return ls_real.close_range(first, last, flags);
}

LS_HOOK void closefrom(int first) {
  LS_REAL_OR(closefrom, )
  closing_all(first < 0 ? 0 : (unsigned)first, UINT_MAX);
  ls_real.closefrom(first);
}
