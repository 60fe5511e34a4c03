/* SPDX-License-Identifier: MIT */
/*
 * What a forked process allocates and frees at first is counted as elsewhere,
 * whenever it is looked at.
 */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracker/early.h"
#include "tracker/tracker.h"

enum { MOST = 64, PATHS = 16, SEEDS = 40 };

static struct {
  void *blocks[MOST];
  size_t sizes[MOST];
  unsigned n;
  int64_t bytes, peak; /* beside what was there at first */
  int64_t first;
} model;

static unsigned random_state;

static unsigned number(unsigned below) {
  random_state = random_state * 1103515245 + 12345;
  return (random_state >> 16) % below;
}

/* Another path for each `path`. */
static __attribute__((noinline)) void *get(unsigned path, void *old,
                                           size_t size) {
  void *block;
  if (path <= 1)
    block = old ? realloc(old, size) : malloc(size);
  else if (path & 1)
    block = get(path >> 1, old, size);
  else
    block = get(path >> 1, old, size);
  __asm__ volatile("" : "+r"(block));
  return block;
}

static void add_bytes(int64_t bytes) {
  model.bytes += bytes;
  if (model.bytes > model.peak) model.peak = model.bytes;
}

/* A block that is too big for a note ends them. */
static int has_big;

static void allocate(void) {
  int is_big = has_big && !number(30);
  size_t size = is_big ? (size_t)2 << 20 : 1 + number(600);
  if (model.n == MOST) return;
  model.sizes[model.n] = size;
  model.blocks[model.n++] = get(1 + number(PATHS), NULL, size);
  add_bytes((int64_t)size);
}

static void release(void) {
  if (!model.n) return;
  unsigned at = number(model.n);
  add_bytes(-(int64_t)model.sizes[at]);
  free(model.blocks[at]);
  model.n--;
  model.blocks[at] = model.blocks[model.n];
  model.sizes[at] = model.sizes[model.n];
}

static void resize(void) {
  if (!model.n) return;
  unsigned at = number(model.n);
  size_t size = 1 + number(2000);
  model.blocks[at] = get(1 + number(PATHS), model.blocks[at], size);
  add_bytes(-(int64_t)model.sizes[at]);
  add_bytes((int64_t)size);
  model.sizes[at] = size;
}

static void act(unsigned times) {
  while (times--) {
    unsigned what = number(5);
    if (what < 2)
      allocate();
    else if (what < 4)
      release();
    else
      resize();
  }
}

/* ---- ways to look -------------------------------------------------------- */

static struct ls_live all(void) {
  struct ls_copy copy;
  struct ls_live sum = {0, 0};
  if (ls_tracker_copy(&copy)) return sum;
  for (uint32_t i = 1; i < copy.n; i++)
    if (ls_tracker_domain(i) == LS_DOMAIN_MALLOC) {
      sum.count += copy.live[i].count;
      sum.bytes += copy.live[i].bytes;
    }
  ls_copy_free(&copy);
  return sum;
}

/* What the model began with. */
static struct ls_live others;

static int totals_are_right(void) {
  struct ls_live now = all();
  return now.count - others.count == (int64_t)model.n &&
         now.bytes - others.bytes == model.bytes;
}

static int sites_are_right(void) {
  for (unsigned i = 0; i < model.n; i++) {
    uint32_t site = ls_tracker_site_of(model.blocks[i]);
    struct ls_live should = {0, 0}, is = ls_tracker_live(site);
    for (unsigned k = 0; k < model.n; k++)
      if (ls_tracker_site_of(model.blocks[k]) == site) {
        should.count++;
        should.bytes += (int64_t)model.sizes[k];
      }
    if (!site || memcmp(&should, &is, sizeof is)) return 0;
  }
  return 1;
}

static int peak_is_right(void) {
  size_t now, peak;
  ls_tracker_memory(&now, &peak);
  return (int64_t)now == model.first + model.bytes &&
         (int64_t)peak == model.first + model.peak;
}

static int all_is_right(void) {
  return totals_are_right() && sites_are_right() && totals_are_right();
}

/* ---- children ------------------------------------------------------------ */

static int exits_well(int (*child)(unsigned), unsigned seed) {
  pid_t pid = fork();
  if (pid == 0) {
    random_state = seed * 77 + 1;
    _exit(child(seed) ? 0 : 1);
  }
  int status;
  waitpid(pid, &status, 0);
  return status == 0;
}

static int is_noted(void) { return ls_is_early() && totals_are_right(); }

static int looks_at_totals(unsigned seed) {
  act(1 + seed % 20);
  return is_noted() && totals_are_right() && is_noted();
}

static int looks_at_all(unsigned seed) {
  act(1 + 3 * seed);
  return all_is_right() && !ls_is_early();
}

