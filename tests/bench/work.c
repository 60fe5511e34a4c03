/* SPDX-License-Identifier: MIT */
/*
 * Loops that allocate, timed by this thread's CPU clock.
 * usage: work KIND DEPTH PAIRS        prints nanoseconds per malloc+free pair
 *        work memory SIZE BLOCKS      prints KiB of its own memory with them
 * alive
 *
 * hot      8 call sites in turn at the bottom of DEPTH frames
 * burst    64 blocks, then 64 frees
 * realloc  a buffer grown in eight steps
 * desc     DEPTH frames entered anew for each pair
 * xfree    blocks freed by another thread
 * churn    random sizes and one of 4,096 stacks, 10,000 blocks alive
 * threads  hot in two threads at once
 * app      a recursive JSON reader: tree, strings, arrays, an index, text
 *          again, teardown; nanoseconds per byte
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static _Thread_local void *volatile kept; /* each thread frees its own */
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

/* By places of the block: one whose first words lie as far into a page as words
   that the tracer reads costs a few cycles more, which is luck. */
static __attribute__((noinline)) void hot(void) {
  enum { PLACES = 16 };
  void *held[PLACES];
  for (int k = 0; k < PLACES; k++) {
    held[k] = malloc(64); /* the one that was used so far */
    for (unsigned long i = 0; i < pairs / PLACES; i += 8) {
      PAIR PAIR PAIR PAIR PAIR PAIR PAIR PAIR
    }
  }
  for (int k = 0; k < PLACES; k++) free(held[k]);
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

static size_t write_json(char *to, unsigned depth, unsigned items) {
  size_t n = 0;
  to[n++] = '[';
  for (unsigned i = 0; i < items; i++) {
    if (i) to[n++] = ',';
    if (depth && draw() % 2)
      n += write_json(to + n, depth - 1, 1 + draw() % 5);
    else
      n += (size_t)sprintf(to + n, "t%u", draw() % 100000);
  }
  to[n++] = ']';
  return n;
}

/* The leaves by text: open addressing, grown by doubling. */
static struct json **slots;
static size_t nslots, nleaves;

static void put_leaf(struct json *node) {
  size_t hash = 5381;
  for (const char *c = node->text; *c; c++)
    hash = hash * 33 + (unsigned char)*c;
  while (slots[hash % nslots]) hash++;
  slots[hash % nslots] = node;
  nleaves++;
}

static void grow_index(void) {
  struct json **old = slots;
  size_t n = nslots;
  nslots = n ? 2 * n : 64;
  slots = calloc(nslots, sizeof *slots);
  nleaves = 0;
  for (size_t i = 0; i < n; i++)
    if (old[i]) put_leaf(old[i]);
  free(old);
}

static void index_json(struct json *node) {
  for (size_t i = 0; i < node->n; i++) index_json(node->items[i]);
  if (!node->text) return;
  if (2 * nleaves >= nslots) grow_index();
  put_leaf(node);
}

static char *text_of(const struct json *node) {
  char *text = NULL;
  if (node->text)
    return asprintf(&text, "\"%s\"", node->text) < 0 ? NULL : text;
  text = strdup("[");
  size_t n = 1;
  for (size_t i = 0; i < node->n; i++) {
    char *item = text_of(node->items[i]);
    size_t more = strlen(item);
    text = realloc(text, n + more + 2);
    memcpy(text + n, item, more);
    n += more;
    text[n++] = ',';
    text[n] = '\0';
    free(item);
  }
  text[n - 1] = ']';
  return text;
}

static char text[1 << 24];

static __attribute__((noinline)) void app(void) {
  for (unsigned long i = 0; i < pairs; i++) {
    at = text;
    struct json *all = read_json();
    index_json(all);
    free(text_of(all));
    free(slots);
    slots = NULL;
    nslots = nleaves = 0;
    free_json(all);
  }
}

static size_t make_text(void) {
  size_t n = write_json(text, 14, 100);
  text[n] = '\0';
  return n;
}

static int memory(size_t size, unsigned long blocks) {
  char *volatile last = NULL;
  for (unsigned long i = 0; i < blocks; i++) {
    char *block = malloc(size);
    for (size_t k = 0; k < size; k += 4096) block[k] = 1;
    last = block;
  }
  char line[256];
  FILE *file = fopen("/proc/self/status", "re");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, "RssAnon:", 8)) printf("%ld\n", atol(line + 8));
  return last == NULL && blocks;
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
  if (!strcmp(argv[1], "memory"))
    return memory(strtoul(argv[2], NULL, 10), pairs);
  double unit = (double)pairs;
  if (!strcmp(argv[1], "app")) unit *= (double)make_text();
  double best = 0;
  for (int round = 0; round < 3; round++) {
    put = taken = 0;
    double ns = run(argv[1], atoi(argv[2]));
    if (!round || ns < best) best = ns;
  }
  printf("%.3f\n", best / unit);
  return 0;
}
