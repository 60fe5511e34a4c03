/* SPDX-License-Identifier: MIT */
/* What is done late, from time to time or in turns, and comes to rest. */
#include <string.h>

#include "scenario.h"

/* ---- once, late --------------------------------------------------------- */

static void init_at(unsigned at) {
  static unsigned n;
  static char *table;
  if (++n == at) table = malloc(10000);
  KEEP(table);
}

START_TEST(late_init100) { init_at(100); }
END_TEST
START_TEST(late_init500) { init_at(500); }
END_TEST
START_TEST(late_init1000) { init_at(1000); }
END_TEST
START_TEST(late_init2000) { init_at(2000); }
END_TEST

/* A module of thirty blocks is loaded when it is first needed. */
START_TEST(late_module) {
  static unsigned n;
  static char *parts[30];
  if (++n == 400)
    for (size_t i = 0; i < LENGTH(parts); i++) parts[i] = malloc(200);
  KEEP(parts);
}
END_TEST

/* ---- freed later -------------------------------------------------------- */

enum { MOST = 1024 };
struct waiting {
  char *block[MOST];
  unsigned n;
};

static void free_down_to(struct waiting *waiting, unsigned n) {
  while (waiting->n > n) free(waiting->block[--waiting->n]);
}

static void defer_until(unsigned batch, struct waiting *waiting) {
  waiting->block[waiting->n++] = malloc(40);
  if (waiting->n == batch) free_down_to(waiting, 0);
}

#define DEFER(batch)               \
  START_TEST(defer##batch) {       \
    static struct waiting waiting; \
    defer_until(batch, &waiting);  \
  }                                \
  END_TEST
DEFER(10)
DEFER(100)
DEFER(250)
DEFER(1000)

/* Half of it is freed every so often. */
START_TEST(sawtooth_half) {
  static struct waiting waiting;
  waiting.block[waiting.n++] = malloc(40);
  if (waiting.n == 300) free_down_to(&waiting, 150);
}
END_TEST

/* All that is in a cache goes at the next maintenance. */
static void maintain_every(unsigned period, struct waiting *cache) {
  static unsigned now;
  cache->block[cache->n++] = malloc(64);
  if (++now % period == 0) free_down_to(cache, 0);
}

#define MAINTAINED(period)          \
  START_TEST(maintained##period) {  \
    static struct waiting cache;    \
    maintain_every(period, &cache); \
  }                                 \
  END_TEST
MAINTAINED(50)
MAINTAINED(100)
MAINTAINED(500)

/* Three at a time come now and then, and all go now and then. */
START_TEST(two_periods) {
  static struct waiting waiting;
  static unsigned now;
  now++;
  if (now % 7 == 0)
    for (int i = 0; i < 3; i++) waiting.block[waiting.n++] = malloc(40);
  if (now % 130 == 0) free_down_to(&waiting, 0);
}
END_TEST

/* A file of 64 lines is begun anew when it is full; three are kept. */
START_TEST(log_rotates) {
  enum { FILES = 3, LINES = 64 };
  static char *lines[FILES][LINES];
  static unsigned file, n;
  static struct sequence random = {.name = "log_rotates"};
  if (n == LINES) {
    file = (file + 1) % FILES;
    for (n = 0; n < LINES; n++) {
      free(lines[file][n]);
      lines[file][n] = NULL;
    }
    n = 0;
  }
  lines[file][n++] = malloc(20 + sequence_below(&random, 100));
}
END_TEST

/* The larger of two generations is collected ever more seldom. */
START_TEST(two_generations) {
  enum { YOUNG = 32, OLD = 256 };
  static char *young[YOUNG], *old[OLD];
  static unsigned n, m;
  static struct sequence random = {.name = "two_generations"};
  if (n == YOUNG) {
    while (n) {
      char *object = young[--n];
      if (m < OLD && sequence_below(&random, 8) == 0)
        old[m++] = object;
      else
        free(object);
    }
    if (m >= OLD - YOUNG)
      while (m) free(old[--m]);
  }
  young[n++] = malloc(40);
}
END_TEST

/* Garbage is collected when the heap has grown to twice what was in use. */
START_TEST(gc_paced) {
  static char *used[200];
  static struct waiting garbage;
  static unsigned limit = 64;
  static struct sequence random = {.name = "gc_paced"};
  unsigned slot = sequence_below(&random, LENGTH(used)), live = 0;
  if (used[slot]) garbage.block[garbage.n++] = used[slot];
  used[slot] = malloc(56);
  for (size_t i = 0; i < LENGTH(used); i++) live += used[i] != NULL;
  if (garbage.n + live < limit) return;
  free_down_to(&garbage, 0);
  limit = 2 * live + 64;
}
END_TEST

/* ---- queues ------------------------------------------------------------- */

