/* SPDX-License-Identifier: MIT */
/*
 * Tests that leave a thread behind, which does something that ends a process
 * once the test is over: without the gate the process is gone by then.
 *
 * TURN=n: the thread does it as soon as it has seen the handler of SIGSEGV
 * change n times after the last tear-down: 1 is as the gate begins, 2 among the
 * repetitions, 3 behind them.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "suite.h"

static atomic_int is_over;
static void *page;

static void *handler(void) {
  struct sigaction action;
  sigaction(SIGSEGV, NULL, &action);
  return *(void **)(void *)&action.sa_handler;
}

static void wait_for_turn(void) {
  const char *turn = getenv("TURN");
  void *before = handler();
  while (!atomic_load(&is_over)) usleep(100);
  for (int left = turn ? atoi(turn) : 1; left > 0; left--) {
    while (handler() == before) usleep(50);
    before = handler();
  }
}

static void *touch(void *arg) {
  wait_for_turn();
  ++*(volatile int *)arg; /* given back by then */
  return NULL;
}

static void *leave(void *arg) {
  (void)arg;
  wait_for_turn();
  exit(7);
}

static void *tell(void *arg) {
  wait_for_turn();
  (void)!write(*(int *)arg, "x", 1); /* nobody reads it any more */
  return NULL;
}

static void start_thread(void *(*body)(void *), void *arg) {
  static int started;
  pthread_t thread;
  if (started++) return;
  if (pthread_create(&thread, NULL, body, arg)) abort();
  pthread_detach(thread);
}

START_TEST(test_touches) {
  if (!page)
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);
  start_thread(touch, page);
  mprotect(page, 4096, PROT_NONE);
}
END_TEST

START_TEST(test_exits) { start_thread(leave, NULL); }
END_TEST

START_TEST(test_tells) {
  static int ends[2];
  if (!ends[0] && pipe(ends)) abort();
  start_thread(tell, &ends[1]);
  close(ends[0]);
}
END_TEST

static void over(void) { atomic_store(&is_over, 1); }

int main(void) {
  Suite *suite = suite_create("Outlives");
  static const struct {
    const char *name;
    const TTest *const *test;
  } all[] = {{"touches", &test_touches},
             {"exits", &test_exits},
             {"tells", &test_tells}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    TCase *tcase = add_case(suite, all[i].name);
    tcase_add_checked_fixture(tcase, NULL, over);
    tcase_add_test(tcase, *all[i].test);
  }
  return run_suite(suite);
}
