/* SPDX-License-Identifier: MIT */
/*
 * A program that shuts itself off: its filter of system calls kills it for
 * advice on memory that the filter does not know.  Its heap grows afterwards,
 * and new stacks come; all that must get along with what malloc itself needs.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BLOCKS = 40000, SIZE = 1000, DEPTH = 200 };

static void *volatile kept[BLOCKS];

static __attribute__((noinline)) void *below(int depth, size_t size) {
  void *block = depth ? below(depth - 1, size) : malloc(size);
  __asm__ volatile("" : "+r"(block));
  return block;
}

static int shut_off(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
               offsetof(struct seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MADV_DONTNEED, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MADV_FREE, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(void) {
  if (shut_off()) {
    puts("skipped: no filters of system calls here");
    return 77;
  }
  for (int i = 0; i < BLOCKS; i++) kept[i] = below(i % DEPTH / 4, SIZE);
  for (int i = 0; i < BLOCKS; i++) free(kept[i]);
  static const char alive[] = "alive\n";
  return write(STDOUT_FILENO, alive, sizeof alive - 1) < 0;
}
