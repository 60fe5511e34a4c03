/* SPDX-License-Identifier: MIT */
/* Shares CK_LEAK_TOTAL_BUDGET among the tests of a program. */
#include "gate/budget.h"

#include <stdlib.h>

#include "gate/clock.h"
#include "gate/run.h"

enum {
  FEWEST = 8,     /* iterations that say anything (verdict/outcome.c) */
  FIRST_RUNG = 61 /* iterations that the rule asks for */
};

/* Of the total, kept for suspects; of what is left, what one test may take. */
static const double RESERVE = 0.25, HALF = 0.5, QUARTER = 0.25;

/* A repetition takes somewhat longer than the test's own pass. */
static const double SLACK = 1.25;

/* Seconds that making a copy takes at the most: where all tests so far leaked,
   what they cost says nothing of a test that does not. */
static const double COPY_MOST = 0.05;

static struct {
  unsigned tests;
  unsigned scoped; /* tests that scopes repeat, once for each scope */
  unsigned exact;  /* tests that ask for a number of iterations */
  int is_exact;    /* 1: CK_LEAK_ITERATIONS gives that of all tests */
  double total;    /* seconds */
} run;

/* "1.5", already known to be a number; strtod would ask the locale. */
static double decimal(const char *text) {
  char *end;
  double value = (double)strtoul(text, &end, 10), unit = 1;
  if (*end != '.') return value;
  for (end++; *end; end++) value += (unit /= 10) * (*end - '0');
  return value;
}

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

/* Part of the time between two tests that is ours: a process of a program with
   this library in it takes longer to fork and to end, whether or not its test
   is judged.  Sub-shells of bash and dash take 1.3 to 1.5 times as long. */
static const double OURS = 0.25;

/* Gaps that were seen before the shortest of them is believed. */
enum { GAPS = 8 };

/* Seconds of the total that all tests cost which are not judged at all. */
static double price_of_none(void) {
  const struct lsg_spending *spending = lsg_page_spending(lsg_run.page);
  return spending->gaps < GAPS ? 0 : run.tests * spending->gap * OURS;
}

/* Nothing any more once tracing has ended for want of it. */
static double left(void) {
  if (*lsg_page_quits(lsg_run.page) == LEAKSLOPE_QUITS) return 0;
  double spent = lsg_page_spending(lsg_run.page)->spent + price_of_none();
  return most(run.total - spent, 0);
}

void lsg_budget_begin(void) {
  const int scopes = lsg_run.scopes, whole = !lsg_run.of.is_narrowed;
  run.tests = lsg_run_taken(lsg_run.of.ntests);
  run.scoped = run.exact = 0;
  run.is_exact = !ls_gate_option_is("CK_LEAK_ITERATIONS", "auto");
  run.total = decimal(leakslope_option("CK_LEAK_TOTAL_BUDGET"));
  for (unsigned i = 0; i < lsg_run.of.ntests; i++)
    run.exact += lsg_run.of.tests[i].iterations != 0;
  if (whole && scopes & LS_GATE_SUITE) run.scoped += run.tests;
  if (whole && scopes & LS_GATE_SESSION) run.scoped += run.tests;
  if (!(scopes & LS_GATE_EACH)) run.tests = 0;
  if (lsg_run.page) leakslope_quit_when(lsg_page_quits(lsg_run.page));
}

/* ---- shares -------------------------------------------------------------- */

/* Tests that are still to be repeated, those of scopes among them. */
static unsigned behind(unsigned tests_done) {
  unsigned scoped = lsg_page_spending(lsg_run.page)->scoped;
  unsigned tests = run.tests > tests_done ? run.tests - tests_done : 0;
  return tests + (run.scoped > scoped ? run.scoped - scoped : 0);
}

/* Seconds for `n` of `of` tests that are left, of which a pass takes `pass`; 0
   if not even the fewest iterations fit. */
static double share(unsigned n, unsigned of, double pass) {
  double rest = left(), kept = least(run.total * RESERVE, rest);
  double copy = least(lsg_page_spending(lsg_run.page)->cheapest, COPY_MOST);
  double fewest = most(pass * (1 + FEWEST) * SLACK, copy);
  double fair = (rest - kept) * n / (of > n ? of : n);
  if (fewest <= fair) return fair;
  /* Rather one test that is judged than many that are not. */
  return fewest <= rest * HALF ? fewest : 0;
}

