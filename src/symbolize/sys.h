/* SPDX-License-Identifier: MIT */
/*
 * System calls by number.
 *
 * A program under test may define read(), poll() or kill() itself, as a mock,
 * and the interposer counts descriptors in open() and close(): a call that
 * goes to the kernel by number meets neither.
 */
#ifndef LS_SYMBOLIZE_SYS_H
#define LS_SYMBOLIZE_SYS_H

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The result of a system call, or a negative errno. */
static inline long ls_sys_result(long result) {
  return result == -1 ? -errno : result;
}

#define LS_SYS(...) ls_sys_result(syscall(__VA_ARGS__))

static inline int ls_sys_open(const char *path) {
  return (int)LS_SYS(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
}

static inline void ls_sys_close(int fd) {
  if (fd >= 0) (void)LS_SYS(SYS_close, fd);
}

/* Bytes read at `position`, fewer than `size` only where the file ends. */
static inline long ls_sys_pread(int fd, void *to, size_t size,
                                uint64_t position) {
  size_t done = 0;
  while (done < size) {
    long n = LS_SYS(SYS_pread64, fd, (char *)to + done, size - done,
                    position + done);
    if (n == -EINTR) continue;
    if (n < 0) return n;
    if (n == 0) break;
    done += (size_t)n;
  }
  return (long)done;
}

#endif
