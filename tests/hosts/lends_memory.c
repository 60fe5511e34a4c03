/* SPDX-License-Identifier: MIT */
/*
 * Children that use their parent's memory until they are another program: what
 * they close and open is theirs, and none of the parent's counts changes; what
 * the parent does afterwards is counted as ever.
 */
#include <fcntl.h>
#include <leakslope.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FDS = 100, STACK = 64 * 1024 };

static int fds[FDS];

struct counts {
  long fds, mappings;
};

static struct counts counted(void) {
  struct leakslope_snapshot *snapshot = leakslope_take_snapshot();
  const struct leakslope_trace *traces;
  size_t n;
  struct counts sum = {0, 0};
  leakslope_snapshot_traces(snapshot, &traces, &n);
  for (size_t i = 0; i < n; i++) {
    if (traces[i].domain == LEAKSLOPE_DOMAIN_FD)
      sum.fds += (long)traces[i].count;
    if (traces[i].domain == LEAKSLOPE_DOMAIN_MMAP)
      sum.mappings += (long)traces[i].count;
  }
  leakslope_snapshot_free(snapshot);
  return sum;
}

static void exec_true(void) {
  execl("/bin/true", "true", (char *)NULL);
  _exit(127);
}

/* As a child does before it becomes another program; no local variable of the
   parent's changes. */
static void changes_descriptors(void) {
  static int two[2];
  for (int i = 0; i < FDS; i++) close(fds[i]);
  dup2(1, 50);
  (void)!pipe(two);
  open("/dev/null", O_RDONLY);
  fcntl(1, F_DUPFD, 200);
  close_range(60, 90, 0);
}

static int as_clone(void *arg) {
  changes_descriptors();
  if (arg) exec_true();
  return 0;
}

static void ended(pid_t child) {
  int status;
  if (child < 0 || waitpid(child, &status, __WALL) != child || status) {
    printf("a child failed\n");
    exit(1);
  }
}

static void by_vfork(void) {
  pid_t child = vfork();
  if (!child) {
    changes_descriptors();
    exec_true();
  }
  ended(child);
}

static void by_vfork_twice(void) {
  pid_t child = vfork();
  if (!child) {
    static pid_t below;
    static int status;
    below = vfork();
    if (!below) {
      changes_descriptors();
      exec_true();
    }
    changes_descriptors(); /* it is a child itself */
    waitpid(below, &status, 0);
    _exit(status != 0);
  }
  ended(child);
}

static char *stack(void) {
  static _Alignas(64) char bytes[STACK];
  return bytes + STACK;
}

static void by_clone_that_waits(void) {
  ended(clone(as_clone, stack(), CLONE_VM | CLONE_VFORK | SIGCHLD, stack()));
}

static void by_clone(void) {
  ended(clone(as_clone, stack(), CLONE_VM | SIGCHLD, NULL));
}

static void by_spawn(void) {
  extern char **environ;
  char *argv[] = {"true", NULL};
  posix_spawn_file_actions_t actions;
  pid_t child;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < FDS; i++)
    posix_spawn_file_actions_addclose(&actions, fds[i]);
  posix_spawn_file_actions_adddup2(&actions, 1, 50);
  ended(posix_spawn(&child, "/bin/true", &actions, NULL, argv, environ)
            ? -1
            : child);
  posix_spawn_file_actions_destroy(&actions);
}

static void by_shell(void) {
  FILE *stream = popen("true", "r");
  if (!stream || pclose(stream) || system("true")) exit(1);
}

/* Its own descriptors are counted afterwards as before. */
static int is_wrong(const char *how, void (*make_child)(void)) {
  static struct counts right;
  if (!right.fds) right = counted();
  make_child();
  close(fds[0]);
  fds[0] = open("/dev/null", O_RDONLY);
  fds[1] = fcntl(fds[1], F_DUPFD, 0);
  right.fds++;
  struct counts now = counted();
  if (now.fds == right.fds && now.mappings == right.mappings) return 0;
  printf("%s: %ld descriptors and %ld mappings, right are %ld and %ld\n", how,
         now.fds, now.mappings, right.fds, right.mappings);
  return 1;
}

int main(void) {
  for (int i = 0; i < FDS; i++) fds[i] = open("/dev/null", O_RDONLY);
  int wrong = is_wrong("vfork", by_vfork) ||
              is_wrong("vfork in vfork", by_vfork_twice) ||
              is_wrong("clone that waits", by_clone_that_waits) ||
              is_wrong("posix_spawn", by_spawn) ||
              is_wrong("popen and system", by_shell) ||
              is_wrong("vfork again", by_vfork) ||
              is_wrong("clone", by_clone) ||
              is_wrong("vfork behind it", by_vfork);
  if (!wrong) puts("done");
  return wrong;
}
