/* SPDX-License-Identifier: MIT */
/* Memory that no traced call asks for. */
#include <alloca.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "suite.h"

enum { PAGE = 4096, READ_WRITE = PROT_READ | PROT_WRITE };

/* By a system call made by hand. */
static char *raw_pages(size_t n) {
  long at = syscall(SYS_mmap, NULL, n * PAGE, READ_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
  ck_assert_int_ne(at, -1);
  return (char *)at;
}

/* ---- what grows ---------------------------------------------------------- */

START_TEST(test_raw_mmap) { memset(raw_pages(1), 1, PAGE); }
END_TEST

/* Addresses alone. */
START_TEST(test_raw_untouched) { raw_pages(3); }
END_TEST

/* Pieces of 2 KiB of chunks of 32 KiB. */
START_TEST(test_pool) {
  enum { PIECE = 2048, CHUNK_PAGES = 8 };
  static char *next, *end;
  if (next == end) {
    next = raw_pages(CHUNK_PAGES);
    end = next + CHUNK_PAGES * PAGE;
  }
  memset(next, 1, PIECE);
  next += PIECE;
}
END_TEST

/* Pieces of one large mapping, which itself is known. */
START_TEST(test_one_mapping) {
  enum { PIECE = 8192, ALL = 256 << 20 };
  static char *next;
  if (!next)
    next = mmap(NULL, ALL, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_ptr_ne(next, MAP_FAILED);
  memset(next, 1, PIECE);
  next += PIECE;
}
END_TEST

START_TEST(test_break) { ck_assert_ptr_ne(sbrk(PAGE), (void *)-1); }
END_TEST

/* A heap in pieces.  As many small blocks live all the time, the oldest go for
   new ones.  A new one is what a larger block is cut down to; the gap behind
   the first of two stays, and is too small for what comes next. */
START_TEST(test_fragments) {
  enum { PINS = 5000, PIN = 24, FIRST = 512, STEP = 16 };
  static char *pins[PINS], *between[PINS];
  static size_t size = PIN;
  static unsigned n;
  do {
    char *pair[] = {malloc(size), malloc(size)};
    if (size == PIN) between[n] = malloc(PIN); /* no gap where pins go */
    for (int i = 0; i < 2; i++) {
      char **oldest = &pins[n++ % PINS];
      memset(pair[i], 1, size);
      free(*oldest);
      *oldest = realloc(pair[i], PIN);
    }
  } while (n < PINS);
  ck_assert_ptr_nonnull(between[0]);
  size = size < FIRST ? FIRST : size + STEP;
}
END_TEST

/* ---- what does not ------------------------------------------------------- */

START_TEST(test_balanced) {
  char *pages = raw_pages(4);
  memset(pages, 1, 4 * (size_t)PAGE);
  syscall(SYS_munmap, pages, 4 * PAGE);
}
END_TEST

/* Touched page by page, to its end. */
START_TEST(test_table) {
  enum { PAGES = 400 };
  static char table[PAGES * PAGE];
  static unsigned n;
  if (n < PAGES) table[n++ * PAGE] = 1;
  ck_assert_int_eq(table[0], 1);
}
END_TEST

/* Of blocks that are known, each with what the allocator adds to it. */
START_TEST(test_cache) {
  enum { ENTRIES = 3000, EACH = 10 };
  static void *entries[ENTRIES];
  static unsigned n;
  for (int i = 0; i < EACH; i++) {
    void **slot = &entries[n++ % ENTRIES];
    free(*slot);
    *slot = malloc(25);
  }
}
END_TEST

/* Touched page by page, and longer than the test is repeated. */
START_TEST(test_static) {
  enum { PAGES = 20000 };
  static char table[PAGES * PAGE];
  static unsigned n;
  if (n < PAGES) table[n++ * PAGE] = 1;
  ck_assert_int_eq(table[0], 1);
}
END_TEST

/* Of blocks of two bytes, which take 32. */
static void remember(void) {
  static char *kept;
  kept = strdup("a");
  ck_assert_ptr_nonnull(kept);
}

START_TEST(test_tiny) {
  for (int i = 0; i < 4; i++) remember();
}
END_TEST

/* Of each size a few blocks are freed, which libc keeps for the next time; it
   takes 1024 passes until it has all that it keeps. */
START_TEST(test_thread_cache) {
  enum { SIZES = 64, KEPT = 7, EACH = 16, STEP = 16 };
  static unsigned n;
  void *blocks[KEPT];
  size_t size = 24 + n / EACH % SIZES * (size_t)STEP;
  unsigned many = n++ % EACH * KEPT / (EACH - 1);
  for (unsigned i = 0; i < many; i++) blocks[i] = malloc(size);
  for (unsigned i = 0; i < many; i++) free(blocks[i]);
}
END_TEST

static unsigned deep(unsigned depth) {
  char *frame = alloca(1000);
  memset(frame, (int)depth, 1000);
  return depth ? deep(depth - 1) + (unsigned)frame[5] : 0;
}

START_TEST(test_stack) {
  static unsigned n, sum;
  sum += deep(n++ % 500);
  ck_assert(n || sum);
}
END_TEST

static __attribute__((noinline)) void allocate_below(size_t room) {
  char *frame = alloca(room);
  memset(frame, 1, 64);
  free(malloc(40));
}

/* Each pass allocates in another place of the stack: what the tracer keeps of
   each is not the program's. */
START_TEST(test_shifts) {
  enum { PLACES = 16384, SPACE = 1 << 19 };
  static unsigned random = 1;
  static int is_touched;
  if (!is_touched) memset(alloca(SPACE), 1, SPACE);
  is_touched = 1;
  random = random * 1103515245 + 12345;
  allocate_below(64 + 16 * (size_t)((random >> 12) % PLACES));
}
END_TEST

static void *work(void *arg) {
  void *block = malloc(100000);
  memset(block, 1, 100000);
  free(block);
  return arg;
}

START_TEST(test_threads) {
  pthread_t all[3];
  for (int i = 0; i < 3; i++)
    ck_assert(!pthread_create(&all[i], NULL, work, NULL));
  for (int i = 0; i < 3; i++) pthread_join(all[i], NULL);
}
END_TEST

/* All sizes, at random: the heap has a high-water mark. */
START_TEST(test_sizes) {
  enum { BLOCKS = 200 };
  static void *blocks[BLOCKS];
  static unsigned random = 1;
  for (int i = 0; i < 20; i++) {
    random = random * 1103515245 + 12345;
    void **slot = &blocks[(random >> 8) % BLOCKS];
    free(*slot);
    *slot = malloc(random >> 20);
    memset(*slot, 1, random >> 20);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Untraced");
  add_test(suite, "raw_mmap", test_raw_mmap);
  add_test(suite, "raw_untouched", test_raw_untouched);
  add_test(suite, "pool", test_pool);
  add_test(suite, "one_mapping", test_one_mapping);
  add_test(suite, "break", test_break);
  add_test(suite, "fragments", test_fragments);
  add_test(suite, "balanced", test_balanced);
  add_test(suite, "table", test_table);
  add_test(suite, "cache", test_cache);
  add_test(suite, "static", test_static);
  add_test(suite, "tiny", test_tiny);
  add_test(suite, "thread_cache", test_thread_cache);
  add_test(suite, "stack", test_stack);
  add_test(suite, "shifts", test_shifts);
  add_test(suite, "threads", test_threads);
  add_test(suite, "sizes", test_sizes);
  return run_suite(suite);
}
