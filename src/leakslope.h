/* SPDX-License-Identifier: MIT */
/*
 * leakslope: the growth tracer for C, in tracemalloc's words.
 *
 * A program that links libleakslope (or has it preloaded) is traced from
 * before main: every block of the malloc family is known with the call path
 * that asked for it.  Two snapshots and their difference name the call site
 * whose count grew; a measurement repeats an operation and says whether the
 * growth scales with the number of repetitions, which is what a leak does and
 * a cache, a pool or a lazily made singleton does not.
 *
 * Words:
 *   traceback   the call path of an allocation, innermost frame first
 *   site        a distinct traceback
 *   domain      the kind of thing counted (malloc blocks, mappings, file
 *               descriptors, threads, timers)
 *   snapshot    what is alive at one moment, by site
 *   count_diff  live blocks now minus live blocks then
 *
 * Conventions: sizes are bytes as requested by the program.  Functions that
 * return int give 0 (or a count) on success and a negative errno on failure.
 * Nothing here aborts or prints.  Unless a comment says otherwise a function
 * may be called from any thread, but not from a signal handler, and a handle
 * (snapshot, report, measurement) is used by one thread at a time.
 */
#ifndef LEAKSLOPE_H
#define LEAKSLOPE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Semantic versioning, told here alone: the build reads these lines.  Before
 * 1.0 a minor version may change what is declared below; see CHANGELOG.md.
 *
 *   #if LEAKSLOPE_VERSION_NUMBER >= 100    (0.1.0)
 */
#define LEAKSLOPE_VERSION_MAJOR 0
#define LEAKSLOPE_VERSION_MINOR 1
#define LEAKSLOPE_VERSION_PATCH 0
#define LEAKSLOPE_VERSION "0.1.0"
#define LEAKSLOPE_VERSION_NUMBER                                     \
  (LEAKSLOPE_VERSION_MAJOR * 10000 + LEAKSLOPE_VERSION_MINOR * 100 + \
   LEAKSLOPE_VERSION_PATCH)

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Product code that is to run with and without leakslope defines
 * LEAKSLOPE_OPTIONAL before it includes this header, and links nothing: each
 * function is then NULL where leakslope is neither linked nor preloaded.
 *
 *   #define LEAKSLOPE_OPTIONAL
 *   #include <leakslope.h>
 *   if (leakslope_track) leakslope_track(1, (uintptr_t)handle, 0);
 *
 * Such code is compiled as position-independent (-fPIE, -fPIC: what compilers
 * do by default today); without, the linker settles for NULL.
 */
#ifdef LEAKSLOPE_OPTIONAL
#define LEAKSLOPE_API __attribute__((visibility("default"), weak))
#else
#define LEAKSLOPE_API __attribute__((visibility("default")))
#endif

/* ---- Tracing ---------------------------------------------------------- */

/*
 * The environment, as PYTHONTRACEMALLOC: LEAKSLOPE=N traces with N frames per
 * traceback (1 to 252) from before main; LEAKSLOPE=0 waits for
 * leakslope_start().  A value that is neither counts as unset here, and
 * leakslope_options_check() refuses it.
 */

/*
 * Begins to trace with `nframe` frames per traceback (1 to 252; 0 keeps the
 * limit in force, 64 unless set).  Tracing normally begins before main by
 * itself; this is for a program that called leakslope_stop().
 * Returns 0, -EINVAL for a bad nframe, -ENOTSUP where nothing can be traced
 * (leakslope_armed() tells why).
 */
LEAKSLOPE_API int leakslope_start(unsigned nframe);

/* Stops tracing and forgets what was traced.  Snapshots stay valid. */
LEAKSLOPE_API void leakslope_stop(void);

/* 1 while allocations are traced, else 0.  Safe in a signal handler. */
LEAKSLOPE_API int leakslope_is_tracing(void);

/* Forgets every traced block; they are then as if allocated before tracing. */
LEAKSLOPE_API void leakslope_clear_traces(void);

/* Frames kept per traceback. */
LEAKSLOPE_API unsigned leakslope_get_traceback_limit(void);

