/* SPDX-License-Identifier: MIT */
/* Compares the table of descriptors with what /proc/self/fd says. */
#include "tracker/open_fds.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "traceback/intern.h"
#include "tracker/count.h"
#include "tracker/fd_table.h"

enum { KINDS = 64, NAME = 64, DIRECTORY_PIECE = 4096, OTHER = KINDS - 1 };

static struct {
  unsigned n;
  char names[KINDS][NAME];
} kinds;

const char *ls_open_fds_kind(uintptr_t number) {
  return number < KINDS ? kinds.names[number] : "";
}

/* ---- what a descriptor is ------------------------------------------------ */

/* "socket:[12345]" is of one kind with all other sockets. */
static void drop_number(char *name) {
  char *open = strchr(name, '[');
  if (!open || strspn(open + 1, "0123456789") == 0) return;
  if (open + sizeof "[..]" > name + NAME) return;
  memcpy(open, "[..]", sizeof "[..]");
}

static void read_name(int directory, const char *number, char name[NAME]) {
  long n = syscall(SYS_readlinkat, directory, number, name, NAME - 1);
  name[n > 0 ? n : 0] = '\0';
  drop_number(name);
}

/* The last number stands for all that there is no room for. */
static unsigned kind_of(const char *name) {
  for (unsigned i = 0; i < kinds.n; i++)
    if (!strcmp(kinds.names[i], name)) return i;
  if (kinds.n == OTHER) {
    memcpy(kinds.names[OTHER], "various", sizeof "various");
    return OTHER;
  }
  memcpy(kinds.names[kinds.n], name, NAME);
  return kinds.n++;
}

/* ---- the directory ------------------------------------------------------- */

static void found_before(int directory, const char *text, int fd) {
  (void)directory;
  (void)text;
  ls_fd_table_set_before(fd);
}

static void found_now(int directory, const char *text, int fd) {
  char name[NAME];
  uint32_t old;
  read_name(directory, text, name);
  uint32_t site = ls_count_untraced(LS_DOMAIN_FD, kind_of(name));
  if (!site || ls_fd_table_set(fd, site, ls_count_birth(), &old) < 0) return;
  ls_count(site, 1, 0);
}

/* -1 for "." and "..". */
static int number_of(const char *text) {
  int number = 0;
  for (; *text >= '0' && *text <= '9'; text++)
    number = number * 10 + (*text - '0');
  return *text ? -1 : number;
}

static void each_entry(int directory, const char *piece, long n,
                       void (*found)(int, const char *, int)) {
  for (long at = 0; at < n;) {
    const struct dirent64 *entry = (const void *)(piece + at);
    int fd = number_of(entry->d_name);
    if (fd >= 0 && fd != directory && !ls_fd_table_knows(fd))
      found(directory, entry->d_name, fd);
    at += entry->d_reclen;
  }
}

/* How many were open when all were looked at last; 0: not known. */
static uint64_t known_open;

/* How many are open: the size of their directory, from Linux 6.2 on; before it,
   and where it cannot be read, 0. */
static uint64_t number_open(void) {
  struct statx about = {0};
  long rc =
      syscall(SYS_statx, AT_FDCWD, "/proc/self/fd", 0, STATX_SIZE, &about);
  return rc ? 0 : about.stx_size;
}

/* Calls found() for each open descriptor that the table does not know. */
static void each_unknown(void (*found)(int, const char *, int)) {
  _Alignas(struct dirent64) char piece[DIRECTORY_PIECE];
  int directory = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/fd",
                               O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (directory < 0) return;
  long n;
  while ((n = syscall(SYS_getdents64, directory, piece, sizeof piece)) > 0)
    each_entry(directory, piece, n, found);
  (void)syscall(SYS_close, directory);
}

static void closed(int fd) {
  uint32_t old;
  if (ls_fd_table_set(fd, 0, 0, &old) == 0 && old) ls_count(old, -1, 0);
}

void ls_open_fds_baseline(void) {
  ls_fd_table_each_closed(closed);
  each_unknown(found_before);
  known_open = number_open();
}

void ls_open_fds_reconcile(void) {
  ls_fd_table_each_closed(closed);
  each_unknown(found_now);
  known_open = number_open();
}

void ls_open_fds_look(void) {
  if (!known_open || number_open() != known_open) ls_open_fds_reconcile();
}

const char *ls_tracker_label(uint32_t site) {
  uintptr_t path[2];
  if (ls_tracker_domain(site) != LS_DOMAIN_FD) return NULL;
  /* no code lies in the first page */
  if (ls_intern_path(site, path, 2) < 2 || path[1] >= 4096) return NULL;
  return ls_open_fds_kind(path[1]);
}
