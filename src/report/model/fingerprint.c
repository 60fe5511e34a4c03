/* SPDX-License-Identifier: MIT */
/* Computes the fingerprint by which a leak is recognized in a later run. */
#include <string.h>

#include "report/model/model.h"
#include "report/words/place.h"

/* Frames that make a fingerprint: one alone would be shared by all callers of
   a helper, many would change with every refactoring far outside. */
enum { FRAMES = 3 };

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t hash, const char *bytes, size_t n) {
  for (size_t i = 0; i < n; i++) {
    hash ^= (unsigned char)bytes[i];
    hash *= UINT64_C(0x100000001b3);
  }
  return hash;
}

/* Without what the optimizer appends (".constprop.0", ".isra.0", ".cold"), so
   that builds of one source agree; addresses and lines are not in it either. */
static uint64_t mix_frame(uint64_t hash, const struct leakslope_frame *frame) {
  if (frame->function)
    hash = mix(hash, frame->function, ls_place_stem(frame->function));
  else
    hash = mix(hash, ls_place_module(frame), strlen(ls_place_module(frame)));
  return mix(hash, "\n", 1);
}

void ls_fingerprint(const struct ls_report_site *site, char out[17]) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  if (site->fingerprint && strlen(site->fingerprint) == 16) {
    memcpy(out, site->fingerprint, 17);
    return;
  }
  const char domain = (char)('0' + site->domain);
  hash = mix(hash, &domain, 1);
  if (site->label) hash = mix(hash, site->label, strlen(site->label));
  size_t begin = site->named - site->beyond, end = begin + FRAMES;
  for (size_t i = begin; i < end && i < site->nframes; i++)
    hash = mix_frame(hash, &site->frames[i]);
  for (unsigned i = 0; i < 16; i++)
    out[i] = "0123456789abcdef"[hash >> (60 - 4 * i) & 15];
  out[16] = '\0';
}
