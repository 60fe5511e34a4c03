/* SPDX-License-Identifier: MIT */
/* Reads a snapshot from bytes that anybody may have written. */
#include <errno.h>
#include <string.h>

#include "snapshot/file.h"

/* The fewest bytes of a module, a place, a frame and a trace. */
enum { MODULE_LEAST = 9, SPOT_LEAST = 16, FRAME_LEAST = 12, TRACE_LEAST = 24 };

struct reader {
  const unsigned char *at;
  const unsigned char *end;
  struct leakslope_snapshot *snapshot;
  int rc; /* the first thing that was wrong */
};

static size_t left(const struct reader *in) {
  return (size_t)(in->end - in->at);
}

static void fail(struct reader *in, int rc) {
  if (!in->rc) in->rc = rc;
  in->at = in->end; /* there is nothing more to be read */
}

/* 0 where there is nothing, and it is noted. */
static uint64_t get(struct reader *in, size_t size) {
  uint64_t value = 0;
  if (left(in) < size) {
    fail(in, -EBADMSG);
    return 0;
  }
  for (size_t i = 0; i < size; i++) value |= (uint64_t)in->at[i] << 8 * i;
  in->at += size;
  return value;
}

/* A number of things of `least` bytes each that may follow. */
static size_t get_count(struct reader *in, size_t least, size_t most) {
  size_t n = (size_t)get(in, 4);
  if (n <= left(in) / least && n <= most) return n;
  fail(in, -EBADMSG);
  return 0;
}

/* Room for n of them; counted, so that it is bounded by what was read. */
static void *make(struct reader *in, size_t n, size_t size) {
  void *room = in->rc ? NULL : ls_arena_alloc(&in->snapshot->arena, n * size);
  if (!room) fail(in, -ENOMEM);
  return room;
}

/* What is empty is NULL. */
static const char *get_text(struct reader *in) {
  size_t n = get_count(in, 1, SIZE_MAX);
  if (!n || in->rc) return NULL;
  if (memchr(in->at, '\0', n)) {
    fail(in, -EBADMSG);
    return NULL;
  }
  char *text = make(in, n + 1, 1);
  if (!text) return NULL;
  memcpy(text, in->at, n);
  in->at += n;
  return text;
}

static void get_module(struct reader *in, struct ls_module *module) {
  module->path = get_text(in);
  module->build_id = get_text(in);
  module->deleted = get(in, 1) != 0;
  if (!module->path) module->path = "";
  if (!module->build_id) module->build_id = "";
}

static void get_frames(struct reader *in, struct ls_spot *spot) {
  size_t n = get_count(in, FRAME_LEAST, LS_SPOT_FRAMES_MAX);
  struct leakslope_frame *frames = n ? make(in, n, sizeof *frames) : NULL;
  const struct ls_module *module = spot->place.module;
  for (size_t i = 0; frames && i < n; i++) {
    frames[i].function = get_text(in);
    frames[i].filename = get_text(in);
    frames[i].lineno = (unsigned)get(in, 4);
    frames[i].module = module ? module->path : NULL;
    frames[i].offset = spot->place.offset;
    frames[i].inlined = i + 1 < n;
  }
  if (frames) spot->known = (struct ls_frames){n, frames, NULL};
}

static void get_spot(struct reader *in, struct ls_spot *spot) {
  size_t module = (size_t)get(in, 4);
  if (module > in->snapshot->nmodules) {
    fail(in, -EBADMSG);
    return;
  }
  if (module) spot->place.module = &in->snapshot->modules[module - 1];
  spot->place.offset = get(in, 8);
  get_frames(in, spot);
}

/* Sums of them must not overflow. */
static int64_t get_total(struct reader *in) {
  const int64_t limit = (int64_t)1 << 47;
  int64_t value = (int64_t)get(in, 8);
  if (value >= -limit && value <= limit) return value;
  fail(in, -EBADMSG);
  return 0;
}

static void get_trace(struct reader *in, struct ls_trace *trace) {
  trace->domain = (uint32_t)get(in, 4);
  trace->count = get_total(in);
  trace->bytes = get_total(in);
  size_t n = get_count(in, 4, LS_TRACE_FRAMES_MAX);
  uint32_t *steps = make(in, n, sizeof *steps);
  for (size_t i = 0; steps && i < n; i++) {
    steps[i] = (uint32_t)get(in, 4);
    if (steps[i] >= in->snapshot->nspots) fail(in, -EBADMSG);
  }
  trace->n = n;
  trace->steps = steps;
  if (trace->domain > INT32_MAX) fail(in, -EBADMSG);
}

static void get_body(struct reader *in) {
  struct leakslope_snapshot *snapshot = in->snapshot;
  snapshot->time = get(in, 8);
  snapshot->pid = (uint32_t)get(in, 4);
  snapshot->nframe = (uint32_t)get(in, 4);
  snapshot->drops = get(in, 8);
  size_t n = get_count(in, MODULE_LEAST, SIZE_MAX);
  snapshot->modules = make(in, n, sizeof *snapshot->modules);
  while (!in->rc && snapshot->nmodules < n)
    get_module(in, &snapshot->modules[snapshot->nmodules++]);
  n = get_count(in, SPOT_LEAST, SIZE_MAX);
  snapshot->spots = make(in, n, sizeof *snapshot->spots);
  while (!in->rc && snapshot->nspots < n)
    get_spot(in, &snapshot->spots[snapshot->nspots++]);
  n = get_count(in, TRACE_LEAST, SIZE_MAX);
  snapshot->traces = make(in, n, sizeof *snapshot->traces);
  while (!in->rc && snapshot->ntraces < n)
    get_trace(in, &snapshot->traces[snapshot->ntraces++]);
  if (left(in)) fail(in, -EBADMSG);
}

int ls_snapshot_decode_body(const void *bytes, size_t size,
                            struct leakslope_snapshot **out) {
  struct reader in = {.at = bytes, .end = (const unsigned char *)bytes + size};
  *out = NULL;
  in.snapshot = ls_snapshot_new();
  if (!in.snapshot) return -ENOMEM;
  get_body(&in);
  if (in.rc) {
    ls_snapshot_free(in.snapshot);
    return in.rc;
  }
  in.snapshot->placed = 1;
  *out = in.snapshot;
  return 0;
}

int ls_snapshot_decode(const void *bytes, size_t size,
                       struct leakslope_snapshot **out) {
  struct reader head = {.at = bytes,
                        .end = (const unsigned char *)bytes + size};
  *out = NULL;
  if (size < 8 || memcmp(bytes, LS_SNAPSHOT_MAGIC, 8)) return -EINVAL;
  head.at += 8;
  uint64_t version = get(&head, 4);
  if (!head.rc && version != LS_SNAPSHOT_VERSION) return -ENOTSUP;
  uint32_t checksum = (uint32_t)get(&head, 4);
  uint64_t length = get(&head, 8);
  if (head.rc || length != left(&head) ||
      checksum != ls_crc32(head.at, left(&head)))
    return -EBADMSG;
  return ls_snapshot_decode_body(head.at, left(&head), out);
}
