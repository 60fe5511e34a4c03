/* SPDX-License-Identifier: MIT */
/*
 * Loops that allocate, timed by this thread's CPU clock.
 * usage: work KIND DEPTH PAIRS        prints nanoseconds per malloc+free pair
 *
 * hot      8 call sites in turn at the bottom of DEPTH frames
 * burst    64 blocks, then 64 frees
 * realloc  a buffer grown in eight steps
 * desc     DEPTH frames entered anew for each pair
 * xfree    blocks freed by another thread
 * churn    random sizes and one of 4,096 stacks, 10,000 blocks alive
 * threads  hot in two threads at once
 * app      a recursive JSON reader: tree, strings, arrays, teardown
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *volatile kept;
static unsigned long pairs;

static double cpu_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static uint64_t state = 88172645463325252u;
static unsigned draw(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)(state >> 32);
}

#define PAIR         \
  kept = malloc(64); \
  free(kept);

static __attribute__((noinline)) void hot(void) {
  for (unsigned long i = 0; i < pairs; i += 8) {
    PAIR PAIR PAIR PAIR PAIR PAIR PAIR PAIR
  }
}

static __attribute__((noinline)) void burst(void) {
  void *volatile blocks[64];
  for (unsigned long i = 0; i < pairs; i += 64) {
    for (int k = 0; k < 64; k++) blocks[k] = malloc(48);
    for (int k = 0; k < 64; k++) free(blocks[k]);
  }
}

static __attribute__((noinline)) void resize(void) {
  for (unsigned long i = 0; i < pairs; i += 8) {
    void *block = NULL;
    for (size_t size = 16; size <= 2048; size *= 2)
      kept = block = realloc(block, size);
    free(block);
  }
}

static __attribute__((noinline)) void one_pair(void) {
  PAIR __asm__ volatile("");
}

static __attribute__((noinline)) int deep(int depth, void (*bottom)(void)) {
  if (depth <= 0) {
    bottom();
    return 0;
  }
  int r = deep(depth - 1, bottom) + 1;
  __asm__ volatile("" : "+r"(r));
  return r;
}

/* ---- freed elsewhere --------------------------------------------------------
 */

enum { QUEUE = 1024 };
static void *queue[QUEUE];
static _Atomic unsigned long put, taken;

static void *freer(void *arg) {
  for (; taken < pairs; taken++) {
    while (put == taken) __builtin_ia32_pause();
    free(queue[taken % QUEUE]);
  }
  return arg;
}

static __attribute__((noinline)) void xfree(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, freer, NULL);
  for (; put < pairs; put++) {
    while (put - taken >= QUEUE) __builtin_ia32_pause();
    queue[put % QUEUE] = malloc(64);
  }
  pthread_join(thread, NULL);
}

/* ---- churn
 * ------------------------------------------------------------------- */

enum { LIVE = 10000 };
static void *live[LIVE];

static __attribute__((noinline)) void step(unsigned path) {
  unsigned i = draw() % LIVE;
  free(live[i]);
  live[i] = malloc(16 + path % 496);
  __asm__ volatile("");
}

#define LEVEL(name, below)                                    \
  static __attribute__((noinline)) void name(unsigned path) { \
    switch (path % 8) {                                       \
      case 0:                                                 \
        below(path / 8);                                      \
        break;                                                \
      case 1:                                                 \
        __asm__ volatile("nop");                              \
        below(path / 8);                                      \
        break;                                                \
      case 2:                                                 \
        __asm__ volatile("nop;nop");                          \
        below(path / 8);                                      \
        break;                                                \
      case 3:                                                 \
        __asm__ volatile("nop");                              \
        below(path / 8 + 1);                                  \
        break;                                                \
      case 4:                                                 \
        __asm__ volatile("");                                 \
        below(path / 8);                                      \
        break;                                                \
      case 5:                                                 \
        __asm__ volatile("nop");                              \
        below(path / 8);                                      \
        break;                                                \
      case 6:                                                 \
        __asm__ volatile("nop;nop");                          \
        below(path / 8);                                      \
        break;                                                \
      default:                                                \
        __asm__ volatile("nop");                              \
        below(path / 8);                                      \
        break;                                                \
    }                                                         \
    __asm__ volatile("");                                     \
  }
LEVEL(third, step)
LEVEL(second, third)
LEVEL(first, second)

static __attribute__((noinline)) void churn(void) {
  for (unsigned long i = 0; i < pairs / 8; i++) first(draw());
}

/* ---- app
 * ----------------------------------------------------------------------- */

struct json {
  char *text;
  struct json **items;
  size_t n;
};

static const char *at;

static struct json *read_json(void) {
  struct json *node = calloc(1, sizeof *node);
  if (*at == '[') {
    at++;
    while (*at != ']') {
      node->items = realloc(node->items, (node->n + 1) * sizeof *node->items);
      node->items[node->n++] = read_json();
      if (*at == ',') at++;
    }
    at++;
  } else {
    size_t length = strcspn(at, ",]");
    node->text = strndup(at, length);
    at += length;
  }
  return node;
}

static void free_json(struct json *node) {
  for (size_t i = 0; i < node->n; i++) free_json(node->items[i]);
  free(node->items);
  free(node->text);
  free(node);
}

static size_t write_json(char *to, unsigned depth) {
  size_t n = 0;
  to[n++] = '[';
  unsigned items = 1 + draw() % 5;
  for (unsigned i = 0; i < items; i++) {
    if (i) to[n++] = ',';
    if (depth && draw() % 2)
      n += write_json(to + n, depth - 1);
    else
      n += (size_t)sprintf(to + n, "t%u", draw() % 100000);
  }
  to[n++] = ']';
  return n;
}

static __attribute__((noinline)) void app(void) {
  static char text[1 << 22];
  size_t n = write_json(text, 14);
  text[n] = '\0';
  for (unsigned long i = 0; i < pairs; i++) {
    at = text;
    free_json(read_json());
  }
}

static void *hot_thread(void *arg) {
  deep(*(int *)arg, hot);
  return NULL;
}

static double run(const char *kind, int depth) {
  double begin = cpu_ns();
  if (!strcmp(kind, "hot")) deep(depth, hot);
  if (!strcmp(kind, "burst")) deep(depth, burst);
  if (!strcmp(kind, "realloc")) deep(depth, resize);
  if (!strcmp(kind, "xfree")) deep(depth, xfree);
  if (!strcmp(kind, "app")) app();
  if (!strcmp(kind, "churn"))
    for (int i = 0; i < 8; i++) deep(depth - 4 + i % 4, churn);
  if (!strcmp(kind, "desc"))
    for (unsigned long i = 0; i < pairs; i++) deep(depth, one_pair);
  if (!strcmp(kind, "threads")) {
    pthread_t other;
    pthread_create(&other, NULL, hot_thread, &depth);
    deep(depth, hot);
    double mine = cpu_ns() - begin;
    pthread_join(other, NULL);
    return mine;
  }
  return cpu_ns() - begin;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  pairs = strtoul(argv[3], NULL, 10);
  double best = 0;
  for (int round = 0; round < 3; round++) {
    put = taken = 0;
    double ns = run(argv[1], atoi(argv[2]));
    if (!round || ns < best) best = ns;
  }
  printf("%.3f\n", best / (double)pairs);
  return 0;
}
