/* SPDX-License-Identifier: MIT */
/* Puts together what the search begins with, in its order. */
#include "holder/roots.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "holder/graph.h"
#include "platform/arena.h"

/* struct pthread of glibc is shorter. */
enum { DESCRIPTOR = 0x980, THREAD_SIZE = 64 << 20 };

void ls_roots_add(struct ls_roots *roots, struct ls_root root) {
  if (root.end <= root.begin) return;
  roots->overflowed |= roots->n == LS_ROOTS;
  if (roots->n < LS_ROOTS) roots->at[roots->n++] = root;
}

static uintptr_t thread_pointer(void) {
#ifdef __x86_64__
  uintptr_t descriptor;
  __asm__("mov %%fs:0, %0" : "=r"(descriptor));
  return descriptor;
#else
  return (uintptr_t)__builtin_thread_pointer();
#endif
}

/* ---- this thread --------------------------------------------------------- */

static void add_own(struct ls_roots *roots, const struct ls_memory *memory,
                    const struct ls_holders_question *question) {
  uintptr_t self = thread_pointer();
  uintptr_t tls = self - ls_roots_tls_size(memory);
  const struct ls_mapped *mapped = ls_memory_at(memory, self);
  if (mapped && tls < mapped->begin) tls = mapped->begin;
  ls_roots_add(
      roots, (struct ls_root){.begin = tls, .end = self, .kind = LS_ROOT_TLS});
  ls_roots_add(
      roots, (struct ls_root){
                 .begin = self, .end = self + DESCRIPTOR, .kind = LS_ROOT_KEY});
  mapped = ls_memory_at(memory, question->stack);
  if (!mapped) return;
  /* A thread's own storage lies at the end of its stack. */
  uintptr_t end = mapped->end;
  if (tls > question->stack && tls < end) end = tls;
  ls_roots_add(
      roots, (struct ls_root){
                 .begin = question->stack, .end = end, .kind = LS_ROOT_STACK});
  ls_roots_add(roots, (struct ls_root){.begin = question->registers,
                                       .end = question->registers_end,
                                       .kind = LS_ROOT_REGISTERS});
}

/* ---- the kernel ---------------------------------------------------------- */

/* Values that only the kernel has, where the search can read them. */
struct kept {
  size_t n;
  uintptr_t value[1024];
};

static void add_value(struct ls_roots *roots, struct kept *kept,
                      uintptr_t value, enum ls_root_kind kind,
                      uint32_t number) {
  if (kept->n == sizeof kept->value / sizeof *kept->value) {
    roots->overflowed = 1;
    return;
  }
  uintptr_t *at = &kept->value[kept->n++];
  *at = value;
  struct ls_root *last = roots->n ? &roots->at[roots->n - 1] : NULL;
  if (last && last->kind == kind && last->number == number) {
    last->end = (uintptr_t)(at + 1);
    return;
  }
  ls_roots_add(roots, (struct ls_root){.begin = (uintptr_t)at,
                                       .end = (uintptr_t)(at + 1),
                                       .kind = kind,
                                       .number = number});
}

static size_t read_whole(const char *path, char *to, size_t size) {
  size_t have = 0;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  long n = 0;
  while (fd >= 0 && have + 1 < size &&
         (n = syscall(SYS_read, fd, to + have, size - 1 - have)) > 0)
    have += (size_t)n;
  if (fd >= 0) (void)syscall(SYS_close, fd);
  to[have] = '\0';
  return have;
}

/* "tfd:        5 events:       19 data:     55d0c8f2a2a0  pos:0 ..." */
static void add_epoll(struct ls_roots *roots, struct kept *kept, uint32_t fd,
                      const char *info) {
  for (const char *at = strstr(info, "data:"); at; at = strstr(at, "data:")) {
    uintptr_t value = 0;
    at += strlen("data:");
    while (*at == ' ') at++;
    for (; *at; at++) {
      const char *digits = "0123456789abcdef";
      const char *digit = strchr(digits, *at);
      if (!digit) break;
      value = value << 4 | (uintptr_t)(digit - digits);
    }
    add_value(roots, kept, value, LS_ROOT_EPOLL, fd);
  }
}

/* Descriptors of the child are those of its parent.  The folder is read by
   system calls: opendir allocates. */
