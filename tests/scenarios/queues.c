/* SPDX-License-Identifier: MIT */
/* What is freed later: queues, deferred frees, collectors. */
#include "scenario.h"

struct item {
  struct item *next;
  char data[40];
};

struct queue {
  struct item *first, **end;
  unsigned length;
};

/* The new item is the caller's allocation, so that the caller is blamed. */
static void queue_put(struct queue *queue, struct item *item) {
  item->next = NULL;
  if (!queue->first) queue->end = &queue->first;
  *queue->end = item;
  queue->end = &item->next;
  queue->length++;
}

static struct item *queue_take(struct queue *queue) {
  struct item *item = queue->first;
  if (!item) return NULL;
  queue->first = item->next;
  queue->length--;
  return item;
}

/* ---- freed in batches --------------------------------------------------- */

START_TEST(defer32) {
  static char *deferred[32];
  static unsigned n;
  deferred[n++] = malloc(40);
  if (n == LENGTH(deferred))
    while (n) free(deferred[--n]);
  KEEP(deferred);
}
END_TEST

START_TEST(defer500) {
  static char *deferred[500];
  static unsigned n;
  deferred[n++] = malloc(40);
  if (n == LENGTH(deferred))
    while (n) free(deferred[--n]);
  KEEP(deferred);
}
END_TEST

/* The batch is as large as chance will have it. */
START_TEST(defer_random) {
  static char *deferred[400];
  static unsigned n, due = 100;
  static struct sequence random = {.name = "defer_random"};
  deferred[n++] = malloc(40);
  if (n == due) {
    while (n) free(deferred[--n]);
    due = 1 + sequence_below(&random, LENGTH(deferred));
  }
  KEEP(deferred);
}
END_TEST

/* Readers may look for 100 iterations more. */
START_TEST(grace_period) {
  static char *waiting[100];
  static unsigned n;
  char **slot = &waiting[n++ % LENGTH(waiting)];
  free(*slot);
  *slot = malloc(64);
  KEEP(waiting);
}
END_TEST

START_TEST(shrink) {
  enum { FIRST = 3000 };
  static char *blocks[FIRST];
  static unsigned left, is_filled;
  if (!is_filled)
    while (left < FIRST) blocks[left++] = malloc(40);
  is_filled = 1;
  if (left) free(blocks[--left]);
  KEEP(blocks);
}
END_TEST

/* ---- queues ------------------------------------------------------------- */

static void serve(struct queue *queue, unsigned n) {
  for (; n; n--) free(queue_take(queue));
}

/* Twenty arrivals and services per iteration, at 98 % load. */
START_TEST(mm1_98) {
  static struct queue queue;
  static struct sequence random = {.name = "mm1_98"};
  for (int i = 0; i < 20; i++) {
    if (sequence_unit(&random) < 0.49)
      queue_put(&queue, malloc(sizeof(struct item)));
    serve(&queue, sequence_unit(&random) < 0.5);
  }
}
END_TEST

START_TEST(mm1_80) {
  static struct queue queue;
  static struct sequence random = {.name = "mm1_80"};
  for (int i = 0; i < 5; i++) {
    if (sequence_unit(&random) < 0.4)
      queue_put(&queue, malloc(sizeof(struct item)));
    serve(&queue, sequence_unit(&random) < 0.5);
  }
}
END_TEST

/* Requests come in bursts and are worked off between them. */
START_TEST(bursts) {
  static struct queue queue;
  static struct sequence random = {.name = "bursts"};
  if (sequence_below(&random, 40) == 0)
    for (unsigned n = sequence_below(&random, 120); n; n--)
      queue_put(&queue, malloc(sizeof(struct item)));
  serve(&queue, 4);
}
END_TEST

/* Half an item per iteration too many, under noise 16 times as large. */
START_TEST(backlog) {
  static struct queue queue;
  static struct sequence random = {.name = "backlog"};
  for (unsigned n = sequence_below(&random, 21); n; n--)
    queue_put(&queue, malloc(sizeof(struct item))); /* leaks */
  serve(&queue, sequence_below(&random, 20));
}
END_TEST

/* One in five too many, steadily. */
START_TEST(slow_consumer) {
  static struct queue queue;
  static unsigned n;
  for (int i = 0; i < 6; i++)
    queue_put(&queue, malloc(sizeof(struct item))); /* leaks */
  serve(&queue, n++ % 5 ? 6 : 5);
}
END_TEST

