/* SPDX-License-Identifier: MIT */
/*
 * What every writer reads: one run of a program, as plain data.
 *
 *   struct leakslope_report
 *     └ cases[]            one per test (or the one of a measurement)
 *         └ measured       outcome, reason, iterations
 *             └ sites[]    the offending call sites, worst first
 *                 ├ law, checkpoints, curve
 *                 └ paths[]: tracebacks that lead there, most growth first
 *
 * A report owns an arena; everything that it points to lies in that arena.
 * Writers never change a report.  Nothing here is used inside an intercepted
 * call.
 */
#ifndef LS_REPORT_MODEL_H
#define LS_REPORT_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "leakslope.h" /* types only */
#include "platform/arena.h"
#include "platform/text.h"
#include "verdict/verdict.h"

/* The failure_type of a case that failed for what it has lost: it was judged
   for growth too, and that is its outcome. */
#define LS_LOST "lost"

enum {
  LS_CHECKPOINTS = 10,                     /* of a table, for people */
  LS_CURVE_POINTS = LS_SERIES_WINDOWS + 1, /* all that is known, for a graph */
  LS_PATHS = 8,                            /* told apart at most, of one site */
  LS_BORN = 3
};

struct ls_checkpoint {
  uint32_t iteration; /* 0 is the baseline */
  int64_t count;      /* live then */
  int64_t bytes;
};

/* One way to a call site that has several. */
struct ls_report_path {
  struct ls_law law; /* of this way alone */
  size_t nframes;
  const struct leakslope_frame *frames; /* innermost first */
  uint32_t truncated; /* 1: as deep as tracebacks are kept, and may go on */
};

/* What still points at blocks of a call site, or that nothing does. */
enum ls_holder_kind {
  LS_HELD_BY,      /* by a variable, on a path */
  LS_LOST_ALL,     /* no pointer to them was found */
  LS_LOST_WITH,    /* only another lost block points at them */
  LS_HOLDERS_ENDED /* the search came to no end: `path` says why */
};
enum ls_pointer_kind {
  LS_POINTER,
  LS_POINTER_UNALIGNED,
  LS_POINTER_TAGGED,
  LS_POINTER_TO_END
};
enum { LS_REPORT_HOLDERS = 6 };

/* The objects on the path, and at which offsets each is left. */
struct ls_report_step {
  struct leakslope_frame frame; /* where it was made; zero: not known */
  uint32_t repeats;
  const char *offsets; /* "+0x8/+0x10", "[]" for many */
};

struct ls_report_holder {
  enum ls_holder_kind kind;
  enum ls_pointer_kind by;
  uint64_t blocks, of;
  uint32_t in_use;  /* 1: a working set: none of its blocks is old */
  const char *path; /* in words, as a C expression as far as types go; of what
                       is lost with a block, where that was made */
  const char *root; /* "global", "thread-local", "stack", "kernel"...; NULL */
  struct leakslope_frame place; /* of the variable, or of the block that others
                                   are lost with: zero where not known */
  struct leakslope_frame from;  /* the nearest block on the path whose own call
                                   site does not leak; zero: there is none */
  size_t nsteps;
  const struct ls_report_step *steps;
};

/* A call site that is not clean. */
struct ls_report_site {
  enum leakslope_domain domain;
  enum ls_site_state state;
  struct ls_law law;
  size_t ncheckpoints;
  const struct ls_checkpoint *checkpoints;
  size_t ncurve;
  const struct ls_checkpoint *curve; /* at the end of each window */
  size_t nframes;
  const struct leakslope_frame *frames; /* innermost first, without frames of
                                           ours and of the test runner */
  size_t named; /* index in frames of the place that is blamed: the first that
                   is neither in libc nor an allocation wrapper */
  uint32_t truncated;     /* likewise */
  const char *label;      /* what stands for a place where there are no frames:
                             "without a traced call: socket:[..]"; NULL for none */
  uint32_t callers;       /* distinct tracebacks of this site (>= 1) */
  uint32_t every;         /* survivors were born at this distance; 0: at none */
  uint32_t born[LS_BORN]; /* the first of them, 0 after the last */
  size_t beyond;    /* of the frames before the named one, those that only this
                       run showed to be wrappers: a fingerprint begins there */
  const char *by;   /* the callers of that place and what each holds more, where
                       there are several; else NULL */
  const char *also; /* fingerprints of the other callers, with blanks between;
                       NULL where they have the same */
  size_t npaths;    /* 0 where there is one traceback, else the first is that
                       of `frames`; fewer than callers where there were many */
  const struct ls_report_path *paths;
  size_t nholders;
  const struct ls_report_holder *holders; /* most blocks first, what is in use
                                             last */
  const char *fingerprint; /* as a file says; NULL: by ls_fingerprint() */
  const char *told_in; /* the test whose failure has told of this cause; NULL:
                          none has.  In no encoding: it is of one text */
};

