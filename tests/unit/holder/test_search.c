/* SPDX-License-Identifier: MIT */
/* The search on made graphs: who holds whom, what is lost, and its heads. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "holder/lost.h"

enum { NODES = 8, WORDS = 8, SITES = 16 };

/* Mapped: what the program's own segments hold counts as ours here. */
static uintptr_t (*memory)[WORDS];
static uintptr_t *variables;

static struct ls_graph graph;
static struct ls_memory mapped;
static struct ls_roots roots;
static struct ls_search search;
static uint32_t head_of[NODES];

static void setup(void) {
  enum { SIZE = 4096 };
  memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);
  variables = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(&roots, 0, sizeof roots);
  memset(head_of, 0, sizeof head_of);
  ck_assert_int_eq(ls_memory_read(&mapped), 0);
  ck_assert(ls_graph_room(&graph, NODES));
  for (unsigned i = NODES; i--;) /* in any order */
    ls_graph_add(&graph, (uintptr_t)memory[i], sizeof memory[i], i + 1, 0);
  ck_assert(ls_graph_index(&graph));
  ls_roots_add(&roots, (struct ls_root){.begin = (uintptr_t)variables,
                                        .end = (uintptr_t)(variables + WORDS),
                                        .kind = LS_ROOT_PROGRAM});
  search =
      (struct ls_search){.graph = &graph, .memory = &mapped, .roots = &roots};
  ck_assert(ls_search_make(&search));
}

static uintptr_t at(unsigned node) { return (uintptr_t)memory[node]; }

static void run(void) { ls_search_run(&search, 0, 0); }

START_TEST(index_knows_first_and_last_byte) {
  uint64_t into;
  for (unsigned i = 0; i < NODES; i++) {
    ck_assert_uint_eq(ls_graph_at(&graph, at(i), &into), i + 1);
    ck_assert_uint_eq(into, 0);
    ck_assert_uint_eq(ls_graph_at(&graph, at(i) + sizeof memory[i] - 1, &into),
                      i + 1);
    ck_assert_uint_eq(into, sizeof memory[i] - 1);
  }
  ck_assert_uint_eq(ls_graph_at(&graph, at(0) - 1, &into), 0);
  ck_assert_uint_eq(
      ls_graph_at(&graph, at(NODES - 1) + sizeof memory[0], &into), 0);
}
END_TEST

START_TEST(nothing_is_reached_without_a_pointer) {
  run();
  ck_assert_uint_eq(graph.nreached, 0);
}
END_TEST

START_TEST(parents_and_offsets_of_a_list) {
  variables[3] = at(2);
  memory[2][1] = at(5);
  memory[5][1] = at(4);
  run();
  ck_assert_uint_eq(graph.nreached, 3);
  ck_assert_uint_eq(graph.parent[2], LS_PARENT_ROOT | 0);
  ck_assert_uint_eq(graph.where[2], (uintptr_t)&variables[3]);
  ck_assert_uint_eq(graph.parent[5], 2 + 1);
  ck_assert_uint_eq(graph.where[5], sizeof(uintptr_t));
  ck_assert_uint_eq(graph.parent[4], 5 + 1);
}
END_TEST

/* Whichever comes first: a pointer to a first byte counts before one into the
   block. */
START_TEST(first_bytes_come_first) {
  variables[0] = at(1) + 8;
  variables[1] = at(2);
  memory[2][0] = at(1);
  run();
  ck_assert_uint_eq(graph.parent[1], 2 + 1);
  ck_assert_uint_eq(graph.into[1], 0);
}
END_TEST

START_TEST(pointers_into_a_block_count_at_last) {
  variables[0] = at(1) + 8;
  run();
  ck_assert_uint_eq(graph.nreached, 1);
  ck_assert_uint_eq(graph.into[1], 8);
}
END_TEST

START_TEST(a_library_may_point_to_first_bytes_only) {
  roots.at[0].begins_only = 1;
  variables[0] = at(1) + 8;
  variables[1] = at(3);
  run();
  ck_assert_uint_eq(graph.nreached, 1);
  ck_assert_uint_eq(graph.order[0], 3);
}
END_TEST

