/* SPDX-License-Identifier: MIT */
/*
 * What the processes of one run share: a slot for each test and loop index,
 * and room for their reports.
 *
 * Mapped before the first fork, so that whatever becomes of a test's process,
 * the runner reads what it left.  One test runs at a time, so no lock.
 *
 * A test's wild write must not reach what other tests left: while code of the
 * test runs, the page is closed, and the write meets no memory there, as
 * without us.  What is read is checked all the same before it is believed; how
 * large the page is and what lies where, each process knows by itself.
 */
#ifndef LS_GATE_PAGE_H
#define LS_GATE_PAGE_H

#include <leakslope.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { LSG_CAUSES = 16 }; /* of one report, kept for the tests after it */

struct lsg_slot {
  double seconds;     /* of the test's own pass */
  uint32_t ran;       /* 1: its body was entered */
  double began;       /* when its body was entered */
  uint32_t in_place;  /* 1: re-run in the test's own process */
  uint32_t behind;    /* re-runs of others that its process had before it */
  uint32_t behind_of; /* slot of the last of these tests, plus one; 0: of a
                         run before */
  uint32_t passed;    /* 1: its own pass came to a good end */
  uint32_t judged;    /* its outcome plus one, 0: it was not judged */
  uint32_t fails;     /* 1: the gate fails it, which Check is yet to be told */
  uint32_t unarmed;   /* 1: what is in `reason` is why it was not armed */
  uint32_t starved;   /* 1: no time was left for it, as `reason` says */
  uint32_t unfit;     /* 1: it fails when it is repeated among others */
  uint32_t place;     /* of a scope: slot of the test at which something grows,
                         plus one */
  size_t report;      /* where its report lies, 0 for none */
  size_t report_size;
  uint64_t report_hash;
  uint64_t causes[LSG_CAUSES]; /* told of in the text of its failure; then 0 */
  size_t text;        /* where the text of its failure lies, 0 for none */
  char reason[128];   /* why it was not gated */
  char left_out[256]; /* of a scope: how many of its tests, and why */
};

/* What a repetition tells while it goes on; never closed, of one test at a
   time, and no other process believes more of it than that something
   changes. */
struct lsg_progress {
  uint64_t mark;       /* LSG_PROGRESS_MARK, or a test wrote over it */
  uint32_t passes;     /* re-runs so far: shows that a copy makes progress */
  uint32_t in_pass;    /* 1: in the middle of one */
  uint32_t at;         /* of a scope: which of its tests runs, plus one */
  uint32_t in_fixture; /* of a scope: 1: in an unchecked fixture around it */
  char note[256];      /* how the re-runs ended, if not by themselves */
};

enum { LSG_PROGRESS_MARK = 0x6c65616b };

struct lsg_page;

/* The outcome of a test that was not measured, as far as its slot tells. */
enum leakslope_outcome lsg_slot_unmeasured(const struct lsg_slot *slot);

/* Slots for `n` tests; NULL without memory.  Less room for reports is made do
   with where a limit on memory does not leave it. */
struct lsg_page *lsg_page_new(unsigned n);
void lsg_page_free(struct lsg_page *page);

/* Before code of a test runs, and after it.  NULL: nothing. */
void lsg_page_close(struct lsg_page *page);
void lsg_page_open(struct lsg_page *page);

/* The slot, checked: one that holds what no process of ours writes is emptied,
   and its reason says so. */
struct lsg_slot *lsg_page_slot(struct lsg_page *page, unsigned i);

struct lsg_progress *lsg_page_progress(struct lsg_page *page);

/* Resets the progress of a run; and whether nobody has overwritten it. */
void lsg_progress_reset(struct lsg_progress *progress);
int lsg_progress_is_intact(const struct lsg_progress *progress);

/* Keeps a report for the slot; 0 when there is no room left. */
int lsg_page_keep(struct lsg_page *page, struct lsg_slot *slot,
                  const struct leakslope_report *report);

/* The slot's report, to be freed by the caller; NULL if it has none. */
struct leakslope_report *lsg_page_report(struct lsg_page *page,
                                         const struct lsg_slot *slot);

/* Room of `size` bytes for the text of the slot's failure; NULL when there is
   none left. */
char *lsg_page_text_new(struct lsg_page *page, struct lsg_slot *slot,
                        size_t size);

/* That text; NULL if it has none. */
const char *lsg_page_text(struct lsg_page *page, const struct lsg_slot *slot);

/* What re-runs of this program cost so far; see budget.h. */
struct lsg_spending {
  double spent;    /* seconds */
  double missing;  /* seconds that tests which got too little lacked */
  double cheapest; /* of all that were repeated: what a copy costs at least */
  double ended;    /* when the latest test was judged; 0: not yet */
  double gap;      /* the least from there to the next test's beginning */
  uint32_t gaps;   /* how many gaps were seen, up to a few */
  unsigned cut;    /* how many these were */
  unsigned scoped; /* tests of the scopes that were repeated */
};
struct lsg_spending *lsg_page_spending(struct lsg_page *page);

/* The flag of leakslope_quit_when(). */
uint32_t *lsg_page_quits(struct lsg_page *page);

/* The copy in which a test is repeated now; 0: in none. */
pid_t *lsg_page_copy(struct lsg_page *page);

/* The process that was made for the latest test; 0: for none so far. */
pid_t *lsg_page_test(struct lsg_page *page);

#endif