/* A call site that grows, and by what that is accepted. */
enum ls_acceptance { LS_SUPPRESSED, LS_IN_BASELINE, LS_WITHIN_BOUND };
struct ls_accepted {
  enum ls_acceptance by;
  const char *rule; /* the pattern, or the fingerprint */
  uint64_t limit;   /* of a bound: blocks */
  struct ls_report_site site;
};

/* The calls of a module from which something was allocated (or opened, mapped,
   started): those of its own code, its wrappers' and their callers'. */
struct ls_calls {
  const char *module;
  const char *build_id; /* "" where it is not known */
  size_t n;
  const uint64_t *offsets; /* of the calls, as a frame's; ascending */
};

/* What was measured of one test. */
struct ls_measured {
  enum ls_outcome outcome;
  enum ls_reason reason;
  const char *note;    /* "ended in iteration 57: file:line: text"; or what else
                          is to be said; NULL for nothing */
  uint32_t iterations; /* completed and judged */
  uint32_t planned;
  uint32_t warmup;
  uint32_t ruled_out; /* a clean run: no leak of a block per so many
                         iterations */
  uint32_t step;      /* of an iteration, in which the worst site grows; 0: not
                         known, or nobody said which step it was in */
  uint64_t drops;
  double untraced_bytes; /* per iteration, that no traced call explains */
  size_t nsites;
  const struct ls_report_site *sites; /* worst first; for LS_LEAK the leaks */
  uint32_t first_rung; /* iterations after which it was judged first: what
                          grows is under suspicion from there on */
  size_t naccepted;
  const struct ls_accepted *accepted; /* what grows too, most growth first */
  const char *advice; /* the suppression of the first site, which in its process
                         is that of no other; NULL: there is none such */
  const char *name;   /* what a baseline calls it; NULL: it has no entries */
  int has_baseline;   /* there is one: its lines are told */
  int knows_calls;    /* the plan asked for them */
  size_t ncalls;
  const struct ls_calls *calls; /* one for each module */
};

struct ls_case {
  struct leakslope_case test; /* strings in the report's arena */
  int is_measured;            /* 0: not gated, `reason` says why */
  enum ls_outcome unmeasured; /* the outcome of one that is not measured */
  struct ls_measured measured;
  const char *reason;
  unsigned program; /* index in the report's programs */
};

/* An option and its value in force. */
struct ls_setting {
  const char *name;
  const char *value;
};

/* A program whose tests are reported, and how they were measured. */
struct ls_program {
  const char *name;
  size_t nsettings;
  struct ls_setting *settings;
};

struct leakslope_report {
  struct ls_arena arena;
  const char *program; /* or what stands for several */
  size_t nprograms;    /* 0 where nothing is known but the name */
  struct ls_program *programs;
  size_t ncases;
  size_t capacity;
  struct ls_case *cases;
  /* As a file says, of all tests that were judged. */
  int knows_calls;
  size_t ncalls;
  const struct ls_calls *calls;
  const char *attachment; /* see ls_report_attach; NULL: none */
  /* Texts made on demand, see ls_report_message. */
  const char *message;
  const char *details;
  const char *summary;
};

/* An empty report, or NULL without memory. */
struct leakslope_report *ls_report_new(const char *program);
void ls_report_free(struct leakslope_report *report);

/* Adds a case and returns its place (zeroed but for `test`, whose strings are
   copied), or NULL without memory.  The place is good until the next call. */
struct ls_case *ls_report_add_case(struct leakslope_report *report,
                                   const struct leakslope_case *test);

/* Adds a program to the report and returns its place (good until the next
   call), or NULL without memory.  The name is copied. */
