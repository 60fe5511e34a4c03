/* SPDX-License-Identifier: MIT */
/*
 * One measurement: warm-up, baseline, N iterations, after.
 *
 *   measurement.c  the loop's side: what to do at the end of each iteration
 *   budget.c       how long it may go on
 *   records.c      per iteration: the sites that were touched -> their series
 *   judge.c        at a rung: series and births -> the state of each
 *   steps.c        in which part of an iteration a site grows
 *   births.c       at the end: in which iterations survivors were born
 *   children.c     processes that are left behind
 *   workers.c      at the end of a window: threads that fall behind
 *   untraced.c     memory that grows with no call behind it
 *   static_memory.c   what a first touch of static memory takes
 *   settle.c       before the last judgement: what is freed late
 *   evidence.c     at the end: what is to be reported
 *   names.c        functions and lines of what is shown
 *   places.c       which frame of each path is to blame
 *   wrappers.c     which of them only handed the block on
 *   objects.c      what is lost together
 *   sites.c        paths of one place -> a call site of the report
 *   advice.c       what to say where a leak is meant
 *   accepted.c     and what of it is accepted
 *   need.c         what budget a run that was too slow would have needed
 *   holders.c      what still points at what leaks
 *   held.c         and how that is said
 *   calls.c        for builds that are measured for coverage: what was called
 *
 * The struct and its records lie in memory shared with forked copies, so that
 * what a copy recorded outlives it, however it ended.  `book` is private to
 * the process that runs the loop.
 *
 * Context: runner, thread marked LS_OWNER_API.
 */
#ifndef LS_MEASURE_MEASUREMENT_H
#define LS_MEASURE_MEASUREMENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "callsite/callsite.h"
#include "leakslope.h" /* types: struct leakslope_plan */
#include "measure/budget.h"
#include "measure/gauge.h"
#include "measure/static_memory.h"
#include "measure/untraced.h"
#include "platform/arena.h"
#include "report/model/model.h"
#include "symbolize/symbolize.h"
#include "tracker/tracker.h"
#include "verdict/verdict.h"

enum {
  LS_RECORD_FRAMES = 64,          /* of a path, kept for a copy that dies */
  LS_MEASUREMENT_SIZE = 24 << 20, /* address space, touched as needed */
  LS_RESULT_SIZE = 1 << 20,       /* of it, for the encoded report */
  LS_NOTE_SIZE = 256,
  LS_SUSPECT_FACTOR = 5, /* budget of a suspect, in budgets */
  LS_FEWEST = 8,         /* iterations that say anything */
  LS_LABEL_SIZE = 96
};

/* At which level a series was kept. */
enum ls_level {
  LS_LEVEL_TRACEBACK, /* one distinct path */
  LS_LEVEL_CALLSITE   /* all paths with the same innermost own frame */
};

struct ls_change {
  int64_t count, bytes;
};

struct ls_record {
  struct ls_series series;
  /* Of a call site, while its members are gone through: the sum of their
     changes; at settling of what they lost, and apart what they gained. */
  struct ls_change change, late;
  uint32_t is_changed;
  uint32_t next_changed; /* see struct ls_book */
  uint32_t level;
  uint32_t domain;
  uint32_t group;    /* of a traceback: the record of its call site, plus one */
  uint32_t state;    /* enum ls_site_state, as judged last */
  uint32_t accepted; /* 1: grows by permission, and makes no outcome */
  int64_t freed_late; /* blocks, while it is waited for what is freed late */
  uint32_t every;     /* its survivors were born at this distance, 0: at none */
  uint32_t born[LS_BORN];    /* the first of them */
  char label[LS_LABEL_SIZE]; /* words in place of a path; or empty */
  uint32_t is_truncated;     /* the path goes on, or may do so */
  uint32_t npcs;
  uintptr_t pcs[LS_RECORD_FRAMES]; /* of a call site: of its path that grew
                                      most when it was last judged */
};

struct ls_book;

struct leakslope_measurement {
  struct leakslope_plan plan;
  size_t size;
  uint32_t capacity; /* records that fit */
  uint32_t nrecords;
  uint32_t nlost; /* records that did not fit */

