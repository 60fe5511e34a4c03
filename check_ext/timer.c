/* SPDX-License-Identifier: MIT */
#include "timer.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
  timer_t timer;
  int set;
  pid_t owner;
  pid_t runner;
} limit;

/* High, so that a test that uses real-time signals hardly meets it. */
static int timer_signal(void) { return SIGRTMAX - 3; }

static void expired(int signal) {
  (void)signal;
  if (getpid() == limit.owner && getppid() == limit.runner)
    kill(limit.runner, SIGALRM);
}

void ck_timer_start(double seconds, pid_t runner) {
  limit.set = 0;
  if (seconds <= 0) return;
  limit.owner = getpid();
  limit.runner = runner;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = expired;
  action.sa_flags = SA_RESTART;
  sigaction(timer_signal(), &action, NULL);
  struct sigevent event;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = timer_signal();
  if (timer_create(CLOCK_MONOTONIC, &event, &limit.timer)) return;
  struct itimerspec when;
  memset(&when, 0, sizeof when);
  when.it_value.tv_sec = (time_t)seconds;
  when.it_value.tv_nsec =
      (long)((seconds - (double)when.it_value.tv_sec) * 1e9);
  if (!when.it_value.tv_sec && !when.it_value.tv_nsec)
    when.it_value.tv_nsec = 1;
  limit.set = timer_settime(limit.timer, 0, &when, NULL) == 0;
}

void ck_timer_stop(void) {
  if (!limit.set || getpid() != limit.owner) return;
  timer_delete(limit.timer);
  limit.set = 0;
}
