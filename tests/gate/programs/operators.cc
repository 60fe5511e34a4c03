// SPDX-License-Identifier: MIT
// Each operator new and delete of C++, leaking and not: what is said of them
// does not depend on whose they are.
#include <check.h>

#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

namespace {

struct alignas(128) Aligned {
  char bytes[200];
};

struct Node {
  Node *next;
  char bytes[48];
};

Node *nodes;

template <typename T>
void keep(T *made) {
  T *volatile kept = made;
  (void)kept;
}

bool too_much(std::size_t size) {
  try {
    keep(new char[size]);
  } catch (const std::bad_alloc &) {
    return true;
  }
  return false;
}

}  // namespace

START_TEST(test_new_leaks) {
  Node *node = new Node; /* leaks */
  node->next = nodes;
  nodes = node;
}
END_TEST

START_TEST(test_array_leaks) { keep(new int[10]); /* leaks */ }
END_TEST

START_TEST(test_nothrow_leaks) { keep(new (std::nothrow) Node); /* leaks */ }
END_TEST

START_TEST(test_aligned_leaks) {
  Aligned *made = new Aligned; /* leaks */
  ck_assert_uint_eq(reinterpret_cast<uintptr_t>(made) % 128, 0);
  keep(made);
}
END_TEST

START_TEST(test_all_aligned_leak) {
  keep(new Aligned[3]); /* leaks */
}
END_TEST

START_TEST(test_a_string_leaks) {
  static std::vector<std::string> *all = new std::vector<std::string>;
  all->push_back(std::string(100, 'x')); /* leaks */
}
END_TEST

/* Sized, plain, of arrays, aligned, without exceptions. */
START_TEST(test_clean) {
  Node *node = new Node;
  delete node;
  int *numbers = new int[20];
  delete[] numbers;
  std::string *names = new std::string[3];
  names[1] = "a name that does not fit into the string itself";
  delete[] names;
  Aligned *aligned = new Aligned;
  delete aligned;
  aligned = new Aligned[2];
  delete[] aligned;
  void *raw = ::operator new(30, std::nothrow);
  ::operator delete(raw, std::nothrow);
  raw = ::operator new[](30, std::align_val_t(64), std::nothrow);
  ::operator delete[](raw, std::align_val_t(64), std::nothrow);
  std::vector<std::string> many(20, std::string(50, 'y'));
}
END_TEST

/* The exception passes through what stands in front of the operator. */
START_TEST(test_throws) {
  std::size_t most = SIZE_MAX / 4;
  ck_assert(too_much(most));
  ck_assert_ptr_null(::operator new(most, std::nothrow));
  delete new Node;
}
END_TEST

/* malloc and new, side by side. */
START_TEST(test_mixed) {
  std::free(std::malloc(40));
  keep(std::malloc(40)); /* leaks */
  delete new int;
}
END_TEST

int main() {
  Suite *suite = suite_create("Operators");
  TCase *tcase = tcase_create("Operators");
  tcase_add_test(tcase, test_new_leaks);
  tcase_add_test(tcase, test_array_leaks);
  tcase_add_test(tcase, test_nothrow_leaks);
  tcase_add_test(tcase, test_aligned_leaks);
  tcase_add_test(tcase, test_all_aligned_leak);
  tcase_add_test(tcase, test_a_string_leaks);
  tcase_add_test(tcase, test_clean);
  tcase_add_test(tcase, test_mixed);
  suite_add_tcase(suite, tcase);
  tcase = tcase_create("Throws");
  tcase_set_tags(tcase, "throws");
  tcase_add_test(tcase, test_throws);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
