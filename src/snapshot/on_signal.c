/* SPDX-License-Identifier: MIT */
/* Writes a snapshot when the process gets a signal. */
#define _GNU_SOURCE 1
#include "snapshot/on_signal.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "platform/guard.h"
#include "platform/lent.h"
#include "platform/own_stack.h"
#include "platform/signals.h"
#include "snapshot/file.h"
#include "symbolize/sys.h"
#include "tracker/tracker.h"

enum { TRIES = 1000, STACK_SIZE = 256 * 1024 };

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

static struct {
  char folder[PATH_MAX];
  char *stack;        /* for the one writer: the handler's own may be small */
  _Atomic int writer; /* the process in which a handler is at it, or 0 */
  _Atomic unsigned asked; /* signals so far */
  int pid;                /* for which `number` counts */
  unsigned number;
} service;

/* ---- names ---------------------------------------------------------------
 */

static void add_number(struct ls_text *text, unsigned value) {
  char digits[12];
  char *at = digits + sizeof digits;
  do {
    *--at = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  ls_text_add_bytes(text, at, (size_t)(digits + sizeof digits - at));
}

static const char *name_make(struct ls_arena *arena, unsigned number,
                             const char *end) {
  struct ls_text name = {.arena = arena};
  ls_text_add(&name, service.folder);
  ls_text_add(&name, "/leakslope.");
  add_number(&name, (unsigned)service.pid);
  ls_text_add(&name, ".");
  add_number(&name, number);
  ls_text_add(&name, end);
  return name.truncated ? NULL : ls_text_string(&name);
}

/* ---- writing -------------------------------------------------------------
 */

static int write_all(int fd, const struct ls_text *text) {
  size_t done = 0;
  while (done < text->length) {
    long n = LS_SYS(SYS_write, fd, text->data + done, text->length - done);
    if (n < 0 && n != -EINTR) return (int)n;
    if (n > 0) done += (size_t)n;
  }
  return 0;
}

static int write_new(const char *name, const struct ls_text *text) {
  int fd = (int)LS_SYS(SYS_openat, AT_FDCWD, name,
                       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return fd;
  int rc = write_all(fd, text);
  ls_sys_close(fd);
  return rc;
}

/* A snapshot of an earlier process with this number is not written over. */
static int rename_new(const char *from, const char *to) {
  int rc = (int)LS_SYS(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to,
                       RENAME_NOREPLACE);
  if (rc != -EINVAL && rc != -ENOSYS) return rc;
  /* A file system that cannot do that at once. */
  if (!LS_SYS(SYS_faccessat, AT_FDCWD, to, F_OK)) return -EEXIST;
  return (int)LS_SYS(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

static void publish(struct ls_arena *arena, const struct ls_text *text) {
  const char *temporary = name_make(arena, service.number + 1, ".tmp");
  if (!temporary) return;
  (void)LS_SYS(SYS_unlinkat, AT_FDCWD, temporary, 0);
  int rc = write_new(temporary, text);
  for (int i = 0; i < TRIES && !rc; i++) {
    const char *name = name_make(arena, ++service.number, ".snap");
    rc = name ? rename_new(temporary, name) : -ENOMEM;
    if (!rc) return;
    if (rc == -EEXIST) rc = 0;
  }
  (void)LS_SYS(SYS_unlinkat, AT_FDCWD, temporary, 0);
}

static void write_snapshot(void *unused) {
  (void)unused;
  struct ls_arena arena = {0};
  struct ls_text text = {.arena = &arena};
  struct leakslope_snapshot *snapshot = ls_snapshot_take_now();
  if (snapshot && !ls_snapshot_encode(&text, snapshot)) publish(&arena, &text);
  ls_snapshot_free(snapshot);
  ls_arena_release(&arena);
}

/* ---- the handler ---------------------------------------------------------
 */

/* A fork may have copied what was under way in the parent. */
static void begin_in(int pid) {
  if (service.pid == pid) return;
  service.pid = pid;
  service.number = 0;
  atomic_store(&service.asked, 1);
}

/* One thread writes for all that are told meanwhile; and one that a fork left
   behind in another process is no reason to wait. */
static void handle(int pid) {
  atomic_fetch_add(&service.asked, 1);
  while (atomic_load(&service.asked)) {
    int writer = atomic_load(&service.writer);
    if (writer == pid ||
        !atomic_compare_exchange_strong(&service.writer, &writer, pid))
      return;
    begin_in(pid);
    do ls_own_stack_call(service.stack + STACK_SIZE, write_snapshot, NULL);
    while (atomic_fetch_sub(&service.asked, 1) > 1);
    atomic_store(&service.writer, 0);
  }
}

static void on_signal(int signal) {
  (void)signal;
  int saved = errno;
  int before = ls_guard_enter();
  if (ls_tracker_is_tracing() && !ls_is_guest())
    handle((int)LS_SYS(SYS_getpid));
  ls_guard_leave(before);
  errno = saved;
}

void ls_snapshot_on_signal(void) {
  const char *name = secure_getenv("LEAKSLOPE_SNAPSHOT_SIGNAL");
  const char *folder = secure_getenv("LEAKSLOPE_SNAPSHOT_DIR");
  int number = name ? ls_signal_number(name) : 0;
  if (!folder || !*folder) folder = ".";
  if (!number || strlen(folder) >= sizeof service.folder) return;
  service.stack = ls_pages_map(STACK_SIZE, 0);
  if (!service.stack) return;
  memcpy(service.folder, folder, strlen(folder) + 1);
  struct sigaction action = {.sa_handler = on_signal,
                             .sa_flags = SA_RESTART | SA_ONSTACK};
  sigfillset(&action.sa_mask);
  (void)sigaction(number, &action, NULL);
}
