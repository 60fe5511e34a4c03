/* SPDX-License-Identifier: MIT */
/*
 * What the hooks of calls that open or close descriptors share.
 * Context: hook.
 */
#ifndef LS_INTERPOSE_DESCRIPTORS_H
#define LS_INTERPOSE_DESCRIPTORS_H

#include <errno.h>
#include <stdint.h>

#include "interpose/hooks.h"
#include "interpose/sink.h"
#include "platform/guard.h"
#include "platform/lent.h"

/* Hot: hooks stand together, so a program that is not traced touches few pages
   of ours.  Each of its children would fault them in again. */
#define LS_HOOK __attribute__((visibility("default"), noinline, hot))

/* The frame record: makes the hook keep a frame pointer, whatever the rest of
   the library is built with. */
#define LS_RECORD ((const uintptr_t *)__builtin_frame_address(0))

/* The real function, or leave with ENOSYS where libc has none. */
#define LS_REAL_OR(name, failure)        \
  if (!ls_real.name) ls_hooks_resolve(); \
  if (!ls_real.name) {                   \
    errno = ENOSYS;                      \
    return failure;                      \
  }

/* A call that finds a hook at work comes from a signal handler. */
static inline int ls_descriptors_wanted(void) {
  if (!__atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED)) return 0;
  if (ls_owner == LS_OWNER_HOOK) ls_sink_missed();
  return ls_owner == LS_OWNER_HOST && !ls_is_guest();
}

/* Tells of a descriptor that was opened and gives it back. */
static inline int ls_descriptor_opened(int fd, const uintptr_t *record) {
  if (fd >= 0 && ls_descriptors_wanted()) {
    ls_owner = LS_OWNER_HOOK;
    ls_sink_fd_open(fd, record);
    ls_owner = LS_OWNER_HOST;
  }
  return fd;
}

/* Tells of a descriptor that is about to be closed. */
static inline void ls_descriptor_closing(int fd) {
  if (fd < 0 || !ls_descriptors_wanted()) return;
  ls_owner = LS_OWNER_HOOK;
  ls_sink_fd_close(fd);
  ls_owner = LS_OWNER_HOST;
}

#endif
