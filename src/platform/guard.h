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

#include <stdatomic.h>
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
  uint32_t generation;   /* of what the stacks hold, see there; 0: none */
  uint32_t set_mask;     /* of their place, in bytes */
  uint32_t jumps;        /* out of hooks, by signal handlers */
  uint32_t late;         /* stacks that were found late, see there */
  uint32_t young;        /* how long ago its process was forked, or has forked:
                            see traceback/young.h */
  struct ls_stack *ways; /* traceback's stacks, NULL until there are some */
  struct ls_stack *latest;      /* of them, used last; NULL at first */
  struct ls_counters *counters; /* tracker's, likewise */
  /* Of the thread's stack: it can be read from stack_low to stack_end.  0: not
     known yet, and never of the main thread's. */
  uintptr_t stack_low, stack_end;
  struct ls_stacks *stacks; /* what the ways are a part of */
};
extern _Thread_local struct ls_own ls_own
    __attribute__((tls_model("initial-exec"), visibility("hidden")));
#define ls_owner (ls_own.owner)

/*
 * The owner that a thread must have for the short way of a hook: the host, or
 * nobody if a bit says why none may go that way.  So one comparison asks for
 * all.
 */
enum {
  LS_UNUSUAL_CLEAN = 1 << 27,  /* blocks are zeroed when they are handed out:
                                  see ls_tracker_clean */
  LS_UNUSUAL_OFF = 1 << 28,    /* nothing is to be traced; above any owner */
  LS_UNUSUAL_BLOCKS = 1 << 29, /* not glibc's, or not known yet */
  LS_UNUSUAL_EARLY = 1 << 30   /* noted for now: see tracker/early.h */
};
extern _Atomic int ls_usual_owner __attribute__((visibility("hidden")));
_Static_assert(LS_OWNER_HOST == 0, "no bit is the host");

static inline void ls_unusual_set(int bit, int yes) {
  if (yes)
    atomic_fetch_or(&ls_usual_owner, bit);
  else
    atomic_fetch_and(&ls_usual_owner, ~bit);
}

static inline int ls_is_unusual_for(int bit) {
  return (atomic_load_explicit(&ls_usual_owner, memory_order_relaxed) & bit) !=
         0;
}

static inline int ls_is_usual(void) {
  int usual = atomic_load_explicit(&ls_usual_owner, memory_order_relaxed);
  return __builtin_expect(ls_owner == usual, 1) != 0;
}

/* Hands the thread over where no call lies between that the compiler must
   take for a reader: a signal may come there. */
static inline __attribute__((always_inline)) void ls_hand_to(int owner) {
  atomic_signal_fence(memory_order_seq_cst);
  ls_owner = owner;
  atomic_signal_fence(memory_order_seq_cst);
}

/* Enters our own code above the hook line; the result goes to _leave. */
static inline int ls_guard_enter(void) {
  int before = ls_owner;
  ls_owner = LS_OWNER_API;
  return before;
}

static inline void ls_guard_leave(int before) { ls_owner = before; }

#endif
