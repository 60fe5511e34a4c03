/* SPDX-License-Identifier: MIT */
/* Says how it was started: tracing, frames, cause, what is wrong. */
#include <leakslope.h>
#include <stdio.h>
#include <stdlib.h>

static __attribute__((noinline)) void *down(int depth) {
  void *block = depth ? down(depth - 1) : malloc(24);
  __asm__ volatile("");
  return block;
}

int main(void) {
  const char *cause, *wrong;
  leakslope_armed(malloc, free, &cause);
  leakslope_options_check(&wrong);
  printf("%d\t%u\t%s\t%s", leakslope_is_tracing(),
         leakslope_get_traceback_limit(), cause ? cause : "-",
         wrong ? wrong : "-");
  if (!leakslope_is_tracing()) leakslope_start(0);
  struct leakslope_traceback *tb = leakslope_get_object_traceback(down(30));
  size_t n = tb ? tb->nframe : 0;
  printf("\t%zu\n", n > 31 ? 31 : n); /* beyond main it is libc's business */
  leakslope_traceback_free(tb);
  return 0;
}
