/* SPDX-License-Identifier: MIT */
/* Forks a copy of the process and waits for it while signals are held back. */
#include "gate/copy.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gate/clock.h"

/* ---- Check's handlers ---------------------------------------------------- */

/* They kill the group of the test's process, which is not the copy's. */
static const int signals_of_check[] = {SIGALRM, SIGINT, SIGTERM};
enum { SIGNALS_OF_CHECK = sizeof signals_of_check / sizeof(int) };

static struct sigaction handlers[SIGNALS_OF_CHECK];

void lsg_copy_know_handlers(void) {
  for (int i = 0; i < SIGNALS_OF_CHECK; i++)
    sigaction(signals_of_check[i], NULL, &handlers[i]);
}

static volatile pid_t alive; /* the copy that is waited for, 0: none */

static void set_default(int signal, struct sigaction *old) {
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, old);
}

static void drop_handlers(void) {
  for (int i = 0; i < SIGNALS_OF_CHECK; i++) {
    struct sigaction now;
    sigaction(signals_of_check[i], NULL, &now);
    if (now.sa_handler == handlers[i].sa_handler)
      set_default(signals_of_check[i], NULL);
  }
}

/* ---- holding back -------------------------------------------------------- */

/* Whoever wants the process to end is still heard. */
static const int heard[] = {SIGINT,  SIGTERM, SIGQUIT, SIGHUP, SIGTSTP,
                            SIGSEGV, SIGBUS,  SIGILL,  SIGFPE, SIGABRT};

static void hold_back(struct lsg_copy *copy) {
  static const struct itimerval none;
  sigset_t all;
  sigfillset(&all);
  for (size_t i = 0; i < sizeof heard / sizeof *heard; i++)
    sigdelset(&all, heard[i]);
  sigprocmask(SIG_BLOCK, &all, &copy->mask);
  sigpending(&copy->pending);
  set_default(SIGCHLD, &copy->child_action);
  setitimer(ITIMER_REAL, &none, &copy->alarm);
}

/* The copy's SIGCHLD, if it was blocked, is pending: being ignored drops it. */
static void drop_child_signal(const struct lsg_copy *copy) {
  struct sigaction ignore;
  memset(&ignore, 0, sizeof ignore);
  ignore.sa_handler = SIG_IGN;
  if (!sigismember(&copy->pending, SIGCHLD)) sigaction(SIGCHLD, &ignore, NULL);
  sigaction(SIGCHLD, &copy->child_action, NULL);
}

static void let_go(struct lsg_copy *copy, int last) {
  sigset_t mask = copy->mask, came;
  drop_child_signal(copy);
  sigpending(&came);
  for (int signal = 1; last && signal <= SIGRTMAX; signal++)
    if (sigismember(&came, signal) == 1 &&
        sigismember(&copy->pending, signal) != 1)
      sigaddset(&mask, signal);
  sigprocmask(SIG_SETMASK, &mask, NULL);
  if (!last) setitimer(ITIMER_REAL, &copy->alarm, NULL);
}

/* ---- the copy ------------------------------------------------------------ */

static void become_copy(const struct lsg_copy *copy, pid_t original) {
  /* Whatever becomes of the test's process, its copy must not stay. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != original) _exit(0);
  setpgid(0, 0);
  drop_handlers();
  sigaction(SIGCHLD, &copy->child_action, NULL);
  sigprocmask(SIG_SETMASK, &copy->mask, NULL);
}

/* The number may be another process's where fork() is not the kernel's: then
   nobody is to be waited for, let alone killed. */
static int is_our_child(pid_t pid) {
  siginfo_t info = {0};
  return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

pid_t lsg_copy_begin(struct lsg_copy *copy) {
  pid_t original = getpid();
  copy->status = 0;
  hold_back(copy);
  copy->pid = fork();
  alive = copy->pid > 0 ? copy->pid : 0;
  if (copy->pid == 0) become_copy(copy, original);
  if (copy->pid > 0 && !is_our_child(copy->pid)) copy->pid = -1;
  if (copy->pid < 0) alive = 0;
  if (copy->pid < 0) let_go(copy, 0);
  if (copy->pid > 0) {
    (void)setpgid(copy->pid, copy->pid);
    copy->pidfd = (int)syscall(SYS_pidfd_open, copy->pid, 0);
  }
  return copy->pid;
}

int lsg_copy_wait(struct lsg_copy *copy, int ms) {
  struct pollfd end = {.fd = copy->pidfd, .events = POLLIN};
  if (copy->pidfd < 0) {
    lsg_sleep(0, 1000000);
  } else if (poll(&end, 1, ms) == 0) {
    return 0;
  }
  /* Not reaped yet: its number must stay taken until its group is killed. */
  siginfo_t info = {0};
  if (waitid(P_PID, (id_t)copy->pid, &info, WEXITED | WNOHANG | WNOWAIT))
    return errno != EINTR;
  return info.si_pid == copy->pid;
}

void lsg_copy_kill(struct lsg_copy *copy) { kill(copy->pid, SIGKILL); }

void lsg_copy_kill_last(void) {
  if (alive) kill(-alive, SIGKILL);
}

void lsg_copy_end(struct lsg_copy *copy, int last) {
  kill(-copy->pid, SIGKILL);
  alive = 0;
  while (waitpid(copy->pid, &copy->status, 0) < 0 && errno == EINTR) {
  }
  if (copy->pidfd >= 0) close(copy->pidfd);
  let_go(copy, last);
}
