// SPDX-License-Identifier: MIT
// A plug-in in C++, for a host in C, with operators new and delete of its own:
// they zero what they give, and take back nothing that is not theirs.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <sstream>
#include <string>

namespace {

constexpr std::size_t kHead = 32;
constexpr unsigned long kMark = 0x6f776e6564;
long made, gone;

void *get(std::size_t size) {
  char *block = static_cast<char *>(std::calloc(1, size + kHead));
  if (!block) throw std::bad_alloc();
  *reinterpret_cast<unsigned long *>(block) = kMark;
  made++;
  return block + kHead;
}

void put(void *pointer) {
  if (!pointer) return;
  char *block = static_cast<char *>(pointer) - kHead;
  if (*reinterpret_cast<unsigned long *>(block) != kMark) {
    std::puts("not a block of this plug-in");
    std::fflush(stdout);
    std::abort();
  }
  gone++;
  std::free(block);
}

struct Words {
  int words[20];
};

template <typename T>
T *volatile kept;

}  // namespace

void *operator new(std::size_t size) { return get(size); }
void *operator new[](std::size_t size) { return get(size); }
void operator delete(void *block) noexcept { put(block); }
void operator delete[](void *block) noexcept { put(block); }
void operator delete(void *block, std::size_t) noexcept { put(block); }
void operator delete[](void *block, std::size_t) noexcept { put(block); }

extern "C" __attribute__((visibility("default"))) int turn() {
  for (int i = 0; i < 10; i++) {
    void *block = std::malloc(sizeof(Words));
    std::memset(block, 0x5a, sizeof(Words));
    std::free(block);
  }
  kept<Words> = new Words;
  std::printf("first word %x\n", kept<Words>->words[10]);
  delete kept<Words>;
  kept<char> = new char[100];
  delete[] kept<char>;
  {
    // In part code of the library, in part of this plug-in.
    std::ostringstream stream;
    stream << "a long text, which is made in one place and taken back in " << 2
           << " others";
    std::string text = stream.str();
    text += text;
    std::printf("%zu\n", text.size());
  }
  std::printf("%ld made, %ld gone\n", made, gone);
  return 0;
}
