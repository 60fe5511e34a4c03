/* SPDX-License-Identifier: MIT */
/*
 * Jumps out of signal handlers: one that leaves a hook of ours behind gives
 * back what that hook held, and the thread to the program.
 */
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

#include "interpose/descriptors.h"
#include "platform/lock.h"

void __longjmp_chk(struct __jmp_buf_tag[1], int) __attribute__((noreturn));

/* Where the stack will be, 0 where that is not known.  libc keeps it mixed with
   a number of the thread's. */
static uintptr_t target_of(const struct __jmp_buf_tag *to) {
#ifdef __x86_64__
  enum { RSP = 6, ROTATED = 17, BITS = 64 };
  uintptr_t mixed = (uintptr_t)to->__jmpbuf[RSP], guard;
  __asm__("mov %%fs:0x30, %0" : "=r"(guard));
  return (mixed >> ROTATED | mixed << (BITS - ROTATED)) ^ guard;
#else
  (void)to;
  return 0;
#endif
}

/* An event is lost; what was half done is left as it is. */
static void leave(const struct __jmp_buf_tag *to, const uintptr_t *record) {
  if (ls_owner != LS_OWNER_HOOK || !ls_sink_jumps(record, target_of(to)))
    return;
  ls_own.jumps++;
  ls_lock_jumped();
  ls_hand_to(LS_OWNER_HOST);
  ls_sink_missed();
}

#define JUMP(name)                                                        \
  LS_HOOK __attribute__((noreturn)) void name(struct __jmp_buf_tag to[1], \
                                              int value) {                \
    leave(to, LS_RECORD);                                                 \
    if (!ls_real.name) ls_hooks_resolve();                                \
    if (ls_real.name) ls_real.name(to, value);                            \
    abort();                                                              \
  }

JUMP(longjmp)
JUMP(_longjmp)
JUMP(siglongjmp)
JUMP(__longjmp_chk)
