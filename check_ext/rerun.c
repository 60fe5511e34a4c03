/* SPDX-License-Identifier: MIT */
#include "rerun.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  NOTE = 256,
  STACK = 64 * 1024, /* for the handlers: the test's may have overflowed */
  POLL_MS = 50,
  NO_TIMEOUT_PATIENCE = 60 /* seconds for a pass of a test without a limit */
};

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE,
                              SIGABRT, SIGSYS, SIGTRAP};
enum { CRASHES = sizeof crashes / sizeof *crashes };

static struct {
  pid_t pid; /* of the process that repeats, 0 while none does */
  struct leakslope_measurement *m;
  sigjmp_buf stop;
  char note[NOTE];
  const char *mark_file;
  int mark_line;
} rerun;

int ck_rerun_active(void) { return rerun.pid && rerun.pid == getpid(); }

int ck_rerun_inherited(void) { return rerun.pid != 0; }

CK_OUTERMOST void ck_call_test(TFun function, int i) {
  function(i);
  /* The call must not become a jump: this frame is what tells the user's code
     from ours. */
  __asm__ volatile("");
}

CK_OUTERMOST void ck_call_fixture(SFun function) {
  function();
  __asm__ volatile("");
}

int ck_threads(void) {
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return 1;
  int n = 0;
  for (struct dirent *task; (task = readdir(tasks));)
    n += task->d_name[0] != '.';
  closedir(tasks);
  return n;
}

/* ---- one pass
 * -------------------------------------------------------------------- */

/* Tear-downs run in reverse order of registration, as Check's do. */
static void tear_down(const struct ck_fixture *fixture) {
  if (!fixture) return;
  tear_down(fixture->next);
  if (fixture->teardown) ck_call_fixture(fixture->teardown);
}

static void one_pass(const struct ck_test *test, int i) {
  for (struct ck_fixture *f = test->tcase->checked; f; f = f->next)
    if (f->setup) ck_call_fixture(f->setup);
  ck_call_test(test->original->fn, i);
  tear_down(test->tcase->checked);
}

/* ---- what ends a pass early
 * --------------------------------------------------------- */

void ck_rerun_mark(const char *file, int line) {
  rerun.mark_file = file;
  rerun.mark_line = line;
}

void ck_rerun_failed(const char *file, int line, const char *text) {
  snprintf(rerun.note, sizeof rerun.note, "%s:%d: %s", file, line, text);
  siglongjmp(rerun.stop, 1);
}

static void crashed(int signal) {
  if (!ck_rerun_active()) { /* a process that the test forked */
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    sigaction(signal, &standard, NULL);
    raise(signal);
    return;
  }
  /* snprintf is not safe in a handler by the letter; this process has crashed
     and only has to say where. */
  int n = snprintf(rerun.note, sizeof rerun.note, "received signal %d (%s)",
                   signal, sigabbrev_np(signal) ? sigabbrev_np(signal) : "?");
  if (rerun.mark_file && n > 0 && n < NOTE)
    snprintf(rerun.note + n, sizeof rerun.note - (size_t)n, " after %s:%d",
             rerun.mark_file, rerun.mark_line);
  siglongjmp(rerun.stop, 1);
}

static void exited(void) {
  if (!ck_rerun_active()) return;
  leakslope_measure_ended(rerun.m, "the test called exit");
  _exit(0);
}

struct handlers {
  struct sigaction old[CRASHES];
  stack_t old_stack;
  void *stack;
};

