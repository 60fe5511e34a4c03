/* SPDX-License-Identifier: MIT */
/* Repeats a test in a forked copy, or in place, and ends each repetition that
   does not end by itself. */
#include "gate/rerun.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gate/clock.h"
#include "gate/copy.h"
#include "gate/coverage.h"
#include "gate/idle.h"
#include "gate/outlive.h"
#include "gate/progress.h"
#include "gate/rescue.h"
#include "gate/run.h"
#include "gate/timer.h"

enum {
  POLL_MS = 50,
  READING_PATIENCE = 20,    /* for what a copy left */
  SUSPECT_FACTOR = 5,       /* budgets that a suspect gets */
  NO_TIMEOUT_PATIENCE = 60, /* seconds for a pass of a test without a limit */
  SYMBOLS_PATIENCE = 25,    /* seconds for the symbolizer, after the last */
  FIRST_SAVED = 100         /* above what tests expect to be given */
};

static struct {
  pid_t pid; /* of the process that repeats, 0 while none does */
  pid_t tid; /* its thread that does */
  struct leakslope_measurement *m;
  struct lsg_progress *progress;
  int in_place;
  volatile sig_atomic_t broken; /* another thread cannot go on */
  sigjmp_buf stop;
  const char *mark_file;
  int mark_line;
  uint32_t watched; /* passes at the last look */
  uint32_t loops;   /* calls of work->pass */
} rerun;

static pid_t this_thread(void) { return (pid_t)syscall(SYS_gettid); }

int ls_gate_repeats_here(void) { return rerun.pid && rerun.pid == getpid(); }

int ls_gate_repeats(void) { return rerun.pid != 0; }

static LS_GATE_OUTERMOST void call(void (*function)(void)) {
  function();
  /* The call must not become a jump: this frame is what tells the user's code
     from ours. */
  __asm__ volatile("");
}

/* ---- what ends a pass early ---------------------------------------------- */

void ls_gate_mark(const char *file, int line) {
  rerun.mark_file = file;
  rerun.mark_line = line;
}

/* Into the shared slot at once: what follows may not come to an end. */
static void keep_note(const char *format, va_list args) {
  char *note = rerun.progress->note;
  if (!note[0]) vsnprintf(note, sizeof rerun.progress->note, format, args);
}

