/* SPDX-License-Identifier: MIT */
/* Keeps room for the layer's longer texts outside of the program's variables.
 */
#include "gate/texts.h"

#include <sys/mman.h>

struct lsg_texts *lsg_texts;

int lsg_texts_prepare(void) {
  void *at = lsg_texts;
  if (!at)
    at = mmap(NULL, sizeof(struct lsg_texts), PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at != MAP_FAILED) lsg_texts = at;
  return lsg_texts != NULL;
}