static void catch_crashes(struct handlers *handlers) {
  handlers->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (handlers->stack != MAP_FAILED) {
    stack_t stack = {.ss_sp = handlers->stack, .ss_size = STACK};
    sigaltstack(&stack, &handlers->old_stack);
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = crashed;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (int i = 0; i < CRASHES; i++)
    sigaction(crashes[i], &action, &handlers->old[i]);
}

static void release_crashes(struct handlers *handlers) {
  for (int i = 0; i < CRASHES; i++)
    sigaction(crashes[i], &handlers->old[i], NULL);
  if (handlers->stack != MAP_FAILED) {
    sigaltstack(&handlers->old_stack, NULL);
    munmap(handlers->stack, STACK);
  }
}

/* ---- the loop
 * ---------------------------------------------------------------------------
 */

static void loop(const struct ck_test *test, int i, struct ck_slot *slot) {
  rerun.pid = getpid();
  rerun.note[0] = '\0';
  if (sigsetjmp(rerun.stop, 1)) {
    leakslope_measure_ended(rerun.m, rerun.note);
  } else {
    while (leakslope_measure_iteration(rerun.m) > 0) {
      one_pass(test, i);
      slot->passes++;
    }
  }
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

static void run_copy(const struct ck_test *test, int i, struct ck_slot *slot) {
  struct handlers handlers;
  /* Whatever becomes of the test's process, its copy must not stay. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  silence();
  atexit(exited);
  catch_crashes(&handlers);
  loop(test, i, slot);
  _exit(0);
}

/* ---- waiting for the copy
 * ----------------------------------------------------------------- */

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Waits at most `ms` for the copy to end; 1 if it may have. */
static int wait_a_little(int pidfd, int ms) {
  if (pidfd < 0) { /* a kernel without pidfd_open */
    struct timespec pause = {0, 1000000};
    nanosleep(&pause, NULL);
    return 1;
  }
  struct pollfd poll_for = {.fd = pidfd, .events = POLLIN};
  return poll(&poll_for, 1, ms) != 0;
}

static void describe_end(char *note, int status, const char *killed) {
  if (killed)
    snprintf(note, NOTE, "%s", killed);
  else if (WIFSIGNALED(status))
    snprintf(
        note, NOTE, "was killed by signal %d (%s)", WTERMSIG(status),
        sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
  else
    snprintf(note, NOTE, "called _exit(%d)", WEXITSTATUS(status));
}

/* A pass may take as long as the test itself may. */
static double patience(const struct ck_test *test) {
  double limit = test->tcase->timeout;
  return limit > 0 ? limit : NO_TIMEOUT_PATIENCE;
}

static void await(pid_t pid, const struct ck_test *test,
                  const struct ck_slot *slot, char *note) {
  int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), status = 0;
  uint32_t passes = 0;
  const char *killed = NULL;
  double progress = now();
  for (;;) {
    if (wait_a_little(pidfd, POLL_MS) || killed) {
      pid_t done = waitpid(pid, &status, killed ? 0 : WNOHANG);
      if (done == pid || (done < 0 && errno != EINTR)) break;
    }
    if (slot->passes != passes) {
      passes = slot->passes;
      progress = now();
    } else if (!killed && now() - progress > patience(test) + 5) {
      /* The five seconds are the symbolizer's, after the last pass. */
      killed = "hung";
      kill(pid, SIGKILL);
    }
  }
  if (pidfd >= 0) close(pidfd);
  describe_end(note, status, killed);
}

static int in_copy(const struct ck_test *test, int i, struct ck_slot *slot,
                   char *note) {
  /* The copy's end is our business: no handler of the test's may run for it,
     and no SIGCHLD may be left pending. */
  struct sigaction child_action, standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &standard, &child_action);
  pid_t pid = fork();
  if (pid == 0) {
    sigaction(SIGCHLD, &child_action, NULL);
    run_copy(test, i, slot);
  }
  if (pid > 0) await(pid, test, slot, note);
  sigaction(SIGCHLD, &child_action, NULL);
  return pid > 0;
}

/* ---- in place
 * --------------------------------------------------------------------------------
 */

struct streams {
  int saved[3];
};

static void silence_for_now(struct streams *streams) {
  fflush(stdout); /* what the test itself printed is to be seen */
  fflush(stderr);
  for (int fd = 0; fd <= 2; fd++)
    streams->saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 100);
  silence();
}

static void restore(struct streams *streams) {
  fflush(stdout);
  fflush(stderr);
  for (int fd = 0; fd <= 2; fd++) {
    if (streams->saved[fd] < 0) continue;
    dup2(streams->saved[fd], fd);
    close(streams->saved[fd]);
  }
}

static void in_place(const struct ck_test *test, int i, struct ck_slot *slot) {
  struct handlers handlers;
  struct streams streams;
  slot->in_place = 1;
  silence_for_now(&streams);
  catch_crashes(&handlers);
  loop(test, i, slot);
  release_crashes(&handlers);
  restore(&streams);
}

struct leakslope_report *ck_rerun(const struct ck_test *test, int i,
                                  const struct leakslope_plan *plan,
                                  struct ck_slot *slot, const char **cause) {
  struct leakslope_report *report = NULL;
  char note[NOTE] = "";
  *cause = "no memory for a measurement";
  if (leakslope_measure_begin(plan, &rerun.m)) return NULL;
  if (ck_threads() > 1) {
    in_place(test, i, slot);
  } else if (!in_copy(test, i, slot, note)) {
    *cause = "the process could not be copied";
    leakslope_measure_cancel(rerun.m);
    return NULL;
  }
  if (note[0]) leakslope_measure_ended(rerun.m, note);
  (void)leakslope_measure_end(rerun.m, &report);
  return report;
}