/*
 * Bytes now alive in traced malloc blocks, and their peak since the start or
 * the last leakslope_reset_peak().  Either pointer may be NULL.  The peak is
 * exact with one thread and a close lower bound with several.
 */
LEAKSLOPE_API void leakslope_get_traced_memory(size_t *current, size_t *peak);

/* Sets the peak to what is alive now. */
LEAKSLOPE_API void leakslope_reset_peak(void);

/* Bytes of memory that the tracer itself has mapped; they are in no count. */
LEAKSLOPE_API size_t leakslope_get_tracer_memory(void);

/*
 * Proves that the tracer sees this program's own calls of malloc and free.
 * `allocate` and `release` are the program's malloc and free, passed by the
 * caller so that they are bound as the caller's are.
 * Returns 0 when both were seen; else -ENOTSUP, and *cause is a constant text
 * such as "malloc is jemalloc's, ...".  `cause` may be NULL.
 */
LEAKSLOPE_API int leakslope_armed(void *(*allocate)(size_t),
                                  void (*release)(void *), const char **cause);

/* 1 where the tracer stands down by design (Valgrind, rr), with the reason in
 *why; else 0. */
LEAKSLOPE_API int leakslope_stands_down(const char **why);

/* ---- Tracebacks ------------------------------------------------------- */

/* One resolved frame.  Strings belong to what the frame was read from. */
struct leakslope_frame {
  const char *function; /* NULL when no symbol covers the address */
  const char *filename; /* NULL without debug information */
  unsigned lineno;      /* 0 without debug information */
  const char *module;   /* path of the program or library, NULL if unknown */
  uint64_t offset;      /* of the call in the module, as addr2line takes it */
  int inlined;          /* 1: inlined into the frame that follows */
};

/* A call path, innermost frame first. */
struct leakslope_traceback {
  size_t nframe;
  const struct leakslope_frame *frames;
  unsigned total_nframe; /* before the traceback limit cut it */
};

/*
 * The traceback of the block at `ptr`, or NULL if `ptr` is not the start of a
 * traced live block.  The caller frees it with leakslope_traceback_free().
 * Starts the symbolizer process once for each call.
 */
LEAKSLOPE_API struct leakslope_traceback *leakslope_get_object_traceback(
    const void *ptr);
LEAKSLOPE_API void leakslope_traceback_free(struct leakslope_traceback *tb);

/*
 * The traceback as text, one line a frame ("#0 function   file:line").
 * `limit` > 0 keeps the most recent `limit` frames, < 0 the oldest -limit, 0
 * all.  `most_recent_first` chooses the order.  The caller frees the string
 * with leakslope_string_free(); NULL when there is no memory.
 */
LEAKSLOPE_API char *leakslope_traceback_format(
    const struct leakslope_traceback *tb, int limit, int most_recent_first);
LEAKSLOPE_API void leakslope_string_free(char *string);

/* ---- What only the program knows of ------------------------------------ */

/*
 * The program has an object that the tracer cannot see: a piece of its own
 * pool, a handle of a device, memory of a GPU.  It is counted for the
 * traceback of this call until leakslope_untrack(), and judged as a block is.
 * `ptr` is any number that tells it from others in `domain`, which is a name
 * space of the program's own (any number); `size` in bytes, 0 where it has
 * none.  An object that is tracked already is brought up to date.
 * Returns 0, -ENOTSUP when not tracing, -ENOMEM.  Any thread; not in a signal
 * handler.
 */
LEAKSLOPE_API int leakslope_track(unsigned domain, uintptr_t ptr, size_t size);

/* The object is gone.  Returns 0, also for one that is not tracked; -ENOTSUP
   when not tracing. */
LEAKSLOPE_API int leakslope_untrack(unsigned domain, uintptr_t ptr);

/*
 * A number that must not climb with the iterations: the length of a queue,
 * pieces in use of a pool.  read(arg) gives it; it is called at the baseline
 * and at the end of each iteration, in the loop's thread, and what it allocates
 * counts as the program's.  The number is judged as a site of its own, without
 * a traceback, by `name` (copied; 1 to 63 bytes).  The same name again replaces
 * read and arg; read NULL removes the gauge.
 * Returns 0, -EINVAL for a bad name, -ENOSPC with 64 gauges.  Any thread; not
 * in a signal handler.
 */