struct ls_program *ls_report_add_program(struct leakslope_report *report,
                                         const char *name);

/* Adds an option (copied) to the latest program; 0 or -ENOMEM. */
int ls_report_add_setting(struct leakslope_report *report, const char *name,
                          const char *value);

/* The name of the program that a case is of. */
const char *ls_case_program(const struct leakslope_report *report,
                            const struct ls_case *c);

/* What is known of the program's calls is forgotten. */
void ls_report_forget_calls(struct leakslope_report *report);

/* What points at leaked blocks is forgotten. */
void ls_report_forget_holders(struct leakslope_report *report);

/* Leaves of each site the path with most growth, where there is no room for
   all. */
void ls_report_forget_paths(struct leakslope_report *report);

/* Copies what was measured, with all it points to, into the report's arena.
   0 or -ENOMEM. */
int ls_report_copy_measured(struct leakslope_report *report,
                            struct ls_measured *to,
                            const struct ls_measured *from);

/* Copies the calls that *n and *calls are into the arena; 0 or -ENOMEM. */
int ls_calls_copy(struct ls_arena *arena, size_t *n,
                  const struct ls_calls **calls);

/* The calls of all tests that were judged, each once, in the arena; 0 or
   -ENOMEM.  *knows is 0 where no test says anything of them. */
int ls_calls_of_report(const struct leakslope_report *report,
                       struct ls_arena *arena, int *knows, size_t *n,
                       const struct ls_calls **calls);

/* Whether a verdict was reached: clean, leak or saturating. */
int ls_case_is_judged(const struct ls_case *c);

/* Whether what was measured fails a test. */
int ls_measured_fails(const struct ls_measured *m, int strict);

/* What was found of a case; one that was not measured is "not gated" or "not
   armed". */
enum ls_outcome ls_case_outcome(const struct ls_case *c);

/* Whether a case failed for what it has lost, though it did not grow. */
int ls_case_has_lost(const struct ls_case *c);

/* Whether a case failed for what was measured of it, and not for an assertion
   of its own. */
int ls_case_failed_by_measure(const struct ls_case *c);

/* Takes the holders of the same places from a second look: the memory of the
   first is gone. */
void ls_report_take_holders(struct leakslope_report *report,
                            const struct leakslope_report *second);

/* See leakslope_report_place, _attach, _add_note, _discount. */
const struct leakslope_frame *ls_report_place(
    const struct leakslope_report *report);
int ls_report_attach(struct leakslope_report *report, const char *file);
int ls_report_add_note(struct leakslope_report *report, const char *note);
unsigned ls_report_discount(struct leakslope_report *report,
                            const struct leakslope_report *earlier);

/* See leakslope_report_causes, _retell. */
size_t ls_report_ways(const struct leakslope_report *report, uint64_t *ways,
                      size_t n);
size_t ls_report_retell(struct leakslope_report *report, const uint64_t *ways,
                        size_t n, const char *where);

/* The texts behind the public accessors, made once and kept in the report:
   message and details of the first case ("" where it was not measured), summary
   of all.  The summary is rebuilt after a case was added. */
const char *ls_report_message(struct leakslope_report *report);
const char *ls_report_details(struct leakslope_report *report);
const char *ls_report_summary(struct leakslope_report *report);

/* Encoding of the first case's measurement, see leakslope_report_encode; 0
   when there is nothing measured.  Decoding takes any bytes: what is not a
   whole encoding of this version gives NULL. */
size_t ls_report_encode(const struct leakslope_report *report, void *buffer,
                        size_t size);
struct leakslope_report *ls_report_decode(const void *buffer, size_t size);

/* ---- words --------------------------------------------------------------- */

/* "clean", "leak", "saturating", "inconclusive", "not repeatable",
   "not gated", "not armed". */
const char *ls_outcome_name(enum ls_outcome outcome);

/* The same of a case; "lost" where it failed for that. */
const char *ls_case_outcome_name(const struct ls_case *c);

/*
 * All words are well-formed UTF-8 without control characters, and the same in
 * every locale.
 *
 * "+1 block/iteration (+1.0 KiB) at src/cache.c:9 in handle_request"; a rate
 * below one is "+1 block / 7 iterations", and the size is then that of the 7.
 * Without a line "at libcache.so+0x1234 in cache_put".  Descriptors are "fd",
 * not "block", and have no size.
 */
