/* SPDX-License-Identifier: MIT */
/* Runs the loop of one measurement: warm-up, baseline, rungs, and what ends it.
 */
#include "measure/measurement.h"
#include "callsite/callsite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "measure/children.h"
#include "measure/limits.h"
#include "measure/workers.h"
#include "platform/clock.h"
#include "platform/guard.h"
#include "tracker/open_fds.h"
#include "tracker/threads.h"

enum { SHORTEST_LAST = 251 /* iterations: the rule's least */ };

void *ls_measurement_result(struct leakslope_measurement *m) {
  return (char *)m + m->size - LS_RESULT_SIZE;
}

static int plan_is_valid(const struct leakslope_plan *plan) {
  return plan->warmup >= 1 && plan->budget > 0 && plan->domains != 0 &&
         (plan->iterations == 0 || plan->iterations >= 8) &&
         (plan->first_rung == 0 || plan->last_rung >= plan->first_rung);
}

int leakslope_measure_begin(const struct leakslope_plan *plan,
                            struct leakslope_measurement **out) {
  struct leakslope_plan defaults;
  if (!plan) {
    int rc = leakslope_plan_init(&defaults);
    if (rc) return rc;
    plan = &defaults;
  }
  if (!plan_is_valid(plan)) return -EINVAL;
  if (!ls_tracker_is_tracing()) return -ENOTSUP;
  /* Half as much is tried where a limit on memory does not leave it. */
  size_t size = LS_MEASUREMENT_SIZE;
  struct leakslope_measurement *m = ls_pages_map(size, 1);
  while (!m && size > 2 * LS_RESULT_SIZE) m = ls_pages_map(size /= 2, 1);
  if (!m) return -ENOMEM;
  m->plan = *plan;
  m->size = size;
  m->capacity = (uint32_t)((size - LS_RESULT_SIZE - sizeof *m) /
                           sizeof(struct ls_record));
  *out = m;
  return 0;
}

void leakslope_measure_cancel(struct leakslope_measurement *m) {
  if (!m) return;
  if (m->owner == getpid()) {
    ls_tracker_epoch(0);
    ls_book_close(m);
  }
  ls_pages_unmap(m, m->size);
}

/* ---- the loop
 * ------------------------------------------------------------------- */

/* Epochs rise over the life of a process: the birth of a block is one. */
static uint32_t next_epoch = 1;

static int begin_loop(struct leakslope_measurement *m) {
  m->begun = 1;
  m->owner = getpid();
  ls_callsite_init();
  if (!ls_book_open(m)) return 0;
  ls_budget_begin(&m->budget, m->plan.budget);
  ls_budget_most(&m->budget, m->plan.wall);
  m->cpu_mark_ns = ls_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  return 1;
}

static uint64_t budget_ns(const struct leakslope_measurement *m) {
  return (uint64_t)(m->plan.budget * 1e9);
}

/* By what a pass costs and, for a pass that sleeps or waits, by how many fit
   into the budget. */
static uint32_t choose_first(const struct leakslope_measurement *m,
                             uint64_t cpu_ns, uint64_t own_ns) {
  return ls_ladder_fitting(ls_ladder_first(cpu_ns), own_ns, budget_ns(m));
}

uint32_t ls_measure_last_rung(const struct leakslope_measurement *m) {
  return ls_ladder_last_of(m->cpu_pass_ns, m->own_pass_ns, budget_ns(m));
}

static void choose_ladder(struct leakslope_measurement *m) {
  if (m->plan.iterations) {
    m->first_rung = m->last_rung = m->plan.iterations;
  } else if (m->plan.shortest) {
    /* The program's time is used up: what the rule needs and no more. */
    m->first_rung = ls_ladder_shortest();
    m->last_rung = SHORTEST_LAST;
    m->extended = 1;
  } else if (m->plan.first_rung) {
    m->first_rung = m->plan.first_rung;
    m->last_rung = m->plan.last_rung;
  } else {
    m->first_rung = choose_first(m, m->cpu_pass_ns, m->own_pass_ns);
    m->last_rung = ls_measure_last_rung(m);
  }
  m->target = m->judged_first = m->first_rung;
}

static void baseline(struct leakslope_measurement *m) {
  ls_settle(m);
  ls_workers_await(m);
  choose_ladder(m);
  ls_limits_baseline(m);
  ls_untraced_baseline(m);
  m->drops = ls_tracker_drops();
  m->foreign_frees = (int64_t)ls_tracker_foreign_frees();
  m->epoch = next_epoch;
  ls_open_fds_baseline();
  ls_threads_reap();
  ls_gauges_baseline(m);
  ls_children_baseline(m);
  ls_records_baseline(m);
  next_epoch++;
  if (m->plan.holders == LEAKSLOPE_HOLDERS_CLEAN) ls_tracker_clean(1);
  ls_tracker_epoch(m->epoch + 1);
  m->cpu_mark_ns = ls_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  m->own_mark_ns = ls_budget_used(&m->budget);
}

