/* SPDX-License-Identifier: MIT */
/* Changes to a stack of ours for the time of one call. */
#include "platform/own_stack.h"

/* A frame pointer is kept, by which debuggers find their way from one stack to
   the other. */
__attribute__((noinline)) void ls_own_stack_call(void *end,
                                                 void (*run)(void *arg),
                                                 void *arg) {
  void *volatile frame = __builtin_frame_address(0);
  (void)frame;
#if defined(__x86_64__)
  __asm__ volatile(
      "movq %%rsp, %%rbx\n"
      "movq %[end], %%rsp\n"
      "call *%[run]\n"
      "movq %%rbx, %%rsp\n"
      : "+D"(arg), [run] "+a"(run), [end] "+d"(end)
      :
      : "rbx", "rcx", "rsi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2",
        "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "memory", "cc");
#elif defined(__aarch64__)
  register void *first __asm__("x0") = arg;
  register void (*code)(void *) __asm__("x1") = run;
  register void *top __asm__("x2") = end;
  __asm__ volatile(
      "mov x19, sp\n"
      "mov sp, x2\n"
      "blr x1\n"
      "mov sp, x19\n"
      : "+r"(first), "+r"(code), "+r"(top)
      :
      : "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
        "x14", "x15", "x16", "x17", "x18", "x19", "x30", "v0", "v1", "v2", "v3",
        "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21", "v22",
        "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "memory",
        "cc");
#else
  (void)end;
  run(arg);
#endif
}
