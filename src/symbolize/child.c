/* SPDX-License-Identifier: MIT */
/* Starts the symbolizer, a process of its own, and asks it for names. */
#define _GNU_SOURCE 1
#include "symbolize/child.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "platform/own_libc.h"
#include "symbolize/sys.h"

enum { STACK_SIZE = 64 * 1024, ANSWER_MAX = 64 * 1024 * 1024 };

/* ---- starting ------------------------------------------------------------ */

struct start {
  int fd;
  const char *path;
  char *const *environment;
  long error;
};

/* The signals that a thread raises by itself stay open: blocked, a fault of
   ours would end the process without the host's handler. */
static void signals_block(sigset_t *before) {
  sigset_t all;
  sigfillset(&all);
  const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
    sigdelset(&all, faults[i]);
  pthread_sigmask(SIG_SETMASK, &all, before);
}

/* Runs in the child, which shares all memory with the stopped parent until
   execve: nothing but system calls here. */
static int child_main(void *argument) {
  struct start *start = argument;
  (void)LS_SYS(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  (void)LS_SYS(SYS_dup3, start->fd, STDIN_FILENO, 0);
  (void)LS_SYS(SYS_dup3, start->fd, STDOUT_FILENO, 0);
  long null = LS_SYS(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR, 0);
  if (null > STDERR_FILENO) (void)LS_SYS(SYS_dup3, null, STDERR_FILENO, 0);
#ifdef SYS_close_range
  /* The host's pipes must not live on in a helper that hangs. */
  (void)LS_SYS(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
#endif
  char *const arguments[] = {(char *)(uintptr_t)start->path, NULL};
  start->error = LS_SYS(SYS_execve, start->path, arguments, start->environment);
  (void)LS_SYS(SYS_exit_group, 127);
  return 127;
}

/* A host that closed 0, 1 or 2 gets these numbers for any new descriptor; the
   child would then overwrite its own end with the other one. */
static int above_standard(int fd) {
  if (fd < 0 || fd > STDERR_FILENO) return fd;
  int other = (int)LS_SYS(SYS_fcntl, fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ls_sys_close(fd);
  return other;
}

static int sockets_open(int fds[2]) {
  int rc =
      (int)LS_SYS(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
  if (rc < 0) return rc;
  fds[0] = above_standard(fds[0]);
  fds[1] = above_standard(fds[1]);
  if (fds[0] >= 0 && fds[1] >= 0) return 0;
  rc = fds[0] < 0 ? fds[0] : fds[1];
  ls_sys_close(fds[0]);
  ls_sys_close(fds[1]);
  return rc;
}

/* As posix_spawn does it: the parent waits until the child has its program. */
static int child_clone(struct ls_arena *scratch, struct start *start) {
  int (*libcs)(int (*)(void *), void *, int, void *, ...) = clone;
  char *stack = ls_arena_alloc(scratch, STACK_SIZE);
  if (!stack) return -ENOMEM;
  /* By name it is our own hook, or a mock; in a static program there is no
     other. */
  void *found = ls_libc_function("clone");
  if (found) memcpy(&libcs, &found, sizeof libcs);
  int pid = libcs(child_main, stack + STACK_SIZE,
                  CLONE_VM | CLONE_VFORK | SIGCHLD, start);
  return pid < 0 ? -errno : pid;
}

int ls_child_start(struct ls_child *child, struct ls_arena *scratch,
                   const char *path, char *const *environment) {
  int fds[2];
  int rc = sockets_open(fds);
  if (rc) return rc;
  struct start start = {fds[1], path, environment, 0};
  signals_block(&child->mask);
  child->fd = fds[0];
  child->pid = child_clone(scratch, &start);
  ls_sys_close(fds[1]);
  if (child->pid > 0 && !start.error) return 0;
  rc = child->pid > 0 ? (int)start.error : child->pid;
  ls_child_end(child);
  return rc;
}

/* ---- asking -------------------------------------------------------------- */

static int64_t now(void) {
  struct timespec ts = {0, 0};
  (void)LS_SYS(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
  return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Waits for an event on the socket: 0, or -ETIMEDOUT. */
static int await(const struct ls_child *child, short event, int64_t deadline) {
  for (;;) {
    int64_t left = deadline - now();
    if (left <= 0) return -ETIMEDOUT;
    struct timespec ts = {(time_t)(left / 1000), (long)(left % 1000) * 1000000};
    struct pollfd poll = {.fd = child->fd, .events = event};
    long n = LS_SYS(SYS_ppoll, &poll, 1, &ts, NULL, 0);
    if (n > 0) return 0;
    if (n < 0 && n != -EINTR) return (int)n;
  }
}

static int send_all(const struct ls_child *child, const struct ls_text *request,
                    int64_t deadline) {
  size_t sent = 0;
  while (sent < request->length) {
    long n =
        LS_SYS(SYS_sendto, child->fd, request->data + sent,
               request->length - sent, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
    if (n > 0) sent += (size_t)n;
    if (n >= 0 || n == -EINTR) continue;
    int rc = n == -EAGAIN ? await(child, POLLOUT, deadline) : (int)n;
    if (rc) return rc;
  }
  return (int)LS_SYS(SYS_shutdown, child->fd, SHUT_WR);
}

static int receive_all(const struct ls_child *child, struct ls_text *answer,
                       int64_t deadline) {
  char buffer[4096];
  for (;;) {
    int rc = await(child, POLLIN, deadline);
    if (rc) return rc;
    long n = LS_SYS(SYS_recvfrom, child->fd, buffer, sizeof buffer,
                    MSG_DONTWAIT, NULL, NULL);
    if (n == 0) return 0;
    if (n == -EINTR || n == -EAGAIN) continue;
    if (n < 0) return (int)n;
    ls_text_add_bytes(answer, buffer, (size_t)n);
    if (answer->truncated) return -ENOMEM;
    if (answer->length > ANSWER_MAX) return -EMSGSIZE;
  }
}

int ls_child_ask(struct ls_child *child, const struct ls_text *request,
                 struct ls_text *answer, int timeout) {
  int64_t deadline = now() + timeout;
  int rc = send_all(child, request, deadline);
  if (!rc) rc = receive_all(child, answer, deadline);
  /* Which of the two shows is a matter of time. */
  return rc == -EPIPE || rc == -ECONNRESET ? -EPROTO : rc;
}

/* ---- ending -------------------------------------------------------------- */

/* Signals do not queue: where the host's own child died while a SIGCHLD of
   ours was waiting, only the one was kept.  Tell of the other. */
static void announce_others(void) {
  siginfo_t info = {.si_signo = 0};
  if (LS_SYS(SYS_waitid, P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT, NULL))
    return;
  if (info.si_pid > 0)
    (void)LS_SYS(SYS_rt_sigqueueinfo, LS_SYS(SYS_getpid), SIGCHLD, &info);
}

/* Takes the waiting SIGCHLD if it is about `pid`, else gives it back. */
static void sigchld_take(int pid) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  siginfo_t info;
  const struct timespec at_once = {0, 0};
  if (LS_SYS(SYS_rt_sigtimedwait, &set, &info, &at_once, _NSIG / 8) < 0) return;
  if (info.si_pid == pid)
    announce_others();
  else
    (void)LS_SYS(SYS_rt_sigqueueinfo, LS_SYS(SYS_getpid), SIGCHLD, &info);
}

/* Fails at once where the host ignores SIGCHLD, or where a wait() of another
   thread was given the child: it is gone, then, and its number not ours. */
static int reap(int pid, int options) {
  long result;
  do {
    result = LS_SYS(SYS_wait4, pid, NULL, options | __WALL, NULL);
  } while (result == -EINTR);
  return result != 0;
}

void ls_child_end(struct ls_child *child) {
  ls_sys_close(child->fd);
  if (child->pid > 0) {
    if (!reap(child->pid, WNOHANG)) {
      (void)LS_SYS(SYS_kill, child->pid, SIGKILL);
      (void)reap(child->pid, 0);
    }
    sigchld_take(child->pid);
  }
  pthread_sigmask(SIG_SETMASK, &child->mask, NULL);
}