static void each_descriptor(struct ls_roots *roots, struct kept *kept,
                            char *buffer, size_t size) {
  char entries[4096], path[64];
  int folder = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/fdinfo",
                            O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (folder < 0) {
    roots->overflowed = 1;
    return;
  }
  long n;
  while ((n = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0) {
    for (long at = 0; at < n;) {
      const struct dirent64 *one = (const void *)(entries + at);
      at += one->d_reclen;
      if (one->d_name[0] < '0' || one->d_name[0] > '9') continue;
      uint32_t fd = 0;
      for (const char *d = one->d_name; *d; d++)
        fd = fd * 10 + (uint32_t)(*d - '0');
      snprintf(path, sizeof path, "/proc/self/fdinfo/%u", fd);
      if (read_whole(path, buffer, size) && strstr(buffer, "tfd:"))
        add_epoll(roots, kept, fd, buffer);
    }
  }
  (void)syscall(SYS_close, folder);
}

void ls_roots_kernel(struct ls_roots *roots,
                     const struct ls_holders_question *question) {
  enum { INFO = 1 << 18 };
  struct kept *kept = ls_pages_map(sizeof *kept, 0);
  char *buffer = ls_pages_map(INFO, 0);
  if (!kept || !buffer) {
    roots->overflowed = 1;
    return;
  }
  each_descriptor(roots, kept, buffer, INFO);
  roots->overflowed |= question->ntimers == LS_HOLDER_TIMERS;
  for (unsigned i = 0; i < question->ntimers; i++)
    add_value(roots, kept, question->timers[i], LS_ROOT_TIMER, 0);
}

/* ---- other threads ------------------------------------------------------- */

/* From the stack pointer to the end of the mapping: at its end lie the thread's
   storage and its descriptor. */
void ls_roots_threads(struct ls_roots *roots, const struct ls_memory *memory,
                      const struct ls_holders_question *question) {
  enum { RED_ZONE = 128 };
  for (unsigned i = 0; i < question->nthreads; i++) {
    const struct ls_holder_thread *thread = &question->threads[i];
    const struct ls_mapped *mapped = ls_memory_at(memory, thread->sp);
    if (!mapped) {
      roots->overflowed = 1;
      continue;
    }
    uintptr_t end = mapped->end;
    if (end - thread->sp > THREAD_SIZE) end = thread->sp + THREAD_SIZE;
    ls_roots_add(roots, (struct ls_root){.begin = thread->sp - RED_ZONE,
                                         .end = end,
                                         .kind = LS_ROOT_THREAD,
                                         .number = (uint32_t)thread->tid});
  }
}

/* ---- mappings ------------------------------------------------------------ */

/* Whether it has a root that leaves out the rest of it for a reason: dead parts
   of stacks, and what libraries may only point from in part.  Beside a thread's
   storage, on the other hand, the kernel joins mappings of anybody's. */
static int is_root(const struct ls_roots *roots, const struct ls_mapped *one) {
  for (size_t i = 0; i < roots->n; i++) {
    const struct ls_root *root = &roots->at[i];
    int is_whole = root->kind != LS_ROOT_TLS && root->kind != LS_ROOT_KEY;
    if (is_whole && root->begin < one->end && one->begin < root->end) return 1;
  }
  return 0;
}

/* Whether a traced block or a traced mapping lies in it. */
static int has_nodes(const struct ls_graph *graph,
                     const struct ls_mapped *one) {
  size_t low = 0, high = graph->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (graph->begin[middle] + graph->size[middle] > one->begin)
      high = middle;
    else
      low = middle + 1;
  }
  return low < graph->n && graph->begin[low] < one->end;
}

/* glibc maps an arena at a multiple of its size; a stack has a guard in front
   of it, and the kernel says nothing of one whose thread has ended. */
static int is_arena_or_stack(const struct ls_memory *memory, size_t i) {
  enum { ARENA = 64 << 20, STACK_LEAST = 64 << 10 };
  const struct ls_mapped *one = &memory->at[i];
  if (one->begin % ARENA == 0) return 1;
  return i && !memory->at[i - 1].is_readable &&
         !memory->at[i - 1].is_writable && memory->at[i - 1].is_anonymous &&
         memory->at[i - 1].end == one->begin &&
         one->end - one->begin >= STACK_LEAST;
}

void ls_roots_mappings(struct ls_roots *roots, const struct ls_memory *memory,
                       const struct ls_graph *graph) {
  for (size_t i = 0; i < memory->n; i++) {
    const struct ls_mapped *one = &memory->at[i];
    if (!one->is_anonymous || !one->is_readable || !one->is_writable ||
        one->is_shared || is_root(roots, one) || has_nodes(graph, one) ||
        is_arena_or_stack(memory, i))
      continue;
    ls_roots_add(roots, (struct ls_root){.begin = one->begin,
                                         .end = one->end,
                                         .kind = LS_ROOT_MAPPING});
  }
}

void ls_roots_find(struct ls_roots *roots, const struct ls_memory *memory,
                   const struct ls_graph *graph,
                   const struct ls_holders_question *question) {
  ls_roots_segments(roots, memory);
  add_own(roots, memory, question);
  ls_roots_kernel(roots, question);
  ls_roots_threads(roots, memory, question);
  ls_roots_mappings(roots, memory, graph);
}
