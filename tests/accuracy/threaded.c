/* SPDX-License-Identifier: MIT */
/* Processes that leave work to other threads or have some beside them, and
   objects of several blocks: what changes in the same iteration, or late. */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "family.h"

static struct bag live;

/* ---- a thread with a queue ----------------------------------------------- */

enum { QUEUE = 1 << 13 };

static struct {
  pthread_mutex_t lock;
  pthread_cond_t more;
  void *job[QUEUE];
  unsigned n;
  long nap_us;    /* between two looks; 0: waits for the next */
  unsigned keeps; /* one in so many; 0: none */
} work = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

static void send(void *job) {
  pthread_mutex_lock(&work.lock);
  if (work.n == QUEUE) abort();
  work.job[work.n++] = job;
  pthread_cond_signal(&work.more);
  pthread_mutex_unlock(&work.lock);
}

static void *receive(void) {
  const struct timespec nap = {0, work.nap_us * 1000};
  if (work.nap_us && !work.n) nanosleep(&nap, NULL);
  pthread_mutex_lock(&work.lock);
  while (!work.n) pthread_cond_wait(&work.more, &work.lock);
  void *job = work.job[--work.n];
  pthread_mutex_unlock(&work.lock);
  return job;
}

static void *serve(void *arg) {
  static struct bag kept;
  for (unsigned done = 1;; done++) {
    void *job = receive();
    if (work.keeps && done % work.keeps == 0) bag_put(&kept, malloc(40));
    free(job);
  }
  return arg;
}

static void serve_from_first(struct draw *draw, long nap_us, unsigned keeps) {
  pthread_t thread;
  if (draw->pass > 1) return;
  work.nap_us = nap_us;
  work.keeps = keeps;
  if (pthread_create(&thread, NULL, serve, NULL)) abort();
  pthread_detach(thread);
}

PROCESS(worker) {
  serve_from_first(draw, 0, 0);
  for (unsigned i = 1 + below(draw, whole(draw, 0)); i-- > 0;)
    send(malloc(16 + below(draw, 100)));
}

PROCESS(leaking_worker) {
  serve_from_first(draw, 0, whole(draw, 1));
  for (unsigned i = 1 + below(draw, whole(draw, 0)); i-- > 0;)
    send(malloc(16 + below(draw, 100)));
}

/* One in two passes a session begins; each ends by chance. */
static void sessions(struct draw *draw, double length,
                     void (*end)(void *block)) {
  if (chance(draw, 0.5)) bag_put(&live, malloc(200));
  for (unsigned n = live.count; n-- > 0;)
    if (chance(draw, 1 / length)) end(bag_take_any(&live, draw));
}

PROCESS(late_reaper) {
  serve_from_first(draw, (long)draw->p[1], 0);
  sessions(draw, draw->p[0], send);
}

PROCESS(sessions_beside) {
  if (draw->pass == 1) draw_idles_beside();
  sessions(draw, draw->p[0], free);
}

PROCESS(leak_beside) {
  static struct bag kept;
  if (draw->pass == 1) draw_idles_beside();
  sessions(draw, draw->p[0], free);
  if (every(draw, whole(draw, 1))) bag_put(&kept, malloc(200));
}

/* ---- objects of several blocks ------------------------------------------- */

static __attribute__((noinline)) void *part(size_t size) {
  void *block = malloc(size);
  KEEP(block);
  return block;
}

struct object {
  void *name, *body;
};

static struct object *object_make(void) {
  struct object *object = part(sizeof *object);
  object->name = part(20);
  object->body = part(300);
  return object;
}

static void object_free(struct object *object) {
  free(object->body);
  free(object->name);
  free(object);
}

PROCESS(parts) {
  if (live.count == whole(draw, 0))
    while (live.count) object_free(bag_take_newest(&live));
  else
    bag_put(&live, object_make());
}

PROCESS(lost_part) {
  struct object *object = object_make();
  if (every(draw, whole(draw, 1))) object->name = part(20);
  bag_put(&live, object);
  if (live.count <= whole(draw, 0)) return;
  while (live.count) object_free(bag_take_newest(&live));
}

#define HEALTHY_FAMILY(name, half) #name, HEALTHY, half, &name
#define LEAKING_FAMILY(name, half) #name, LEAKING, half, &name
const struct family thread_families[] = {
    {HEALTHY_FAMILY(worker, REPORT), {{"most at once", GEOMETRIC, 1, 8}}, NULL},
    {HEALTHY_FAMILY(late_reaper, REPORT),
     {{"length", GEOMETRIC, 10, 300}, {"late, us", GEOMETRIC, 50, 2000}},
     NULL},
    {HEALTHY_FAMILY(sessions_beside, TUNE),
     {{"length", GEOMETRIC, 10, 400}},
     NULL},
    {HEALTHY_FAMILY(parts, REPORT), {{"batch", GEOMETRIC, 1, 300}}, NULL},
    {LEAKING_FAMILY(leaking_worker, REPORT),
     {{"most at once", GEOMETRIC, 1, 8}, {"one in", GEOMETRIC, 1, 50}},
     NULL},
    {LEAKING_FAMILY(leak_beside, REPORT),
     {{"length", GEOMETRIC, 10, 300}, {"one in", GEOMETRIC, 1, 40}},
     NULL},
    {LEAKING_FAMILY(lost_part, REPORT),
     {{"batch", GEOMETRIC, 1, 100}, {"one in", GEOMETRIC, 1, 60}},
     NULL},
};
const size_t thread_count = sizeof thread_families / sizeof *thread_families;
