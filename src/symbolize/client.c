/* SPDX-License-Identifier: MIT */
/* Resolves addresses into frames: asks the symbolizer once about all of them.
 */
#include "symbolize/client.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "platform/text.h"
#include "symbolize/child.h"
#include "symbolize/locate.h"
#include "symbolize/modules.h"
#include "symbolize/shape.h"
#include "symbolize/symbolize.h"
#include "symbolize/wire.h"

/* Far more than compilers inline; more than that is no answer of our helper. */
enum { INLINED_MAX = 1024 };

int ls_symbolize_timeout_ms = LS_SYMBOLIZE_TIMEOUT_MS;

/* A distinct address. */
struct entry {
  uintptr_t pc;
  struct ls_place place;
  struct ls_frames frames;
};

struct batch {
  const char *hello;
  struct ls_arena *arena;   /* of the result */
  struct ls_arena *scratch; /* gone at the end of the call */
  struct ls_modules modules;
  size_t n;
  struct entry *entries;
  size_t *entry_of; /* by index of the caller's address */
};

/* ---- distinct addresses -------------------------------------------------- */

static size_t table_size(size_t n) {
  size_t size = 16;
  while (size < 2 * n) size *= 2;
  return size;
}

/* The table's cell for `pc`: it holds 1 + its entry's index, or 0. */
static size_t *cell_of(const struct batch *batch, size_t *table, size_t size,
                       uintptr_t pc) {
  size_t at = (size_t)(((uint64_t)pc * 0x9e3779b97f4a7c15u) >> 20);
  for (;; at++) {
    size_t *cell = &table[at & (size - 1)];
    if (*cell == 0 || batch->entries[*cell - 1].pc == pc) return cell;
  }
}

static int entries_make(struct batch *batch, const uintptr_t *pcs, size_t n) {
  if (n > SIZE_MAX / 1024) return -ENOMEM;
  size_t size = table_size(n);
  size_t *table = ls_arena_alloc(batch->scratch, size * sizeof *table);
  batch->entries = ls_arena_alloc(batch->scratch, n * sizeof *batch->entries);
  batch->entry_of = ls_arena_alloc(batch->scratch, n * sizeof *batch->entry_of);
  if (!table || !batch->entries || !batch->entry_of) return -ENOMEM;
  for (size_t i = 0; i < n; i++) {
    size_t *cell = cell_of(batch, table, size, pcs[i]);
    if (*cell == 0) {
      batch->entries[batch->n++].pc = pcs[i];
      *cell = batch->n;
    }
    batch->entry_of[i] = *cell - 1;
  }
  return 0;
}

/* Room for `n` frames that all name the entry's place. */
static int frames_make(struct batch *batch, struct entry *entry, size_t n) {
  struct leakslope_frame *frames =
      ls_arena_alloc(batch->arena, n * sizeof *frames);
  unsigned char *shapes = ls_arena_alloc(batch->arena, n);
  if (!frames || !shapes) return -ENOMEM;
  const struct ls_module *module = entry->place.module;
  for (size_t i = 0; i < n; i++) {
    frames[i].module = module ? module->path : NULL;
    frames[i].offset = entry->place.offset;
    frames[i].inlined = i + 1 < n;
  }
  entry->frames = (struct ls_frames){n, frames, shapes};
  return 0;
}

/* What is known without the helper. */
static int entries_place(struct batch *batch) {
  for (size_t i = 0; i < batch->n; i++) {
    struct entry *entry = &batch->entries[i];
    uintptr_t call = entry->pc ? entry->pc - 1 : 0;
    entry->place = ls_modules_place(&batch->modules, call);
    if (frames_make(batch, entry, 1)) return -ENOMEM;
  }
  return 0;
}

/* ---- the request --------------------------------------------------------- */

/* The file of a deleted module can only be known again by its build id. */
static int is_asked(const struct entry *entry) {
  const struct ls_module *module = entry->place.module;
  return module && *module->path == '/' &&
         (*module->build_id || !module->deleted);
}

static void field_add(struct ls_text *text, const char *data) {
  ls_text_addf(text, "%zu:", strlen(data));
  ls_text_add(text, data);
  ls_text_add(text, "\n");
}

