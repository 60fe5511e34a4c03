/* SPDX-License-Identifier: MIT */
/*
 * What is freed late is no leak: by a function that the program names, by a
 * thread of its own that has not come to it yet, or, where it is a child
 * process, by a handler that waits for it.
 *
 * Only where something would be blamed, and as long as it looks like that: up
 * to 20 times, with pauses that double, as goleak waits for goroutines
 * (go.uber.org/goleak, options.go): 1 us to 13 ms, a tenth of a second in all.
 */
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "measure/children.h"
#include "measure/measurement.h"
#include "measure/workers.h"
#include "platform/guard.h"
#include "tracker/open_fds.h"
#include "tracker/threads.h"

enum { TRIES = 20, FIRST_PAUSE_NS = 1000, LONGEST_PAUSE_NS = 13000000 };

void ls_settle(const struct leakslope_measurement *m) {
  if (!m->plan.settle) return;
  /* The program's own code: what it does there is counted. */
  int before = ls_owner;
  ls_guard_leave(LS_OWNER_HOST);
  m->plan.settle(m->plan.settle_arg);
  ls_owner = before;
}

static int is_open(const struct leakslope_measurement *m) {
  return m->worst != LS_SITE_OK && m->worst != LS_SITE_LIMIT;
}

/* All of it: signals of children that end must not cut it short. */
static void sleep_for(long ns) {
  struct timespec left = {0, ns};
  while (syscall(SYS_nanosleep, &left, &left) == -1 && errno == EINTR) {
  }
}

/* Whether something may yet be freed that is not. */
static int may_settle(const struct leakslope_measurement *m) {
  return m->plan.settle || ls_children_left(m) || ls_workers_exist();
}

/* Whether the run would end here in another way than clean: by what a site
   looks like, or by a stop that is reached whatever its sites look like. */
static int is_in_doubt(const struct leakslope_measurement *m, ls_stops *stops) {
  return is_open(m) || (stops && stops(m));
}

void ls_judge_settled(struct leakslope_measurement *m, ls_stops *stops) {
  long pause = FIRST_PAUSE_NS;
  ls_judge_all(m);
  if (!is_in_doubt(m, stops) || !may_settle(m)) return;
  ls_records_forget_late(m);
  for (int i = 0; i < TRIES && is_in_doubt(m, stops); i++) {
    sleep_for(pause);
    pause = 2 * pause < LONGEST_PAUSE_NS ? 2 * pause : LONGEST_PAUSE_NS;
    ls_settle(m);
    ls_open_fds_reconcile();
    ls_threads_reap();
    ls_children_settle(m);
    ls_records_settle(m);
    ls_judge_all(m);
  }
}
