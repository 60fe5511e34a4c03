/* SPDX-License-Identifier: MIT */
/* Reads pattern and text, each ended by NUL; writes 1 where they match. */
#include <stdio.h>
#include <stdlib.h>

#include "snapshot/fnmatch.h"

int main(void) {
  char *pattern = NULL, *text = NULL;
  size_t room[2] = {0, 0};
  while (getdelim(&pattern, &room[0], 0, stdin) > 0 &&
         getdelim(&text, &room[1], 0, stdin) > 0)
    putchar('0' + ls_fnmatch(pattern, text));
  free(pattern);
  free(text);
  return 0;
}
