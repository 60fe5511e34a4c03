/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  fprintf(stderr, "there is no server\n");
  abort();
}
