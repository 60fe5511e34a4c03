/* SPDX-License-Identifier: MIT */
/*
 * What is alive, by site: the counters behind every snapshot.
 *
 *   hook -> sink -> [ shadow: block -> site ] + [ counters: site -> n, bytes ]
 *                                                 + dirty list of the epoch
 *
 * An epoch is the time between two boundaries of a measurement; the dirty list
 * names the sites touched in it, so that a boundary costs what was touched and
 * not what exists.
 *
 * This header is the runner's side (context: above the hook line, thread
 * marked LS_OWNER_API); the hooks' side is interpose/sink.h.
 */
#ifndef LS_TRACKER_TRACKER_H
#define LS_TRACKER_TRACKER_H

#include <stddef.h>
#include <stdint.h>

#include "platform/domains.h"

struct ls_live {
  int64_t count;
  int64_t bytes;
};

/* Makes ready and begins to trace; 0 or a negative errno, with a constant text
   in *cause. */
int ls_tracker_start(unsigned nframe, const char **cause);
void ls_tracker_stop(void);

/* Traces nothing any more; what is known stays as it is, and is wrong from here
   on. */
void ls_tracker_quit(void);

/* The same from this process's next fork on where *flag is LS_TRACKER_QUITS
   then; it lies in memory that processes share.  NULL: none. */
enum { LS_TRACKER_QUITS = 0x71756974 };
void ls_tracker_quit_when(const uint32_t *flag);
int ls_tracker_is_tracing(void);

/* 1 where a sanitizer's runtime tells of its blocks (told.c). */
int ls_tracker_is_told(void);
void ls_tracker_clear(void);
unsigned ls_tracker_nframe(void);

/* Sites are numbered from 1 to this, over all domains. */
uint32_t ls_tracker_sites(void);
struct ls_live ls_tracker_live(uint32_t site);

/* What every site holds at one moment; taking it is all that costs then. */
struct ls_copy {
  struct ls_live few[128]; /* zero before; what sites hold, if it fits */
  uint32_t n;              /* sites 0 to n - 1 */
  struct ls_live *live;
  size_t size; /* of what is mapped */
};
int ls_tracker_copy(struct ls_copy *copy); /* 0 or -ENOMEM */
void ls_copy_free(struct ls_copy *copy);

enum ls_domain ls_tracker_domain(uint32_t site);
size_t ls_tracker_path(uint32_t site, uintptr_t *pcs, size_t max);

/* 1 where its frames are as many as are kept: there may be more. */
int ls_tracker_is_truncated(uint32_t site);

/* What the objects of a site without frames are; NULL for all others.  Its
   path has the length 0. */
const char *ls_tracker_label(uint32_t site);

/* The site of the fork that made a child, 0 if that is not known (any more). */
uint32_t ls_tracker_fork_of(int child);

/* The site of a live block, 0 if there is none. */
uint32_t ls_tracker_site_of(const void *block);

void ls_tracker_memory(size_t *current, size_t *peak);
void ls_tracker_reset_peak(void);

/* Bytes now mapped by calls that were traced. */
int64_t ls_tracker_mapped(void);

/* Code ranges whose frames, and what is outside of them, are not recorded. */
int ls_tracker_outermost(const void *begin, const void *end);
/* Such a frame is the innermost of a path that has no other. */
int ls_tracker_is_outermost(uintptr_t pc);

/* From here on blocks are zeroed when they are handed out, so that no pointer
   of an earlier owner is left in them. */
void ls_tracker_clean(int yes);

/* ---- measuring ----------------------------------------------------------- */

/*
 * Begins epoch `epoch` (> 0; 0 ends measuring).  Blocks get it as their birth,
 * and sites touched from here on are listed as dirty once.
 */
void ls_tracker_epoch(uint32_t epoch);

/*
 * Within an epoch: blocks that are allocated or resized from here on are noted
 * with this step (1 to LS_STEPS; 0, and any other: none).  Forgotten when
 * measuring ends.
 */
enum { LS_STEPS = 2047 };
void ls_tracker_step(uint32_t step);

/* What a birth says: the epoch, and the step (0: none was noted). */
uint32_t ls_birth_epoch(uint32_t birth);
uint32_t ls_birth_step(uint32_t birth);

/* The dirty list of the epoch.  Returns its length; *overflowed is 1 when it
   had no room and any site may be dirty. */
uint32_t ls_tracker_dirty(const uint32_t **sites, int *overflowed);

/* The latest epoch in which another thread than the calling one touched a
   site; 0: none did. */
uint32_t ls_tracker_others_epoch(void);

/* 1 if more than one thread has counted anything, ever. */
int ls_tracker_has_threads(void);

/* Visits the live blocks that were born while something was measured, or
   resized in a step: site and birth. */
void ls_tracker_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                     void *arg);

/* Events that could not be recorded, and frees of unknown blocks, so far. */
uint64_t ls_tracker_drops(void);
uint64_t ls_tracker_foreign_frees(void);

#endif
