/* SPDX-License-Identifier: MIT */
/*
 * What the hooks tell: the only way up from this layer, resolved at link time
 * (a unit test links a sink that records).
 *
 * Context: hook.  The thread is marked LS_OWNER_HOOK by the caller.  No
 * function here may allocate from malloc, use stdio, take a lock of libc or
 * change errno.
 */
#ifndef LS_INTERPOSE_SINK_H
#define LS_INTERPOSE_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "platform/domains.h"

/* What was known of a block: handed back when a realloc fails. */
struct ls_block {
  uint32_t site; /* 0: nothing was known */
  uint32_t birth;
  size_t size;
};

/* `block` now belongs to the program; `record` is the frame record of the hook
   that was called (see traceback/unwind.h), `usable` the allocator's
   malloc_usable_size. */
void ls_sink_alloc(void *block, size_t size, size_t usable,
                   const uintptr_t *record);

/* The same of a block of glibc's that has less than LS_SINK_SMALL usable bytes,
   where ls_is_usual was true.  It hands the thread back to the host and returns
   `block`: the hook then has less to keep. */
enum { LS_SINK_SMALL = 1 << 20 };
void *ls_sink_alloc_usual(void *block, size_t size, size_t usable,
                          const uintptr_t *record);

/* `block` is about to go back to the allocator for good: 1, or 0 if nothing is
   known of it.  If it was the host's to free all the same, _unknown counts
   that. */
int ls_sink_free(void *block, size_t usable);

/* Fast path of ls_sink_free for a block of which ls_is_usual is true.  Returns
   0, having done nothing, when the slow path is needed. */
int ls_sink_free_usual(void *block, size_t usable);
void ls_sink_unknown(void);

/* `block` is about to be resized. */
struct ls_block ls_sink_lift(void *block, size_t usable);

/* After a realloc of what `old` describes: `block` is the new place, or, where
   the realloc failed, the old place with its old size. */
void ls_sink_move(struct ls_block old, void *block, size_t size, size_t usable,
                  const uintptr_t *record, int failed);

/*
 * From an allocator that tells of its blocks from inside: `record` is that of
 * a function that it called, its own frames come next.  A realloc is told as
 * an allocation and a release.
 */
void ls_sink_told_alloc(void *block, size_t size, const uintptr_t *record);
void ls_sink_told_free(void *block, size_t size, const uintptr_t *record);

/* As ls_sink_move, where such an allocator tells nothing of it. */
void ls_sink_told_move(struct ls_block old, void *block, size_t size,
                       const uintptr_t *record, int failed);

/* 1 if the block is known. */
int ls_sink_knows(const void *block);

/* The allocator's own code: a range; the frames from `record` outward up to
   code at [begin, end), 1 if that was met. */
void ls_sink_told_code(uintptr_t begin, uintptr_t end);
int ls_sink_told_learn(const uintptr_t *record, uintptr_t begin, uintptr_t end);

/* A descriptor was opened, or is about to be closed. */
void ls_sink_fd_open(int fd, const uintptr_t *record);
void ls_sink_fd_close(int fd);
/* All of them from `first` to `last` are. */
void ls_sink_fds_close(unsigned first, unsigned last);

/* A number that rises: what was mapped before now has a smaller one. */
uint64_t ls_sink_map_now(void);

/* Pages were mapped, over whatever was there. */
void ls_sink_map(const void *pages, size_t size, const uintptr_t *record);

/* Those of them that were mapped before `before` are gone. */
void ls_sink_unmap(const void *pages, size_t size, uint64_t before);

/* What mremap did. */
struct ls_remapped {
  const void *old;
  size_t old_size;
  const void *pages;
  size_t size;
  int keeps_old; /* 1: the old mapping is there as well */
};
void ls_sink_remap(const struct ls_remapped *re, uint64_t before,
                   const uintptr_t *record);

/* A thread is about to be created; `start` tells it from others until it runs.
   1 if it is known from here on: one of the next two follows. */
int ls_sink_thread_created(uintptr_t start, int is_detached,
                           const uintptr_t *record);
void ls_sink_thread_failed(uintptr_t start);
/* Told by the thread itself: it runs, and its pthread_t is `number`. */
void ls_sink_thread_runs(uintptr_t start, uintptr_t number);

/* A number that rises: threads created before now have a smaller one. */
uint64_t ls_sink_thread_now(void);

/* A thread that was created before `before` was joined. */
void ls_sink_thread_joined(uintptr_t number, uint64_t before);

/* A thread is about to be detached. */
void ls_sink_thread_detached(uintptr_t number);

/* The same for what has a number or an address and nothing else; `size` in
   bytes, 0 where it has none. */
void ls_sink_object_made(enum ls_domain domain, uintptr_t key, size_t size,
                         const uintptr_t *record);
uint64_t ls_sink_object_now(void);
void ls_sink_object_gone(enum ls_domain domain, uintptr_t key, uint64_t before);

/* A library was unloaded: its addresses may be another's soon. */
void ls_sink_unloaded(void);

/* A child was forked. */
void ls_sink_forked(int child, const uintptr_t *record);

/* Handlers of fork are about to be set: ours come first. */
void ls_sink_fork_handlers(void);

/* The program jumps, from the hook with this record, to where its stack is at
   `target` (0: not known): 1 if a hook of ours is left behind on the way. */
int ls_sink_jumps(const uintptr_t *record, uintptr_t target);

/* An event that could not be recorded (a signal handler inside a hook). */
void ls_sink_missed(void);

/* 1 while events are wanted; read by every hook before anything else. */
extern int ls_sink_wanted __attribute__((visibility("hidden")));

#endif