static void keep_least(uint64_t *least, uint64_t value, int is_first) {
  if (is_first || value < *least) *least = value;
}

/* Whether the budget has room for `passes` more. */
static int fits(const struct leakslope_measurement *m, uint32_t passes) {
  return !ls_budget_is_over(&m->budget, passes * m->own_pass_ns);
}

/* The first pass of all is left out where there are others: it pays for lazy
   binding and first touches. */
static void end_warmup(struct leakslope_measurement *m) {
  uint64_t cpu = ls_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  uint64_t own = ls_budget_used(&m->budget);
  int is_first = m->warmups++ < 2;
  keep_least(&m->cpu_pass_ns, cpu - m->cpu_mark_ns, is_first);
  keep_least(&m->own_pass_ns, own - m->own_mark_ns, is_first);
  m->own_mark_ns = own;
  /* Read again: reading the other clock takes longer than many a pass. */
  m->cpu_mark_ns = ls_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  /* Where time is short, it is better used for iterations. */
  if (!m->plan.iterations && !fits(m, m->plan.warmup - m->warmups + LS_FEWEST))
    m->plan.warmup = m->warmups;
  if (m->warmups == m->plan.warmup) baseline(m);
}

static int finish(struct leakslope_measurement *m, enum ls_stop stop) {
  m->stop = stop;
  m->done = 1;
  m->drops = ls_tracker_drops() - m->drops + m->nlost;
  m->foreign_frees = (int64_t)ls_tracker_foreign_frees() - m->foreign_frees;
  ls_births_note(m);
  ls_tracker_epoch(0);
  ls_tracker_clean(0);
  /* Made here and not by the process that waits: only this one knows the
     libraries that were loaded in the loop. */
  struct leakslope_report *report = ls_evidence_report(m);
  if (report && m->plan.calls_from) ls_calls_note(m, report);
  size_t size = report ? ls_report_encode(report, ls_measurement_result(m),
                                          LS_RESULT_SIZE)
                       : 0;
  /* What can be spared, the least first. */
  if (size > LS_RESULT_SIZE) {
    ls_report_forget_holders(report);
    size = ls_report_encode(report, ls_measurement_result(m), LS_RESULT_SIZE);
  }
  if (size > LS_RESULT_SIZE) {
    ls_report_forget_calls(report);
    size = ls_report_encode(report, ls_measurement_result(m), LS_RESULT_SIZE);
  }
  if (size > LS_RESULT_SIZE) {
    ls_report_forget_paths(report);
    size = ls_report_encode(report, ls_measurement_result(m), LS_RESULT_SIZE);
  }
  m->result_size = size <= LS_RESULT_SIZE ? size : 0;
  ls_report_free(report);
  return 0;
}

/* The two passes that the ladder was chosen by may have been slow by chance,
   on a busy machine above all: what all passes up to the first rung cost says
   more.  1 if the first rung of a cheaper ladder is gone on to. */
static int is_cheaper_than_thought(struct leakslope_measurement *m) {
  int is_chosen =
      !m->plan.iterations && !m->plan.first_rung && !m->plan.shortest;
  if (!is_chosen || m->target != m->judged_first) return 0;
  uint64_t spent = ls_clock_ns(CLOCK_PROCESS_CPUTIME_ID) - m->cpu_mark_ns;
  uint64_t each = spent / m->iterations;
  uint64_t own = ls_budget_used(&m->budget) - m->own_mark_ns;
  uint32_t rung = choose_first(m, each, own / m->iterations);
  if (rung <= m->target) return 0;
  m->cpu_pass_ns = each;
  m->own_pass_ns = own / m->iterations;
  m->target = m->judged_first = rung;
  m->last_rung = ls_measure_last_rung(m);
  return 1;
}

/* Nothing is suspect, but some site holds more than at the baseline, or memory
   does: a mild leak may have shown once in so few iterations.  The run goes on,
   up to 1021 iterations, while the next rung takes a quarter of the budget at
   the most.  Where all is exactly flat, as in most tests, a longer run would
   only rule out what is rarer. */