  uint32_t begun;   /* 1 after the first call of _iteration */
  uint32_t stepped; /* 1: the caller says in which step it is */
  uint32_t warmups;
  uint32_t iterations; /* completed, after the baseline */
  uint32_t first_rung;
  uint32_t judged_first; /* the rung; later, where passes were cheaper */
  uint32_t target;       /* judged at this many */
  uint32_t last_rung;
  uint32_t goes_on;  /* 1: what is suspect is judged again later */
  uint32_t extended; /* 1: under suspicion, five times the budget */
  uint32_t done;
  uint32_t stop; /* enum ls_stop */
  struct ls_budget budget;
  uint64_t cpu_mark_ns;
  uint64_t cpu_pass_ns; /* cheapest warm-up pass after the first */
  uint64_t own_mark_ns;
  uint64_t own_pass_ns; /* quickest of them, in time that the budget counts */
  uint64_t drops;       /* since the baseline */
  int64_t foreign_frees;
  int64_t base_bytes;
  int64_t available;     /* bytes that could be allocated at the baseline */
  int64_t base_mapped;   /* bytes, by traced calls */
  int64_t base_resident; /* bytes, of everything */
  int64_t limits[LS_DOMAINS]; /* how many there may be; 0: no limit */
  struct ls_memory_samples memory;
  struct ls_static_memory statics;
  struct ls_gauge_seen gauges[LS_GAUGES];
  struct ls_gauge_seen children;
  uint32_t awaited_epoch; /* the last in which a thread that was waited for had
                             done something */
  uint64_t waited_ns;     /* for threads, in all */
  uint64_t vain_ns;       /* of the processor's time that came to nothing */
  uint32_t epoch;         /* of the baseline; iteration k is epoch + k */
  uint32_t worst;         /* enum ls_site_state */
  char note[LS_NOTE_SIZE];

  pid_t owner;     /* the process that runs the loop */
  uintptr_t stack; /* frame of the loop's latest call */
  struct ls_book *book;
  size_t result_size; /* of the encoded report, 0 while there is none */

  struct ls_record records[];
};

/* ---- measurement.c ----------------------------------------------------------
 */

/* The last rung for a suspect, by what the passes of the warm-up cost. */
uint32_t ls_measure_last_rung(const struct leakslope_measurement *m);

/* ---- records.c --------------------------------------------------------------
 */

/* What the process that runs the loop knows of each site. */
struct ls_seen {
  int64_t count, bytes;           /* at the latest boundary */
  int64_t base_count, base_bytes; /* at the baseline */
  int64_t first_count, first_bytes;
  uint32_t first_iteration; /* of its only change so far, if no record yet */
  uint32_t record;          /* index plus one */
  uint32_t group;           /* index plus one */
  uint32_t touched;         /* 1: in an iteration */
};

int ls_book_open(struct leakslope_measurement *m);
void ls_book_close(struct leakslope_measurement *m);
struct ls_seen *ls_book_seen(struct leakslope_measurement *m, uint32_t site);

/* A record that has no site yet: index plus one, 0 without room for it (which
   is counted). */
uint32_t ls_records_new(struct leakslope_measurement *m, enum ls_level level,
                        enum ls_domain domain, int64_t base_count,
                        int64_t base_bytes);

/* At the baseline: what every site holds. */
void ls_records_baseline(struct leakslope_measurement *m);
/* At the end of iteration m->iterations: the sites that were touched. */
void ls_records_boundary(struct leakslope_measurement *m);
/* After it: what was freed since, of the sites that have a series. */
void ls_records_settle(struct leakslope_measurement *m);
/* Resets the count of blocks that were freed late. */
void ls_records_forget_late(struct leakslope_measurement *m);

/* ---- judge.c
 * ------------------------------------------------------------------ */

/* Judges every record; the worst state goes to m->worst.  Births are known
   where the loop ran in this process. */
void ls_judge_all(struct leakslope_measurement *m);

/* Whether no site holds more than at the baseline. */
int ls_judge_is_flat(const struct leakslope_measurement *m);

/* ---- steps.c
 * ----------------------------------------------------------------- */

/* The step in which most of the blocks of a record were allocated or resized
   that are alive; 0 where none was noted, or the loop ran elsewhere. */
uint32_t ls_step_of(struct leakslope_measurement *m,
                    const struct ls_record *record);

/* ---- births.c
 * ----------------------------------------------------------------- */

/* At the end: at which distance the survivors of leaks were born. */
void ls_births_note(struct leakslope_measurement *m);

/* ---- wrappers.c
 * ----------------------------------------------------------------- */

/* Whether the first `n` frames of a record's path are those of a function that
   allocates for its callers and hands the block on, as far as it shows in how
   their blocks went.  `shape` of its function: see symbolize/shape.h. */
int ls_wrappers_hands_on(struct leakslope_measurement *m,
                         const struct ls_record *record, size_t n,
                         unsigned shape);

/* ---- settle.c
 * ----------------------------------------------------------------- */

/* Calls the program's settle function, if it has one. */
void ls_settle(const struct leakslope_measurement *m);

/* Whether a run ends early, as limits.h says. */
typedef int ls_stops(const struct leakslope_measurement *m);

/* Judges all; where something is suspect, or `stops` (NULL: there is none) says
   that the run ends, waits for what is freed late and judges again. */
void ls_judge_settled(struct leakslope_measurement *m, ls_stops *stops);

/* ---- names.c
 * ----------------------------------------------------------------- */

struct ls_shown;

/* Asks for the frames of the records shown; without memory none is shown. */
void ls_names_of_shown(const struct leakslope_measurement *m,
                       struct ls_arena *arena, struct ls_shown *shown);
#define LS_NAMES_MISSING                                                     \
  "leakslope-symbolize gave no names in 20 s, and what is accepted goes by " \
  "them"

