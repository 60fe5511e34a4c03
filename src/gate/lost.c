/* SPDX-License-Identifier: MIT */
/* Asks LeakSanitizer, in a copy, for the blocks that a test has lost. */
#include "gate/lost.h"

#include <leakslope.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gate/copy.h"
#include "gate/message.h"
#include "gate/outlive.h"

enum { FOUND = 3, PATIENCE_MS = 20 * 1000, DEAD_STACK = 64 << 10 };

static const char first_line[] =
    "lost: LeakSanitizer finds blocks that this test has lost\n";

void lsg_lost_begin(void) { (void)leakslope_lost_begin(); }

/* What the test's frames left below may point to what was lost, and frames of
   ours would be laid over it. */
static __attribute__((noinline)) void wipe_dead_stack(void) {
  char dead[DEAD_STACK];
  memset(dead, 0, sizeof dead);
  __asm__ volatile("" : : "r"(dead) : "memory");
}

/* In a copy: looking changes the process.  1 if something is lost; the report
   is then in `fd`. */
static int look(int fd) {
  struct lsg_copy copy;
  wipe_dead_stack();
  pid_t pid = lsg_copy_begin(&copy);
  if (pid == 0) _exit(leakslope_lost_find(fd) > 0 ? FOUND : 0);
  if (pid < 0) return 0;
  if (!lsg_copy_wait(&copy, PATIENCE_MS)) lsg_copy_kill(&copy);
  lsg_copy_end(&copy, 0);
  return WIFEXITED(copy.status) && WEXITSTATUS(copy.status) == FOUND;
}

/* Each line of the report behind a "# ", as continuation lines are. */
static void quote(char *to, size_t size, const char *from, size_t n) {
  size_t length = sizeof first_line - 1;
  memcpy(to, first_line, length);
  for (size_t i = 0; i < n && length + 4 < size; i++) {
    if (from[i] == '\n' && (!i || from[i - 1] == '\n')) continue;
    if (!i || from[i - 1] == '\n') {
      to[length++] = '#';
      to[length++] = ' ';
    }
    to[length++] = from[i];
  }
  to[length] = '\0';
}

int lsg_lost_find(struct lsg_page *page, struct lsg_slot *slot, char *text,
                  size_t size) {
  /* A copy has one thread, and what the others hold would look lost. */
  if (!leakslope_lost_suspected() || lsg_threads() > 1) return 0;
  int fd = memfd_create("leakslope", MFD_CLOEXEC);
  if (fd < 0) return 0;
  int found = look(fd);
  off_t n = found ? lseek(fd, 0, SEEK_END) : 0;
  char *report =
      n > 0 ? mmap(NULL, (size_t)n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  close(fd);
  if (report == MAP_FAILED) return 0;
  size_t room = 3 * (size_t)n + sizeof first_line + 4;
  char *whole = lsg_page_text_new(page, slot, room);
  quote(whole ? whole : text, whole ? room : size, report, (size_t)n);
  munmap(report, (size_t)n);
  if (whole) lsg_message_cut(text, size, whole);
  return 1;
}
