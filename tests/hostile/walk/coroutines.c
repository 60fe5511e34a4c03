/* SPDX-License-Identifier: MIT */
/*
 * Allocations on stacks whose first frame nothing can be read behind: there a
 * guard page begins.  The stacks are made in the ways that programs have, and
 * the registers hold what a walk could take for a frame.
 * usage: coroutines; says "alive" at its end
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { PAGE = 4096, PAGES = 16, ROUNDS = 6 };

static char *low, *high;

/* Guard pages at both ends. */
static void make_stack(int pages) {
  size_t size = (size_t)pages * PAGE;
  char *all = mmap(NULL, size + 2 * PAGE, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED || mprotect(all + PAGE, size, PROT_READ | PROT_WRITE))
    abort();
  low = all + PAGE;
  high = low + size;
}

static void free_stack(void) {
  munmap(low - PAGE, (size_t)(high - low) + 2 * PAGE);
}

static __attribute__((noinline)) void allocate(void) {
  void *volatile block = malloc(100);
  free(block);
}

static __attribute__((noinline)) void deeper(int n) {
  volatile char room[200];
  room[n % 100] = 1;
  if (n) deeper(n - 1);
  allocate();
  __asm__ volatile("" ::"r"(room));
}

/* ---- makecontext ----------------------------------------------------------
 */

static ucontext_t back, coroutine;

static void job(void) {
  allocate();
  deeper(40);
}

static void by_makecontext(int pages) {
  make_stack(pages);
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = low;
  coroutine.uc_stack.ss_size = (size_t)(high - low);
  coroutine.uc_link = &back;
  makecontext(&coroutine, job, 0);
  swapcontext(&back, &coroutine);
  free_stack();
}

/* ---- by hand ---------------------------------------------------------------
 */

/* Runs job() at the very end of a stack; rbp is what the caller says.  The
   first has tables, which are wrong there, the second none, and the third
   hands on a return address that is none. */
void switch_with_tables(char *stack, uintptr_t rbp, void (*run)(void));
void switch_without(char *stack, uintptr_t rbp, void (*run)(void));
void switch_by_jump(char *stack, uintptr_t rbp, void (*run)(void));
#define SWITCH(name, begin, end, call)             \
  ".globl " #name                                  \
  "\n"                                             \
  ".type " #name ", @function\n" #name ":\n" begin \
  "  push %rbx\n"                                  \
  "  push %rbp\n"                                  \
  "  mov %rsp, %rbx\n"                             \
  "  mov %rdi, %rsp\n"                             \
  "  mov %rsi, %rbp\n" call                        \
  "  mov %rbx, %rsp\n"                             \
  "  pop %rbp\n"                                   \
  "  pop %rbx\n"                                   \
  "  ret\n" end ".size " #name ", . - " #name "\n"
__asm__(".text\n"  //
        SWITCH(switch_with_tables, "  .cfi_startproc\n", "  .cfi_endproc\n",
               "  call *%rdx\n")                          //
        SWITCH(switch_without, "", "", "  call *%rdx\n")  //
        SWITCH(switch_by_jump, "", "",
               "  lea 1f(%rip), %rax\n  push %rax\n  jmp *%rdx\n"
               "  nop\n  nop\n  nop\n  nop\n  nop\n  nop\n  nop\n1:\n"));

typedef void change(char *stack, uintptr_t rbp, void (*run)(void));

static void by_hand(change *to, int pages, int kind) {
  make_stack(pages);
  uintptr_t words[4] = {(uintptr_t)words, (uintptr_t)high - 16, 0, 0};
  uintptr_t rbp[] = {0,
                     (uintptr_t)high,
                     (uintptr_t)high - 8,
                     (uintptr_t)low - 8,
                     (uintptr_t)words,
                     ~(uintptr_t)7,
                     (uintptr_t)1 << 47,
                     (uintptr_t)high + PAGE};
  to(high, rbp[kind % 8], allocate);
  to(high - 16, rbp[kind % 8], job);
  free_stack();
}

/* ---- signals ---------------------------------------------------------------
 */

static void on_signal(int number) {
  (void)number;
  deeper(5);
}

static void by_signal(int pages) {
  make_stack(pages);
  stack_t stack = {.ss_sp = low, .ss_size = (size_t)(high - low)};
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
  sigaltstack(&stack, NULL);
  sigaction(SIGUSR1, &action, NULL);
  raise(SIGUSR1);
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, NULL);
  free_stack();
}

int main(void) {
  change *changes[] = {switch_with_tables, switch_without, switch_by_jump};
  for (int i = 0; i < ROUNDS; i++) {
    by_makecontext(PAGES + i);
    by_makecontext(PAGES);
    by_signal(PAGES + i);
    for (int k = 0; k < 8; k++)
      for (int c = 0; c < 3; c++) by_hand(changes[c], PAGES + i % 2, k);
  }
  puts("alive");
  return 0;
}
