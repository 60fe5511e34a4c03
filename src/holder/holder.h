/* SPDX-License-Identifier: MIT */
/*
 * What still points at the blocks that leak.
 *
 *   nodes   live blocks and mappings           graph.c
 *   roots   memory that is there by itself     memory.c, roots.c, others.c
 *   search  breadth first from the roots       mark.c
 *   lost    what no root reaches: its heads    lost.c
 *   look    pointers in disguise               second.c
 *   shapes  many ways that are one             shapes.c
 *   answer  the same as plain numbers          find.c
 *
 * The search reads all memory of the process and stops for nobody: it runs in
 * a forked child with one thread.  Its answer lies in pages that the child
 * shares with its parent, and has no pointers.
 */
#ifndef LS_HOLDER_HOLDER_H
#define LS_HOLDER_HOLDER_H

#include <stddef.h>
#include <stdint.h>

enum {
  LS_HOLDER_SITES = 20,   /* shown call sites at most */
  LS_HOLDER_WAYS = 48,    /* in an answer, most blocks first for each site */
  LS_HOLDER_STEPS = 10,   /* of a way */
  LS_HOLDER_OFFSETS = 6,  /* told apart at most */
  LS_HOLDER_HEADS = 32,   /* of what is lost with another block */
  LS_HOLDER_PATH = 512,   /* bytes of a module's path */
  LS_HOLDER_THREADS = 64, /* other threads that are looked at */
  LS_HOLDER_TIMERS = 1000
};

/* What a way begins with. */
enum ls_root_kind {
  LS_ROOT_PROGRAM,   /* a global of the program */
  LS_ROOT_MODULE,    /* of a library */
  LS_ROOT_TLS,       /* a thread-local variable */
  LS_ROOT_KEY,       /* a value of pthread_setspecific, or the descriptor */
  LS_ROOT_STACK,     /* of the thread that repeats */
  LS_ROOT_REGISTERS, /* that the repetition's caller keeps */
  LS_ROOT_EPOLL,     /* data of epoll_ctl; the number is the descriptor */
  LS_ROOT_TIMER,     /* the value of a timer */
  LS_ROOT_THREAD,    /* stack and thread-local storage of another thread */
  LS_ROOT_MAPPING    /* memory that was mapped before tracing began, or by
                        nobody that is traced */
};

/* How the pointers were found. */
enum ls_holder_by { LS_BY_POINTER, LS_BY_UNALIGNED, LS_BY_TAGGED, LS_BY_END };

/* Another thread of the process that was forked. */
struct ls_holder_thread {
  int tid;
  uintptr_t sp; /* 0: it did not come to rest, and all of its stack counts */
};

/* What is asked.  All of it was noted before the fork. */
struct ls_holders_question {
  uint32_t nshown;
  uint32_t nsites;      /* of the tracker, from 1 on */
  const uint8_t *shown; /* by the tracker's site: index of the shown site plus
                           one, 0 for all others */
  uint32_t in_bytes;    /* a bit for each shown site of which only bytes grow:
                            old blocks of it count too */
  const uint8_t *depth; /* by site: innermost calls that tell blocks apart; 0:
                           not known */
  uint32_t epoch;       /* of the baseline: older blocks are of no interest */
  uint32_t iterations;
  uintptr_t stack; /* this thread's stack counts from here outward */
  uintptr_t registers, registers_end; /* where they were saved; may be empty */
  unsigned nthreads;
  struct ls_holder_thread threads[LS_HOLDER_THREADS];
  unsigned ntimers;
  uintptr_t timers[LS_HOLDER_TIMERS];
  uint64_t most_ns;    /* for the search */
  uint64_t most_bytes; /* of memory */
};

/* A step leaves an object by the pointers at these offsets. */
struct ls_holder_step {
  uint32_t site; /* the tracker's, of the object that is left; 0: the root, or
                    memory from before tracing began */
  uint32_t noffsets;                  /* 0: more than there is room for */
  uint64_t size;                      /* of the object */
  int64_t offsets[LS_HOLDER_OFFSETS]; /* ascending, from where the pointer to
                                         the object points */
  int64_t lowest;                     /* of all */
  uint32_t repeats;  /* 1: they lead to another object of the same shape */
  uint32_t is_known; /* 0: an object that was not traced */
};

struct ls_holder_way {
  uint32_t shown; /* index of the shown site */
  uint32_t kind;  /* enum ls_root_kind */
  uint64_t blocks;
  uint32_t oldest; /* iteration in which the oldest of them was born */
  uint32_t number; /* of a descriptor or a thread */
  uintptr_t root;  /* the variable, or its lowest slot that counts */
  uintptr_t slot;  /* one slot of it */
  uint64_t module_offset;
  char module[LS_HOLDER_PATH];
  uint32_t from; /* the tracker's site of the nearest block on the way that is
                    of no shown site; 0: there is none */
  uint32_t nsteps;
  struct ls_holder_step steps[LS_HOLDER_STEPS];
  uint32_t is_cut; /* 1: there was no room for all steps */
};

/* Blocks that only a lost block of another site points at. */
struct ls_holder_head {
  uint32_t shown;
  uint32_t site; /* the tracker's, of that block */
  uint64_t blocks;
};

enum ls_holders_state {
  LS_HOLDERS_NONE, /* it did not come to its end */
  LS_HOLDERS_DONE,
  LS_HOLDERS_LATE, /* out of time: nothing is called lost */
  LS_HOLDERS_MEMORY,
  LS_HOLDERS_ALLOCATOR, /* not glibc's */
  LS_HOLDERS_UNREAD     /* what the process has mapped could not be read */
};

struct ls_holders {
  uint32_t state;                   /* written last */
  uint32_t by;                      /* enum ls_holder_by */
  uint64_t of[LS_HOLDER_SITES];     /* blocks of each shown site */
  uint64_t lost[LS_HOLDER_SITES];   /* of them, that nothing points at */
  uint64_t beside[LS_HOLDER_SITES]; /* lost with another of its own site's, or
                                       told in heads */
  uint32_t unsure; /* a bit for each shown site: pointers of a kind were seen
                      that were not looked for, so nothing is called lost */
  uint32_t nways, nheads;
  struct ls_holder_way ways[LS_HOLDER_WAYS];
  struct ls_holder_head heads[LS_HOLDER_HEADS];
  uint64_t nodes; /* for tests */
};

/* Searches.  In a child of the process that is asked about. */
void ls_holders_find(const struct ls_holders_question *question,
                     struct ls_holders *answer);

#endif
