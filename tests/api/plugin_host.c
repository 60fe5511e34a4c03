/* SPDX-License-Identifier: MIT */
/* A program in C with a plug-in in C++, which is loaded late.
   usage: plugin_host PLUGIN */
#include <dlfcn.h>
#include <leakslope.h>
#include <stdio.h>
#include <string.h>

enum { TURNS = 100 };

static int grown(struct leakslope_snapshot *baseline) {
  const struct leakslope_statistic_diff *top;
  size_t n = 0, seen = 0;
  struct leakslope_snapshot *after = leakslope_take_snapshot();
  leakslope_snapshot_compare_to(after, baseline, LEAKSLOPE_LINENO, 0, &top, &n);
  for (size_t i = 0; i < n; i++) {
    const struct leakslope_frame *frame = &top[i].traceback.frames[0];
    if (top[i].count_diff < TURNS) continue;
    printf("%s:%u count %+ld\n", frame->filename ? frame->filename : "?",
           frame->lineno, (long)top[i].count_diff);
    seen += frame->filename && strstr(frame->filename, "plugin.cc") &&
            top[i].count_diff == TURNS &&
            top[i].size_diff == TURNS * (long)sizeof(void *);
  }
  leakslope_snapshot_free(after);
  return seen == 1;
}

int main(int argc, char **argv) {
  void *plugin = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  int (*turn)(void) = NULL;
  if (plugin) *(void **)(void *)&turn = dlsym(plugin, "turn");
  if (!turn) {
    puts(argc > 1 ? dlerror() : "no plug-in is named");
    return 1;
  }
  int wrong = turn();
  struct leakslope_snapshot *baseline = leakslope_take_snapshot();
  for (int i = 0; i < TURNS; i++) wrong |= turn();
  int right = grown(baseline);
  leakslope_snapshot_free(baseline);
  printf("the plug-in is %s, its leak is %s\n", wrong ? "wrong" : "well",
         right ? "seen" : "not seen");
  return wrong || !right;
}
