/* SPDX-License-Identifier: MIT */
/*
 * The one list of intercepted functions: from it come the pointers to the real
 * ones, their look-up, the exported names and the coverage test.
 *
 *   X(result, name, (parameters))
 */
#ifndef LS_INTERPOSE_HOOKS_H
#define LS_INTERPOSE_HOOKS_H

#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <threads.h>
#include <time.h>

/* Without these nothing can be traced. */
#define LS_HOOKS_REQUIRED(X)           \
  X(void *, malloc, (size_t))          \
  X(void, free, (void *))              \
  X(void *, calloc, (size_t, size_t))  \
  X(void *, realloc, (void *, size_t)) \
  X(size_t, malloc_usable_size, (void *))

#define LS_HOOKS_MALLOC(X)                          \
  X(void *, reallocarray, (void *, size_t, size_t)) \
  X(int, posix_memalign, (void **, size_t, size_t)) \
  X(void *, aligned_alloc, (size_t, size_t))        \
  X(void *, memalign, (size_t, size_t))             \
  X(void *, valloc, (size_t))                       \
  X(void *, pvalloc, (size_t))

/* C23's, which do what free does: nobody is looked for behind ours. */
#define LS_HOOKS_SIZED(X)               \
  X(void, free_sized, (void *, size_t)) \
  X(void, free_aligned_sized, (void *, size_t, size_t))

#define LS_HOOKS_FD(X)                                        \
  X(int, open, (const char *, int, ...))                      \
  X(int, open64, (const char *, int, ...))                    \
  X(int, openat, (int, const char *, int, ...))               \
  X(int, openat64, (int, const char *, int, ...))             \
  X(int, creat, (const char *, unsigned))                     \
  X(int, creat64, (const char *, unsigned))                   \
  X(int, close, (int))                                        \
  X(int, dup, (int))                                          \
  X(int, dup2, (int, int))                                    \
  X(int, dup3, (int, int, int))                               \
  X(int, pipe, (int *))                                       \
  X(int, pipe2, (int *, int))                                 \
  X(int, socket, (int, int, int))                             \
  X(int, socketpair, (int, int, int, int *))                  \
  X(int, accept, (int, struct sockaddr *, socklen_t *))       \
  X(int, accept4, (int, struct sockaddr *, socklen_t *, int)) \
  X(int, eventfd, (unsigned, int))                            \
  X(int, epoll_create, (int))                                 \
  X(int, epoll_create1, (int))                                \
  X(int, timerfd_create, (int, int))                          \
  X(int, signalfd, (int, const sigset_t *, int))              \
  X(int, inotify_init, (void))                                \
  X(int, inotify_init1, (int))                                \
  X(int, memfd_create, (const char *, unsigned))              \
  X(int, mkstemp, (char *))                                   \
  X(int, mkstemp64, (char *))                                 \
  X(int, mkostemp, (char *, int))                             \
  X(int, close_range, (unsigned, unsigned, int))              \
  X(void, closefrom, (int))

/* Streams: libc opens and closes their descriptors without passing by here.
   The two-letter open is what fortified code calls. */
#define LS_HOOKS_STREAM(X)                         \
  X(FILE *, fopen, (const char *, const char *))   \
  X(FILE *, fopen64, (const char *, const char *)) \
  X(FILE *, tmpfile, (void))                       \
  X(FILE *, tmpfile64, (void))                     \
  X(FILE *, popen, (const char *, const char *))   \
  X(int, fclose, (FILE *))                         \
  X(int, pclose, (FILE *))                         \
  X(DIR *, opendir, (const char *))                \
  X(int, closedir, (DIR *))                        \
  X(int, shm_open, (const char *, int, mode_t))    \
  X(int, fcntl, (int, int, ...))                   \
  X(int, fcntl64, (int, int, ...))                 \
  X(int, __open_2, (const char *, int))            \
  X(int, __open64_2, (const char *, int))          \
  X(int, __openat_2, (int, const char *, int))     \
  X(int, __openat64_2, (int, const char *, int))

#define LS_HOOKS_MMAP(X)                                    \
  X(void *, mmap, (void *, size_t, int, int, int, off_t))   \
  X(void *, mmap64, (void *, size_t, int, int, int, off_t)) \
  X(int, munmap, (void *, size_t))                          \
  X(void *, mremap, (void *, size_t, size_t, int, ...))

#define LS_HOOKS_THREAD(X)                                                    \
  X(int, pthread_create,                                                      \
    (pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))         \
  X(int, pthread_join, (pthread_t, void **))                                  \
  X(int, pthread_tryjoin_np, (pthread_t, void **))                            \
  X(int, pthread_timedjoin_np, (pthread_t, void **, const struct timespec *)) \
  X(int, pthread_clockjoin_np,                                                \
    (pthread_t, void **, clockid_t, const struct timespec *))                 \
  X(int, pthread_detach, (pthread_t))                                         \
  X(int, thrd_create, (thrd_t *, thrd_start_t, void *))                       \
  X(int, thrd_join, (thrd_t, int *))                                          \
  X(int, thrd_detach, (thrd_t))

#define LS_HOOKS_TIMER(X)                                         \
  X(int, timer_create, (clockid_t, struct sigevent *, timer_t *)) \
  X(int, timer_delete, (timer_t))

#define LS_HOOKS_SHM(X)                      \
  X(void *, shmat, (int, const void *, int)) \
  X(int, shmdt, (const void *))

#define LS_HOOKS_LOADER(X) X(int, dlclose, (void *))

