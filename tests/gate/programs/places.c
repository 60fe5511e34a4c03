/* SPDX-License-Identifier: MIT */
/*
 * Leaks that a frame which is not to blame stands in front of.  The line that
 * is to blame has the name of its test in a comment.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "places_elsewhere.h"
#include "suite.h"

#define APART __attribute__((noinline))

struct kept {
  struct kept *next;
  char text[24];
};
static struct kept *all;

static void keep(struct kept *one) {
  one->next = all;
  all = one;
}

/* ---- wrappers ------------------------------------------------------------ */

APART static void *proj_xmalloc(size_t n) {
  void *p = malloc(n);
  if (!p) abort();
  return p;
}
APART static void *proj_malloc(size_t n) {
  void *p = proj_xmalloc(n);
  memset(p, 0, n);
  return p;
}
APART static void cache_put(void) {
  keep(proj_malloc(sizeof(struct kept))); /* place of test_by_name */
}
START_TEST(test_by_name) { cache_put(); }
END_TEST

static size_t total;
APART static void *grab(size_t n) {
  void *p = calloc(1, n);
  if (p) total += n;
  return p;
}
static void *steady[3];
APART static void start_a(void) { steady[0] = grab(10); }
APART static void start_b(void) { steady[1] = grab(20); }
APART static void start_c(void) { steady[2] = grab(30); }
static void set_up(void) {
  start_a();
  start_b();
  start_c();
}
APART static void session_open(void) {
  struct kept *s = grab(sizeof *s); /* place of test_by_shape */
  keep(s);
}
START_TEST(test_by_shape) { session_open(); }
END_TEST

APART static struct kept *make(int n) {
  struct kept *one = malloc(sizeof *one + (size_t)n);
  if (one) one->text[0] = (char)n;
  return one;
}
APART static void use_a(void) { free(make(1)); }
APART static void use_b(void) { free(make(2)); }
APART static void use_c(void) { free(make(3)); }
APART static void forget(void) { keep(make(4)); /* place of test_by_growth */ }
START_TEST(test_by_growth) {
  use_a();
  use_b();
  use_c();
  forget();
}
END_TEST

void *__wrap_take(size_t n);
APART void *__wrap_take(size_t n) {
  void *p = malloc(n);
  if (p) total += n;
  return p;
}
START_TEST(test_by_wrap) {
  keep(__wrap_take(sizeof(struct kept))); /* place of test_by_wrap */
}
END_TEST

/* Called as an allocator may be, it keeps what it has. */
APART static void alloc_table(void) {
  keep(malloc(sizeof(struct kept))); /* place of test_no_wrapper */
}
START_TEST(test_no_wrapper) { alloc_table(); }
END_TEST

/* ---- one object ---------------------------------------------------------- */

struct list {
  void *items;
};
struct request {
  struct list *headers;
  struct list *body;
};
APART static struct list *list_new(void) {
  struct list *list = grab(sizeof *list);
  list->items = grab(64);
  return list;
}
APART static struct request *request_new(void) {
  struct request *r = grab(sizeof *r); /* place of test_object */
  r->headers = list_new();             /* place of test_object */
  r->body = list_new();                /* place of test_object */
  return r;
}
static void request_free(struct request *r) {
  free(r->headers->items);
  free(r->headers);
  free(r->body->items);
  free(r->body);
  free(r);
}
START_TEST(test_object) {
  static volatile int seen;
  request_free(request_new());
  struct request *lost = request_new();
  seen += lost->body != NULL;
}
END_TEST

/* ---- what the kernel has ------------------------------------------------- */

APART static int read_head(FILE *file) {
  char head[4];
  return fread(head, sizeof head, 1, file) == 1 && head[1] == 'E';
}
APART static FILE *index_open(const char *name) {
  FILE *file = fopen(name, "rb"); /* place of test_stream */
  if (!file || read_head(file)) return NULL;
  return file;
}
START_TEST(test_stream) { ck_assert_ptr_null(index_open("/proc/self/exe")); }
END_TEST

START_TEST(test_raw) { /* place of test_raw */
  ck_assert_int_ge((int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY),
                   0);
}
END_TEST

APART static void notify(void) {
  pid_t child = fork(); /* place of test_zombie */
  if (!child) _exit(0);
}
START_TEST(test_zombie) { notify(); }
END_TEST

/* ---- other modules, and none --------------------------------------------- */

APART static size_t report_of(const char *s) {
  char *text = elsewhere_dump(s); /* place of test_library */
  return text ? strlen(text) : 0;
}
START_TEST(test_library) { ck_assert_uint_eq(report_of("x"), 1); }
END_TEST

static void *(*volatile get)(size_t) = malloc;
APART static void *conf_new(size_t n) { return get(n); }
START_TEST(test_jump) { /* place of test_jump */
  conf_new(8);          /* place of test_jump */
} /* place of test_jump */
END_TEST

static void *volatile from_plugin;

/* Its name is relative to a folder that is left before it is unloaded. */
START_TEST(test_plugin) {
  char folder[4096] = "";
  ck_assert_int_gt(readlink("/proc/self/exe", folder, sizeof folder - 1), 0);
  *strrchr(folder, '/') = '\0';
  ck_assert_int_eq(chdir(folder), 0);
  void *plugin = dlopen("./places_plugin.so", RTLD_NOW);
  ck_assert_int_eq(chdir("/"), 0);
  ck_assert_ptr_nonnull(plugin);
  void *(*grow)(void);
  *(void **)(void *)&grow = dlsym(plugin, "plugin_grow");
  from_plugin = grow();
  dlclose(plugin);
}
END_TEST

/* ---- advice -------------------------------------------------------------- */

APART static void add(void) {
  keep(malloc(sizeof(struct kept) + 1)); /* place of test_add */
}
APART static void list_add(void) {
  keep(malloc(sizeof(struct kept) + 2)); /* place of test_list_add */
}
START_TEST(test_add) { add(); }
END_TEST
START_TEST(test_list_add) { list_add(); }
END_TEST

static struct kept *latest;
APART static void note(void) {
  latest = malloc(sizeof *latest); /* place of test_pair */
}
APART static void note_and_drop(void) {
  note();
  free(latest);
}
APART static void note_and_keep(void) {
  free(make(1)); /* not by its caller alone either */
  note();
  keep(latest);
}
START_TEST(test_pair) {
  note_and_drop();
  note_and_keep();
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Places");
  TCase *tcase = add_case(suite, "places");
  tcase_add_unchecked_fixture(tcase, set_up, NULL);
  tcase_add_test(tcase, test_by_name);
  tcase_add_test(tcase, test_by_shape);
  tcase_add_test(tcase, test_by_growth);
  tcase_add_test(tcase, test_by_wrap);
  tcase_add_test(tcase, test_no_wrapper);
  tcase_add_test(tcase, test_object);
  tcase_add_test(tcase, test_stream);
  tcase_add_test(tcase, test_raw);
  tcase_add_test(tcase, test_zombie);
  tcase_add_test(tcase, test_library);
  tcase_add_test(tcase, test_jump);
  tcase_add_test(tcase, test_plugin);
  tcase_add_test(tcase, test_add);
  tcase_add_test(tcase, test_list_add);
  tcase_add_test(tcase, test_pair);
  return run_suite(suite);
}
