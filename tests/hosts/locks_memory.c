/* SPDX-License-Identifier: MIT */
/*
 * A program that locks its memory, by itself and all that comes, under the
 * limit that users have, or (0) without one: locks_memory KILOBYTES FLAGS. What
 * it says of its memory is rounded, so that a page more of a library is no
 * difference.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BLOCKS = 1000, PAGE = 4096, NOBODY = 65534, ROUND = 128 };

static void locked(const char *when) {
  char line[256];
  long kilobytes = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status))
    if (sscanf(line, "VmLck: %ld", &kilobytes) == 1) break;
  if (status) fclose(status);
  printf("%s: %ld KiB are locked\n", when,
         (kilobytes + ROUND / 2) / ROUND * ROUND);
}

static void says(const char *call, int rc) {
  printf("%s: %s\n", call, rc ? strerror(errno) : "done");
}

/* As far as the limit lets it. */
static void grows(void) {
  int given = 0, mapped = 0;
  for (size_t size = PAGE; given < BLOCKS; given++, size += PAGE / 64)
    if (!malloc(size)) break;
  for (; mapped < BLOCKS; mapped++)
    if (mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
      break;
  /* Rounded as well: a page that a library needs is not at hand for them. */
  printf("about %d blocks, %d mappings\n", (given + 8) / 16 * 16,
         (mapped + 2) / 4 * 4);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  rlim_t limit = strtoul(argv[1], NULL, 10) * 1024;
  int flags = atoi(argv[2]);
  struct rlimit both = {limit, limit};
  setvbuf(stdout, NULL, _IONBF, 0);
  /* Without a limit it must be one who needs to heed none. */
  if (limit ? setrlimit(RLIMIT_MEMLOCK, &both) || (!getuid() && setuid(NOBODY))
            : getuid() != 0) {
    puts("skipped: not with these rights");
    return 0;
  }
  free(malloc(100));
  says("mlockall", mlockall(flags));
  locked("then");
  grows();
  locked("later");
  says("again", mlockall(flags));
  says("munlockall", munlockall());
  locked("at the end");
  return 0;
}
