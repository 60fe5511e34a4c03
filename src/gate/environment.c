/* SPDX-License-Identifier: MIT */
/* Takes libraries of ours out of LD_PRELOAD, once they are in the program. */
#include "gate/environment.h"

#include <stdlib.h>
#include <string.h>

/* Whether the n characters at `path` name a library of ours, with or without
   a version behind. */
static int is_ours(const char *path, size_t n) {
  static const char *const names[] = {"/libleakslope.so",
                                      "/libleakslope_check_preload.so",
                                      "/libleakslope_cmocka_preload.so"};
  const char *slash = memrchr(path, '/', n);
  if (!slash) return 0;
  n -= (size_t)(slash - path);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    size_t length = strlen(names[i]);
    if (n < length || memcmp(slash, names[i], length)) continue;
    if (length + strspn(slash + length, ".0123456789") >= n) return 1;
  }
  return 0;
}

void ls_gate_leave_environment(void) {
  char *list = getenv("LD_PRELOAD");
  char *to = list;
  for (const char *at = list; at && *at;) {
    size_t n = strcspn(at, ": ");
    size_t with_end = n + (at[n] != '\0');
    if (n && !is_ours(at, n)) {
      if (to != list) *to++ = ':';
      memmove(to, at, n);
      to += n;
    }
    at += with_end;
  }
  if (!list) return;
  if (to == list)
    unsetenv("LD_PRELOAD");
  else
    *to = '\0';
}