struct ring {
  char *block[MOST];
  unsigned first, n;
};

/* Arrivals and services in equal slots of time. */
static void serve(struct ring *ring, struct sequence *random, double load,
                  unsigned slots) {
  for (; slots; slots--) {
    if (sequence_unit(random) < 0.5 * load && ring->n < MOST)
      ring->block[(ring->first + ring->n++) % MOST] = malloc(72);
    if (sequence_unit(random) < 0.5 && ring->n) {
      free(ring->block[ring->first]);
      ring->first = (ring->first + 1) % MOST;
      ring->n--;
    }
  }
}

#define QUEUE(percent, per_pass)                               \
  START_TEST(mm1_##percent) {                                  \
    static struct sequence random = {.name = "mm1_" #percent}; \
    static struct ring ring;                                   \
    serve(&ring, &random, percent / 100.0, per_pass);          \
  }                                                            \
  END_TEST
QUEUE(50, 3)
QUEUE(90, 5)
QUEUE(95, 10)
QUEUE(99, 40)

/* Everything has a life of its own. */
START_TEST(sessions) {
  static struct {
    char *data;
    unsigned end;
  } open[400];
  static unsigned now;
  static struct sequence random = {.name = "sessions"};
  int is_new = sequence_below(&random, 3) == 0;
  now++;
  for (size_t i = 0; i < LENGTH(open); i++) {
    if (open[i].data && open[i].end <= now) {
      free(open[i].data);
      open[i].data = NULL;
    }
    if (open[i].data || !is_new) continue;
    open[i].data = malloc(300);
    open[i].end = now + 1 + sequence_below(&random, 200);
    is_new = 0;
  }
}
END_TEST

/* ---- buffers that are kept ---------------------------------------------- */

/* The largest message so far says how large the buffer is. */
START_TEST(largest_message) {
  static char *buffer;
  static size_t room;
  static struct sequence random = {.name = "largest_message"};
  size_t size = 1 + sequence_below(&random, 5000);
  if (size > room) buffer = realloc(buffer, room = size);
  KEEP(buffer);
}
END_TEST

/* Messages without a largest size, cut at 1 MiB. */
START_TEST(heavy_tail) {
  static char *buffer;
  static size_t room;
  static struct sequence random = {.name = "heavy_tail"};
  double size = 100 / (1 - sequence_unit(&random));
  if (size > 1 << 20) size = 1 << 20;
  while (room < (size_t)size) buffer = realloc(buffer, room = 2 * room + 64);
  KEEP(buffer);
}
END_TEST

/* Grows with each use, and is cut every 200. */
START_TEST(buffer_cut) {
  static char *buffer;
  static size_t size;
  static unsigned n;
  size += 32;
  if (++n % 200 == 0) size = 32;
  buffer = realloc(buffer, size);
  KEEP(buffer);
}
END_TEST

/* An arena of chunks that is wound back, and gives half back when idle. */
START_TEST(arena_wound) {
  static char *chunks[64];
  static unsigned held, n;
  static struct sequence random = {.name = "arena_wound"};
  unsigned needed = 1 + sequence_below(&random, 20);
  while (held < needed) chunks[held++] = malloc(1024);
  if (++n % 90 == 0)
    for (unsigned keep = held / 2; held > keep;) free(chunks[--held]);
}
END_TEST

/* What was printed is kept for the last ten. */
START_TEST(last_lines) {
  static char *lines[10];
  static unsigned n;
  static struct sequence random = {.name = "last_lines"};
  char **line = &lines[n++ % LENGTH(lines)];
  *line = realloc(*line, 20 + sequence_below(&random, 2000));
}
END_TEST

/* A ring that doubles when it is full, up to 1024. */
START_TEST(ring_doubles) {
  static void **ring;
  static unsigned room, used;
  static struct sequence random = {.name = "ring_doubles"};
  for (unsigned n = sequence_below(&random, 24); n; n--) {
    if (used == room && room < 1024)
      ring = realloc(ring, (room = room ? 2 * room : 8) * sizeof *ring);
    used += used < room;
  }
  used -= used > 12 ? 12 : used;
  KEEP(ring);
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {NULL};
  const TTest *const healthy[] = {
      late_init100,  late_init500,  late_init1000,   late_init2000,
      late_module,   defer10,       defer100,        defer250,
      defer1000,     sawtooth_half, maintained50,    maintained100,
      maintained500, two_periods,   log_rotates,     two_generations,
      gc_paced,      mm1_50,        mm1_90,          mm1_95,
      mm1_99,        sessions,      largest_message, heavy_tail,
      buffer_cut,    arena_wound,   last_lines,      ring_doubles};
  return scenario_run("times", leaking, 0, healthy, LENGTH(healthy));
}
