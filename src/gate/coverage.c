/* SPDX-License-Identifier: MIT */
/* Keeps the counts of coverage builds (gcov, llvm) to the test's own pass. */
#include "gate/coverage.h"

#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/copy.h"

enum { EXIT_MS = 10 * 1000 };

/* ---- is anything counted? ------------------------------------------------ */

/* The runtimes of gcc and clang are hidden in each module that has counters,
   and a module under test may export nothing.  What each such module does
   have is the name of the file that its counts go to.  Spelt so that we do not
   find ourselves: the last letter is put in at run time. */
static struct {
  char text[20];
  size_t length;
} marks[] = {{".gcd", 5}, {"LLVM_PROFILE_FIL", 17}};
static const char last_letter[] = {'a', 'E'};

static int begins_with(const char *from, size_t size, const char *text,
                       size_t length) {
  size_t i = 0;
  if (size < length) return 0;
  while (i < length && from[i] == text[i]) i++;
  return i == length;
}

/* By hand: a sanitizer's memmem reports the gaps that it leaves between the
   constants of a program. */
static int has_mark(const char *from, size_t size) {
  for (size_t at = 0; at < size; at++)
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
      if (from[at] == marks[i].text[0] &&
          begins_with(from + at, size - at, marks[i].text, marks[i].length))
        return 1;
  return 0;
}

/* Constants lie in segments that are not written to. */
static int look_into(struct dl_phdr_info *module, size_t size, void *arg) {
  (void)size;
  (void)arg;
  for (int i = 0; i < module->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &module->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_R) ||
        segment->p_flags & PF_W)
      continue;
    if (has_mark((const char *)(module->dlpi_addr + segment->p_vaddr),
                 segment->p_filesz))
      return 1;
  }
  return 0;
}

/* What has been loaded and unloaded so far: the first module knows. */
static int note_changes(struct dl_phdr_info *module, size_t size, void *arg) {
  (void)size;
  *(unsigned long long *)arg = module->dlpi_adds + module->dlpi_subs;
  return 1;
}

static int look(void) {
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    marks[i].text[marks[i].length - 1] = last_letter[i];
  return dl_iterate_phdr(look_into, NULL);
}

/* All code is read for it: once for the same modules. */
int lsg_coverage_counts(void) {
  static unsigned long long answered;
  static int answer;
  unsigned long long changes = 0;
  (void)dl_iterate_phdr(note_changes, &changes);
  if (!changes || changes != answered) answer = look();
  answered = changes;
  return answer;
}

/* ---- writing the counts -------------------------------------------------- */

static pid_t saved_by;

void lsg_coverage_save(void) {
  struct lsg_copy copy;
  if (saved_by == getpid() || !lsg_coverage_counts()) return;
  saved_by = getpid();
  pid_t pid = lsg_copy_begin(&copy);
  if (pid == 0) exit(EXIT_SUCCESS);
  if (pid < 0) return;
  if (!lsg_copy_wait(&copy, EXIT_MS)) lsg_copy_kill(&copy);
  lsg_copy_end(&copy, 1);
}

/* What comes behind it at exit() was done in the copy that saved. */
static void end_here(int status, void *arg) {
  (void)arg;
  if (saved_by != getpid()) return;
  fflush(NULL);
  _exit(status);
}

void lsg_coverage_seal(void) {
  lsg_coverage_save();
  if (saved_by == getpid()) (void)on_exit(end_here, NULL);
}
