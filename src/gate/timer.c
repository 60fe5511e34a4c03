/* SPDX-License-Identifier: MIT */
/* Keeps the user's time limit, and a watch over repetitions in place. */
#include "gate/timer.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "gate/clock.h"

static struct {
  timer_t timer;
  int set;
  pid_t owner;
  pid_t runner;
  void (*look)(void);
} limit;

/* High, so that a test that uses real-time signals hardly meets it. */
static int timer_signal(void) { return SIGRTMAX - 3; }

/* In Check the clock runs in the runner: a test never sees its limit pass.  So
   it must not go on from here either, with a sleep cut short, until the runner
   has ended it.  Bounded: a test that left its process group is not ended. */
static void wait_for_the_end(void) {
  enum { SECONDS = 10 };
  lsg_sleep(SECONDS, 0);
}

static void expired(int signal) {
  (void)signal;
  if (getpid() != limit.owner) return;
  if (limit.look) {
    limit.look();
  } else if (getppid() == limit.runner) {
    kill(limit.runner, SIGALRM);
    wait_for_the_end();
  }
}

static void handle_signal(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = expired;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask); /* no handler of the test's in between */
  sigaction(timer_signal(), &action, NULL);
}

static struct timespec duration(double seconds) {
  struct timespec time = {.tv_sec = (time_t)seconds};
  time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
  if (!time.tv_sec && !time.tv_nsec) time.tv_nsec = 1;
  return time;
}

static void start(struct sigevent *event, struct itimerspec *when) {
  limit.owner = getpid();
  handle_signal();
  event->sigev_signo = timer_signal();
  if (timer_create(CLOCK_MONOTONIC, event, &limit.timer)) return;
  limit.set = timer_settime(limit.timer, 0, when, NULL) == 0;
}

void lsg_timer_start(double seconds, pid_t runner) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL};
  struct itimerspec when = {.it_value = duration(seconds)};
  limit.set = 0;
  limit.look = NULL;
  limit.runner = runner;
  if (seconds > 0) start(&event, &when);
}

void lsg_timer_watch(double seconds, void (*look)(void)) {
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID};
  struct itimerspec when = {.it_value = duration(seconds),
                            .it_interval = duration(seconds)};
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, timer_signal());
  pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
  event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
  limit.set = 0;
  limit.look = look;
  start(&event, &when);
}

void lsg_timer_stop(void) {
  if (!limit.set || getpid() != limit.owner) return;
  timer_delete(limit.timer);
  limit.set = 0;
}