LEAKSLOPE_API int leakslope_gauge(const char *name, long (*read)(void *arg),
                                  void *arg);

/* ---- Snapshots -------------------------------------------------------- */

enum leakslope_domain {
  LEAKSLOPE_DOMAIN_ANY = -1,    /* in a filter: of whatever kind */
  LEAKSLOPE_DOMAIN_MALLOC = 0,  /* blocks of the malloc family */
  LEAKSLOPE_DOMAIN_FD = 1,      /* open file descriptors */
  LEAKSLOPE_DOMAIN_MMAP = 2,    /* mappings: mmap, mremap */
  LEAKSLOPE_DOMAIN_THREAD = 3,  /* threads: neither joined, nor detached and
                                   ended */
  LEAKSLOPE_DOMAIN_TIMER = 4,   /* timers: timer_create */
  LEAKSLOPE_DOMAIN_TRACKED = 5, /* objects that leakslope_track() was told of */
  LEAKSLOPE_DOMAIN_GAUGE = 6    /* numbers of leakslope_gauge() */
};

/* What statistics are grouped by. */
enum leakslope_key {
  LEAKSLOPE_FILENAME,
  LEAKSLOPE_LINENO,
  LEAKSLOPE_TRACEBACK
};

struct leakslope_snapshot;

/*
 * What is alive now.  Copies counters only: the cost grows with the number of
 * sites, not of live blocks.  The caller frees the snapshot with
 * leakslope_snapshot_free(); NULL when not tracing or without memory.
 */
LEAKSLOPE_API struct leakslope_snapshot *leakslope_take_snapshot(void);
LEAKSLOPE_API void leakslope_snapshot_free(struct leakslope_snapshot *snapshot);

/* The traceback limit, in frames, that was in force when it was taken. */
LEAKSLOPE_API unsigned leakslope_snapshot_get_traceback_limit(
    const struct leakslope_snapshot *snapshot);

/* What is alive of one call path: the blocks that Python lists one by one. */
struct leakslope_trace {
  int domain; /* enum leakslope_domain, or one of the program's own */
  size_t size;
  size_t count;
  struct leakslope_traceback traceback;
};

/*
 * All traces of the snapshot, in no order.  *out has *n entries and belongs to
 * the snapshot until it is asked for something else, or freed.
 * Returns 0 or -ENOMEM.  Resolves symbols when first called, as all functions
 * below do: that starts the symbolizer process once.
 */
LEAKSLOPE_API int leakslope_snapshot_traces(struct leakslope_snapshot *snapshot,
                                            const struct leakslope_trace **out,
                                            size_t *n);

/*
 * Which traces to keep: Filter of tracemalloc, or DomainFilter where
 * filename_pattern is NULL.
 */
struct leakslope_filter {
  int inclusive; /* 1: keeps what matches; 0: drops what matches */
  const char *filename_pattern; /* as Python's fnmatch, case as it is; held
                                   against the module's path where there is no
                                   debug information; NULL: of any file */
  unsigned lineno;              /* 0: any line */
  int all_frames; /* 1: some frame matches; 0: the call site does, see
                     leakslope_snapshot_statistics() */
  int domain;     /* LEAKSLOPE_DOMAIN_ANY, or of this domain only */
};

/*
 * A new snapshot with the traces that match at least one inclusive filter
 * (where there are any) and no exclusive one; a copy without filters.  The
 * caller frees it; `snapshot` stays as it is.  NULL with errno ENOMEM, or
 * EINVAL for a domain below LEAKSLOPE_DOMAIN_ANY.
 */
LEAKSLOPE_API struct leakslope_snapshot *leakslope_snapshot_filter_traces(
    struct leakslope_snapshot *snapshot, const struct leakslope_filter *filters,
    size_t n);

