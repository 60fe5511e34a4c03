/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE 1
#include "support.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

char folder[PATH_MAX];

static struct ls_arena arena;

void folder_make(void) {
  const char *base = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/symbolize.XXXXXX", base ? base : "/tmp");
  ck_assert_ptr_nonnull(mkdtemp(folder));
}

void folder_remove(void) {
  DIR *dir = opendir(folder);
  const struct dirent *entry;
  while (dir && (entry = readdir(dir)))
    (void)unlinkat(dirfd(dir), entry->d_name, 0);
  if (dir) closedir(dir);
  (void)rmdir(folder);
  ls_arena_release(&arena);
}

const char *folder_path(const char *name) {
  static char path[PATH_MAX + NAME_MAX];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

void file_write(const char *path, const void *data, size_t size) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
  close(fd);
}

char *file_read(const char *path, size_t *size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ck_assert_int_ge(fd, 0);
  struct stat st;
  ck_assert_int_eq(fstat(fd, &st), 0);
  char *data = malloc((size_t)st.st_size + 1);
  ck_assert_ptr_nonnull(data);
  ck_assert_int_eq(read(fd, data, (size_t)st.st_size), st.st_size);
  data[st.st_size] = '\0';
  close(fd);
  *size = (size_t)st.st_size;
  return data;
}

void file_copy(const char *from, const char *to) {
  size_t size;
  char *data = file_read(from, &size);
  file_write(to, data, size);
  free(data);
}

struct spot library_spot(const char *path, const char *function) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  ck_assert_msg(library != NULL, "%s", dlerror());
  union {
    void *object;
    fixture_function *function;
  } symbol = {dlsym(library, function)};
  ck_assert_ptr_nonnull(symbol.object);
  return symbol.function();
}

int symbolize(uintptr_t pc, struct ls_frames *frames) {
  *frames = (struct ls_frames){0, NULL};
  return ls_symbolize(&arena, &pc, 1, frames);
}

struct ls_frames symbolized(uintptr_t pc) {
  struct ls_frames frames;
  ck_assert_int_eq(symbolize(pc, &frames), 0);
  ck_assert_uint_ge(frames.n, 1);
  return frames;
}

int tests_run(const char *name, const TTest *const *tests, size_t n) {
  TCase *tc = tcase_create(name);
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, folder_make, folder_remove);
  for (size_t i = 0; i < n; i++) tcase_add_test(tc, tests[i]);
  Suite *suite = suite_create("symbolize");
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