#define LS_HOOKS_FORK(X)    \
  X(pid_t, fork, (void))    \
  X(int, __register_atfork, \
    (void (*)(void), void (*)(void), void (*)(void), void *))

#define LS_HOOKS_JUMP(X)                             \
  X(void, longjmp, (struct __jmp_buf_tag *, int))    \
  X(void, _longjmp, (struct __jmp_buf_tag *, int))   \
  X(void, siglongjmp, (struct __jmp_buf_tag *, int)) \
  X(void, __longjmp_chk, (struct __jmp_buf_tag *, int))

#define LS_HOOKS_SANDBOX(X) X(int, prctl, (int, ...))

#define LS_HOOKS_MLOCK(X) X(int, mlockall, (int))

/* Children that use the parent's memory. */
#define LS_HOOKS_LENT(X)  \
  X(pid_t, vfork, (void)) \
  X(int, clone, (int (*)(void *), void *, int, void *, ...))

#define LS_HOOKS_BEHIND(X) \
  LS_HOOKS_REQUIRED(X)     \
  LS_HOOKS_MALLOC(X)       \
  LS_HOOKS_FD(X)           \
  LS_HOOKS_STREAM(X)       \
  LS_HOOKS_MMAP(X)         \
  LS_HOOKS_THREAD(X)       \
  LS_HOOKS_TIMER(X)        \
  LS_HOOKS_SHM(X)          \
  LS_HOOKS_LOADER(X)       \
  LS_HOOKS_FORK(X)         \
  LS_HOOKS_JUMP(X)         \
  LS_HOOKS_LENT(X)         \
  LS_HOOKS_MLOCK(X)        \
  LS_HOOKS_SANDBOX(X)

#define LS_HOOKS(X) LS_HOOKS_BEHIND(X) LS_HOOKS_SIZED(X)

/* The functions behind ours, by name; NULL where libc has none. */
struct ls_real {
#define LS_HOOK_FIELD(result, name, parameters) result(*name) parameters;
  LS_HOOKS_BEHIND(LS_HOOK_FIELD)
#undef LS_HOOK_FIELD
};
extern struct ls_real ls_real __attribute__((visibility("hidden")));

/* Looks all of them up, once; before that, calls are served from a small
   arena of our own (dlsym itself allocates).  Context: any, early. */
void ls_hooks_resolve(void);

enum { LS_BOOT_SIZE = 256 * 1024, LS_BOOT_ALIGNMENT = 16 };
extern unsigned char ls_boot_memory[LS_BOOT_SIZE]
    __attribute__((visibility("hidden")));

/* 1 if the pointer came from that arena. */
static inline int ls_boot_owns(const void *pointer) {
  return (uintptr_t)pointer - (uintptr_t)ls_boot_memory < LS_BOOT_SIZE;
}
void *ls_boot_alloc(size_t size, size_t alignment);
size_t ls_boot_size(const void *pointer);

/* Looks at the real allocator's blocks, once, before tracing begins.  Context:
   runner. */
void ls_hooks_examine(void);

/* 1 where the real malloc was found to be glibc's, by its blocks: the word in
   front of one is its size with three flags in the low bits. */
extern int ls_glibc_blocks __attribute__((visibility("hidden")));

/* The code of an allocator that is not libc's; empty where it is. */
extern struct ls_code {
  uintptr_t begin, end;
} ls_allocator __attribute__((visibility("hidden")));

/* Whether a function behind ours is one of the allocator that has the real
   malloc: one that the allocator lacks is libc's, of libc's own heap. */
static inline int ls_is_of_allocator(uintptr_t function) {
  uintptr_t size = ls_allocator.end - ls_allocator.begin;
  return !size || function - ls_allocator.begin < size;
}

/* 1 where the program's realloc is not ours: another allocator stands in front
   of us, and what it lacks comes to us. */
extern int ls_realloc_in_front __attribute__((visibility("hidden")));

/* malloc_usable_size of a block of glibc's. */
static inline size_t ls_glibc_size(const void *block) {
  enum { FLAGS = 7, MAPPED = 2, WORD = sizeof(size_t) };
  size_t head = ((const size_t *)block)[-1];
  size_t size = (head & ~(size_t)FLAGS) - WORD;
  /* a mapped block does not lend its last word to the next one */
  if (__builtin_expect_with_probability((head & MAPPED) != 0, 0, 0.999)) {
    __asm__("" : "+r"(size)); /* a branch, not arithmetic for each call */
    size -= WORD;
  }
  return size;
}

/* What stands for the usable size where the allocator has no word for it, and
   libc's must not be asked.  Up to that a size has a code; of a greater one the
   block is long enough to keep it aside (see tracker/shadow.h). */
enum { LS_USABLE_UNKNOWN = 254 };

/* The same of any allocator, without the call where that is possible. */
static inline size_t ls_usable_size(void *block) {
  if (__builtin_expect(ls_glibc_blocks, 1)) return ls_glibc_size(block);
  return ls_is_of_allocator((uintptr_t)ls_real.malloc_usable_size)
             ? ls_real.malloc_usable_size(block)
             : LS_USABLE_UNKNOWN;
}

/* The same of a block that was just given, of so many bytes: a size that is not
   to be had by a code is told by a usable size that is far off. */
static inline size_t ls_usable_of(void *block, size_t size) {
  size_t usable = ls_usable_size(block);
  if (__builtin_expect(ls_glibc_blocks, 1) || usable >= size) return usable;
  return size + LS_USABLE_UNKNOWN + 1;
}

#endif
