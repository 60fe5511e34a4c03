/* SPDX-License-Identifier: MIT */
/*
 * A frame that is found through rbx, as the dynamic linker's is where it binds
 * a function lazily: frames that it called save rbx, or do not, and a signal
 * comes in the innermost one.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

void through_rbx(void (*function)(int), int number);
__asm__(
    ".text\n"
    ".type through_rbx, @function\n"
    "through_rbx:\n"
    ".cfi_startproc\n"
    "  push %rbx\n"
    ".cfi_adjust_cfa_offset 8\n"
    ".cfi_rel_offset rbx, 0\n"
    "  mov %rsp, %rbx\n"
    ".cfi_def_cfa_register rbx\n"
    "  and $-64, %rsp\n"
    "  sub $64, %rsp\n"
    "  mov %rdi, %rax\n"
    "  mov %esi, %edi\n"
    "  call *%rax\n"
    "  mov %rbx, %rsp\n"
    ".cfi_def_cfa_register rsp\n"
    "  pop %rbx\n"
    ".cfi_adjust_cfa_offset -8\n"
    ".cfi_restore rbx\n"
    "  ret\n"
    ".cfi_endproc\n"
    ".size through_rbx, . - through_rbx\n");

static void handler(int signal) {
  (void)signal;
  void *volatile block = malloc(16);
  free(block);
}

static __attribute__((noinline)) void plain(int number) {
  raise(SIGUSR1);
  __asm__ volatile("" ::"r"(number));
}

/* Has its own use for the register. */
static __attribute__((noinline)) void saves(int number) {
  __asm__ volatile("mov %0, %%ebx" ::"r"(number) : "rbx");
  plain(number);
  __asm__ volatile("nop" ::: "rbx", "r12");
}

static __attribute__((noinline)) void twice(int number) {
  through_rbx(number % 3 ? saves : plain, number);
  __asm__ volatile("nop" ::: "rbx");
}

static __attribute__((noinline)) void outer(int number, int more) {
  volatile char room[128];
  room[number % 100] = 1;
  if (more)
    outer(number, more - 1);
  else
    through_rbx(number % 2 ? twice : number % 5 ? saves : plain, number);
  __asm__ volatile("" ::"r"(room));
}

int main(void) {
  signal(SIGUSR1, handler);
  for (int i = 0; i < 2000; i++) outer(i, i % 7);
  return 0;
}
