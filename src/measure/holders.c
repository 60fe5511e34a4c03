/* SPDX-License-Identifier: MIT */
/*
 * Looks for what still points at the blocks of a leak.
 *
 * All of it happens in a child of this process, which may crash or be killed:
 * its memory is that of this moment, even where threads go on.  The child has
 * no signal at its end and runs no handlers of fork, so that the program learns
 * nothing of it.  Its answer lies in shared pages; without an answer there is a
 * note and no other difference.
 */
#include "holder/holder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure/measurement.h"
#include "platform/clock.h"
#include "symbolize/client.h"

enum {
  PATIENCE_MS = 5000,
  SEARCH_MS = 3000,
  NAMES_MS = 1500,
  SHARE = 4, /* of the memory that is available, at most a quarter */
  MS = 1000000
};

/* ---- what is noted before the fork -----------------------------------------
 */

static int read_text(const char *path, char *to, size_t size) {
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  size_t have = 0;
  long n;
  while (have + 1 < size &&
         (n = syscall(SYS_read, fd, to + have, size - 1 - have)) > 0)
    have += (size_t)n;
  (void)syscall(SYS_close, fd);
  to[have] = '\0';
  return have > 0;
}

/* "202 0x7f.. ... 0x<sp> 0x<pc>": the stack pointer is the last but one.  A
   thread that runs has none: it is asked again for a while. */
static uintptr_t stack_pointer(int tid) {
  enum { TRIES = 20 };
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", tid);
  for (unsigned i = 0; i < TRIES; i++) {
    unsigned long long sp = 0, pc;
    if (!read_text(path, text, sizeof text)) return 0;
    const char *at = strrchr(text, ' ');
    for (const char *k = at; at && k > text && at == strrchr(text, ' '); k--)
      if (k[-1] == ' ' && sscanf(k, "%llx %llx", &sp, &pc) == 2)
        return (uintptr_t)sp;
    struct timespec ms = {0, MS};
    (void)syscall(SYS_nanosleep, &ms, NULL);
  }
  return 0;
}

static void note_thread(struct ls_holders_question *question, int tid) {
  if (question->nthreads == LS_HOLDER_THREADS) {
    /* One that is not looked at: nothing is called lost then. */
    question->threads[0].sp = 0;
    return;
  }
  question->threads[question->nthreads++] =
      (struct ls_holder_thread){tid, stack_pointer(tid)};
}

static void note_threads(struct ls_holders_question *question) {
  char entries[4096];
  int own = (int)syscall(SYS_gettid);
  int folder = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/task",
                            O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  long n;
  while (folder >= 0 &&
         (n = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0) {
    for (long at = 0; at < n;) {
      const struct dirent64 *one = (const void *)(entries + at);
      int tid = 0;
      at += one->d_reclen;
      for (const char *d = one->d_name; *d >= '0' && *d <= '9'; d++)
        tid = tid * 10 + (*d - '0');
      if (tid && tid != own) note_thread(question, tid);
    }
  }
  if (folder >= 0) (void)syscall(SYS_close, folder);
}

/* "signal: 0/00007ffe1c2d3e40": the value behind the number. */
static void note_timers(struct ls_arena *arena,
                        struct ls_holders_question *question) {
  enum { SIZE = 1 << 18 };
  char *text = ls_arena_alloc(arena, SIZE);
  if (!text || !read_text("/proc/self/timers", text, SIZE)) return;
  for (const char *at = strstr(text, "signal: "); at;
       at = strstr(at + 1, "signal: ")) {
    unsigned long long value;
    int number;
    if (sscanf(at, "signal: %d/%llx", &number, &value) == 2 &&
        question->ntimers < LS_HOLDER_TIMERS)
      question->timers[question->ntimers++] = (uintptr_t)value;
  }
}

/* The way of a record; n where it is not shown. */
static size_t way_of(const struct leakslope_measurement *m,
                     const struct ls_way *ways, size_t n, uint32_t record) {
  size_t i = 0;
  while (i < n && (!record || ways[i].record != &m->records[record - 1])) i++;
  return i;
}

/* Calls of a path up to the one behind the place that is blamed. */
static uint8_t depth_of(const struct ls_way *way) {
  enum { BEHIND = 2, MOST = 255 };
  if (way->site.named >= way->site.nframes) return 0;
  uint32_t depth = way->pcs[way->site.named] + BEHIND;
  return (uint8_t)(depth < MOST ? depth : MOST);
}

static int note_sites(struct leakslope_measurement *m, struct ls_arena *arena,
                      const struct ls_measured *to, const struct ls_way *ways,
                      size_t n, const uint32_t *at,
                      struct ls_holders_question *question) {
  question->nsites = ls_tracker_sites();
  uint8_t *shown = ls_arena_alloc(arena, question->nsites + 1U);
  uint8_t *depth = ls_arena_alloc(arena, question->nsites + 1U);
  if (!shown || !depth) return 0;
  int any = 0;
  for (uint32_t site = 1; site <= question->nsites; site++) {
    const struct ls_seen *seen = ls_book_seen(m, site);
    enum ls_domain domain = ls_tracker_domain(site);
    if (!seen || (domain != LS_DOMAIN_MALLOC && domain != LS_DOMAIN_MMAP))
      continue;
    size_t way = way_of(m, ways, n, seen->record);
    if (way == n) way = way_of(m, ways, n, seen->group);
    if (way == n || !at[way] || at[way] > question->nshown) continue;
    shown[site] = (uint8_t)at[way];
    depth[site] = depth_of(&ways[way]);
    const struct ls_law *law = &to->sites[at[way] - 1].law;
    if (law->last_count <= law->first_count)
      question->in_bytes |= 1u << (at[way] - 1);
    any = 1;
  }
  question->depth = depth;
  question->shown = shown;
  return any;
}

/* The loop's own frame is that of its latest call; what its caller keeps in
   registers was saved below. */
static void note_stack(const struct leakslope_measurement *m,
                       struct ls_holders_question *question) {
  enum { SAVED = 48 };
  question->stack = m->plan.stack ? (uintptr_t)m->plan.stack : m->stack;
  if (m->plan.stack) return;
  question->registers = m->stack - SAVED;
  question->registers_end = m->stack;
}

/* ---- the child -------------------------------------------------------------
 */

static void run_child(const struct ls_holders_question *question,
                      struct ls_holders *answer) {
  (void)syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0L, 0L, 0L);
  ls_symbolize_timeout_ms = NAMES_MS;
  ls_holders_find(question, answer);
  (void)syscall(SYS_exit_group, 0);
}