static void number_add(struct ls_text *text, uint64_t value) {
  char digits[24];
  char *at = digits + sizeof digits - 1;
  *at = '\0';
  do {
    *--at = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  field_add(text, at);
}

/* Returns how many addresses are asked for. */
static size_t request_make(const struct batch *batch, struct ls_text *request) {
  size_t asked = 0;
  field_add(request, batch->hello);
  for (size_t i = 0; i < batch->n; i++) {
    const struct entry *entry = &batch->entries[i];
    if (!is_asked(entry)) continue;
    field_add(request, entry->place.module->path);
    field_add(request, entry->place.module->build_id);
    number_add(request, entry->place.offset);
    asked++;
  }
  return asked;
}

/* ---- the answer ---------------------------------------------------------- */

/* Copies a text of the answer; what is empty becomes NULL. */
static int text_take(struct ls_arena *arena, struct ls_wire *wire,
                     const char **text) {
  struct ls_field field;
  if (!ls_wire_field(wire, &field)) return -EPROTO;
  if (field.size == 0) return 0;
  char *copy = ls_arena_alloc(arena, field.size + 1);
  if (!copy) return -ENOMEM;
  memcpy(copy, field.data, field.size);
  *text = copy;
  return 0;
}

static int frame_take(struct ls_arena *arena, struct ls_wire *wire,
                      struct leakslope_frame *frame, unsigned char *shape) {
  int rc = text_take(arena, wire, &frame->function);
  if (!rc) rc = text_take(arena, wire, &frame->filename);
  uint64_t line, bits;
  if (!rc && !ls_wire_number(wire, &line)) rc = -EPROTO;
  if (!rc && line <= UINT_MAX) frame->lineno = (unsigned)line;
  if (!rc && !ls_wire_number(wire, &bits)) rc = -EPROTO;
  if (!rc && bits <= LS_SHAPE_ALL) *shape = (unsigned char)bits;
  return rc;
}

/* On failure the entry keeps the frame that it had. */
static int entry_take(struct batch *batch, struct ls_wire *wire,
                      struct entry *entry) {
  uint64_t n;
  if (!ls_wire_number(wire, &n) || n > INLINED_MAX) return -EPROTO;
  if (n == 0) return 0;
  struct ls_frames before = entry->frames;
  int rc = frames_make(batch, entry, (size_t)n);
  for (size_t i = 0; i < n && !rc; i++)
    rc = frame_take(batch->arena, wire, &entry->frames.frames[i],
                    &entry->frames.shapes[i]);
  if (rc) entry->frames = before;
  return rc;
}

/* Takes what is there: the answers before a crash or the time limit hold. */
static int answer_take(struct batch *batch, const struct ls_text *answer) {
  const char *data = ls_text_string(answer);
  struct ls_wire wire = {data, data + answer->length};
  int whole, rc = 0;
  if (!ls_wire_hello(&wire, &whole)) return -EPROTO;
  for (size_t i = 0; i < batch->n && !rc; i++)
    if (is_asked(&batch->entries[i]))
      rc = entry_take(batch, &wire, &batch->entries[i]);
  return rc ? rc : wire.at == wire.end ? 0 : -EPROTO;
}

/* ---- the call ------------------------------------------------------------ */

static int ask(struct batch *batch) {
  struct ls_text request = {.arena = batch->scratch};
  struct ls_text answer = {.arena = batch->scratch};
  if (request_make(batch, &request) == 0) return 0;
  char **environment = ls_locate_environment(batch->scratch);
  if (request.truncated || !environment) return -ENOMEM;
  const char *path = ls_locate_helper(batch->scratch, &batch->modules);
  if (!path) return -ENOENT;
  struct ls_child child;
  int rc = ls_child_start(&child, batch->scratch, path, environment);
  if (rc) return rc;
  rc = ls_child_ask(&child, &request, &answer, ls_symbolize_timeout_ms);
  ls_child_end(&child);
  int taken = answer_take(batch, &answer);
  /* Why the answer ended says more than that it is not whole. */
  return taken == -ENOMEM || !rc ? taken : rc;
}

static int resolve(struct batch *batch, const uintptr_t *pcs, size_t n,
                   struct ls_frames *out) {
  int read = ls_modules_read(&batch->modules, batch->scratch, batch->arena);
  int rc = entries_make(batch, pcs, n);
  if (!rc) rc = entries_place(batch);
  if (rc) return rc;
  rc = read ? read : ask(batch);
  if (rc == -ENOMEM) return rc;
  for (size_t i = 0; i < n; i++)
    out[i] = batch->entries[batch->entry_of[i]].frames;
  return rc;
}

int ls_symbolize(struct ls_arena *arena, const uintptr_t *pcs, size_t n,
                 struct ls_frames *out) {
  int saved = errno;
  struct ls_arena scratch = {NULL};
  struct batch batch = {LS_WIRE_HELLO, .arena = arena, .scratch = &scratch};
  int rc = n ? resolve(&batch, pcs, n, out) : 0;
  ls_arena_release(&scratch);
  errno = saved;
  return rc;
}

/* ---- places of any process ----------------------------------------------- */

static int resolve_places(struct batch *batch, const struct ls_place *places,
                          size_t n, struct ls_frames *out) {
  /* Our own modules say where the helper is, and nothing else. */
  int read = ls_modules_read(&batch->modules, batch->scratch, batch->scratch);
  batch->entries = ls_arena_alloc(batch->scratch, n * sizeof *batch->entries);
  if (!batch->entries) return -ENOMEM;
  for (batch->n = 0; batch->n < n; batch->n++) {
    struct entry *entry = &batch->entries[batch->n];
    entry->place = places[batch->n];
    if (frames_make(batch, entry, 1)) return -ENOMEM;
  }
  int rc = read ? read : ask(batch);
  if (rc == -ENOMEM) return rc;
  for (size_t i = 0; i < n; i++) out[i] = batch->entries[i].frames;
  return rc;
}

static int resolve_with(const char *hello, struct ls_arena *arena,
                        const struct ls_place *places, size_t n,
                        struct ls_frames *out) {
  int saved = errno;
  struct ls_arena scratch = {NULL};
  struct batch batch = {hello, .arena = arena, .scratch = &scratch};
  int rc = n ? resolve_places(&batch, places, n, out) : 0;
  ls_arena_release(&scratch);
  errno = saved;
  return rc;
}

int ls_symbolize_places(struct ls_arena *arena, const struct ls_place *places,
                        size_t n, struct ls_frames *out) {
  return resolve_with(LS_WIRE_HELLO, arena, places, n, out);
}

int ls_symbolize_whole(struct ls_arena *arena, const struct ls_place *places,
                       size_t n, struct ls_frames *out) {
  return resolve_with(LS_WIRE_HELLO_WHOLE, arena, places, n, out);
}
