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

/* ---- how much is of one ----------------------------------------------------
 */

static int is_same_frame(const struct leakslope_frame *a,
                         const struct leakslope_frame *b) {
  if (!a->function || !b->function) return a->offset == b->offset;
  return a->lineno == b->lineno && !strcmp(a->function, b->function);
}

/* Where the place that is blamed stands in another way to it. */
static size_t named_in(const struct ls_report_path *path,
                       const struct ls_report_site *site) {
  for (size_t i = 0; i < path->nframes; i++)
    if (is_same_frame(&path->frames[i], &site->frames[site->named])) return i;
  return path->nframes;
}

static int is_of(const struct ls_report_path *path,
                 const struct ls_report_site *site, const char *fingerprint) {
  char own[17];
  struct ls_report_site one = {.domain = site->domain,
                               .label = site->label,
                               .nframes = path->nframes,
                               .frames = path->frames,
                               .named = named_in(path, site)};
  if (one.named == path->nframes) return 0;
  one.beyond = site->beyond < one.named ? site->beyond : one.named;
  ls_fingerprint(&one, own);
  return !strncmp(own, fingerprint, 16);
}

static size_t paths_of(const struct ls_report_site *site,
                       const char *fingerprint, struct ls_rate *rate) {
  size_t n = 0;
  for (size_t i = 0; i < site->npaths; i++) {
    const struct ls_report_path *path = &site->paths[i];
    if (!is_of(path, site, fingerprint)) continue;
    rate->blocks += path->law.blocks_per_iteration;
    rate->bytes += path->law.bytes_per_iteration;
    n++;
  }
  return n;
}

/* Whether each way is of one of the site's fingerprints, and each of them has a
   way: not where the ways of an object were joined, or some are not kept. */
static int is_shared_out(const struct ls_report_site *site) {
  char own[17];
  struct ls_rate rate = {0, 0};
  if (!site->npaths || site->named >= site->nframes) return 0;
  ls_fingerprint(site, own);
  size_t n = paths_of(site, own, &rate), all = n;
  for (const char *at = site->also; n && at && *at; at += *at == ' ') {
    all += n = paths_of(site, at, &rate);
    at += strcspn(at, " ");
  }
  return n && all == site->npaths && site->npaths == site->callers;
}

struct ls_rate ls_fingerprint_rate(const struct ls_report_site *site,
                                   const char *fingerprint) {
  struct ls_rate rate = {0, 0};
  if (is_shared_out(site) && paths_of(site, fingerprint, &rate)) return rate;
  return (struct ls_rate){site->law.blocks_per_iteration,
                          site->law.bytes_per_iteration};
}
