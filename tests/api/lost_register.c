/* SPDX-License-Identifier: MIT */
/*
 * A frame that is found through rbx, and a frame within that has lost the
 * register, with and without saying so: a handler that allocates there must not
 * be followed by a read of wherever the register points to.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *volatile block;

static void handler(int signal) {
  (void)signal;
  block = malloc(24);
  free(block);
}

void lose_and_say(void);
void lose(void);
void through_rbx(void (*function)(void));

/* kill(getpid(), SIGUSR1), with an address in rbx where nothing is. */
#define LOSE(name, says)             \
  ".globl " name                     \
  "\n"                               \
  ".type " name ", @function\n" name \
  ":\n"                              \
  ".cfi_startproc\n" says            \
  "  movabs $0x7ffffffff100, %rbx\n" \
  "  mov $39, %eax\n"                \
  "  syscall\n"                      \
  "  mov %eax, %edi\n"               \
  "  mov $10, %esi\n"                \
  "  mov $62, %eax\n"                \
  "  syscall\n"                      \
  "  ret\n"                          \
  ".cfi_endproc\n"

__asm__(".text\n" LOSE("lose_and_say", ".cfi_undefined rbx\n") LOSE(
    "lose",
    "") ".globl through_rbx\n"
        ".type through_rbx, @function\n"
        "through_rbx:\n"
        ".cfi_startproc\n"
        "  push %rbp\n"
        ".cfi_def_cfa_offset 16\n"
        ".cfi_offset rbp, -16\n"
        "  push %rbx\n"
        ".cfi_def_cfa_offset 24\n"
        ".cfi_offset rbx, -24\n"
        "  mov %rsp, %rbx\n"
        ".cfi_def_cfa rbx, 24\n"
        "  mov %rsp, %rbp\n"
        "  and $-64, %rsp\n"
        "  call *%rdi\n"
        "  mov %rbp, %rsp\n"
        ".cfi_def_cfa rsp, 24\n"
        "  pop %rbx\n"
        ".cfi_def_cfa_offset 16\n"
        "  pop %rbp\n"
        ".cfi_def_cfa_offset 8\n"
        "  ret\n"
        ".cfi_endproc\n");

int main(void) {
  _Static_assert(SYS_getpid == 39 && SYS_kill == 62 && SIGUSR1 == 10, "x86-64");
  signal(SIGUSR1, handler);
  for (int i = 0; i < 3; i++) {
    through_rbx(lose_and_say);
    through_rbx(lose);
  }
  puts("alive");
  return 0;
}