/*
 * Writes the snapshot to `path`, whole or not at all, with modules and build
 * ids, and with symbols where they were resolved already: what is missing can
 * be resolved by whoever loads it, where files with these build ids are.
 * Returns 0 or a negative errno.
 */
LEAKSLOPE_API int leakslope_snapshot_dump(struct leakslope_snapshot *snapshot,
                                          const char *path);

/*
 * Reads a snapshot that was dumped, or written by
 * `leakslope run --snapshot-signal`; the caller frees it.  NULL with errno:
 * what opening and reading gave, EINVAL for what is no snapshot, ENOTSUP for
 * one of another version, EBADMSG for a damaged one, ENOMEM.
 */
LEAKSLOPE_API struct leakslope_snapshot *leakslope_snapshot_load(
    const char *path);

enum leakslope_weight { LEAKSLOPE_WEIGHT_SIZE, LEAKSLOPE_WEIGHT_COUNT };

/*
 * What is alive as folded stacks ("outer;..;inner N" lines) for flame-graph
 * tools: N is bytes, or blocks with LEAKSLOPE_WEIGHT_COUNT.  With a `baseline`
 * (may be NULL) N is what is alive beyond it, and what did not grow is left
 * out.  The caller frees the text with leakslope_string_free(); NULL without
 * memory.
 */
LEAKSLOPE_API char *leakslope_snapshot_folded(
    struct leakslope_snapshot *snapshot, struct leakslope_snapshot *baseline,
    enum leakslope_weight weight);

struct leakslope_statistic {
  struct leakslope_traceback traceback; /* the group: one frame unless the key
                                           is LEAKSLOPE_TRACEBACK */
  size_t size;                          /* bytes alive */
  size_t count;                         /* blocks alive */
};

struct leakslope_statistic_diff {
  struct leakslope_traceback traceback;
  size_t size;
  int64_t size_diff; /* bytes now minus bytes then */
  size_t count;
  int64_t count_diff; /* blocks now minus blocks then */
};

/*
 * Groups the snapshot by `key`.  With LEAKSLOPE_FILENAME and LEAKSLOPE_LINENO
 * a block counts for the innermost frame of the program's own code (not libc,
 * not an allocation wrapper); `cumulative` counts it for every frame of its
 * traceback instead (twice for one that is there twice, as Python does), and
 * is an error (-EINVAL) with LEAKSLOPE_TRACEBACK.
 * *out is sorted as Python's tracemalloc sorts: by size, then count, largest
 * first.  The array and its tracebacks belong to the snapshot, until the next
 * call with it or leakslope_snapshot_free().
 */
LEAKSLOPE_API int leakslope_snapshot_statistics(
    struct leakslope_snapshot *snapshot, enum leakslope_key key, int cumulative,
    const struct leakslope_statistic **out, size_t *n);

/*
 * Compares `after` with the older `baseline` by `key`, as above; groups that
 * exist in either are reported.  Sorted as Python sorts: by |size_diff|, size,
 * |count_diff|, count, largest first.  The array belongs to `after`.
 */
LEAKSLOPE_API int leakslope_snapshot_compare_to(
    struct leakslope_snapshot *after, struct leakslope_snapshot *baseline,
    enum leakslope_key key, int cumulative,
    const struct leakslope_statistic_diff **out, size_t *n);

/* ---- Measuring: does it scale with the number of repetitions? ----------- */

/* The closed table of what a measurement can say. */
enum leakslope_outcome {
  LEAKSLOPE_CLEAN,          /* nothing grows with the iterations */
  LEAKSLOPE_LEAK,           /* a call site's count or size scales with them */
  LEAKSLOPE_SATURATING,     /* grows, but ever more slowly */
  LEAKSLOPE_INCONCLUSIVE,   /* could not be decided; the reason says why */
  LEAKSLOPE_NOT_REPEATABLE, /* a repetition ended early, nothing grew before */
  LEAKSLOPE_NOT_GATED,      /* was not measured, by choice or by nature */
  LEAKSLOPE_NOT_ARMED       /* the tracer does not see the program */
};

/* "clean", "leak", "not repeatable": the words used in every report. */
LEAKSLOPE_API const char *leakslope_outcome_name(enum leakslope_outcome o);