void ls_words_site(struct ls_text *text, const struct ls_report_site *site);

/* One line for any outcome, beginning with its name: "leak: +1 block/...",
   "inconclusive: too slow: 40 of 1021 iterations in the budget". */
void ls_words_message(struct ls_text *text, const struct ls_measured *m);

/* The lines after it, each "# ...\n": iterations, law, reason of a leak, note,
   traceback; then those of each further call site. */
void ls_words_details(struct ls_text *text, const struct ls_measured *m);

/* The message of a case; "not gated: " and the reason of one not measured. */
void ls_words_case(struct ls_text *text, const struct ls_case *c);

/* The lines behind that of a case that has lost something: the report on it,
   each "# ...\n". */
void ls_words_lost(struct ls_text *text, const struct ls_case *c);

/* "suppressed by leak:put: +1 block/iteration (+24.0 B) at src/cache.c:9 in
   put"; "in the baseline: ..."; "within its bound of 500: ...". */
void ls_words_accepted(struct ls_text *text, const struct ls_accepted *one);

/* See leakslope_report_accepted, _suppressions. */
unsigned ls_report_accepted(const struct leakslope_report *report);
struct ls_suppression;
void ls_words_suppressions(struct ls_text *text,
                           const struct leakslope_report *report,
                           const struct ls_suppression *all, size_t n,
                           int whole);

/* "1 block per 12 iterations": the least leak that a clean test would have
   shown; nothing where that is not known. */
void ls_words_least_ruled_out(struct ls_text *text,
                              const struct ls_measured *m);

/* "41 tests: 38 judged, 1 leak, 1 not repeatable, 1 not gated; what is clean
   rules out >= 1 block per 12 iterations": judged is where a verdict was
   reached, clean, leak or saturating; the rest is the least that each clean
   test rules out. */
void ls_words_summary(struct ls_text *text,
                      const struct leakslope_report *report);

/* "32 tests leak, from 4 places", then a line for each cause: "28 tests: +1
   block/iteration ...\n"; nothing where fewer than two tests leak. */
void ls_words_causes(struct ls_text *text,
                     const struct leakslope_report *report);

/* "held by answers->next... (cache.c:13): 4093 of 4093 blocks", "lost: no
   pointer to them was found: ..."; and without the first word and the counts.
 */
void ls_words_holder(struct ls_text *text, const struct ls_report_holder *one);

/* The lines on what still points at the blocks of a site, three at most. */
void ls_words_holders(struct ls_text *text, const struct ls_report_site *site,
                      const char *prefix);

/* Stable over rebuilds: a hash of domain and the function names of the first
   frames in the program's code, as 16 hexadecimal digits and a NUL. */
void ls_fingerprint(const struct ls_report_site *site, char out[17]);

/* What of a site's growth per iteration is of one of its fingerprints: of the
   ways to it that have this one. */
struct ls_rate {
  double blocks, bytes;
};
struct ls_rate ls_fingerprint_rate(const struct ls_report_site *site,
                                   const char *fingerprint);

/* ---- writers ------------------------------------------------------------- */

/* How much a JUnit file says. */
enum ls_junit_schema {
  LS_JUNIT_ALL,
  LS_JUNIT_10 /* what junit-10.xsd of Jenkins' xUnit plugin lets pass: a test
                 case without file, line and properties */
};

void ls_write_junit(struct ls_text *out, const struct leakslope_report *report,
                    enum ls_junit_schema schema);
void ls_write_json(struct ls_text *out, const struct leakslope_report *report);
/* Workflow commands of GitHub Actions, one line for each test that fails for
   what was measured, and for each leak; and a summary in Markdown. */
void ls_write_annotations(struct ls_text *out,
                          const struct leakslope_report *report);
void ls_write_markdown(struct ls_text *out,
                       const struct leakslope_report *report);
/* One page with everything in it; `sources` is the folder in which source
   files with a relative name are looked for, NULL for the working directory. */
void ls_write_html(struct ls_text *out, const struct leakslope_report *report,
                   const char *sources);
void ls_write_text(struct ls_text *out, const struct leakslope_report *report);

#endif