static void note_end(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
static void note_end(const char *format, ...) {
  va_list args;
  va_start(args, format);
  keep_note(format, args);
  va_end(args);
}

/* snprintf is not safe in a handler by the letter; where this is called from
   one, the process has crashed and only has to say where. */
void ls_gate_stop(const char *format, ...) {
  va_list args;
  va_start(args, format);
  keep_note(format, args);
  va_end(args);
  if (this_thread() == rerun.tid) siglongjmp(rerun.stop, 1);
  /* Another thread of the test's.  A copy can simply go. */
  if (!rerun.in_place) _exit(EXIT_SUCCESS);
  rerun.broken = 1;
  lsg_outlive_hold();
}

/* Called by exit(); jumping out of it is what keeps the process. */
static int exit_hooked;

static void exited(int status, void *arg) {
  (void)arg;
  exit_hooked = 0;
  if (ls_gate_repeats_here()) ls_gate_stop("the test called exit(%d)", status);
}

static void hook_exit(void) {
  if (!exit_hooked) exit_hooked = on_exit(exited, NULL) == 0;
}

static void crashed(int signal) {
  const char *name = sigabbrev_np(signal);
  if (!name) name = "?";
  if (ls_gate_repeats_here() && rerun.mark_file)
    ls_gate_stop("received signal %d (%s) after %s:%d", signal, name,
                 rerun.mark_file, rerun.mark_line);
  if (ls_gate_repeats_here())
    ls_gate_stop("received signal %d (%s)", signal, name);
}

/* ---- processes that are left behind -------------------------------------- */

enum { CHILDREN_MOST = 64 };

/* Children of this process; 0 where the kernel does not tell. */
static unsigned children(void) {
  char text[4096];
  unsigned n = 0;
  int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  ssize_t size = fd < 0 ? 0 : read(fd, text, sizeof text);
  if (fd >= 0) close(fd);
  for (ssize_t i = 0; i < size; i++) n += text[i] == ' ';
  return n;
}

/* One for each pass would soon be as many as the machine allows.  Looked for
   after 64, 128, 256... passes. */
static void look_for_children(uint32_t passes) {
  if (passes < CHILDREN_MOST || (passes & (passes - 1))) return;
  unsigned n = children();
  if (n >= CHILDREN_MOST) ls_gate_stop("%u processes are left behind", n);
}

/* ---- the loop ------------------------------------------------------------ */

void lsg_rerun_step(unsigned step) { leakslope_measure_step(rerun.m, step); }

void lsg_rerun_settle(void (*settle)(void)) {
  rerun.progress->in_pass = 1;
  call(settle);
  rerun.progress->in_pass = 0;
}

static int passes_go_on(const struct lsg_work *work) {
  struct lsg_progress *progress = rerun.progress;
  if (leakslope_measure_iteration(rerun.m) <= 0) return 0;
  progress->in_pass = 1;
  work->pass(work->arg);
  progress->in_pass = 0;
  progress->passes++;
  look_for_children(++rerun.loops);
  return !rerun.broken && !lsg_outlive_note();
}

/* Whatever the copy left there, it ends. */
static const char *note(void) {
  char *text = rerun.progress->note;
  text[sizeof rerun.progress->note - 1] = '\0';
  return text;
}

/* A thread that is held may have what the next pass needs. */
static void note_outlived(void) {
  if (lsg_outlive_note()) note_end("%s", lsg_outlive_note());
}

static void loop(const struct lsg_work *work) {
  rerun.tid = this_thread();
  rerun.loops = 0;
  rerun.broken = 0;
  rerun.mark_file = NULL;
  rerun.pid = getpid();
  if (!sigsetjmp(rerun.stop, 1))
    while (passes_go_on(work)) {
    }
  rerun.progress->in_pass = 0;
  note_outlived();
  if (note()[0]) leakslope_measure_ended(rerun.m, note());
  rerun.pid = 0;
}

static int keeps_output(void) {
  const char *option = leakslope_option("CK_LEAK_OUTPUT");
  return option && !strcmp(option, "yes");
}

static void silence(void) {
  if (keeps_output()) return;
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return;
  for (int fd = 0; fd <= 2; fd++) dup2(null, fd);
  if (null > 2) close(null);
}

/* ---- in a copy ----------------------------------------------------------- */

static void run_copy(const struct lsg_work *work) {
  struct lsg_rescue rescue;
  lsg_page_close(lsg_run.page);
  silence();
  exit_hooked = 0; /* the last one in is the first to be called */
  hook_exit();
  lsg_rescue_begin(&rescue, crashed);
  loop(work);
  if (keeps_output()) fflush(stdout);
  _exit(EXIT_SUCCESS);
}

static void note_status(int status) {
  const char *name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : "";
  if (WIFSIGNALED(status))
    note_end("killed by signal %d (%s)", WTERMSIG(status), name ? name : "?");
  else
    note_end("the test called _exit(%d)", WEXITSTATUS(status));
}

double lsg_patience(const struct ls_gate_group *group) {
  return group->limit > 0 ? group->limit : NO_TIMEOUT_PATIENCE;
}

/* Seconds that all passes together may take, less what the copy waited for a
   processor: none but those of a test that wrote over what its repetitions
   share take longer. */
static double most_seconds(const struct lsg_work *work,
                           const struct leakslope_plan *plan) {
  enum { A_DAY = 86400 };
  if (plan->iterations || work->only_copy) return A_DAY;
  return plan->budget * (SUSPECT_FACTOR + 1) + 2 * work->patience +
         SYMBOLS_PATIENCE;
}

/* A test's process is the runner's child. */
static int is_orphan(void) {
  return getpid() != lsg_run.runner && getppid() != lsg_run.runner;
}

/* Whether the copy goes on for no good. */
static const char *why_useless(const struct lsg_copy *copy, double begin,
                               double most) {
  double since = lsg_now() - begin;
  if (is_orphan()) return "the runner has gone";
  if (!lsg_progress_is_intact(rerun.progress))
    return "the test wrote over what its repetitions share";
  if (since > most && since - lsg_queued_of(copy->pid) > most)
    return "hung: it comes to no end";
  return NULL;
}

static void await(struct lsg_copy *copy, const struct lsg_work *work,
                  const struct leakslope_plan *plan) {
  const struct lsg_progress *now = rerun.progress;
  uint32_t passes = 0;
  double progress = lsg_now();
  const double begin = progress, most = most_seconds(work, plan);
  while (!lsg_copy_wait(copy, POLL_MS)) {
    const char *useless = why_useless(copy, begin, most);
    if (!useless) lsg_progress_show(rerun.m);
    double since = lsg_now() - progress;
    if (useless) {
      note_end("%s", useless);
      lsg_copy_kill(copy);
    } else if (now->passes != passes) {
      passes = now->passes;
      progress = lsg_now();
    } else if (since > work->patience + (now->in_pass ? 0 : SYMBOLS_PATIENCE)) {
      note_end("hung: no end after %.1f s", since);
      lsg_copy_kill(copy);
    }
  }
  lsg_progress_end();
}

static int in_copy(const struct lsg_work *work,
                   const struct leakslope_plan *plan, int last) {
  struct lsg_copy copy;
  /* What the test printed is not to be printed by the copy as well. */
  if (keeps_output()) fflush(stdout);
  pid_t pid = lsg_copy_begin(&copy);
  if (pid == 0) run_copy(work);
  if (pid < 0) return 0;
  *lsg_page_copy(lsg_run.page) = pid;
  await(&copy, work, plan);
  *lsg_page_copy(lsg_run.page) = 0;
  lsg_copy_end(&copy, last);
  note_status(copy.status);
  return 1;
}

static void stop_reading(void) { ls_gate_stop("hung"); }

/* A test's wild write in the copy may have met the measurement too, of which
   the copy and we share the memory: then there is no report, and nothing
   worse. */
static struct leakslope_report *read_copy(void) {
  struct leakslope_report *volatile report = NULL;
  struct leakslope_report *read = NULL;
  struct lsg_rescue rescue;
  if (!lsg_progress_is_intact(rerun.progress)) return NULL;
  lsg_rescue_begin(&rescue, crashed);
  rerun.tid = this_thread();
  rerun.pid = getpid();
  lsg_timer_watch(READING_PATIENCE, stop_reading);
  if (!sigsetjmp(rerun.stop, 1)) {
    leakslope_measure_ended(rerun.m, note());
    (void)leakslope_measure_end(rerun.m, &read);
    report = read;
  }
  rerun.pid = 0;
  lsg_timer_stop();
  lsg_rescue_end(&rescue);
  return report;
}

/* ---- in place ------------------------------------------------------------ */

static struct {
  int are_saved;
  int saved[3];
} streams;

static void silence_for_now(void) {
  fflush(stdout); /* what the test itself printed is to be seen */
  fflush(stderr);
  for (int fd = 0; fd <= 2; fd++)
    streams.saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_SAVED);
  streams.are_saved = 1;
  silence();
}

