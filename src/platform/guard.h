/* SPDX-License-Identifier: MIT */
/*
 * Who is running in this thread: the host, a hook, or our own upper layers.
 *
 * A hook that finds the thread not in the host's hands forwards the call and
 * records nothing.  That keeps our own allocations out of every count and
 * makes an allocation from a signal handler that interrupted a hook harmless.
 * Context: anywhere, signal handlers included.
 */
#ifndef LS_PLATFORM_GUARD_H
#define LS_PLATFORM_GUARD_H

#include <stdint.h>

enum ls_owner {
  LS_OWNER_HOST = 0,
  LS_OWNER_HOOK = 1, /* inside an intercepted call */
  LS_OWNER_API = 2   /* inside a function of leakslope.h */
};

/* What a thread has at hand, of all layers in one: a hook finds its place once.
   initial-exec: reading it must never call __tls_get_addr, which allocates. */
struct ls_own {
  int owner;
  uint32_t generation;      /* of what the stacks hold, see there; 0: none */
  struct ls_stacks *stacks; /* traceback's, NULL until there are some */
  struct ls_counters *counters; /* tracker's, likewise */
};
extern _Thread_local struct ls_own ls_own
    __attribute__((tls_model("initial-exec"), visibility("hidden")));
#define ls_owner (ls_own.owner)

/* Enters our own code above the hook line; the result goes to _leave. */
static inline int ls_guard_enter(void) {
  int before = ls_owner;
  ls_owner = LS_OWNER_API;
  return before;
}

static inline void ls_guard_leave(int before) { ls_owner = before; }

#endif
