/* SPDX-License-Identifier: MIT */
/* A service: reads how many requests there are from a FIFO, says when it has
   answered them in another. */
#include <stdio.h>
#include <stdlib.h>

static void *kept[100000];
static int n;

static void cache_put(void) { kept[n++] = malloc(100); }

int main(void) {
  for (;;) {
    int requests = 0;
    FILE *asks = fopen("asks", "r");
    if (!asks || fscanf(asks, "%d", &requests) != 1) return 1;
    fclose(asks);
    for (int i = 0; i < requests; i++) cache_put();
    FILE *answers = fopen("answers", "w");
    if (!answers) return 1;
    fputs("done\n", answers);
    fclose(answers);
  }
}