/* How many blocks of a call site may be alive; see leakslope_bound(). */
struct leakslope_limit {
  const char *pattern;
  size_t count;
};

/* How a measurement is made.  leakslope_plan_init() fills in the defaults and
   what the CK_LEAK_* environment says; change fields after that. */
struct leakslope_plan {
  unsigned iterations;    /* 0: as many as the question needs (61 to 4093);
                             8 or more: exactly that many */
  unsigned warmup;        /* repetitions before the baseline, at least 1 */
  double budget;          /* seconds for the repetitions; five times that for
                             an operation under suspicion.  The load of the
                             machine does not count: time in which the
                             operation was ready to run and had to wait for a
                             processor */
  int shortest;           /* 1: at most the shortest rung */
  int strict;             /* 1: what is not decided fails too */
  unsigned domains;       /* what is judged: bit 1 << enum leakslope_domain */
  unsigned first_rung;    /* judged first after so many iterations, where their
                             number is not fixed; 0: by what one costs
                             (CK_LEAK_FIRST_RUNG) */
  unsigned last_rung;     /* the last for a suspect; only with first_rung */
  void (*settle)(void *); /* called before the baseline and before each
                             judgement, in the loop's thread: frees what the
                             program frees late; up to 20 times more where
                             something would be blamed; may be NULL */
  void *settle_arg;
  const char *name; /* what the baseline calls the operation; NULL: it has no
                       leaks that are known already */
  const struct leakslope_limit *bounds; /* besides those of the program */
  size_t nbounds;
  unsigned part_of; /* a second look at what grew over so many iterations, with
                       fewer: bounds are as much smaller; 0: a first look */
  unsigned calls_from; /* what leakslope_calls_mark() gave before the operation
                          began: the report then tells which calls allocated
                          since; 0: it does not */
  double suspect_budget; /* seconds in all for an operation under suspicion; 0:
                            five times the budget */
  double wall; /* seconds of wall time after which it ends, however busy the
                  machine is, and even if `iterations` is given; 0: no limit but
                  the budget's, which counts a sixth of wall time at least */
  const struct leakslope_frame *itself; /* what is repeated, as a function, file
                       and line: the place where a traceback has no frame of
                       the program's own; NULL: it is not known */
  int rationed; /* 1: the budget is what the program's total budget leaves, and
                   less than was asked for: said where it was too little */
};

/* The address of the C library's own function of that name, whatever function
   of that name the program has; where the C library has none, of the program's;
   NULL where there is none at all. */
LEAKSLOPE_API void *leakslope_libc_function(const char *name);

/* A mark in the growing list of tracebacks; never 0. */
LEAKSLOPE_API unsigned leakslope_calls_mark(void);

/* Returns 0, or -EINVAL when the environment holds an invalid value (see
   leakslope_options_check()). */
LEAKSLOPE_API int leakslope_plan_init(struct leakslope_plan *plan);

/*
 * Says that what a function holds is bounded: call sites whose traceback has a
 * frame that matches `pattern` (copied) are no leak as long as at most `count`
 * of their blocks are alive each.  What grows beyond is judged as ever.
 * The pattern is one of LeakSanitizer's suppressions, for a function, file or
 * module: part of the name, with '*' for anything, '^' and '$' for its ends;
 * or a pair "^caller$/^callee$", of a function and one that it called.
 * Said again for the same pattern, the new count holds; where several patterns
 * match, the largest.  Returns 0, -EINVAL for an empty pattern, -ENOSPC after
 * 256 patterns, -ENOMEM.
 */
LEAKSLOPE_API int leakslope_bound(const char *pattern, size_t count);

/*
 * Adds suppressions: lines as in the file of CK_LEAK_SUPPRESSIONS (copied; NULL
 * for none), such as __lsan_default_suppressions() gives where it is not seen
 * from here.  Returns as leakslope_options_check().
 */
LEAKSLOPE_API int leakslope_suppress(const char *text, const char **message);

