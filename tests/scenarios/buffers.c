/* SPDX-License-Identifier: MIT */
/* Buffers, pools and arenas: what is kept for the next time. */
#include <stdio.h>
#include <string.h>

#include "scenario.h"

START_TEST(balanced) {
  char *block = malloc(100);
  KEEP(block);
  free(block);
}
END_TEST

START_TEST(vec_hwm) {
  static int *items;
  static size_t capacity;
  static struct sequence random = {.name = "vec_hwm"};
  size_t length = 1 + sequence_below(&random, 1000);
  if (length > capacity) {
    if (!capacity) capacity = 16;
    while (capacity < length) capacity *= 2;
    items = realloc(items, capacity * sizeof *items);
  }
  memset(items, 0, length * sizeof *items);
}
END_TEST

/* Grown to exactly what the longest needed so far. */
START_TEST(scratch_exact) {
  static char *scratch;
  static size_t capacity;
  static struct sequence random = {.name = "scratch_exact"};
  size_t need = 1 + sequence_below(&random, 2000);
  if (need > capacity) scratch = realloc(scratch, capacity = need);
  memset(scratch, 0, need);
}
END_TEST

START_TEST(double_buf) {
  static char *previous;
  char *now = malloc(500);
  free(previous);
  previous = now;
  KEEP(previous);
}
END_TEST

/* Objects go to a free list and come back from it. */
START_TEST(pool_hwm) {
  struct object {
    struct object *next;
    char data[56];
  };
  static struct object *spare;
  static struct sequence random = {.name = "pool_hwm"};
  struct object *used = NULL;
  for (unsigned n = 1 + sequence_below(&random, 50); n; n--) {
    struct object *object = spare;
    if (object)
      spare = object->next;
    else
      object = malloc(sizeof *object);
    object->next = used;
    used = object;
  }
  while (used) {
    struct object *object = used;
    used = object->next;
    object->next = spare;
    spare = object;
  }
}
END_TEST

START_TEST(realloc_rand) {
  static char *buffer;
  static struct sequence random = {.name = "realloc_rand"};
  buffer = realloc(buffer, 1 + sequence_below(&random, 10000));
  KEEP(buffer);
}
END_TEST

/* Grows for 40 iterations and is cut back. */
START_TEST(realloc_sawtooth) {
  static char *buffer;
  static unsigned n;
  buffer = realloc(buffer, 100 * (1 + n++ % 40));
  KEEP(buffer);
}
END_TEST

struct arena {
  struct chunk {
    struct chunk *next;
    size_t used;
    char data[4000];
  } * first, *current;
};

static void *arena_take(struct arena *arena, size_t size) {
  struct chunk *chunk = arena->current;
  if (!chunk || chunk->used + size > sizeof chunk->data) {
    struct chunk *next = chunk ? chunk->next : arena->first;
    if (!next) {
      next = calloc(1, sizeof *next);
      *(chunk ? &chunk->next : &arena->first) = next;
    }
    next->used = 0;
    arena->current = chunk = next;
  }
  chunk->used += size;
  return chunk->data + chunk->used - size;
}

START_TEST(arena_reset) {
  static struct arena arena;
  static struct sequence random = {.name = "arena_reset"};
  for (unsigned n = sequence_below(&random, 300); n; n--) {
    char *object = arena_take(&arena, 16 + sequence_below(&random, 64));
    KEEP(object);
  }
  arena.current = NULL;
}
END_TEST

START_TEST(builder_reset) {
  static char *text;
  static size_t capacity;
  static struct sequence random = {.name = "builder_reset"};
  size_t length = 0;
  for (unsigned n = sequence_below(&random, 60); n; n--) {
    if (length + 10 > capacity) text = realloc(text, capacity += 64);
    memcpy(text + length, "some text ", 10);
    length += 10;
  }
  KEEP(text);
}
END_TEST

START_TEST(ring_buffer) {
  static char *ring[128];
  static unsigned head, tail;
  static struct sequence random = {.name = "ring_buffer"};
  for (unsigned n = sequence_below(&random, 6); n; n--)
    if (head - tail < LENGTH(ring)) ring[head++ % LENGTH(ring)] = malloc(64);
  for (unsigned n = sequence_below(&random, 6); n; n--)
    if (head != tail) free(ring[tail++ % LENGTH(ring)]);
  KEEP(ring);
}
END_TEST

START_TEST(getline_reuse) {
  static char *line;
  static size_t size;
  static char text[400];
  static struct sequence random = {.name = "getline_reuse"};
  size_t length = 1 + sequence_below(&random, sizeof text - 2);
  memset(text, 'x', length);
  text[length] = '\n';
  FILE *file = fmemopen(text, length + 1, "r");
  ck_assert_int_eq(getline(&line, &size, file), (int)length + 1);
  fclose(file);
}
END_TEST

/* ---- buffers without a bound -------------------------------------------- */

/* Emptied at each use, but its capacity grows by what was in it. */
START_TEST(capacity_creeps) {
  static char *buffer;
  static size_t capacity;
  capacity += 10;
  buffer = realloc(buffer, capacity); /* leaks */
  KEEP(buffer);
}
END_TEST

/* Objects that have an error do not go back to the pool. */
START_TEST(pool_no_return) {
  struct object {
    struct object *next;
    char data[56];
  };
  static struct object *spare;
  static struct sequence random = {.name = "pool_no_return"};
  struct object *object = spare;
  if (object)
    spare = object->next;
  else
    object = malloc(sizeof *object); /* leaks */
  KEEP(object);
  if (sequence_below(&random, 9) == 0) return;
  object->next = spare;
  spare = object;
}
END_TEST

/* Each reset starts a new chunk and forgets the one before it. */
START_TEST(arena_forgets) {
  static struct chunk *current;
  current = calloc(1, sizeof *current); /* leaks */
  current->used = 100;
  KEEP(current);
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {capacity_creeps, pool_no_return,
                                  arena_forgets};
  const TTest *const healthy[] = {balanced,         vec_hwm,      scratch_exact,
                                  double_buf,       pool_hwm,     realloc_rand,
                                  realloc_sawtooth, arena_reset,  builder_reset,
                                  ring_buffer,      getline_reuse};
  return scenario_run("buffers", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
