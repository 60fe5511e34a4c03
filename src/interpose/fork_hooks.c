/* SPDX-License-Identifier: MIT */
/*
 * fork: forward, then tell the sink who asked for the child.
 *
 * Handlers of fork, which pthread_atfork hands to this function of libc's:
 * those of ours are set before any other.  The first to be set is the last to
 * run before a fork and the first behind it, so nobody's handler runs while our
 * locks are held: there it could allocate, or wait for a thread that does.
 */
#include "interpose/descriptors.h"

int __register_atfork(void (*prepare)(void), void (*parent)(void),
                      void (*child)(void), void *library);

LS_HOOK pid_t fork(void) {
  LS_REAL_OR(fork, -1)
  pid_t child = ls_real.fork();
  if (child > 0 && ls_descriptors_wanted()) {
    ls_owner = LS_OWNER_HOOK;
    ls_sink_forked(child, LS_RECORD);
    ls_owner = LS_OWNER_HOST;
  }
  return child;
}

LS_HOOK int __register_atfork(void (*prepare)(void), void (*parent)(void),
                              void (*child)(void), void *library) {
  LS_REAL_OR(__register_atfork, ENOMEM)
  ls_sink_fork_handlers();
  return ls_real.__register_atfork(prepare, parent, child, library);
}
