/* SPDX-License-Identifier: MIT */
/* Keeps room for the layer's longer texts outside of the program's variables.
 */
#include "gate/texts.h"

#include <sys/mman.h>

struct lg_texts *lg_texts;

int lg_texts_prepare(void) {
  void *at = lg_texts;
  if (!at)
    at = mmap(NULL, sizeof(struct lg_texts), PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at != MAP_FAILED) lg_texts = at;
  return lg_texts != NULL;
}
