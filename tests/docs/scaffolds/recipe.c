/* SPDX-License-Identifier: MIT */
/* The recipe in a program that is complete. */
#include <leakslope.h>
#include <stdio.h>
#include <stdlib.h>

static void *kept[20000];
static int n_kept;

static void handle_request(void) { kept[n_kept++] = malloc(1024); }

int main(void) {
  /* SNIPPET */
  return top->count_diff == 10000 ? 0 : 1;
}