/*
 * Checks every CK_LEAK_* variable, and the files that they name.  Returns 0;
 * or -EINVAL, and *message (if not NULL) is a constant-lifetime text that names
 * the first bad variable or line, its value and what is allowed.
 */
LEAKSLOPE_API int leakslope_options_check(const char **message);

/* The value in force of an option of the table ("CK_LEAK_WARMUP"): from the
   environment, else its default; NULL for an option with neither. */
LEAKSLOPE_API const char *leakslope_option(const char *name);

struct leakslope_report;

/*
 * Runs op(arg) as warm-up, baseline, N iterations and after, in this process
 * and thread, and judges every call site by how its live count and bytes went.
 * `plan` may be NULL for the defaults.  On success *report is to be freed with
 * leakslope_report_free(); -ENOTSUP when not tracing, -EINVAL for a bad plan,
 * -ENOMEM.
 */
LEAKSLOPE_API int leakslope_measure(void (*op)(void *), void *arg,
                                    const struct leakslope_plan *plan,
                                    struct leakslope_report **report);

/*
 * For a caller that owns the loop:
 *
 *   leakslope_measure_begin(plan, &m);
 *   while (leakslope_measure_iteration(m) > 0) operation();
 *   leakslope_measure_end(m, &report);
 *
 * The measurement's records are shared with copies that the process forks
 * after _begin, so the loop may run in a forked copy and _end be called in the
 * process that waited for it, however the copy ended.
 *
 * leakslope_measure_iteration() marks the end of the iteration before it and
 * returns 1 while another one is wanted, 0 when the question is decided.
 */
struct leakslope_measurement;
LEAKSLOPE_API int leakslope_measure_begin(const struct leakslope_plan *plan,
                                          struct leakslope_measurement **out);
LEAKSLOPE_API int leakslope_measure_iteration(struct leakslope_measurement *m);

/*
 * The last iteration could not be completed, for the reason given (copied;
 * at most 255 bytes are kept): an assertion that failed, a crash, a hang.
 * What the iterations before it show is judged first; only where they show
 * nothing is the outcome "not repeatable".
 */
LEAKSLOPE_API void leakslope_measure_ended(struct leakslope_measurement *m,
                                           const char *why);

/*
 * An iteration of several parts may say in which it is: what is allocated or
 * resized from here on, by any thread, counts as done in step `step` (1 to
 * 2047; 0, or a greater one: in none), until the next call.  To be called by
 * the thread that owns the loop, between two calls of _iteration.
 */
LEAKSLOPE_API void leakslope_measure_step(struct leakslope_measurement *m,
                                          unsigned step);

/* Iterations completed so far, warm-up not included. */
LEAKSLOPE_API unsigned leakslope_measure_iterations(
    const struct leakslope_measurement *m);

/* How far a measurement is; may be asked for by another process than that of
   the loop. */
struct leakslope_progress {
  unsigned iterations; /* completed, warm-up not included */
  unsigned planned;    /* to the next judgement; 0: not known yet */
  unsigned suspects;   /* call sites under suspicion at the latest one */
  double seconds_left; /* to the next judgement, as it goes now; negative: not
                          known yet */
};
LEAKSLOPE_API void leakslope_measure_progress(
    const struct leakslope_measurement *m, struct leakslope_progress *progress);

/* Judges what was recorded and frees the measurement, also where the loop ran
   in a copy that died.  Errors as leakslope_measure(). */
LEAKSLOPE_API int leakslope_measure_end(struct leakslope_measurement *m,
                                        struct leakslope_report **report);

/* Marks `first`, the report of a measurement that found a leak, by what a
   second measurement of the same operation found: where that one is clean, and
   was not cut short by time, the first becomes inconclusive.  Returns 1 if it
   was changed, else 0. */
LEAKSLOPE_API int leakslope_report_confirm(
    struct leakslope_report *first, const struct leakslope_report *second);

/* Frees a measurement without judging it. */
LEAKSLOPE_API void leakslope_measure_cancel(struct leakslope_measurement *m);

/*
 * Frames in code at [begin, end) and outside of it (its callers) are left out
 * of every traceback from now on: a test layer marks the function that calls
 * the test, so that tracebacks end with the test itself.  Returns 0 or
 * -ENOSPC after four ranges.
 */