START_TEST(a_variable_may_come_before_all_others) {
  variables[0] = at(1);
  variables[5] = at(1);
  ls_search_run(&search, (uintptr_t)&variables[5],
                (uintptr_t)(&variables[5] + 1));
  ck_assert_uint_eq(graph.where[1], (uintptr_t)&variables[5]);
}
END_TEST

START_TEST(heads_have_what_hangs_from_them) {
  memory[1][0] = at(2);
  memory[2][0] = at(3);
  memory[6][2] = at(7);
  memory[7][2] = at(6); /* a circle has one head */
  variables[0] = at(0);
  run();
  ck_assert(ls_lost_find(&search, SITES, head_of));
  ck_assert_uint_eq(head_of[0], 0);
  ck_assert_uint_eq(head_of[1], 1 + 1);
  ck_assert_uint_eq(head_of[2], 1 + 1);
  ck_assert_uint_eq(head_of[3], 1 + 1);
  ck_assert_uint_eq(head_of[4], 4 + 1);
  ck_assert_uint_ne(head_of[6], 0);
  ck_assert_uint_eq(head_of[6], head_of[7]);
}
END_TEST

/* The one that is searched from first is not the head. */
START_TEST(a_start_that_a_later_one_reaches_is_no_head) {
  memory[5][0] = at(2);
  run();
  ck_assert(ls_lost_find(&search, SITES, head_of));
  ck_assert_uint_eq(head_of[2], 5 + 1);
  ck_assert_uint_eq(head_of[5], 5 + 1);
}
END_TEST

static enum ls_holder_by look(void) {
  struct ls_sample sample = {.n = 1, .nodes = {3}, .groups = {0}};
  uint32_t unsure;
  run();
  ck_assert_uint_eq(graph.parent[3], LS_PARENT_NONE);
  return ls_second_look(&search, &sample, &unsure);
}

static void found_by(enum ls_holder_by by) {
  ck_assert_int_eq(look(), by);
  search.by = by;
  run();
  ck_assert_uint_ne(graph.parent[3], LS_PARENT_NONE);
}

START_TEST(tagged) {
  variables[0] = at(3) | (uintptr_t)0xabcd << 48;
  found_by(LS_BY_TAGGED);
}
END_TEST

START_TEST(unaligned) {
  const uintptr_t pointer = at(3);
  memcpy((char *)variables + 3, &pointer, sizeof pointer);
  found_by(LS_BY_UNALIGNED);
}
END_TEST

START_TEST(behind_the_last_byte) {
  /* The next block would begin there. */
  ck_assert(ls_graph_room(&graph, NODES));
  ls_graph_add(&graph, at(3), sizeof memory[3] - 8, 1, 0);
  ck_assert(ls_graph_index(&graph));
  struct ls_sample sample = {.n = 1, .nodes = {0}, .groups = {0}};
  uint32_t unsure;
  ck_assert(ls_search_make(&search));
  variables[0] = at(3) + sizeof memory[3] - 8;
  run();
  ck_assert_uint_eq(graph.nreached, 0);
  ck_assert_int_eq(ls_second_look(&search, &sample, &unsure), LS_BY_END);
  search.by = LS_BY_END;
  run();
  ck_assert_uint_eq(graph.nreached, 1);
}
END_TEST

START_TEST(lost_is_lost) {
  variables[0] = at(3) ^ UINTPTR_MAX;
  ck_assert_int_eq(look(), LS_BY_POINTER);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("holder.search");
  TCase *tcase = tcase_create("search");
  tcase_add_checked_fixture(tcase, setup, NULL);
  tcase_add_test(tcase, index_knows_first_and_last_byte);
  tcase_add_test(tcase, nothing_is_reached_without_a_pointer);
  tcase_add_test(tcase, parents_and_offsets_of_a_list);
  tcase_add_test(tcase, first_bytes_come_first);
  tcase_add_test(tcase, pointers_into_a_block_count_at_last);
  tcase_add_test(tcase, a_library_may_point_to_first_bytes_only);
  tcase_add_test(tcase, a_variable_may_come_before_all_others);
  tcase_add_test(tcase, heads_have_what_hangs_from_them);
  tcase_add_test(tcase, a_start_that_a_later_one_reaches_is_no_head);
  tcase_add_test(tcase, tagged);
  tcase_add_test(tcase, unaligned);
  tcase_add_test(tcase, behind_the_last_byte);
  tcase_add_test(tcase, lost_is_lost);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
