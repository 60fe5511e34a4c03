/* SPDX-License-Identifier: MIT */
/* A program in C that loads a plug-in: loads PLUG-IN. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv) {
  void *plugin = dlopen(argv[argc - 1], RTLD_NOW | RTLD_LOCAL);
  int (*turn)(void) = NULL;
  if (plugin) *(void **)(void *)&turn = dlsym(plugin, "turn");
  if (!turn) {
    puts(dlerror());
    return 1;
  }
  for (int i = 0; i < 3; i++)
    if (turn()) return 2;
  dlclose(plugin);
  puts("done");
  return 0;
}
