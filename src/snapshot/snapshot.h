/* SPDX-License-Identifier: MIT */
/*
 * What was alive at one moment, and its grouping.
 *
 *   tracker --take--> count and bytes by site
 *           --resolve--> traces with paths and frames (helper process, once)
 *           --group--> statistics by file, line or traceback
 *
 * Context: runner, thread marked LS_OWNER_API.
 */
#ifndef LS_SNAPSHOT_SNAPSHOT_H
#define LS_SNAPSHOT_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "leakslope.h" /* types */
#include "platform/arena.h"
#include "tracker/tracker.h"

/* All blocks of one site. */
struct ls_trace {
  uint32_t site;
  uint32_t domain;
  int64_t count;
  int64_t bytes;
  size_t npcs;
  const uintptr_t *pcs;
  struct leakslope_traceback traceback; /* after ls_snapshot_resolve */
  size_t named;                         /* frame that is the call site */
};

struct leakslope_snapshot {
  struct ls_arena arena;
  struct ls_arena results; /* of the latest statistics or comparison */
  struct ls_copy copy;     /* all that is taken at the moment itself */
  size_t ntraces;
  struct ls_trace *traces; /* after ls_snapshot_resolve */
  int resolved;
};

struct leakslope_snapshot *ls_snapshot_take(void);
void ls_snapshot_free(struct leakslope_snapshot *snapshot);

/* Makes the traces out of the copy, with tracebacks; 0 or -ENOMEM.  Sites are
   never removed, so that this can be late. */
int ls_snapshot_resolve(struct leakslope_snapshot *snapshot);

/* One path as a traceback in `arena`: 0 or -ENOMEM. */
int ls_traceback_make(struct ls_arena *arena, const uintptr_t *pcs, size_t n,
                      struct leakslope_traceback *out);

/* See leakslope_traceback_format. */
struct ls_text;
void ls_traceback_words(struct ls_text *text,
                        const struct leakslope_traceback *tb, int limit,
                        int most_recent_first);

int ls_snapshot_statistics(struct leakslope_snapshot *snapshot,
                           enum leakslope_key key, int cumulative,
                           const struct leakslope_statistic **out, size_t *n);
int ls_snapshot_compare(struct leakslope_snapshot *after,
                        struct leakslope_snapshot *baseline,
                        enum leakslope_key key, int cumulative,
                        const struct leakslope_statistic_diff **out, size_t *n);

#endif
