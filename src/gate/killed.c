/* SPDX-License-Identifier: MIT */
/* Has the reports written when a signal from outside ends the run. */
#include "gate/killed.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gate/clock.h"
#include "gate/copy.h"
#include "gate/run.h"

enum {
  STACK = 512 << 10,
  MOST_SECONDS = 5, /* for one who writes */
  HANDED_OVER = 1,  /* s for the runner's thread to come, if it can */
  STEP_NS = 500000
};

static const struct ending {
  int signal;
  const char *name;
} endings[] = {{SIGTERM, "SIGTERM"}, {SIGINT, "SIGINT"}};
enum { ENDINGS = sizeof endings / sizeof *endings };

static struct {
  void (*write)(const char *by, int asks_check);
  struct sigaction before[ENDINGS];
  struct sigaction next[ENDINGS]; /* who has the signal behind us */
  int stands[ENDINGS];
  int is_in_front;
  char *stack;       /* of the process that writes */
  atomic_int *asked; /* shared with it */
  atomic_int taken;  /* a thread has the signal */
  pid_t thread;      /* the runner's */
  int is_done;
  sigset_t mask; /* of the runner's thread, before its reports are written */
  const struct ending *by;
  int asks_check;
  int writes;
} killed;

int lsg_killed_writes(void) { return killed.writes; }

void lsg_killed_asked(void) {
  if (killed.writes) atomic_store(killed.asked, 1);
}

/* ---- the process that writes --------------------------------------------- */

static void set_default(int signal) {
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, NULL);
}

/* Whatever it meets, it ends, and runs no handler of the program's. */
static void limit_time(void) {
  sigset_t heard;
  set_default(SIGALRM);
  set_default(SIGABRT);
  sigemptyset(&heard);
  sigaddset(&heard, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &heard, NULL);
  alarm(MOST_SECONDS);
}

static int write_reports(void *arg) {
  (void)arg;
  killed.writes = 1;
  /* Whoever ends a whole group soon ends it by force. */
  setpgid(0, 0);
  limit_time();
  killed.write(killed.by->name, killed.asks_check);
  _exit(0);
}

/* One that a disk holds up cannot be ended, nor is it waited for. */
static int await(pid_t pid) {
  int status = 0;
  pid_t ended;
  double until = lsg_now() + MOST_SECONDS + 1;
  while ((ended = waitpid(pid, &status, __WALL | WNOHANG)) == 0 &&
         lsg_now() < until)
    lsg_sleep(0, STEP_NS);
  return ended == pid && status == 0;
}

/* No signal tells of its end: it is not the program's child. */
static int has_written(int asks_check) {
  killed.asks_check = asks_check;
  pid_t pid = clone(write_reports, killed.stack + STACK, 0, NULL);
  return pid > 0 && await(pid);
}

static void have_written(void) {
  atomic_store(killed.asked, 0);
  if (!has_written(1) && !atomic_load(killed.asked)) (void)has_written(0);
}

/* ---- the signal ---------------------------------------------------------- */

static int number_of(int signal) {
  int i = 0;
  while (endings[i].signal != signal) i++;
  return i;
}

/* A signal that comes between Check's fork and Check's note of it finds no
   group to end.  The process is signalled only as long as it is the runner's
   child: its number is then nobody else's. */
static void kill_test(pid_t test) {
  siginfo_t info;
  if (test <= 1 || getpid() != lsg_run.runner ||
      waitid(P_PID, (id_t)test, &info, WEXITED | WNOHANG | WNOWAIT))
    return;
  kill(getpgid(test) == test ? -test : test, SIGKILL);
}

/* Check may have ended the test's process by force, and that cannot end its
   copy with all that the copy forked. */
static void kill_copy(void) {
  lsg_copy_kill_last();
  if (!lsg_run.page) return;
  lsg_page_open(lsg_run.page);
  pid_t copy = *lsg_page_copy(lsg_run.page);
  if (copy > 1) kill(-copy, SIGKILL);
  kill_test(*lsg_page_test(lsg_run.page));
}

/* While another thread has the signal Check would go on: so it goes to the
   runner's thread, unless that holds it back. */