static int has_time_for_more(struct leakslope_measurement *m) {
  enum { SHARE = 4, ENOUGH = 1021 };
  uint32_t next = ls_ladder_next(m->target);
  int is_chosen =
      !m->plan.iterations && !m->plan.first_rung && !m->plan.shortest;
  if (!is_chosen || m->worst != LS_SITE_OK || next > ENOUGH) return 0;
  if (ls_judge_is_flat(m) && !ls_untraced_rises(m)) return 0;
  uint64_t each = ls_budget_used(&m->budget) / (m->iterations + m->warmups);
  if (each * next > budget_ns(m) / SHARE) return 0;
  m->target = next;
  return 1;
}

/* Memory that no call explains and that has climbed so far may come to rest:
   a heap does, once it has pieces of all sizes. */
static int is_untraced_open(struct leakslope_measurement *m) {
  if (m->worst != LS_SITE_OK || ls_untraced_rate(m) <= 0) return 0;
  m->target = ls_ladder_next(m->target);
  return 1;
}

/* What has come to rest only of late is looked at again. */
static void judge_on_the_way(struct leakslope_measurement *m) {
  m->goes_on = 1;
  ls_judge_all(m);
  m->goes_on = 0;
}

/* More time for a suspect, once. */
static void extend_budget(struct leakslope_measurement *m) {
  double most = m->plan.suspect_budget;
  if (m->extended) return;
  m->extended = 1;
  ls_budget_limit(&m->budget,
                  most > 0 ? most : m->plan.budget * LS_SUSPECT_FACTOR);
}

/* At a rung: go on only where the question is open and another rung may
   answer it. */
static int at_rung(struct leakslope_measurement *m) {
  if (is_cheaper_than_thought(m)) return 1;
  int is_last = m->plan.iterations || m->target >= m->last_rung;
  if (is_last)
    ls_judge_settled(m, NULL);
  else
    judge_on_the_way(m);
  if (!is_last && (is_untraced_open(m) || has_time_for_more(m))) return 1;
  if (m->plan.iterations || m->worst == LS_SITE_OK || m->worst == LS_SITE_LIMIT)
    return finish(m, LS_STOP_DONE);
  uint32_t most = ls_ladder_most(m->last_rung, (enum ls_site_state)m->worst);
  if (m->target >= most) return finish(m, LS_STOP_DONE);
  extend_budget(m);
  m->target = ls_ladder_next(m->target);
  return 1;
}

/* The budget is used up: more of it for a suspect, once. */
static int out_of_time(struct leakslope_measurement *m) {
  if (m->extended)
    ls_judge_settled(m, NULL);
  else
    judge_on_the_way(m);
  if (m->worst == LS_SITE_OK || m->extended) return finish(m, LS_STOP_TIME);
  extend_budget(m);
  return 1;
}

/* What costs a few system calls is asked at the end of each window of a series
   (there are 64 at most), and before a judgement. */
static int ends_window(const struct leakslope_measurement *m,
                       uint32_t iteration) {
  uint32_t length = 1;
  while (iteration / length > LS_SERIES_WINDOWS) length *= 2;
  return iteration % length == 0 || iteration >= m->target;
}

/* Waiting for threads takes a budget of its own: on a busy machine most of the
   time. */
static int out_of_budget(const struct leakslope_measurement *m) {
  uint64_t most = budget_ns(m);
  struct ls_budget budget = m->budget;
  budget.limit_ns += m->waited_ns < most ? m->waited_ns : most;
  /* Who asks for a number of iterations gets them, but for a limit of wall
     time. */
  if (m->plan.iterations) budget.limit_ns = UINT64_MAX;
  return ls_budget_is_over(&budget, m->own_pass_ns);
}

/* Whether the iteration that ends is the last before a judgement. */
static int is_judged_next(struct leakslope_measurement *m) {
  m->iterations++;
  int is = m->iterations >= m->target || ls_limits_memory_stops(m) ||
           ls_limits_objects_stop(m) || out_of_budget(m);
  m->iterations--;
  return is;
}

/* Whether growth ends the run, and does so still when what is freed late is. */
static int is_stopped(struct leakslope_measurement *m, ls_stops *stops) {
  if (!stops(m)) return 0;
  ls_judge_settled(m, stops);
  return stops(m);
}

/* All descriptors are compared before a judgement; at the end of another window
   only if their number has changed, since a look at each of them takes longer
   than many a pass. */
static void look_at_objects(struct leakslope_measurement *m) {
  if (m->iterations >= m->target)
    ls_open_fds_reconcile();
  else
    ls_open_fds_look();
  ls_children_boundary(m);
}

