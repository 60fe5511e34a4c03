/* SPDX-License-Identifier: MIT */
/* Keeps threads that outlive their test from changing the test's result. */
#include "gate/outlive.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/single_threaded.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gate/clock.h"

enum {
  AWAIT_MS = 20,   /* for threads that are about to end */
  HOLD_MS = 30000, /* more than the gate needs for what it still does */
  LAST_MS = 1000,  /* for what the test's own thread does at exit() */
  STEP_MS = 10,
  MS = 1000000
};

/* Signals that end a process for what a thread of it does. */
static const int deadly[] = {SIGSEGV, SIGBUS, SIGILL,  SIGFPE,
                             SIGABRT, SIGSYS, SIGTRAP, SIGPIPE};
enum { DEADLY = sizeof deadly / sizeof *deadly };

static struct {
  pid_t pid;
  pid_t tid;            /* the test's own thread */
  atomic_int is_theirs; /* the program's tear-downs run */
  atomic_int is_held;
  atomic_int is_done;
  struct sigaction before[DEADLY];
  char note[64];
} outlive;

static int is_strays(void) {
  return !atomic_load(&outlive.is_theirs) && getpid() == outlive.pid &&
         (pid_t)syscall(SYS_gettid) != outlive.tid;
}

/* The test has passed; so has its process, in the end.  One that does not end
   after the test is not ended from here either. */
void lsg_outlive_hold(void) {
  while (getpid() != outlive.pid) pause();
  for (int left = HOLD_MS; left > 0; left -= STEP_MS) {
    if (left > LAST_MS && atomic_load(&outlive.is_done)) left = LAST_MS;
    lsg_sleep(0, STEP_MS * MS);
  }
  _exit(EXIT_SUCCESS);
}

static void hold(const char *format, int value, const char *name) {
  if (!outlive.note[0])
    snprintf(outlive.note, sizeof outlive.note, format, value, name);
  atomic_store(&outlive.is_held, 1);
  lsg_outlive_hold();
}

void lsg_outlive_crashed(int signal) {
  const char *name = sigabbrev_np(signal);
  if (is_strays())
    hold("a thread that outlived the test got signal %d (%s)", signal,
         name ? name : "?");
}

static void crashed(int signal) {
  lsg_outlive_crashed(signal);
  /* The test's own thread, at exit(), or a process that it forked: as without
     us. */
  for (int i = 0; i < DEADLY; i++)
    if (deadly[i] == signal) sigaction(signal, &outlive.before[i], NULL);
  raise(signal);
}

static void exited(int status, void *arg) {
  (void)arg;
  if (is_strays())
    hold("a thread that outlived the test called exit(%d)%s", status, "");
}

static int is_standard(const struct sigaction *action) {
  return !(action->sa_flags & SA_SIGINFO) && action->sa_handler == SIG_DFL;
}

/* A sanitizer's handlers end the process too, with a report. */
extern void __asan_init(void) __attribute__((weak));

static void stand(int i) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = crashed;
  action.sa_flags = SA_ONSTACK;
  sigaction(deadly[i], NULL, &outlive.before[i]);
  /* The program's own handler may be how it works, with a barrier for
     instance. */
  if (is_standard(&outlive.before[i]) || __asan_init)
    sigaction(deadly[i], &action, NULL);
}

static void step_back(int i) {
  struct sigaction now;
  if (!sigaction(deadly[i], NULL, &now) && now.sa_handler == crashed)
    sigaction(deadly[i], &outlive.before[i], NULL);
}

/* The handlers first: a thread may crash while it is counted. */
void lsg_outlive_begin(void) {
  if (__libc_single_threaded) return;
  outlive.tid = (pid_t)syscall(SYS_gettid);
  outlive.pid = getpid();
  for (int i = 0; i < DEADLY; i++) stand(i);
  if (lsg_threads() > 1)
    (void)on_exit(exited, NULL);
  else
    for (int i = 0; i < DEADLY; i++) step_back(i);
}

void lsg_outlive_theirs(int yes) { atomic_store(&outlive.is_theirs, yes); }

void lsg_outlive_end(void) { atomic_store(&outlive.is_done, 1); }

const char *lsg_outlive_note(void) {
  return atomic_load(&outlive.is_held) ? outlive.note : NULL;
}

int lsg_threads(void) {
  enum { FIELD = 20, FIRST_BEHIND_NAME = 3 };
  char text[1024];
  int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  if (n <= 0) return 1;
  text[n] = '\0';
  /* The name of the program, in brackets, may have any character in it. */
  const char *at = strrchr(text, ')');
  if (at) at = strchr(at, ' ');
  for (int field = FIRST_BEHIND_NAME; at && field < FIELD; field++)
    at = strchr(at + 1, ' ');
  return at ? (int)strtoul(at + 1, NULL, 10) : 1;
}

int lsg_outlive_await(void) {
  double until = lsg_now() + AWAIT_MS / 1000.0;
  int n = lsg_threads();
  while (n > 1 && lsg_now() < until && !lsg_outlive_note()) {
    lsg_sleep(0, MS / 2);
    n = lsg_threads();
  }
  return n;
}