void lsg_rerun_speak(void) {
  for (int fd = 0; streams.are_saved && fd <= 2; fd++)
    if (streams.saved[fd] >= 0) dup2(streams.saved[fd], fd);
}

static void restore(void) {
  fflush(stdout);
  fflush(stderr);
  lsg_rerun_speak();
  streams.are_saved = 0;
  for (int fd = 0; fd <= 2; fd++)
    if (streams.saved[fd] >= 0) close(streams.saved[fd]);
}

static void watch(void) {
  if (ls_gate_repeats_here() && rerun.progress->in_pass &&
      rerun.progress->passes == rerun.watched)
    ls_gate_stop("hung");
  rerun.watched = rerun.progress->passes;
}

/* There are threads, of which a copy would have none.  So nothing but handlers
   stands between the test's process and what a repetition does. */
static void in_place(const struct lsg_work *work, struct lsg_slot *slot,
                     int last) {
  struct lsg_rescue rescue;
  slot->in_place = rerun.in_place = 1;
  if (last) lsg_coverage_seal();
  rerun.watched = UINT32_MAX;
  silence_for_now();
  hook_exit();
  lsg_rescue_begin(&rescue, crashed);
  lsg_timer_watch(work->patience, watch);
  lsg_page_close(lsg_run.page);
  loop(work);
  lsg_page_open(lsg_run.page);
  lsg_timer_stop();
  lsg_rescue_end(&rescue);
  restore();
  rerun.in_place = 0;
}

/* Fewer iterations than these say nothing: a stop ended the first look there,
   and will end the second. */
enum { SAY_SOMETHING = 20 };

void lsg_rerun_as_long(struct leakslope_plan *plan,
                       const struct leakslope_report *report) {
  unsigned n = leakslope_report_iterations(report);
  if (!plan->iterations && n >= SAY_SOMETHING) plan->iterations = n;
}

struct leakslope_report *lsg_rerun(const struct lsg_work *work,
                                   const struct leakslope_plan *plan,
                                   struct lsg_slot *slot, int last,
                                   const char **cause) {
  struct leakslope_report *report = NULL;
  struct leakslope_plan own = *plan;
  int threaded = lsg_outlive_await() > 1 && !(work->without && lsg_idle_all());
  *cause = "threads are alive";
  if (threaded && work->only_copy) return NULL;
  /* A leak in a copy is looked at once more: see confirm.c. */
  if (!threaded && own.holders != LEAKSLOPE_HOLDERS_CLEAN)
    own.holders = LEAKSLOPE_HOLDERS_NONE;
  int rc = leakslope_measure_begin(&own, &rerun.m);
  *cause = rc == -ENOTSUP ? "tracing was stopped"
                          : "there is no memory for a measurement";
  if (rc) return NULL;
  rerun.progress = lsg_page_progress(lsg_run.page);
  lsg_progress_reset(rerun.progress);
  if (lsg_outlive_note()) {
    leakslope_measure_ended(rerun.m, lsg_outlive_note());
  } else if (threaded) {
    in_place(work, slot, last);
  } else if (in_copy(work, plan, last)) {
    report = read_copy();
    *cause = "the test wrote over what its repetitions share";
    return report;
  } else {
    *cause = "the process could not be copied";
    leakslope_measure_cancel(rerun.m);
    return NULL;
  }
  (void)leakslope_measure_end(rerun.m, &report);
  return report;
}