LEAKSLOPE_API int leakslope_set_outermost(const void *begin, const void *end);

/* ---- Lost blocks: with LeakSanitizer in the program --------------------- */

/*
 * LeakSanitizer (of -fsanitize=leak, or of address) finds blocks that nothing
 * points to, in the whole process and at its end.  These three ask it about
 * what was allocated since a moment.  All of them may be called where there is
 * no LeakSanitizer; from one thread at a time.
 *
 * leakslope_lost_begin() marks the moment: 0, -ENOTSUP without LeakSanitizer
 * or when not tracing, -ENOMEM.
 *
 * leakslope_lost_suspected() is 1 if a block of after it is alive, else 0.
 *
 * leakslope_lost_find() is to be called in a forked copy of the process, of
 * one thread, that ends soon: LeakSanitizer is not of use in it afterwards.  1
 * if blocks of after the moment are lost, its report is then in the open file
 * `fd`; 0 if none is; -ENOTSUP as above.
 */
LEAKSLOPE_API int leakslope_lost_begin(void);
LEAKSLOPE_API int leakslope_lost_suspected(void);
LEAKSLOPE_API int leakslope_lost_find(int fd);

/* ---- Reports ----------------------------------------------------------- */

enum leakslope_result {
  LEAKSLOPE_PASSED,
  LEAKSLOPE_FAILED, /* an assertion failed, a leak included */
  LEAKSLOPE_ERROR   /* crashed, timed out or ended early */
};

/* One test of a report.  Strings are copied. */
struct leakslope_case {
  const char *suite;
  const char *tcase;
  const char *name;
  int index;        /* of a loop test, or -1 */
  const char *file; /* where the test is defined; may be NULL */
  int line;
  double seconds; /* of the test's own pass; negative counts as 0 */
  enum leakslope_result result;
  const char *message;      /* of a failure or an error; may be NULL */
  const char *message_file; /* where that was; may be NULL */
  int message_line;
  unsigned position;  /* its place among all tests of the program, run or not:
                         what reports on parts of a program are joined by */
  const char *repeat; /* the command that measures it again; may be NULL */
  const char *failure_type; /* in JUnit's `type`; NULL: by the result.  With
                               one, `message` is a line and more below it */
};

/* An empty report on `program` (its name in the report; copied), with the
   options that are in force. */
LEAKSLOPE_API int leakslope_report_new(const char *program,
                                       struct leakslope_report **report);

/* Adds a test, with what was measured of it (may be NULL: not gated, with
   `reason` saying why). */
LEAKSLOPE_API int leakslope_report_add(struct leakslope_report *report,
                                       const struct leakslope_case *test,
                                       const struct leakslope_report *measured,
                                       const char *reason);

/* Adds a test that was not measured: LEAKSLOPE_NOT_GATED, LEAKSLOPE_NOT_ARMED
   or, where there was no time for it, LEAKSLOPE_INCONCLUSIVE, with the reason
   (copied; may be NULL).  -EINVAL for another outcome. */
LEAKSLOPE_API int leakslope_report_add_unmeasured(
    struct leakslope_report *report, const struct leakslope_case *test,
    enum leakslope_outcome outcome, const char *reason);

LEAKSLOPE_API void leakslope_report_free(struct leakslope_report *report);

/* Of a measurement's report. */
LEAKSLOPE_API enum leakslope_outcome leakslope_report_outcome(
    const struct leakslope_report *report);
/* Of a measurement's report: whether it fails a test, by the closed table. */
LEAKSLOPE_API int leakslope_report_fails(const struct leakslope_report *report,
                                         int strict);
/* Of a measurement's report: one line, "leak: +1 block/iteration (+1.0 KiB) at
   src/cache.c:9 in handle_request" for a leak, else outcome and reason. Belongs
   to the report. */
LEAKSLOPE_API const char *leakslope_report_message(
    const struct leakslope_report *report);
/* Of a measurement's report: the lines that follow the message in a failure
   text, each beginning with "# ": law, checkpoints, traceback. */
