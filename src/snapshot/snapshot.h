/* SPDX-License-Identifier: MIT */
/*
 * What was alive at one moment, and its grouping.
 *
 *   tracker --take--> count and bytes by site
 *           --place--> traces: addresses as (module, offset) <-> file.h
 *           --resolve--> frames                   (helper process, once)
 *           --filter--> a snapshot of some of the traces
 *           --group--> statistics by file, line or traceback
 *           --fold--> stacks for flame graphs
 *
 * What is placed means the same in any process: it can be written to a file
 * and be resolved later, or on another machine.
 *
 * take.c alone needs the tracker; the command is linked without it.
 * Context: runner, thread marked LS_OWNER_API; what on_signal.c uses (take_now,
 * place, encode) takes no lock and calls no malloc.
 */
#ifndef LS_SNAPSHOT_SNAPSHOT_H
#define LS_SNAPSHOT_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "leakslope.h" /* types */
#include "platform/arena.h"
#include "platform/text.h"
#include "symbolize/symbolize.h"

/* All blocks of one site. */
struct ls_trace {
  uint32_t domain;
  int64_t count;
  int64_t bytes;
  size_t n;              /* frames, innermost first, before inlining */
  const uintptr_t *pcs;  /* NULL in what was read from a file */
  const uint32_t *steps; /* by index of the place, once placed */
  struct leakslope_traceback traceback; /* once resolved */
  size_t named;                         /* frame that is the call site */
};

/* A distinct place of the snapshot. */
struct ls_spot {
  struct ls_place place;
  struct ls_frames known; /* its symbols; n is 0 until they are known */
};

struct leakslope_snapshot {
  struct ls_arena arena;
  struct ls_arena results; /* of the latest statistics or comparison */
  uint64_t time;           /* nanoseconds since 1970 */
  uint64_t drops;          /* what the tracer could not record until then */
  uint32_t pid;
  uint32_t nframe; /* the traceback limit */
  /* Of this process and not placed yet: what was alive by site.  _list makes
     traces of it, once; _forget frees it.  NULL where there is none. */
  struct ls_copy *copy;
  int (*list)(struct leakslope_snapshot *);
  void (*forget)(struct leakslope_snapshot *);
  size_t ntraces;
  struct ls_trace *traces;
  size_t nmodules;
  struct ls_module *modules;
  size_t nspots;
  struct ls_spot *spots;
  int placed;   /* modules, spots and steps are there */
  int asked;    /* there is nothing more to be known of the spots */
  int resolved; /* tracebacks are there */
};

/* Frames of one trace, and of one place: more is no snapshot of ours. */
enum { LS_TRACE_FRAMES_MAX = 1024, LS_SPOT_FRAMES_MAX = 1024 };

/* Copies counters and no more: the cost at that moment. */
struct leakslope_snapshot *ls_snapshot_take(void);
/* The same in a signal handler: without asking which threads have ended. */
struct leakslope_snapshot *ls_snapshot_take_now(void);
struct leakslope_snapshot *ls_snapshot_new(void);
void ls_snapshot_free(struct leakslope_snapshot *snapshot);

/* Makes the traces, and finds the modules of their addresses, with build ids.
   Sites are never removed, so that this can be late.  0 or -ENOMEM. */
int ls_snapshot_place(struct leakslope_snapshot *snapshot);

/* Fills in the tracebacks; 0 or -ENOMEM. */
int ls_snapshot_resolve(struct leakslope_snapshot *snapshot);

/* One path as a traceback in `arena`: 0 or -ENOMEM. */
int ls_traceback_make(struct ls_arena *arena, const uintptr_t *pcs, size_t n,
                      struct leakslope_traceback *out);

/* See leakslope_traceback_format. */
void ls_traceback_words(struct ls_text *text,
                        const struct leakslope_traceback *tb, int limit,
                        int most_recent_first);

/* See leakslope_snapshot_traces, _statistics, _compare_to. */
int ls_snapshot_traces(struct leakslope_snapshot *snapshot,
                       const struct leakslope_trace **out, size_t *n);
int ls_snapshot_statistics(struct leakslope_snapshot *snapshot,
                           enum leakslope_key key, int cumulative,
                           const struct leakslope_statistic **out, size_t *n);
int ls_snapshot_compare(struct leakslope_snapshot *after,
                        struct leakslope_snapshot *baseline,
                        enum leakslope_key key, int cumulative,
                        const struct leakslope_statistic_diff **out, size_t *n);

/* See leakslope_snapshot_filter_traces; 0 or a negative errno. */
int ls_snapshot_filter(struct leakslope_snapshot *snapshot,
                       const struct leakslope_filter *filters, size_t n,
                       struct leakslope_snapshot **out);

/* The folded stacks of what is alive, or of what is alive beyond `baseline`
   (NULL: all); 0 or -ENOMEM. */
int ls_snapshot_fold(struct ls_text *text, struct leakslope_snapshot *snapshot,
                     struct leakslope_snapshot *baseline,
                     enum leakslope_weight weight);

#endif