static void hand_over(int signal) {
  if (gettid() == killed.thread) return;
  double until = lsg_now() + HANDED_OVER;
  (void)tgkill(getpid(), killed.thread, signal);
  while (!atomic_load(&killed.taken) && lsg_now() < until)
    lsg_sleep(0, STEP_NS);
}

static void take(const struct ending *by) {
  if (killed.is_done) return;
  hand_over(by->signal);
  while (atomic_exchange(&killed.taken, 1)) pause();
  kill_copy();
  killed.by = by;
  have_written();
  killed.is_done = 1;
}

/* Called by Check's handler, or rather behind it: it has set us, and sent the
   signal once more.  In a process of a test's too. */
static void ended(int signal) {
  int error = errno, i = number_of(signal);
  if (getpid() == lsg_run.runner)
    take(&endings[i]);
  else
    lsg_copy_kill_last();
  sigaction(signal, &killed.next[i], NULL);
  killed.next[i] = killed.before[i];
  raise(signal); /* comes when this handler is left */
  errno = error;
}

static int is_ours(const struct sigaction *action) {
  return !(action->sa_flags & SA_SIGINFO) && action->sa_handler == ended;
}

/* Where the program has a handler, that is what the signal is for. */
static void stand(int i) {
  struct sigaction action;
  const struct sigaction *before = &killed.before[i];
  killed.stands[i] = 0;
  if (sigaction(endings[i].signal, NULL, &killed.before[i])) return;
  if (before->sa_flags & SA_SIGINFO || before->sa_handler != SIG_DFL) return;
  memset(&action, 0, sizeof action);
  action.sa_handler = ended;
  sigfillset(&action.sa_mask);
  killed.next[i] = *before;
  killed.stands[i] = sigaction(endings[i].signal, &action, NULL) == 0;
}

static int are_alike(const struct sigaction *a, const struct sigaction *b) {
  return !((a->sa_flags | b->sa_flags) & SA_SIGINFO) &&
         a->sa_handler == b->sa_handler;
}

/* Where it forks for no test, Check ends its own group by SIGKILL when SIGINT
   comes: there we are before it.  The handler is known to be Check's by its
   being the one of all three signals. */
void lsg_killed_come_in_front(void) {
  enum { INT = 1 };
  struct sigaction action, alarm, term;
  if (killed.is_in_front || !killed.stands[INT]) return;
  killed.is_in_front = 1;
  if (sigaction(SIGALRM, NULL, &alarm) || sigaction(SIGTERM, NULL, &term) ||
      sigaction(SIGINT, NULL, &action) || !are_alike(&action, &alarm) ||
      !are_alike(&action, &term) || is_ours(&action) ||
      action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN)
    return;
  killed.next[INT] = action;
  action.sa_handler = ended;
  sigfillset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
}

static void *map(size_t size, int flags) {
  void *at =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);
  return at == MAP_FAILED ? NULL : at;
}

static int is_prepared(void) {
  if (!killed.stack) killed.stack = map(STACK, MAP_PRIVATE | MAP_NORESERVE);
  if (!killed.asked) killed.asked = map(sizeof *killed.asked, MAP_SHARED);
  return killed.stack && killed.asked;
}

void lsg_killed_begin(void (*write)(const char *by, int asks_check)) {
  killed.write = write;
  killed.thread = gettid();
  memset(killed.stands, 0, sizeof killed.stands);
  killed.is_in_front = 0;
  if (!is_prepared()) return;
  for (int i = 0; i < ENDINGS; i++) stand(i);
}

void lsg_killed_end(void) {
  /* Another thread has the signal: the process is about to end by it. */
  while (atomic_load(&killed.taken)) pause();
  sigset_t held;
  sigemptyset(&held);
  for (int i = 0; i < ENDINGS; i++)
    if (killed.stands[i]) sigaddset(&held, endings[i].signal);
  sigprocmask(SIG_BLOCK, &held, &killed.mask);
  for (int i = 0; i < ENDINGS; i++) {
    struct sigaction now;
    if (killed.stands[i] && !sigaction(endings[i].signal, NULL, &now) &&
        is_ours(&now))
      sigaction(endings[i].signal, &killed.before[i], NULL);
  }
}

void lsg_killed_let_go(void) { sigprocmask(SIG_SETMASK, &killed.mask, NULL); }
