/* SPDX-License-Identifier: MIT */
/* Keeps what each thread has, and hands it on when a thread is gone. */
#include "platform/thread.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"
#include "platform/together.h"

static _Thread_local struct ls_thread *mine
    __attribute__((tls_model("initial-exec")));

/* Threads are never taken off the list. */
static _Atomic(struct ls_thread *) first LS_TOGETHER;

/* These calls of the kernel cannot fail.  Each forked child makes them: without
   libc's function, which lies in a page that few children need. */
static long ask(long number) {
#ifdef __x86_64__
  long answer;
  __asm__ volatile("syscall"
                   : "=a"(answer)
                   : "0"(number)
                   : "rcx", "r11", "memory");
  return answer;
#else
  return syscall(number);
#endif
}

static uint64_t self(void) {
  return (uint64_t)ask(SYS_getpid) << 32 | (uint32_t)ask(SYS_gettid);
}

/* One of another process is not asked about: in a child that was made without
   handlers of fork, the thread that goes on in it still has its parent's id. */
static int is_gone(uint64_t owner, uint64_t now) {
  if (owner >> 32 != now >> 32) return 0;
  if (owner == now) return 1; /* the kernel gave its id to us */
  return syscall(SYS_tgkill, owner >> 32, (uint32_t)owner, 0) == -1 &&
         errno == ESRCH;
}

/*
 * A few are looked at, from where the last look ended: a thread's beginning
 * costs the same however many there are.  So some that are gone stay unused, as
 * many as are found soon enough by looking at a few.
 */
static struct ls_thread *take_over(uint64_t now) {
  enum { LOOKS = 8 };
  static _Atomic(struct ls_thread *) hand LS_TOGETHER;
  struct ls_thread *thread = atomic_load(&hand);
  for (int i = 0; i < LOOKS; i++) {
    if (!thread && !(thread = atomic_load(&first))) return NULL;
    uint64_t owner = atomic_load(&thread->owner);
    if (is_gone(owner, now) &&
        atomic_compare_exchange_strong(&thread->owner, &owner, now)) {
      atomic_store(&hand, thread->next);
      return thread;
    }
    thread = thread->next;
  }
  atomic_store(&hand, thread);
  return NULL;
}

/* One of a page of them; the page's end says that it is full. */
static struct ls_thread *one_of_many(void) {
  enum { PAGE = 4096 };
  static _Atomic(struct ls_thread *) next;
  struct ls_thread *thread = atomic_load(&next);
  for (;;) {
    int is_full = (uintptr_t)thread % PAGE == 0;
    struct ls_thread *one = is_full ? ls_pages_map(PAGE, 0) : thread;
    if (!one) return NULL;
    if (atomic_compare_exchange_strong(&next, &thread, one + 1)) return one;
    if (is_full) ls_pages_unmap(one, PAGE);
  }
}

/* Most programs have few threads: the first ones' cost no page. */
static struct ls_thread *allocate(void) {
  enum { FEW = 8 };
  static struct ls_thread few[FEW] LS_TOGETHER;
  static _Atomic unsigned used LS_TOGETHER;
  unsigned at = atomic_load(&used);
  while (at < FEW && !atomic_compare_exchange_weak(&used, &at, at + 1))
    ;
  return at < FEW ? &few[at] : one_of_many();
}

static _Atomic unsigned count LS_TOGETHER;

unsigned ls_thread_count(void) { return atomic_load(&count); }

static struct ls_thread *add(uint64_t now) {
  struct ls_thread *thread = allocate();
  if (!thread) return NULL;
  thread->number = atomic_fetch_add(&count, 1);
  atomic_store(&thread->owner, now);
  struct ls_thread *next = atomic_load(&first);
  do thread->next = next;
  while (!atomic_compare_exchange_weak(&first, &next, thread));
  return thread;
}

struct ls_thread *ls_thread_mine(void) {
  if (mine) return mine;
  int saved = errno;
  uint64_t now = self();
  struct ls_thread *thread = take_over(now);
  mine = thread ? thread : add(now);
  errno = saved;
  return mine;
}

uint32_t ls_thread_process(void) {
  const struct ls_thread *thread = ls_thread_mine();
  return (uint32_t)(thread ? atomic_load(&thread->owner) >> 32 : self() >> 32);
}

uint32_t ls_thread_id(void) {
  const struct ls_thread *thread = ls_thread_mine();
  return (uint32_t)(thread ? atomic_load(&thread->owner) : self());
}

struct ls_thread *ls_thread_first(void) {
  return atomic_load(&first);
}

void ls_thread_after_fork(void) {
  if (mine) atomic_store(&mine->owner, self());
}
