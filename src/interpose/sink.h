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

/* `block` is about to go back to the allocator. */
struct ls_block ls_sink_free(void *block, size_t usable);

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

/* 1 if the block is known. */
int ls_sink_knows(const void *block);

/* The allocator's own code: a range; the frames from `record` outward up to
   code at [begin, end), 1 if that was met. */
void ls_sink_told_code(uintptr_t begin, uintptr_t end);
int ls_sink_told_learn(const uintptr_t *record, uintptr_t begin, uintptr_t end);

/* A descriptor was opened, or is about to be closed. */
void ls_sink_fd_open(int fd, const uintptr_t *record);
void ls_sink_fd_close(int fd);

/* A library was unloaded: its addresses may be another's soon. */
void ls_sink_unloaded(void);

/* An event that could not be recorded (a signal handler inside a hook). */
void ls_sink_missed(void);

/* 1 while events are wanted; read by every hook before anything else. */
extern int ls_sink_wanted __attribute__((visibility("hidden")));

#endif
