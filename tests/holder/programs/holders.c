/* SPDX-License-Identifier: MIT */
/* Tests that leak, each in a way of which it is known what still points at the
   blocks: test_holders.py says it. */
#include <check.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <search.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct cell {
  struct cell *next;
  char pad[40];
};

/* ---- held ---------------------------------------------------------------- */

static struct cell *answers;
START_TEST(list) {
  struct cell *cell = malloc(sizeof *cell);
  cell->next = answers;
  answers = cell;
}
END_TEST

struct link {
  struct link *next;
  char *key;
};
struct map {
  unsigned n;
  struct link **buckets;
};
static struct map *template_map;

static struct map *map_new(void) {
  struct map *map = calloc(1, sizeof *map);
  map->buckets = calloc(16, sizeof *map->buckets);
  return map;
}

START_TEST(hash_map) {
  if (!template_map) template_map = map_new();
  struct link *entry = malloc(sizeof *entry);
  entry->key = strdup("a key");
  struct link **bucket = &template_map->buckets[template_map->n++ % 16];
  entry->next = *bucket;
  *bucket = entry;
}
END_TEST

struct node {
  struct node *left, *right, *up;
  unsigned key;
};
static struct node *root;
START_TEST(tree) {
  static unsigned seed = 1;
  struct node **at = &root, *up = NULL;
  seed = seed * 1103515245 + 12345;
  while (*at) {
    up = *at;
    at = seed >> 8 < up->key ? &up->left : &up->right;
  }
  *at = calloc(1, sizeof **at);
  (*at)->key = seed >> 8;
  (*at)->up = up;
}
END_TEST

static struct {
  void **items;
  size_t n, room;
} sessions;
START_TEST(grown_array) {
  if (sessions.n == sessions.room) {
    sessions.room = 2 * sessions.room + 4;
    sessions.items =
        realloc(sessions.items, sessions.room * sizeof *sessions.items);
  }
  sessions.items[sessions.n++] = malloc(48);
}
END_TEST

static struct {
  char *text;
  size_t n;
} journal;
START_TEST(buffer) {
  journal.n += 100;
  journal.text = realloc(journal.text, journal.n);
}
END_TEST

static __thread struct cell *cache;
START_TEST(local_to_thread) {
  struct cell *cell = malloc(sizeof *cell);
  cell->next = cache;
  cache = cell;
}
END_TEST

static pthread_key_t key;
static int has_key;
START_TEST(thread_key) {
  if (!has_key) has_key = !pthread_key_create(&key, NULL);
  struct cell *cell = malloc(sizeof *cell);
  cell->next = pthread_getspecific(key);
  pthread_setspecific(key, cell);
}
END_TEST

static int queue = -1;
START_TEST(epoll_data) {
  int ends[2];
  struct epoll_event event = {.events = EPOLLIN};
  if (queue < 0) queue = epoll_create1(0);
  ck_assert_int_eq(pipe(ends), 0);
  event.data.ptr = malloc(48);
  epoll_ctl(queue, EPOLL_CTL_ADD, ends[0], &event);
}
END_TEST

START_TEST(timer_value) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  event.sigev_value.sival_ptr = malloc(48);
  timer_create(CLOCK_MONOTONIC, &event, &timer);
}
END_TEST

static void *troot;
static int compare(const void *a, const void *b) { return (a > b) - (a < b); }
START_TEST(tsearched) { tsearch(calloc(1, 48), &troot, compare); }
END_TEST

static unsigned serial; /* each pass has another one */
static void *table[512];
START_TEST(static_array) { table[serial++ % 512] = malloc(48); }
END_TEST

static void *ring[10];
START_TEST(lost_beside_ring) { ring[serial++ % 10] = malloc(48); }
END_TEST

/* ---- held, by pointers in another form ----------------------------------- */

static uintptr_t low, high, hidden;
START_TEST(tag_below) {
  struct cell *cell = malloc(sizeof *cell);
  memcpy(&cell->next, &low, sizeof low);
  low = (uintptr_t)cell | 1;
}
END_TEST

