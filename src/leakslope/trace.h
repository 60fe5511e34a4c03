/* SPDX-License-Identifier: MIT */
/*
 * Tracing: what is alive, by the call path that asked for it; in tracemalloc's
 * words.  Part of leakslope.h, whose conventions hold here.
 */
#ifndef LEAKSLOPE_TRACE_H
#define LEAKSLOPE_TRACE_H

#include <stddef.h>
#include <stdint.h>

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
  LEAKSLOPE_DOMAIN_GAUGE = 6,   /* numbers of leakslope_gauge() */
  LEAKSLOPE_DOMAIN_SHM = 7      /* attached segments: shmat */
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

#ifdef __cplusplus
}
#endif

#endif