/* What fails is to be tried again, and never is. */
START_TEST(retry_never) {
  static struct queue retries;
  static struct sequence random = {.name = "retry_never"};
  struct item *item = malloc(sizeof *item); /* leaks */
  KEEP(item);
  if (sequence_below(&random, 10))
    free(item);
  else
    queue_put(&retries, item);
}
END_TEST

START_TEST(retry_later) {
  static struct queue retries;
  static struct sequence random = {.name = "retry_later"};
  struct item *item = malloc(sizeof *item);
  KEEP(item);
  if (sequence_below(&random, 10))
    free(item);
  else
    queue_put(&retries, item);
  if (sequence_below(&random, 4) == 0) serve(&retries, 1);
}
END_TEST

/* The last of each batch of 32 is forgotten. */
START_TEST(defer_forgets) {
  static char *deferred[32];
  static unsigned n;
  deferred[n++] = malloc(40); /* leaks */
  if (n == LENGTH(deferred)) {
    for (unsigned i = 0; i + 1 < n; i++) free(deferred[i]);
    n = 0;
  }
  KEEP(deferred);
}
END_TEST

/* The same in batches of 100 that are emptied at random. */
START_TEST(defer_random_forgets) {
  static char *deferred[100];
  static unsigned n;
  static struct sequence random = {.name = "defer_random_forgets"};
  deferred[n++] = malloc(40); /* leaks */
  if (n == LENGTH(deferred) || sequence_below(&random, 30) == 0) {
    for (unsigned i = 1; i < n; i++) free(deferred[i]);
    n = 0;
  }
  KEEP(deferred);
}
END_TEST

/* ---- collectors --------------------------------------------------------- */

struct heap {
  struct item *objects;
  unsigned count, threshold;
};

/* The first bytes of an object's data say whether it is in use. */
static struct item *heap_add(struct heap *heap, struct item *item, char used) {
  item->data[0] = used;
  item->next = heap->objects;
  heap->count++;
  return heap->objects = item;
}

static void heap_collect(struct heap *heap) {
  struct item **at = &heap->objects;
  while (*at) {
    struct item *item = *at;
    if (item->data[0]) {
      at = &item->next;
      continue;
    }
    *at = item->next;
    free(item);
    heap->count--;
  }
}

START_TEST(gc_double) {
  enum { LARGEST = 512 };
  static struct heap heap = {.threshold = 16};
  for (int i = 0; i < 5; i++) {
    if (heap.count >= heap.threshold) {
      heap_collect(&heap);
      if (heap.threshold < LARGEST) heap.threshold *= 2;
    }
    heap_add(&heap, malloc(sizeof(struct item)), 0);
  }
}
END_TEST

/* A set of 20 objects in use that changes, and garbage beside it. */
START_TEST(gc_live_set) {
  static struct heap heap = {.threshold = 200};
  static struct item *used[20];
  static struct sequence random = {.name = "gc_live_set"};
  unsigned slot = sequence_below(&random, LENGTH(used));
  if (used[slot]) used[slot]->data[0] = 0;
  used[slot] = heap_add(&heap, malloc(sizeof(struct item)), 1);
  heap_add(&heap, malloc(sizeof(struct item)), 0);
  if (heap.count >= heap.threshold) heap_collect(&heap);
}
END_TEST

/* One object in eight stays marked as used. */
START_TEST(gc_pinned) {
  static struct heap heap = {.threshold = 100};
  static unsigned n;
  if (heap.count >= heap.threshold) {
    heap_collect(&heap);
    heap.threshold = heap.count + 100;
  }
  heap_add(&heap, malloc(sizeof(struct item)), n++ % 8 == 0); /* leaks */
}
END_TEST

/* References are counted; a cycle keeps itself alive. */
START_TEST(count_cycle) {
  struct node {
    struct node *other;
    int references;
  } *a = malloc(sizeof *a),   /* leaks */
      *b = malloc(sizeof *b); /* leaks */
  *a = (struct node){b, 2};
  *b = (struct node){a, 2};
  KEEP(a);
  if (--a->references == 0) free(a);
  if (--b->references == 0) free(b);
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {
      backlog,       slow_consumer,        retry_never,
      defer_forgets, defer_random_forgets, gc_pinned,
      count_cycle};
  const TTest *const healthy[] = {
      defer32, defer500, defer_random, grace_period, shrink,     mm1_98,
      mm1_80,  bursts,   retry_later,  gc_double,    gc_live_set};
  return scenario_run("queues", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
