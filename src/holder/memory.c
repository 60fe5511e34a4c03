/* SPDX-License-Identifier: MIT */
/* Reads which memory the process has, and keeps what cannot be read away. */
#include "holder/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"
#include "platform/own_pages.h"

enum { PAGE = 4096, PATHS = 1 << 20, FIRST = 4096 };

/* ---- /proc/self/maps ------------------------------------------------------
 */

static uint64_t hexadecimal(const char **at) {
  uint64_t value = 0;
  for (;; ++*at) {
    char c = **at;
    if (c >= '0' && c <= '9')
      value = value << 4 | (uint64_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
      value = value << 4 | (uint64_t)(c - 'a' + 10);
    else
      return value;
  }
}

static const char *behind_blanks(const char *at) {
  while (*at == ' ') at++;
  return at;
}

static const char *behind_word(const char *at) {
  while (*at && *at != ' ') at++;
  return behind_blanks(at);
}

static const char *keep_path(struct ls_memory *memory, const char *path) {
  if (memory->n && !strcmp(memory->at[memory->n - 1].path, path))
    return memory->at[memory->n - 1].path;
  size_t size = strlen(path) + 1;
  if (!*path || memory->paths_used + size > PATHS) return "";
  char *copy = memory->paths + memory->paths_used;
  memcpy(copy, path, size);
  memory->paths_used += size;
  return copy;
}

static int has_room(struct ls_memory *memory) {
  if (memory->n < memory->capacity) return 1;
  size_t more = memory->capacity ? 2 * memory->capacity : FIRST;
  struct ls_mapped *at = ls_pages_map(more * sizeof *at, 0);
  if (!at) return 0;
  if (memory->n) memcpy(at, memory->at, memory->n * sizeof *at);
  memory->at = at;
  memory->capacity = more;
  return 1;
}

/* "7f31a000-7f31c000 rw-p 00001000 fd:01 1234   /usr/lib/libx.so" */
static int add_line(struct ls_memory *memory, const char *line) {
  if (!has_room(memory)) return -ENOMEM;
  struct ls_mapped one = {0};
  one.begin = hexadecimal(&line);
  line++;
  one.end = hexadecimal(&line);
  line++;
  if (strnlen(line, 5) < 5) return 0;
  one.is_readable = line[0] == 'r';
  one.is_writable = line[1] == 'w';
  one.is_shared = line[3] == 's';
  line = behind_word(line);
  one.file_offset = hexadecimal(&line);
  line = behind_word(behind_word(behind_blanks(line)));
  one.path = keep_path(memory, line);
  one.is_anonymous = !*line;
  memory->at[memory->n++] = one;
  return 0;
}

struct reader {
  int fd;
  size_t have;
  char buffer[16384];
};

static int fill(struct reader *reader) {
  long n = syscall(SYS_read, reader->fd, reader->buffer + reader->have,
                   sizeof reader->buffer - 1 - reader->have);
  if (n <= 0) return 0;
  reader->have += (size_t)n;
  return 1;
}

static int read_lines(struct ls_memory *memory, struct reader *reader) {
  int rc = 0;
  while (!rc && fill(reader)) {
    char *line = reader->buffer, *end;
    reader->buffer[reader->have] = '\0';
    while (!rc && (end = strchr(line, '\n'))) {
      *end = '\0';
      rc = add_line(memory, line);
      line = end + 1;
    }
    reader->have -= (size_t)(line - reader->buffer);
    memmove(reader->buffer, line, reader->have);
  }
  return rc;
}

int ls_memory_read(struct ls_memory *memory) {
  struct reader *reader = ls_pages_map(sizeof *reader, 0);
  memset(memory, 0, sizeof *memory);
  memory->paths = ls_pages_map(PATHS, 0);
  if (!reader || !memory->paths) return -ENOMEM;
  reader->fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/maps",
                            O_RDONLY | O_CLOEXEC, 0);
  if (reader->fd < 0) return -errno;
  int rc = read_lines(memory, reader);
  (void)syscall(SYS_close, reader->fd);
  ls_pages_unmap(reader, sizeof *reader);
  if (!rc && !memory->n) rc = -ENOENT;
  return rc;
}

const struct ls_mapped *ls_memory_at(const struct ls_memory *memory,
                                     uintptr_t address) {
  size_t low = 0, high = memory->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (memory->at[middle].end > address)
      high = middle;
    else
      low = middle + 1;
  }
  return low < memory->n && memory->at[low].begin <= address ? &memory->at[low]
                                                             : NULL;
}

