/* SPDX-License-Identifier: MIT */
/* One leak of each domain, one reachable leak, and healthy tests. */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct node { struct node *next; } * list;

static void *volatile slot;

START_TEST(leaks_by_malloc) {
  struct node *node = malloc(64);
  node->next = list;
  list = node;
}
END_TEST

START_TEST(leaks_by_calloc) { slot = calloc(1, 32); }
END_TEST

START_TEST(leaks_by_realloc) {
  void *block = malloc(8);
  slot = realloc(block, 4000);
}
END_TEST

START_TEST(leaks_descriptors) {
  ck_assert_int_ge(open("/dev/null", O_RDONLY), 0);
}
END_TEST

START_TEST(leaks_mappings) {
  slot = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_ptr_ne(slot, MAP_FAILED);
}
END_TEST

START_TEST(leaks_timers) {
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  timer_t timer;
  ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
}
END_TEST

START_TEST(leaks_segments) {
  int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  ck_assert_int_ge(segment, 0);
  slot = shmat(segment, NULL, 0);
  ck_assert_int_eq(shmctl(segment, IPC_RMID, NULL), 0);
  ck_assert(slot != (void *)-1);
}
END_TEST

static void *nothing(void *arg) { return arg; }

START_TEST(leaks_threads) {
  pthread_t thread;
  ck_assert_int_eq(pthread_create(&thread, NULL, nothing, NULL), 0);
}
END_TEST

START_TEST(is_balanced) {
  slot = malloc(50);
  slot = realloc(slot, 500);
  free(slot);
  int fd = open("/dev/null", O_RDONLY);
  close(fd);
  slot = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(slot, 4096);
  pthread_t thread;
  ck_assert_int_eq(pthread_create(&thread, NULL, nothing, NULL), 0);
  pthread_join(thread, NULL);
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
  timer_delete(timer);
  int segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  slot = shmat(segment, NULL, 0);
  shmctl(segment, IPC_RMID, NULL);
  shmdt(slot);
}
END_TEST

/* Each one at another place, so that none takes the place of one before. */
START_TEST(is_unmapped) {
  enum { PAGE = 4096, PLACES = 1 << 14 };
  static char *room;
  static unsigned n;
  if (!room) /* untraced */
    room = (char *)syscall(SYS_mmap, NULL, (size_t)PLACES * PAGE, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0L);
  slot = mmap(room + (size_t)(n++ % PLACES) * PAGE, PAGE, PROT_READ,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  ck_assert_ptr_ne(slot, MAP_FAILED);
  munmap(slot, PAGE);
}
END_TEST

/* Likewise for an attached segment. */
START_TEST(is_detached) {
  enum { PAGE = 4096, PLACES = 1 << 14 };
  static char *room;
  static unsigned n;
  if (!room)
    room = (char *)syscall(SYS_mmap, NULL, (size_t)PLACES * PAGE, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0L);
  int segment = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600);
  slot = shmat(segment, room + (size_t)(n++ % PLACES) * PAGE, SHM_REMAP);
  ck_assert(slot != (void *)-1);
  ck_assert_int_eq(shmctl(segment, IPC_RMID, NULL), 0);
  shmdt(slot);
}
END_TEST

/* Likewise, by what gives a thread its number. */
START_TEST(is_joined) {
  enum { STEP = 64, STACK = 1 << 16, PLACES = 1 << 13 };
  static _Alignas(STEP) char room[STACK + PLACES * STEP];
  static unsigned n;
  pthread_attr_t attributes;
  pthread_t thread;
  if (!n) memset(room, 1, sizeof room);
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, room + n++ % PLACES * STEP, STACK);
  ck_assert_int_eq(pthread_create(&thread, &attributes, nothing, NULL), 0);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
}
END_TEST

START_TEST(is_bounded) {
  static void *ring[16];
  static unsigned next;
  free(ring[next % 16]);
  ring[next++ % 16] = calloc(1, 100);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Victim");
  TCase *tcase = tcase_create("All");
  tcase_add_test(tcase, leaks_by_malloc);
  tcase_add_test(tcase, leaks_by_calloc);
  tcase_add_test(tcase, leaks_by_realloc);
  tcase_add_test(tcase, leaks_descriptors);
  tcase_add_test(tcase, leaks_mappings);
  tcase_add_test(tcase, leaks_threads);
  tcase_add_test(tcase, leaks_timers);
  tcase_add_test(tcase, leaks_segments);
  tcase_add_test(tcase, is_balanced);
  tcase_add_test(tcase, is_unmapped);
  tcase_add_test(tcase, is_detached);
  tcase_add_test(tcase, is_joined);
  tcase_add_test(tcase, is_bounded);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
