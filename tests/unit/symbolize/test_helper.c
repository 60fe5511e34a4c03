/* SPDX-License-Identifier: MIT */
/* leakslope-symbolize itself, asked by hand. */
#define _GNU_SOURCE 1
#include <check.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"
#include "symbolize/wire.h"

#define HELLO "21:leakslope-symbolize 2\n"

/* What the helper said; the result is its wait status. */
static char answer[1024 * 1024];

static int helper_ask(const char *request, size_t size) {
  const char *in = strdup(folder_path("request"));
  file_write(in, request, size);
  pid_t pid = fork();
  if (pid == 0) {
    dup2(open(in, O_RDONLY), 0);
    dup2(open(folder_path("answer"), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    const char *helper = getenv("LEAKSLOPE_SYMBOLIZER");
    if (helper) execl(helper, helper, (char *)NULL);
    _exit(126);
  }
  free((char *)(uintptr_t)in);
  int status;
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  size_t n;
  char *text = file_read(folder_path("answer"), &n);
  ck_assert_uint_lt(n, sizeof answer);
  memcpy(answer, text, n + 1);
  free(text);
  return status;
}

static size_t query(char *to, size_t size, const char *path, const char *id,
                    unsigned long offset) {
  char digits[32];
  snprintf(digits, sizeof digits, "%lu", offset);
  return (size_t)snprintf(to, size, HELLO "%zu:%s\n%zu:%s\n%zu:%s\n",
                          strlen(path), path, strlen(id), id, strlen(digits),
                          digits);
}

/* The answer to one well-formed query. */
static const char *asked(const char *path, const char *id,
                         unsigned long offset) {
  char request[2 * PATH_MAX];
  size_t n = query(request, sizeof request, path, id, offset);
  ck_assert_int_eq(helper_ask(request, n), 0);
  ck_assert_int_eq(strncmp(answer, HELLO, strlen(HELLO)), 0);
  return answer + strlen(HELLO);
}

/* Of the call that fixture_call() makes in the library with debug
   information: shared libraries are linked at 0. */
static unsigned long known_offset(void) {
  struct spot spot = library_spot(FIXTURE_DEBUG, "fixture_call");
  union {
    uintptr_t number;
    const void *pointer;
  } address = {spot.pc};
  Dl_info info;
  ck_assert_int_ne(dladdr(address.pointer, &info), 0);
  return spot.pc - 1 - (uintptr_t)info.dli_fbase;
}

START_TEST(answers_without_a_build_id) {
  const char *got = asked(FIXTURE_DEBUG, "", known_offset());
  ck_assert_int_eq(strncmp(got, "1:1\n12:fixture_call\n", 20), 0);
  ck_assert_ptr_nonnull(strstr(got, "fixture.c\n"));
}
END_TEST

START_TEST(refuses_a_file_with_another_build_id) {
  static const char *const ids[] = {"00", "zz",
                                    "0123456789abcdef0123456789abcdef01234567"};
  unsigned long offset = known_offset();
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
    ck_assert_str_eq(asked(FIXTURE_DEBUG, ids[i], offset), "1:0\n");
}
END_TEST

START_TEST(knows_nothing_of_addresses_without_code) {
  ck_assert_str_eq(asked(FIXTURE_DEBUG, "", 0), "1:0\n");
  ck_assert_str_eq(asked(FIXTURE_DEBUG, "", 1UL << 40), "1:0\n");
  ck_assert_str_eq(asked(FIXTURE_DEBUG, "", ~0UL), "1:0\n");
}
END_TEST

START_TEST(knows_nothing_of_what_is_no_module) {
  static const char *const paths[] = {
      "", "/", "/nonexistent", "/dev/zero", "/proc/self/maps", "relative.so"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    ck_assert_str_eq(asked(paths[i], "", 4096), "1:0\n");
  const char *fifo = folder_path("fifo");
  ck_assert_int_eq(mkfifo(fifo, 0600), 0);
  ck_assert_str_eq(asked(fifo, "", 4096), "1:0\n");
}
END_TEST

START_TEST(answers_nothing_to_nothing) {
  ck_assert_int_eq(WEXITSTATUS(helper_ask("", 0)), 1);
  ck_assert_str_eq(answer, "");
  ck_assert_int_eq(helper_ask(HELLO, strlen(HELLO)), 0);
  ck_assert_str_eq(answer, HELLO);
}
END_TEST

START_TEST(refuses_another_version) {
  static const char request[] = "21:leakslope-symbolize 1\n1:/\n0:\n1:1\n";
  ck_assert_int_eq(WEXITSTATUS(helper_ask(request, sizeof request - 1)), 1);
  ck_assert_str_eq(answer, "");
}
END_TEST

/* Any damage to a request ends in an exit, never in a signal. */
START_TEST(survives_damaged_requests) {
  char request[2 * PATH_MAX];
  size_t n = query(request, sizeof request, FIXTURE_DEBUG, "", known_offset());
  srand(4711);
  for (int round = 0; round < 100; round++) {
    char damaged[sizeof request];
    memcpy(damaged, request, n);
    for (int i = 0; i <= round % 4; i++)
      damaged[(size_t)rand() % n] = (char)rand();
    size_t size = round % 3 ? n : (size_t)rand() % n;
    ck_assert_int_eq(WIFEXITED(helper_ask(damaged, size)), 1);
  }
}
END_TEST

/* Sections cut off, and headers that point anywhere. */
START_TEST(survives_damaged_modules) {
  size_t size;
  char *data = file_read(FIXTURE_INLINED, &size);
  unsigned long offset = known_offset();
  srand(4711);
  for (int round = 0; round < 60; round++) {
    char *damaged = malloc(size);
    memcpy(damaged, data, size);
    for (int i = 0; i < 4; i++) damaged[(size_t)rand() % 4096] = (char)rand();
    const char *path = folder_path("damaged.so");
    file_write(path, damaged, round % 3 ? size : (size_t)rand() % size);
    free(damaged);
    (void)asked(path, "", offset);
  }
  free(data);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {
      answers_without_a_build_id,
      refuses_a_file_with_another_build_id,
      knows_nothing_of_addresses_without_code,
      knows_nothing_of_what_is_no_module,
      answers_nothing_to_nothing,
      refuses_another_version,
      survives_damaged_requests,
      survives_damaged_modules,
  };
  return tests_run("helper", tests, sizeof tests / sizeof *tests);
}