START_TEST(tag_above) {
  struct cell *cell = malloc(sizeof *cell);
  memcpy(&cell->next, &high, sizeof high);
  high = (uintptr_t)cell | 0x1234000000000000u;
}
END_TEST

struct __attribute__((packed)) parcel {
  char tag;
  void *next;
  char pad[30];
};
static void *parcels;
START_TEST(packed) {
  struct parcel *parcel = malloc(sizeof *parcel);
  parcel->next = parcels;
  parcels = parcel;
}
END_TEST

static char *behind;
START_TEST(to_end) {
  enum { SIZE = 48 };
  char *block = malloc(SIZE);
  memcpy(block, &behind, sizeof behind);
  behind = block + SIZE;
}
END_TEST

START_TEST(xor_list) {
  const uintptr_t mask = 0xfedcba9876543210u;
  uintptr_t *block = malloc(48);
  *block = hidden;
  hidden = (uintptr_t)block ^ mask;
}
END_TEST

/* ---- lost ---------------------------------------------------------------- */

START_TEST(lost) {
  char *volatile block = malloc(100);
  (void)block;
  block = NULL;
}
END_TEST

static char *last;
START_TEST(keeps_last) { last = malloc(48); }
END_TEST

START_TEST(circle) {
  struct cell *a = malloc(48), *b = malloc(56);
  a->next = b;
  b->next = a;
}
END_TEST

struct named {
  char *name;
  char pad[40];
};
static struct named *jwks_new(void) { return malloc(sizeof(struct named)); }
START_TEST(lost_with) {
  struct named *volatile named = jwks_new();
  named->name = strdup("a name");
  named = NULL;
}
END_TEST

static void *in_thread(void *arg) {
  void *volatile block = malloc(48);
  block = arg;
  return block;
}
START_TEST(thread_ended) {
  pthread_t thread;
  pthread_create(&thread, NULL, in_thread, NULL);
  pthread_join(thread, NULL);
}
END_TEST

/* Addresses of lost blocks are left in memory that is freed and used again. */
static void **kept;
START_TEST(stale) {
  enum { SLOTS = 64 };
  void **slots = calloc(SLOTS, sizeof *slots);
  slots[5] = malloc(48);
  free(slots);
  free(kept);
  kept = malloc(SLOTS * sizeof *kept); /* not written */
}
END_TEST

/* ---- where nothing can be looked for ------------------------------------- */

/* A process without a signal at its end is refused: the child of the search. */
static void refuse_children(void) {
  struct sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
               offsetof(struct seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
static int is_refused;
START_TEST(no_child) {
  if (!is_refused++) refuse_children();
  struct cell *cell = malloc(sizeof *cell);
  cell->next = answers;
  answers = cell;
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Holders");
  TCase *tcase = tcase_create("Core");
  tcase_add_test(tcase, list);
  tcase_add_test(tcase, hash_map);
  tcase_add_test(tcase, tree);
  tcase_add_test(tcase, grown_array);
  tcase_add_test(tcase, buffer);
  tcase_add_test(tcase, local_to_thread);
  tcase_add_test(tcase, thread_key);
  tcase_add_test(tcase, epoll_data);
  tcase_add_test(tcase, timer_value);
  tcase_add_test(tcase, tsearched);
  tcase_add_test(tcase, static_array);
  tcase_add_test(tcase, lost_beside_ring);
  tcase_add_test(tcase, tag_below);
  tcase_add_test(tcase, tag_above);
  tcase_add_test(tcase, packed);
  tcase_add_test(tcase, to_end);
  tcase_add_test(tcase, xor_list);
  tcase_add_test(tcase, lost);
  tcase_add_test(tcase, keeps_last);
  tcase_add_test(tcase, circle);
  tcase_add_test(tcase, lost_with);
  tcase_add_test(tcase, thread_ended);
  tcase_add_test(tcase, stale);
  tcase_add_test(tcase, no_child);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
