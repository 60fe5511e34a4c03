/* SPDX-License-Identifier: MIT */
/*
 * A program that has functions of libc's: each hands the call on and counts it
 * if it came from libleakslope.  Which ones, FUNCTIONS(X) says, with a number
 * for each: X(read, 7).  The main program of mocks_suite.c is linked as
 * run_suites().
 */
#include <elf.h>
#include <leakslope.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "mocks_calls.h"

int run_suites(void);

uintptr_t mock_begin, mock_end;    /* libleakslope's code */
void *mock_real[FUNCTIONS_N];      /* behind each */
static unsigned none[FUNCTIONS_N]; /* before there is shared memory */
unsigned *mock_calls = none;       /* counted for all processes */

#define MOCK(name, i)                                                  \
  __asm__(".text\n.globl " #name "\n.type " #name ",@function\n" #name \
          ":\n  mov (%rsp), %r11\n"                                    \
          "  cmp mock_begin(%rip), %r11\n  jb 1f\n"                    \
          "  cmp mock_end(%rip), %r11\n  jae 1f\n"                     \
          "  mov mock_calls(%rip), %r10\n  lock incl 4*" #i            \
          "(%r10)\n"                                                   \
          "1:\n  jmp *mock_real+8*" #i "(%rip)\n");
FUNCTIONS(MOCK)

#define NAME(name, i) #name,
static const char *const names[] = {FUNCTIONS(NAME)};

static int note_library(struct dl_phdr_info *module, size_t size, void *arg) {
  (void)size;
  (void)arg;
  if (!strstr(module->dlpi_name, "libleakslope")) return 0;
  mock_begin = module->dlpi_addr;
  for (int i = 0; i < module->dlpi_phnum; i++)
    if (module->dlpi_phdr[i].p_type == PT_LOAD)
      mock_end = module->dlpi_addr + module->dlpi_phdr[i].p_vaddr +
                 module->dlpi_phdr[i].p_memsz;
  return 1;
}

/* Before the first constructor of all: libleakslope's own calls some. */
static void prepare(void) {
  for (int i = 0; i < FUNCTIONS_N; i++)
    mock_real[i] = leakslope_libc_function(names[i]);
  void *shared = mmap(NULL, sizeof none, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared != MAP_FAILED) mock_calls = shared;
  dl_iterate_phdr(note_library, NULL);
}
__attribute__((section(".preinit_array"),
               used)) static void (*const first)(void) = prepare;

int main(void) {
  int failed = run_suites();
  printf("%d functions, library %s\n", FUNCTIONS_N,
         mock_end ? "found" : "not found");
  for (int i = 0; i < FUNCTIONS_N; i++)
    if (mock_calls[i]) printf("met: %s, %u times\n", names[i], mock_calls[i]);
  return failed;
}