LEAKSLOPE_API const char *leakslope_report_details(
    const struct leakslope_report *report);
/* Of a measurement's report: the place that is blamed for most of the growth;
   NULL where there is none.  Belongs to the report. */
LEAKSLOPE_API const struct leakslope_frame *leakslope_report_place(
    const struct leakslope_report *report);
/* Of a measurement's report: `note` (copied) is said with the verdict, after
   what is noted already. */
LEAKSLOPE_API int leakslope_report_add_note(struct leakslope_report *report,
                                            const char *note);
/* Of a measurement's report that found a leak: call sites that `earlier`, of
   another measurement, blames too are taken out; without any left the outcome
   is clean.  Returns how many were taken out. */
LEAKSLOPE_API unsigned leakslope_report_discount(
    struct leakslope_report *report, const struct leakslope_report *earlier);
/* Of a measurement's report: the step of an iteration (see
   leakslope_measure_step()) in which most of what the worst call site holds
   was allocated or resized; 0 where no step was said, or where the loop ran in
   a copy that died. */
LEAKSLOPE_API unsigned leakslope_report_step(
    const struct leakslope_report *report);
/* Of a measurement's report: iterations judged. */
LEAKSLOPE_API unsigned leakslope_report_iterations(
    const struct leakslope_report *report);

/* Call sites of the report that grow, and are accepted: suppressed, in the
   baseline, or within their bound. */
LEAKSLOPE_API unsigned leakslope_report_accepted(
    const struct leakslope_report *report);

/* What suppressions did in this report, a line each, and "" where there are
   none: "suppressed: 3 call sites by leak:cache_put (known.supp:4)".
   whole: 1: every test ran, so that a pattern of the file that matched nothing
   is told too.  Belongs to the report. */
LEAKSLOPE_API const char *leakslope_report_suppressions(
    const struct leakslope_report *report, int whole);

/* How many tests of the report had this outcome. */
LEAKSLOPE_API unsigned leakslope_report_count(
    const struct leakslope_report *report, enum leakslope_outcome outcome);

/* "41 tests: 38 judged, 1 leak, 1 not repeatable, 1 not gated".  Belongs to
   the report. */
LEAKSLOPE_API const char *leakslope_report_summary(
    const struct leakslope_report *report);

enum leakslope_format {
  LEAKSLOPE_FORMAT_TEXT,
  LEAKSLOPE_FORMAT_JUNIT,   /* XML, for CI services */
  LEAKSLOPE_FORMAT_JSON,    /* all that is known, for `leakslope report` */
  LEAKSLOPE_FORMAT_HTML,    /* one page, for people */
  LEAKSLOPE_FORMAT_GITHUB,  /* annotations: commands of GitHub Actions */
  LEAKSLOPE_FORMAT_MARKDOWN /* a summary */
};

/* A file that is to be shown with each test that failed, in reports as JUnit
   XML: under GitLab CI (GITLAB_CI=true), where it is below CI_PROJECT_DIR.
   0, or -ENOMEM. */
LEAKSLOPE_API int leakslope_report_attach(struct leakslope_report *report,
                                          const char *file);

/* Writes the report to `path`, whole or not at all ("-": standard output). */
LEAKSLOPE_API int leakslope_report_write(const struct leakslope_report *report,
                                         enum leakslope_format format,
                                         const char *path);

/* The same to an open descriptor, from where it stands, in one piece where the
   system takes it so. */
LEAKSLOPE_API int leakslope_report_write_fd(
    const struct leakslope_report *report, enum leakslope_format format,
    int fd);

/*
 * A measurement's report as bytes, to carry it between processes (shared
 * memory, a pipe) of the same program and version.  _encode returns the bytes
 * needed, and writes them if `size` is enough; _decode makes a new report.
 */
LEAKSLOPE_API size_t leakslope_report_encode(
    const struct leakslope_report *report, void *buffer, size_t size);
LEAKSLOPE_API int leakslope_report_decode(const void *buffer, size_t size,
                                          struct leakslope_report **report);

#ifdef __cplusplus
}
#endif

#endif
