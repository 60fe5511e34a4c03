/* SPDX-License-Identifier: MIT */
/*
 * Handlers of fork, which pthread_atfork hands to this function of libc's:
 * those of ours are set before any other.  The first to be set is the last to
 * run before a fork and the first behind it, so nobody's handler runs while our
 * locks are held: there it could allocate, or wait for a thread that does.
 */
#include "interpose/descriptors.h"

int __register_atfork(void (*prepare)(void), void (*parent)(void),
                      void (*child)(void), void *library);

LS_HOOK int __register_atfork(void (*prepare)(void), void (*parent)(void),
                              void (*child)(void), void *library) {
  LS_REAL_OR(__register_atfork, ENOMEM)
  ls_sink_fork_handlers();
  return ls_real.__register_atfork(prepare, parent, child, library);
}