static int looks_again(unsigned seed) {
  act(1 + 7 * seed);
  int good = all_is_right();
  act(50);
  return good && all_is_right();
}

static int looks_at_the_peak(unsigned seed) {
  act(1 + 5 * seed);
  return peak_is_right();
}

static int forks_again(unsigned seed) {
  act(seed & 1 ? seed : seed % 8);
  return exits_well(seed & 1 ? looks_again : looks_at_totals, seed % 10) &&
         totals_are_right() && sites_are_right();
}

static void *in_a_thread(void *unused) {
  free(get(3, NULL, 50));
  return unused;
}

static int has_a_thread(unsigned seed) {
  pthread_t thread;
  act(1 + seed);
  if (pthread_create(&thread, NULL, in_a_thread, NULL)) return 0;
  act(50);
  pthread_join(thread, NULL);
  return sites_are_right();
}

static int measures(unsigned seed) {
  const uint32_t *dirty;
  int overflowed;
  act(1 + seed);
  ls_tracker_epoch(1);
  if (ls_is_early() || ls_tracker_dirty(&dirty, &overflowed)) return 0;
  allocate();
  return ls_tracker_dirty(&dirty, &overflowed) == 1 && all_is_right();
}

static int64_t descriptors(void) {
  struct ls_copy copy;
  int64_t sum = 0;
  if (ls_tracker_copy(&copy)) return -1;
  for (uint32_t i = 1; i < copy.n; i++)
    if (ls_tracker_domain(i) == LS_DOMAIN_FD) sum += copy.live[i].count;
  ls_copy_free(&copy);
  return sum;
}

static __attribute__((noinline)) int duplicate(unsigned path) {
  int fd = path ? duplicate(path >> 1) : dup(0);
  __asm__ volatile("" : "+r"(fd));
  return fd;
}

static int moves_descriptors(unsigned seed) {
  int64_t before = descriptors();
  int fds[12];
  unsigned n = seed % 12;
  for (unsigned i = 0; i < n; i++) fds[i] = duplicate((1u << i) - 1);
  int is_one_each = descriptors() == before + (int64_t)n;
  act(seed & 1 ? 80 : 1);
  for (unsigned i = 1; i < n; i++) close(fds[i]);
  int good = descriptors() == before + (n > 0) && is_one_each;
  return good && all_is_right() && descriptors() == before + (n > 0);
}

static int (*const children[])(unsigned) = {
    looks_at_totals, looks_at_all, looks_again, looks_at_the_peak,
    forks_again,     has_a_thread, measures,    moves_descriptors};
enum { CHILDREN = sizeof children / sizeof children[0] };

START_TEST(a_child_counts) {
  const char *cause = "";
  size_t now;
  if (ls_tracker_start(0, &cause)) ck_abort_msg("%s", cause);
  others = all();
  memset(&model, 0, sizeof model);
  random_state = 1;
  has_big = children[_i] != looks_at_totals && children[_i] != forks_again;
  for (int i = 0; i < MOST / 2; i++) allocate();
  ck_assert(all_is_right());
  ls_tracker_memory(&now, NULL);
  model.first = (int64_t)now - model.bytes;
  model.peak = model.bytes;
  ls_tracker_reset_peak();
  for (unsigned seed = 0; seed < SEEDS; seed++)
    ck_assert_msg(exits_well(children[_i], seed), "seed %u", seed);
  while (model.n) release();
  ls_tracker_stop();
}
END_TEST

static int is_early_to_the_end(unsigned seed) {
  (void)seed;
  for (int i = 0; i < 8; i++) free(get(1 + number(PATHS), NULL, 40));
  return ls_is_early();
}

static int is_early_for_a_while(unsigned seed) {
  (void)seed;
  for (int i = 0; i < 1000; i++) free(get(1, NULL, 40));
  return !ls_is_early() && totals_are_right();
}

START_TEST(notes_are_taken_for_a_while) {
  const char *cause = "";
  if (ls_tracker_start(0, &cause)) ck_abort_msg("%s", cause);
  others = all();
  memset(&model, 0, sizeof model);
  ck_assert(exits_well(is_early_to_the_end, 1));
  ck_assert(exits_well(is_early_for_a_while, 1));
  ls_tracker_epoch(1);
  ck_assert(!exits_well(is_early_to_the_end, 1));
  ls_tracker_epoch(0);
  ls_tracker_stop();
}
END_TEST

int main(void) {
  Suite *suite = suite_create("tracker.early");
  TCase *tcase = tcase_create("all");
  suite_add_tcase(suite, tcase);
  tcase_set_timeout(tcase, 120);
  tcase_add_loop_test(tcase, a_child_counts, 0, CHILDREN);
  tcase_add_test(tcase, notes_are_taken_for_a_while);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