/* ---- evidence.c
 * ----------------------------------------------------------------- */

/* The outcome and the offending sites, as a report of one case; NULL without
   memory. */
struct leakslope_report *ls_evidence_report(struct leakslope_measurement *m);

/* Records that are to be shown, with their frames. */
struct ls_shown {
  const struct ls_record **records;
  struct ls_frames *parts; /* those of each record's pcs, in a row */
  size_t n;
  int is_late;    /* 1: the symbolizer ran out of time, names are missing */
  int is_unnamed; /* 1: and what is accepted goes by them */
};

/* What is to grow of a record: most comes first. */
double ls_evidence_growth(const struct ls_record *record);

/* ---- places.c
 * ----------------------------------------------------------------- */

/* One path of those shown, and who is to blame for it. */
struct ls_way {
  const struct ls_record *record;
  struct ls_report_site site;
  unsigned char *shapes; /* of the site's frames */
  uint32_t *pcs;         /* of each frame, the index of its pc */
  enum ls_stream_part stream;
  uint32_t joins; /* index plus one of the way that it is a part of; 0: none */
  int is_object;  /* 1: its named frame makes an object of several blocks: a
                     function, not a line, is its place */
  int has_no_place; /* 1: no frame is the program's own */
};

/* A record as a site of the report, with the place that its path alone gives;
   0 without memory. */
int ls_places_way(const struct leakslope_measurement *m, struct ls_arena *arena,
                  const struct ls_record *record, const struct ls_frames *parts,
                  struct ls_way *way);

/* Moves the places outward, past what this run shows to be wrappers, and to
   what all ways of one object have in common. */
void ls_places_settle(struct leakslope_measurement *m, struct ls_way *ways,
                      size_t n);

/* ---- objects.c
 * ----------------------------------------------------------------- */

void ls_objects_find(struct ls_way *ways, size_t n);
int ls_objects_same(const struct ls_way *a, const struct ls_way *b);

/* ---- advice.c
 * ----------------------------------------------------------------- */

/* The suppression that covers the first site of the report and, of all that
   this process ever allocated, nothing else; NULL where there is none, or
   where that is not known. */
const char *ls_advice_of(struct leakslope_measurement *m,
                         struct ls_arena *arena, const struct ls_way *ways,
                         size_t n, const struct ls_report_site *site);

/* ---- sites.c
 * ----------------------------------------------------------------- */

/* The ways as sites of the report, those of one place joined.  at[i] gets the
   index of the site that way i is a part of, plus one. */
void ls_sites_add(struct leakslope_report *report, const struct ls_way *ways,
                  size_t n, struct ls_measured *to, uint32_t *at);

/* ---- holders.c
 * ----------------------------------------------------------------- */

struct ls_holders;

/* Looks for what points at the blocks of the report's sites, where the plan
   asks for it, and adds it to them.  `at` as above. */
void ls_holders_add(struct leakslope_measurement *m,
                    struct leakslope_report *report, struct ls_measured *to,
                    const struct ls_way *ways, size_t n, const uint32_t *at);

/* ---- held.c
 * ----------------------------------------------------------------- */

/* The answer of a search as holders of the report's sites. */
void ls_held_add(const struct leakslope_measurement *m, struct ls_arena *arena,
                 const struct ls_holders *answer, struct ls_report_site *sites,
                 size_t nsites);

/* ---- accepted.c
 * ----------------------------------------------------------------- */

/* What is accepted of the records shown is marked so and noted in `to`; the
   rest is to be judged again then.  Returns how many. */
size_t ls_accept_shown(struct leakslope_measurement *m,
                       const struct ls_shown *shown, struct ls_arena *arena,
                       struct ls_measured *to);

/* A clean test of which the baseline knows a leak that is gone. */
/* What is to be said where a leak is known, but worse than the baseline has it:
   in the arena; NULL for nothing. */
const char *ls_accept_worse(const struct leakslope_measurement *m,
                            struct ls_arena *arena,
                            const struct ls_measured *to);
void ls_accept_find_stale(const struct leakslope_measurement *m,
                          struct ls_arena *arena, struct ls_measured *to);

/* ---- calls.c
 * ----------------------------------------------------------------- */

/* At the end of an iteration: the sites that were touched. */
void ls_calls_boundary(struct leakslope_measurement *m);

/* Adds to the report, which is of one case, from which calls was allocated:
   of sites that were touched, and of those that are new since the plan's mark.
   What does not fit is left out, as if it had not been called. */
void ls_calls_note(struct leakslope_measurement *m,
                   struct leakslope_report *report);

/* ---- need.c
 * ----------------------------------------------------------------- */

/* Notes what budget a run that was too slow would have needed for `planned`
   iterations, where nothing else is noted. */
void ls_need_note(struct leakslope_measurement *m, uint32_t planned);

/* Where the encoded report of a measurement lies. */
void *ls_measurement_result(struct leakslope_measurement *m);

#endif
