/* SPDX-License-Identifier: MIT */
/* Keeps room for the layer's longer texts outside of the program's variables.
 */
#include "texts.h"

#include <sys/mman.h>

struct ck_texts *ck_texts;

int ck_texts_prepare(void) {
  void *at = ck_texts;
  if (!at)
    at = mmap(NULL, sizeof(struct ck_texts), PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at != MAP_FAILED) ck_texts = at;
  return ck_texts != NULL;
}
