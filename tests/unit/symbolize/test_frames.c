/* SPDX-License-Identifier: MIT */
/* What ls_symbolize() says about addresses of many kinds. */
#define _GNU_SOURCE 1
#include <check.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

/* Where the loader put the library or program that holds the address. */
static uintptr_t load_address(uintptr_t pc) {
  Dl_info info;
  union {
    uintptr_t number;
    const void *pointer;
  } address = {pc};
  ck_assert_int_ne(dladdr(address.pointer, &info), 0);
  return (uintptr_t)info.dli_fbase;
}

static void expect_frame(const struct leakslope_frame *frame,
                         const char *function, int line) {
  ck_assert_pstr_eq(frame->function, function);
  if (line == 0) {
    ck_assert_ptr_null(frame->filename);
  } else {
    ck_assert_ptr_nonnull(frame->filename);
    ck_assert_str_eq(basename(frame->filename), "fixture.c");
  }
  ck_assert_uint_eq(frame->lineno, (unsigned)line);
}

/* One frame, of `module`, whose offset leads back to the call. */
static void expect_one(struct ls_frames frames, struct spot spot,
                       const char *module, const char *function, int line) {
  ck_assert_uint_eq(frames.n, 1);
  expect_frame(&frames.frames[0], function, line);
  ck_assert_int_eq(frames.frames[0].inlined, 0);
  ck_assert_pstr_eq(frames.frames[0].module, module);
  /* Shared libraries are linked at 0. */
  if (strstr(module, ".so"))
    ck_assert_uint_eq(frames.frames[0].offset,
                      spot.pc - 1 - load_address(spot.pc));
}

START_TEST(names_a_call_in_the_program) {
  char self[PATH_MAX] = "";
  ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof self - 1), 0);
  struct spot spot = fixture_call();
  expect_one(symbolized(spot.pc), spot, self, "fixture_call", spot.line);
}
END_TEST

START_TEST(names_a_static_function) {
  struct spot spot = library_spot(FIXTURE_DEBUG, "fixture_hidden");
  expect_one(symbolized(spot.pc), spot, FIXTURE_DEBUG, "hidden", spot.line);
}
END_TEST

START_TEST(names_a_call_in_a_library_loaded_later) {
  struct spot spot = library_spot(FIXTURE_DEBUG, "fixture_call");
  expect_one(symbolized(spot.pc), spot, FIXTURE_DEBUG, "fixture_call",
             spot.line);
}
END_TEST

static void expect_inlined(const char *library) {
  struct spot spot = library_spot(library, "fixture_inlined");
  struct ls_frames got = symbolized(spot.pc);
  ck_assert_uint_eq(got.n, 3);
  expect_frame(&got.frames[0], "inner", spot.line);
  expect_frame(&got.frames[1], "middle", spot.middle_line);
  expect_frame(&got.frames[2], "fixture_inlined", spot.outer_line);
  for (size_t i = 0; i < 3; i++) {
    ck_assert_int_eq(got.frames[i].inlined, i < 2);
    ck_assert_pstr_eq(got.frames[i].module, library);
    ck_assert_uint_eq(got.frames[i].offset, got.frames[0].offset);
  }
}

START_TEST(names_inlined_functions_innermost_first) {
  expect_inlined(FIXTURE_INLINED);
}
END_TEST

/* Their source text is described in another unit than their code. */
START_TEST(names_functions_inlined_at_link_time) {
  expect_inlined(FIXTURE_LTO);
}
END_TEST

START_TEST(names_functions_without_debug_information) {
  struct spot spot = library_spot(FIXTURE_SYMBOLS, "fixture_hidden");
  expect_one(symbolized(spot.pc), spot, FIXTURE_SYMBOLS, "hidden", 0);
}
END_TEST

START_TEST(names_exported_functions_of_a_stripped_library) {
  struct spot spot = library_spot(FIXTURE_STRIPPED, "fixture_call");
  expect_one(symbolized(spot.pc), spot, FIXTURE_STRIPPED, "fixture_call", 0);
}
END_TEST

/* The exported function before it must not lend its name. */
START_TEST(names_no_hidden_function_of_a_stripped_library) {
  struct spot spot = library_spot(FIXTURE_STRIPPED, "fixture_hidden");
  expect_one(symbolized(spot.pc), spot, FIXTURE_STRIPPED, NULL, 0);
}
END_TEST

START_TEST(keeps_the_order_of_addresses) {
  struct spot call = fixture_call();
  struct spot hidden = fixture_hidden();
  const uintptr_t pcs[] = {hidden.pc, call.pc, hidden.pc, 1, call.pc};
  struct ls_frames out[5];
  struct ls_arena arena = {NULL};
  ck_assert_int_eq(ls_symbolize(&arena, pcs, 5, out), 0);
  expect_frame(&out[0].frames[0], "hidden", hidden.line);
  expect_frame(&out[1].frames[0], "fixture_call", call.line);
  expect_frame(&out[2].frames[0], "hidden", hidden.line);
  expect_frame(&out[3].frames[0], NULL, 0);
  expect_frame(&out[4].frames[0], "fixture_call", call.line);
  ls_arena_release(&arena);
}
END_TEST

