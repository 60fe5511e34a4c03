// SPDX-License-Identifier: MIT
// Leaks by way of the standard library's headers, and objects of C++.
#include <check.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace acme {
template <class K, class V>
class Cache {
  std::map<K, std::shared_ptr<std::vector<V>>> entries;

 public:
  __attribute__((noinline)) std::shared_ptr<std::vector<V>> find(const K &k) {
    auto &entry = entries[k];  // place of test_container
    if (!entry)
      entry = std::make_shared<std::vector<V>>(10);  // place of test_container
    return entry;
  }
};
static Cache<std::string, std::pair<std::string, int>> cache;

struct Session {
  std::string name;
  std::vector<int> seen;
  explicit Session(const char *text) : name(text), seen(40) {}
};
}  // namespace acme

START_TEST(test_container) {
  static int n;
  acme::cache.find("a key that is no short string " + std::to_string(n++));
}
END_TEST

static acme::Session *volatile last;
START_TEST(test_new) {
  last = new acme::Session("is longer than a short one");  // place of test_new
}
END_TEST

int main() {
  Suite *suite = suite_create("Places");
  TCase *tcase = tcase_create("places");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_container);
  tcase_add_test(tcase, test_new);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? 1 : 0;
}
