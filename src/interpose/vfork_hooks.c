/* SPDX-License-Identifier: MIT */
/*
 * vfork, and clone with its parent's memory: noted, and handed on.  The child
 * closes and duplicates descriptors of its own, by our hooks and beside our
 * tables, which it shares with the parent.
 *
 * vfork returns twice, to the same stack: no frame of ours may be on it then.
 * So it ends in a jump, in a few instructions of which the compiler has no say.
 */
#include <sched.h>
#include <stdarg.h>
#include <sys/types.h>
#include <unistd.h>

#include "interpose/descriptors.h"
#include "platform/lent.h"

typedef pid_t forks(void);

#if defined(__x86_64__) || defined(__aarch64__)
__attribute__((visibility("hidden"), used)) forks *ls_vfork_begins(void);

forks *ls_vfork_begins(void) {
  if (!ls_real.vfork) ls_hooks_resolve();
  if (!ls_real.vfork) return ls_real.fork;
  if (__atomic_load_n(&ls_sink_wanted, __ATOMIC_RELAXED)) ls_lent(1);
  return ls_real.vfork;
}
#endif

#if defined(__x86_64__)
__asm__(
    ".pushsection .text\n"
    ".globl vfork\n"
    ".type vfork, @function\n"
    ".p2align 4\n"
    "vfork:\n"
    "  .cfi_startproc\n"
    "  endbr64\n"
    "  subq $8, %rsp\n"
    "  .cfi_adjust_cfa_offset 8\n"
    "  call ls_vfork_begins\n"
    "  addq $8, %rsp\n"
    "  .cfi_adjust_cfa_offset -8\n"
    "  jmp *%rax\n"
    "  .cfi_endproc\n"
    ".size vfork, . - vfork\n"
    ".popsection\n");
#elif defined(__aarch64__)
__asm__(
    ".pushsection .text\n"
    ".globl vfork\n"
    ".type vfork, %function\n"
    ".p2align 4\n"
    "vfork:\n"
    "  .cfi_startproc\n"
    "  hint 34\n" /* a landing pad for indirect branches */
    "  stp x29, x30, [sp, -16]!\n"
    "  .cfi_adjust_cfa_offset 16\n"
    "  .cfi_rel_offset 29, 0\n"
    "  .cfi_rel_offset 30, 8\n"
    "  bl ls_vfork_begins\n"
    "  mov x16, x0\n"
    "  ldp x29, x30, [sp], 16\n"
    "  .cfi_adjust_cfa_offset -16\n"
    "  .cfi_restore 29\n"
    "  .cfi_restore 30\n"
    "  br x16\n"
    "  .cfi_endproc\n"
    ".size vfork, . - vfork\n"
    ".popsection\n");
#endif

/* The last three arguments are there only where the flags ask for them;
   otherwise they are passed on whatever they are. */
LS_HOOK int clone(int (*run)(void *), void *stack, int flags, void *arg, ...) {
  va_list list;
  va_start(list, arg);
  pid_t *parent = va_arg(list, pid_t *);
  void *tls = va_arg(list, void *);
  pid_t *child = va_arg(list, pid_t *);
  va_end(list);
  LS_REAL_OR(clone, -1)
  int shares = (flags & CLONE_VM) && !(flags & CLONE_FILES);
  /* A child with thread-local storage of its own has no note in it. */
  if (shares) ls_lent((flags & CLONE_VFORK) && !(flags & CLONE_SETTLS));
  return ls_real.clone(run, stack, flags, arg, parent, tls, child);
}
