/* SPDX-License-Identifier: MIT */
/* Writes a snapshot as bytes.  This also runs in a signal handler: no malloc,
   no stdio, no lock. */
#include <errno.h>
#include <string.h>

#include "snapshot/file.h"

static void put(struct ls_text *out, uint64_t value, size_t size) {
  char bytes[8];
  for (size_t i = 0; i < size; i++) bytes[i] = (char)(value >> 8 * i & 0xff);
  ls_text_add_bytes(out, bytes, size);
}

static void put_text(struct ls_text *out, const char *text) {
  size_t n = text ? strlen(text) : 0;
  put(out, n, 4);
  if (n) ls_text_add_bytes(out, text, n);
}

static void put_module(struct ls_text *out, const struct ls_module *module) {
  put_text(out, module->path);
  put_text(out, module->build_id);
  put(out, module->deleted != 0, 1);
}

/* One frame with neither name nor file is what is left where there was no
   answer: whoever reads it may have one. */
static int is_known(const struct ls_frames *known) {
  return known->n > 1 ||
         (known->n && (known->frames[0].function || known->frames[0].filename));
}

static void put_spot(struct ls_text *out, const struct ls_spot *spot,
                     const struct ls_module *first) {
  const struct ls_module *module = spot->place.module;
  put(out, module ? (uint64_t)(module - first) + 1 : 0, 4);
  put(out, spot->place.offset, 8);
  size_t n = is_known(&spot->known) ? spot->known.n : 0;
  put(out, n, 4);
  for (size_t i = 0; i < n; i++) {
    put_text(out, spot->known.frames[i].function);
    put_text(out, spot->known.frames[i].filename);
    put(out, spot->known.frames[i].lineno, 4);
  }
}

static void put_trace(struct ls_text *out, const struct ls_trace *trace) {
  put(out, trace->domain, 4);
  put(out, (uint64_t)trace->count, 8);
  put(out, (uint64_t)trace->bytes, 8);
  put(out, trace->n, 4);
  for (size_t i = 0; i < trace->n; i++) put(out, trace->steps[i], 4);
}

static void put_body(struct ls_text *out,
                     const struct leakslope_snapshot *snapshot) {
  put(out, snapshot->time, 8);
  put(out, snapshot->pid, 4);
  put(out, snapshot->nframe, 4);
  put(out, snapshot->drops, 8);
  put(out, snapshot->nmodules, 4);
  for (size_t i = 0; i < snapshot->nmodules; i++)
    put_module(out, &snapshot->modules[i]);
  put(out, snapshot->nspots, 4);
  for (size_t i = 0; i < snapshot->nspots; i++)
    put_spot(out, &snapshot->spots[i], snapshot->modules);
  put(out, snapshot->ntraces, 4);
  for (size_t i = 0; i < snapshot->ntraces; i++)
    put_trace(out, &snapshot->traces[i]);
}

static void put_head(struct ls_text *out, uint32_t checksum, size_t size) {
  ls_text_add_bytes(out, LS_SNAPSHOT_MAGIC, 8);
  put(out, LS_SNAPSHOT_VERSION, 4);
  put(out, checksum, 4);
  put(out, size, 8);
}

/* The head says what is only known of the whole body. */
static int add_body(struct ls_text *out, const struct ls_text *body) {
  if (body->truncated) return -ENOMEM;
  put_head(out, ls_crc32(body->data, body->length), body->length);
  ls_text_add_bytes(out, body->data, body->length);
  return out->truncated ? -ENOMEM : 0;
}

int ls_snapshot_encode(struct ls_text *out,
                       struct leakslope_snapshot *snapshot) {
  int rc = ls_snapshot_place(snapshot);
  if (rc) return rc;
  struct ls_arena scratch = {0};
  struct ls_text body = {.arena = &scratch};
  put_body(&body, snapshot);
  rc = add_body(out, &body);
  ls_arena_release(&scratch);
  return rc;
}

int ls_snapshot_copy(struct leakslope_snapshot *snapshot,
                     struct leakslope_snapshot **out) {
  struct ls_arena arena = {0};
  struct ls_text text = {.arena = &arena};
  int rc = ls_snapshot_place(snapshot);
  if (!rc) put_body(&text, snapshot);
  if (!rc && text.truncated) rc = -ENOMEM;
  if (!rc) rc = ls_snapshot_decode_body(text.data, text.length, out);
  ls_arena_release(&arena);
  return rc;
}
