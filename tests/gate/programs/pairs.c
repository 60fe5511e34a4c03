/* SPDX-License-Identifier: MIT */
/* Objects of several blocks, which come from one call of malloc: tracebacks of
   one call site change in the same iteration.  All but the last are at rest. */
#include <string.h>

#include "suite.h"

enum { BLOCK = 40, RING = 5, BATCH = 8, STEPS = 12 };

static __attribute__((noinline)) void *node_new(size_t size) {
  return calloc(1, size);
}

struct session {
  char data[456];
  char *name;
};

static struct session *session_open(void) {
  struct session *session = node_new(sizeof *session);
  session->name = node_new(8);
  return session;
}

static void session_close(struct session *session) {
  free(session->name);
  free(session);
}

/* Opened in one, closed in the next. */
START_TEST(test_toggle) {
  static struct session *session;
  if (session) {
    session_close(session);
    session = NULL;
  } else {
    session = session_open();
  }
}
END_TEST

/* Queued one by one, and all taken out at once. */
START_TEST(test_batch) {
  static struct session *queue[BATCH];
  static int n;
  if (n < BATCH) {
    queue[n++] = session_open();
    return;
  }
  while (n) session_close(queue[--n]);
}
END_TEST

/* Three blocks each, and no two of them change in the same rhythm. */
START_TEST(test_rotates) {
  static char *all[3][RING];
  static unsigned i;
  unsigned at = i % RING;
  free(all[2][at]);
  all[2][at] = i % 2 ? node_new(BLOCK) : NULL;
  free(all[1][at]);
  all[1][at] = i % 3 ? node_new(2 * BLOCK) : NULL;
  free(all[0][at]);
  all[0][at] = i % 7 ? node_new(3 * BLOCK) : NULL;
  i++;
}
END_TEST

/* A way of its own for each number, through two functions. */
static void *turn_left(unsigned way, int steps);

static __attribute__((noinline)) void *turn_right(unsigned way, int steps) {
  if (!steps) return node_new(BLOCK);
  return way & 1 ? turn_left(way / 2, steps - 1)
                 : turn_right(way / 2, steps - 1);
}

static __attribute__((noinline)) void *turn_left(unsigned way, int steps) {
  if (!steps) return node_new(BLOCK);
  return way & 1 ? turn_left(way / 2, steps - 1)
                 : turn_right(way / 2, steps - 1);
}

/* Leaks on a new way each time, so that the call site alone can tell; and
   before that a block comes or goes on the same way. */
START_TEST(test_hides) {
  static void *one, **last;
  static unsigned i;
  if (one) {
    free(one);
    one = NULL;
  } else {
    one = node_new(BLOCK);
  }
  void **kept = turn_left(i++, STEPS);
  *kept = last;
  last = kept;
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Pairs");
  add_test(suite, "toggle", test_toggle);
  add_test(suite, "batch", test_batch);
  add_test(suite, "rotates", test_rotates);
  add_test(suite, "hides", test_hides);
  return run_suite(suite);
}