static int end_iteration(struct leakslope_measurement *m) {
  if (m->plan.settle && is_judged_next(m)) ls_settle(m);
  int is_window = ends_window(m, m->iterations + 1);
  if (is_window) ls_workers_await(m);
  m->iterations++;
  if (is_window) look_at_objects(m);
  ls_threads_reap();
  ls_untraced_boundary(m);
  ls_gauges_boundary(m);
  ls_records_boundary(m);
  next_epoch = m->epoch + m->iterations + 1;
  ls_tracker_epoch(next_epoch);
  if (is_stopped(m, ls_limits_memory_stops)) return finish(m, LS_STOP_MEMORY);
  if (is_stopped(m, ls_limits_objects_stop)) return finish(m, LS_STOP_LIMIT);
  if (m->iterations >= m->target) return at_rung(m);
  if (out_of_budget(m)) return out_of_time(m);
  return 1;
}

/* Where the budget has no room for a further pass, the warm-up ends too. */
static int warmup_out_of_time(struct leakslope_measurement *m) {
  if (!out_of_budget(m)) return 0;
  choose_ladder(m);
  return 1;
}

static int step(struct leakslope_measurement *m) {
  if (m->done) return 0;
  if (!m->begun) return begin_loop(m);
  if (m->warmups < m->plan.warmup) {
    end_warmup(m);
    if (warmup_out_of_time(m)) return finish(m, LS_STOP_TIME);
    return 1;
  }
  return end_iteration(m);
}

int leakslope_measure_iteration(struct leakslope_measurement *m) {
  /* What the caller keeps in registers lies right below this frame. */
  __builtin_unwind_init();
  m->stack = (uintptr_t)__builtin_frame_address(0);
  int before = ls_guard_enter();
  int saved = errno;
  int more = step(m);
  errno = saved;
  ls_guard_leave(before);
  return more;
}

void leakslope_measure_step(struct leakslope_measurement *m, unsigned step) {
  if (m->owner != getpid() || m->done) return;
  m->stepped = 1;
  ls_tracker_step(step);
}

unsigned leakslope_measure_iterations(const struct leakslope_measurement *m) {
  return m->iterations;
}

static double seconds_left(const struct leakslope_measurement *m) {
  uint32_t done = m->iterations, more = m->target - m->iterations;
  if (!done || m->target < done) return -1;
  double left = (double)ls_budget_elapsed(&m->budget) / done * more;
  /* Without an exact number, time runs out before that. */
  double budget = (double)ls_budget_left(&m->budget);
  if (!m->plan.iterations && budget < left) left = budget;
  return left * 1e-9;
}

void leakslope_measure_progress(const struct leakslope_measurement *m,
                                struct leakslope_progress *progress) {
  progress->iterations = m->iterations;
  progress->planned = m->target;
  progress->seconds_left = seconds_left(m);
  progress->suspects = 0;
  for (uint32_t i = 0; i < m->nrecords; i++)
    progress->suspects += m->records[i].level == LS_LEVEL_TRACEBACK &&
                          m->records[i].state >= LS_SITE_SUSPECT;
}

static void keep_note(struct leakslope_measurement *m, const char *why) {
  if (m->note[0] || !why) return;
  if (m->warmups < m->plan.warmup)
    snprintf(m->note, sizeof m->note, "ended in warm-up pass %u: %s",
             m->warmups + 1, why);
  else
    snprintf(m->note, sizeof m->note, "ended in iteration %u: %s",
             m->iterations + 1, why);
}

void leakslope_measure_ended(struct leakslope_measurement *m, const char *why) {
  int before = ls_guard_enter();
  if (!m->done) {
    keep_note(m, why);
    if (m->owner == getpid()) {
      ls_judge_all(m);
      (void)finish(m, LS_STOP_ENDED);
    }
  }
  ls_guard_leave(before);
}

/* The loop ran in a copy that is gone without a word: judge what it left. */
static struct leakslope_report *judge_remains(struct leakslope_measurement *m) {
  ls_callsite_init();
  if (!m->target) choose_ladder(m);
  m->book = NULL;
  m->stop = LS_STOP_ENDED;
  m->drops = m->nlost;
  m->foreign_frees = 0;
  keep_note(m, "the process that ran it is gone");
  ls_judge_all(m);
  return ls_evidence_report(m);
}

int leakslope_measure_end(struct leakslope_measurement *m,
                          struct leakslope_report **report) {
  int before = ls_guard_enter();
  int own = m->owner == getpid();
  if (own && !m->done) { /* the caller stopped on its own */
    if (!m->target) choose_ladder(m);
    ls_judge_all(m);
    (void)finish(m, LS_STOP_DONE);
  }
  *report = m->done && m->result_size
                ? ls_report_decode(ls_measurement_result(m), m->result_size)
                : judge_remains(m);
  if (own) ls_book_close(m);
  ls_pages_unmap(m, m->size);
  ls_guard_leave(before);
  return *report ? 0 : -ENOMEM;
}