static void await_child(long pid) {
  uint64_t end = ls_clock_ns(CLOCK_MONOTONIC) + (uint64_t)PATIENCE_MS * MS;
  int fd = (int)syscall(SYS_pidfd_open, pid, 0L), status;
  for (;;) {
    uint64_t now = ls_clock_ns(CLOCK_MONOTONIC);
    if (syscall(SYS_wait4, pid, &status, WNOHANG | __WALL, NULL)) break;
    if (now >= end) {
      (void)syscall(SYS_kill, pid, (long)SIGKILL);
      (void)syscall(SYS_wait4, pid, &status, __WALL, NULL);
      break;
    }
    struct pollfd poll = {.fd = fd, .events = POLLIN};
    struct timespec left = {0, fd < 0 ? MS : 100 * MS};
    (void)syscall(SYS_ppoll, &poll, fd < 0 ? 0L : 1L, &left, NULL, 0L);
  }
  if (fd >= 0) (void)syscall(SYS_close, fd);
}

static void ask_child(const struct ls_holders_question *question,
                      struct ls_holders *answer) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  long pid = syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L);
  if (pid == 0) run_child(question, answer);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (pid > 0) await_child(pid);
}

/* ---- all -------------------------------------------------------------------
 */

static const char *why_none(uint32_t state) {
  switch (state) {
    case LS_HOLDERS_DONE:
      return NULL;
    case LS_HOLDERS_LATE:
      return "the search ran out of time";
    case LS_HOLDERS_MEMORY:
      return "there is too little memory to look for them";
    case LS_HOLDERS_ALLOCATOR:
      return "blocks of this allocator are not looked at";
    case LS_HOLDERS_UNREAD:
      return "/proc/self/maps cannot be read";
    default:
      return "the search ended early";
  }
}

/* Said with the first site: a line on what became of the search. */
static void add_ended(struct ls_arena *arena, struct ls_report_site *site,
                      const char *why) {
  size_t n = site->nholders;
  struct ls_report_holder *all = ls_arena_alloc(arena, (n + 1) * sizeof *all);
  if (!all) return;
  if (n) memcpy(all, site->holders, n * sizeof *all);
  all[n] = (struct ls_report_holder){.kind = LS_HOLDERS_ENDED, .path = why};
  site->holders = all;
  site->nholders = n + 1;
}

static int is_asked(const struct leakslope_measurement *m) {
  return m->plan.holders != LEAKSLOPE_HOLDERS_NONE && m->owner == getpid() &&
         m->book && !ls_tracker_is_told();
}

void ls_holders_add(struct leakslope_measurement *m,
                    struct leakslope_report *report, struct ls_measured *to,
                    const struct ls_way *ways, size_t n, const uint32_t *at) {
  struct ls_arena *arena = &report->arena;
  if (!is_asked(m) || !to->nsites) return;
  struct ls_holders *answer = ls_pages_map(sizeof *answer, 1);
  struct ls_holders_question *question =
      ls_arena_alloc(arena, sizeof *question);
  if (!answer || !question) return;
  question->nshown =
      (uint32_t)(to->nsites < LS_HOLDER_SITES ? to->nsites : LS_HOLDER_SITES);
  question->epoch = m->epoch;
  question->iterations = m->iterations;
  question->most_ns = (uint64_t)SEARCH_MS * MS;
  question->most_bytes =
      m->available > 0 ? (uint64_t)m->available / SHARE : UINT64_MAX;
  note_stack(m, question);
  if (note_sites(m, arena, to, ways, n, at, question)) {
    note_threads(question);
    note_timers(arena, question);
    ask_child(question, answer);
    uint32_t state = __atomic_load_n(&answer->state, __ATOMIC_ACQUIRE);
    /* The arena is the report's own, so its sites may be changed. */
    struct ls_report_site *sites = (struct ls_report_site *)to->sites;
    if (state == LS_HOLDERS_DONE || state == LS_HOLDERS_LATE)
      ls_held_add(m, arena, answer, sites, question->nshown);
    if (why_none(state)) add_ended(arena, &sites[0], why_none(state));
  }
  ls_pages_unmap(answer, sizeof *answer);
}