static int limit(struct leakslope_plan *plan, double seconds, double asked) {
  double suspect = most(seconds, left() * QUARTER);
  if (seconds <= 0) return 0;
  plan->rationed = seconds < asked;
  plan->budget = least(asked, seconds);
  plan->suspect_budget = least(asked * 5, suspect);
  plan->wall = left();
  return 1;
}

int lsg_budget_share(unsigned test, double pass, struct leakslope_plan *plan) {
  /* An exact number of iterations was asked for: no budget. */
  if (plan->iterations) return 1;
  double seconds = share(1, behind(lsg_run_taken(test)), pass);
  return limit(plan, seconds, plan->budget);
}

int lsg_budget_share_scope(unsigned n, double pass,
                           struct leakslope_plan *plan) {
  double seconds = share(n, behind(run.tests), pass);
  lsg_page_spending(lsg_run.page)->scoped += n;
  return limit(plan, seconds, plan->budget);
}

void lsg_budget_less(struct leakslope_plan *plan, double used) {
  const double least_wall = 0.001; /* none would be no limit */
  if (plan->wall > 0) plan->wall = most(plan->wall - used, least_wall);
}

int lsg_budget_is_used_up(void) { return !run.is_exact && share(1, 1, 0) <= 0; }

void lsg_budget_quit(void) {
  leakslope_quit();
  if (!run.exact) *lsg_page_quits(lsg_run.page) = LEAKSLOPE_QUITS;
}

/* Nobody knows what this process has allocated meanwhile: all is forgotten. */
void lsg_budget_trace_again(void) {
  leakslope_quit_when(NULL);
  if (!lsg_run.page || *lsg_page_quits(lsg_run.page) != LEAKSLOPE_QUITS) return;
  leakslope_stop();
  (void)leakslope_start(0);
}

int lsg_budget_has(double seconds) { return seconds <= left(); }

/* ---- between tests ------------------------------------------------------- */

/* A process in which much was repeated takes longer to end, and the next one
   longer to begin: so the time between two tests is used too, less the shortest
   such time of the run, which is what the framework takes.  A fixture may stand
   between two tests, so at most this is counted, in seconds. */
static const double GAP_MOST = 0.01;

void lsg_budget_gap_begins(void) {
  lsg_page_spending(lsg_run.page)->ended = lsg_now();
}

void lsg_budget_gap_ends(void) {
  struct lsg_spending *spending = lsg_page_spending(lsg_run.page);
  double gap = spending->ended > 0 ? lsg_now() - spending->ended : 0;
  spending->ended = 0;
  if (gap <= 0) return;
  if (!spending->gap || gap < spending->gap) spending->gap = gap;
  if (spending->gaps < GAPS) spending->gaps++;
  spending->spent += least(gap - spending->gap, GAP_MOST);
}

/* ---- what was used ------------------------------------------------------- */

void lsg_budget_spent(double begin) {
  double used = lsg_now() - begin;
  if (used > 0) lsg_page_spending(lsg_run.page)->spent += used;
}

static void note_cut(const struct lsg_slot *slot, double used) {
  struct lsg_spending *spending = lsg_page_spending(lsg_run.page);
  double wanted = slot->seconds * (1 + FIRST_RUNG);
  spending->cut++;
  if (wanted > used) spending->missing += wanted - used;
}

void lsg_budget_starved(const struct lsg_slot *slot) { note_cut(slot, 0); }

void lsg_budget_used(const struct lsg_slot *slot, double begin,
                     const struct leakslope_plan *limited,
                     const struct leakslope_report *report) {
  struct lsg_spending *spending = lsg_page_spending(lsg_run.page);
  double used = lsg_now() - begin;
  lsg_budget_spent(begin);
  if (!spending->cheapest || used < spending->cheapest)
    spending->cheapest = used;
  if (!limited->rationed ||
      leakslope_report_outcome(report) != LEAKSLOPE_INCONCLUSIVE)
    return;
  note_cut(slot, used);
}

unsigned lsg_budget_short(double *would_do) {
  if (!lsg_run.page) return 0;
  const struct lsg_spending *spending = lsg_page_spending(lsg_run.page);
  *would_do =
      (spending->spent + spending->missing) / (1 - RESERVE) + price_of_none();
  return spending->cut;
}
