/* SPDX-License-Identifier: MIT */
/*
 * A library is unloaded while nothing is traced, and another one takes its
 * place, with frames of another size: the path through it is right.
 * usage: unloads A B; says "alive" at its end
 */
#include <dlfcn.h>
#include <leakslope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void enter(void (*call)(void));

static int right, seen;

static void call(void) {
  void *block = malloc(48);
  struct leakslope_traceback *path = leakslope_get_object_traceback(block);
  const char *wanted[] = {"call", "plugin_enter", "through", "main"};
  size_t n = 0;
  for (size_t i = 0; path && i < path->nframe && n < 4; i++)
    if (path->frames[i].function &&
        !strcmp(path->frames[i].function, wanted[n]))
      n++;
  seen++;
  right += n == 4;
  leakslope_traceback_free(path);
  free(block);
}

__attribute__((noinline)) static void *through(const char *path) {
  void *library = dlopen(path, RTLD_NOW), *symbol = NULL;
  if (library) symbol = dlsym(library, "plugin_enter");
  enter *function;
  *(void **)(void *)&function = symbol;
  if (!symbol) exit(1);
  function(call);
  printf("%s at %p\n", path, symbol);
  return library;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  void *library = through(argv[1]);
  leakslope_stop();
  dlclose(library);
  leakslope_start(0);
  library = through(argv[2]);
  dlclose(library);
  through(argv[1]);
  if (right == seen) puts("alive");
  return right != seen;
}