/* ---- parts that can be read ---------------------------------------------- */

int ls_memory_is_plain(const struct ls_memory *memory, uintptr_t begin,
                       uintptr_t end) {
  static const struct ls_mapped *last; /* one thread searches */
  if (!last || begin < last->begin || end > last->end)
    last = ls_memory_at(memory, begin);
  return last && last->is_readable && end <= last->end &&
         !(last->is_shared && end - begin > PAGE);
}

static int pagemap = -1;

/* What was never touched has no page: present or swapped is asked.  In memory
   that is shared, a page of a file or of another process counts too, which
   only mincore knows. */
static int are_touched(uintptr_t page, size_t n, int is_shared,
                       uint8_t *touched) {
  enum { MOST = 512, PRESENT = 3 };
  uint64_t entries[MOST];
  if (is_shared) {
    if (syscall(SYS_mincore, page, n * PAGE, touched)) return 0;
    for (size_t i = 0; i < n; i++) touched[i] &= 1;
    return 1;
  }
  if (pagemap < 0)
    pagemap = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/pagemap",
                           O_RDONLY | O_CLOEXEC, 0);
  if (pagemap < 0 ||
      syscall(SYS_pread64, pagemap, entries, n * sizeof *entries,
              page / PAGE * sizeof *entries) != (long)(n * sizeof *entries))
    return 0;
  for (size_t i = 0; i < n; i++) touched[i] = (uint8_t)(entries[i] >> 62 != 0);
  return 1;
}

struct span {
  uintptr_t from, to;
  int is_shared;
};

static void touched_parts(const struct span *span, ls_memory_part *part,
                          void *arg) {
  enum { PAGES = 512, FEW = 16 };
  uint8_t touched[PAGES];
  uintptr_t from = span->from;
  if (span->to - from <= (uintptr_t)FEW * PAGE && !span->is_shared) {
    ls_memory_guarded(part, arg, from, span->to);
    return;
  }
  while (from < span->to) {
    uintptr_t page = from & ~(uintptr_t)(PAGE - 1);
    uintptr_t end = page + (uintptr_t)PAGES * PAGE;
    if (end > span->to) end = span->to;
    size_t n = (end - page + PAGE - 1) / PAGE;
    int known = are_touched(page, n, span->is_shared, touched);
    if (!known && span->is_shared) return;
    for (size_t i = 0; i < n;) {
      size_t k = i;
      while (k < n && (!known || touched[k])) k++;
      uintptr_t a = page + i * PAGE, b = page + k * PAGE;
      if (a < from) a = from;
      if (b > end) b = end;
      if (k > i) ls_memory_guarded(part, arg, a, b);
      i = k > i ? k : i + 1;
    }
    from = end;
  }
}

void ls_memory_parts(const struct ls_memory *memory, uintptr_t begin,
                     uintptr_t end, ls_memory_part *part, void *arg) {
  for (size_t i = 0; i < memory->n && memory->at[i].begin < end; i++) {
    const struct ls_mapped *mapped = &memory->at[i];
    if (mapped->end <= begin || !mapped->is_readable) continue;
    uintptr_t from = mapped->begin > begin ? mapped->begin : begin;
    uintptr_t to = mapped->end < end ? mapped->end : end, until;
    while (from < to && (until = ls_own_pages_next_other(&from, to))) {
      const struct span span = {from, until, mapped->is_shared};
      touched_parts(&span, part, arg);
      from = until;
    }
  }
}

/* ---- faults -------------------------------------------------------------- */

static void *jump[5]; /* of __builtin_setjmp: libc's would be a hook's */
static volatile int is_reading;

static void faulted(int signal) {
  if (!is_reading) {
    (void)syscall(SYS_exit_group, 128 + signal);
    return;
  }
  is_reading = 0;
  __builtin_longjmp(jump, 1);
}

void ls_memory_guard(void) {
  static const int faults[] = {SIGSEGV, SIGBUS};
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = faulted;
  action.sa_flags = SA_NODEFER;
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    sigaction(faults[i], &action, NULL);
    sigaddset(&set, faults[i]);
  }
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

__attribute__((noinline)) void ls_memory_guarded(ls_memory_part *part,
                                                 void *arg, uintptr_t from,
                                                 uintptr_t to) {
  if (__builtin_setjmp(jump)) return;
  is_reading = 1;
  part(arg, from, to);
  is_reading = 0;
}