/* More than a socket holds at once, in both directions. */
START_TEST(takes_many_addresses) {
  enum { N = 20000 };
  struct spot spot = fixture_call();
  static uintptr_t pcs[N];
  static struct ls_frames out[N];
  for (size_t i = 0; i < N; i++) pcs[i] = spot.pc - 4 + i % 5;
  for (size_t i = 0; i < N; i += 3) pcs[i] = (uintptr_t)&symbolize + i;
  struct ls_arena arena = {NULL};
  ck_assert_int_eq(ls_symbolize(&arena, pcs, N, out), 0);
  for (size_t i = 0; i < N; i++) ck_assert_uint_ge(out[i].n, 1);
  expect_frame(&out[4].frames[0], "fixture_call", spot.line);
  ls_arena_release(&arena);
}
END_TEST

START_TEST(takes_no_address_at_all) {
  struct ls_arena arena = {NULL};
  ck_assert_int_eq(ls_symbolize(&arena, NULL, 0, NULL), 0);
  ck_assert_ptr_null(arena.chunk);
}
END_TEST

START_TEST(knows_no_module_of_generated_code) {
  char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert_ptr_ne(code, MAP_FAILED);
  uintptr_t pc = (uintptr_t)code + 100;
  struct ls_frames got = symbolized(pc);
  ck_assert_uint_eq(got.n, 1);
  expect_frame(&got.frames[0], NULL, 0);
  ck_assert_ptr_null(got.frames[0].module);
  ck_assert_uint_eq(got.frames[0].offset, pc - 1);
}
END_TEST

START_TEST(knows_no_module_of_code_in_a_file_that_is_not_elf) {
  static const char zeros[8192];
  int fd = memfd_create("code", MFD_CLOEXEC);
  ck_assert_int_eq(write(fd, zeros, sizeof zeros), sizeof zeros);
  char *code =
      mmap(NULL, sizeof zeros, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
  ck_assert_ptr_ne(code, MAP_FAILED);
  close(fd);
  ck_assert_ptr_null(symbolized((uintptr_t)code + 100).frames[0].module);
}
END_TEST

START_TEST(knows_no_module_of_nonsense) {
  const uintptr_t pcs[] = {0, 1, UINTPTR_MAX};
  for (size_t i = 0; i < 3; i++) {
    struct ls_frames got = symbolized(pcs[i]);
    ck_assert_uint_eq(got.n, 1);
    ck_assert_ptr_null(got.frames[0].module);
    ck_assert_uint_eq(got.frames[0].offset, pcs[i] ? pcs[i] - 1 : 0);
  }
}
END_TEST

START_TEST(names_the_kernels_library) {
  uintptr_t vdso = getauxval(AT_SYSINFO_EHDR);
  if (vdso == 0) return; /* Valgrind hides it */
  struct ls_frames got = symbolized(vdso + 0x101);
  ck_assert_pstr_eq(got.frames[0].module, "[vdso]");
  ck_assert_uint_eq(got.frames[0].offset, 0x100);
}
END_TEST

START_TEST(takes_any_file_name) {
  static const char *const names[] = {"a b.so", "line\nbreak.so", "1:a,2:b.so",
                                      "x (deleted).so", "\xff\xfe%s.so"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *path = folder_path(names[i]);
    file_copy(FIXTURE_DEBUG, path);
    struct spot spot = library_spot(path, "fixture_call");
    expect_one(symbolized(spot.pc), spot, path, "fixture_call", spot.line);
  }
}
END_TEST

START_TEST(gives_no_lines_of_a_file_that_was_deleted) {
  const char *path = folder_path("gone.so");
  file_copy(FIXTURE_DEBUG, path);
  struct spot spot = library_spot(path, "fixture_call");
  ck_assert_int_eq(unlink(path), 0);
  expect_one(symbolized(spot.pc), spot, path, NULL, 0);
}
END_TEST

START_TEST(gives_no_lines_of_a_file_that_was_replaced) {
  const char *path = folder_path("built_anew.so");
  file_copy(FIXTURE_DEBUG, path);
  struct spot spot = library_spot(path, "fixture_call");
  ck_assert_int_eq(unlink(path), 0);
  file_copy(FIXTURE_INLINED, path);
  expect_one(symbolized(spot.pc), spot, path, NULL, 0);
}
END_TEST

/* Deleted and put back as it was, as by a package manager. */
START_TEST(gives_lines_of_a_file_that_was_put_back) {
  const char *path = folder_path("again.so");
  file_copy(FIXTURE_DEBUG, path);
  struct spot spot = library_spot(path, "fixture_call");
  ck_assert_int_eq(unlink(path), 0);
  file_copy(FIXTURE_DEBUG, path);
  expect_one(symbolized(spot.pc), spot, path, "fixture_call", spot.line);
}
END_TEST

START_TEST(leaves_errno_alone) {
  errno = ENOTTY;
  symbolized(fixture_call().pc);
  ck_assert_int_eq(errno, ENOTTY);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {
      names_a_call_in_the_program,
      names_a_static_function,
      names_a_call_in_a_library_loaded_later,
      names_inlined_functions_innermost_first,
      names_functions_inlined_at_link_time,
      names_functions_without_debug_information,
      names_exported_functions_of_a_stripped_library,
      names_no_hidden_function_of_a_stripped_library,
      keeps_the_order_of_addresses,
      takes_many_addresses,
      takes_no_address_at_all,
      knows_no_module_of_generated_code,
      knows_no_module_of_code_in_a_file_that_is_not_elf,
      knows_no_module_of_nonsense,
      names_the_kernels_library,
      takes_any_file_name,
      gives_no_lines_of_a_file_that_was_deleted,
      gives_no_lines_of_a_file_that_was_replaced,
      gives_lines_of_a_file_that_was_put_back,
      leaves_errno_alone,
  };
  return tests_run("frames", tests, sizeof tests / sizeof *tests);
}
