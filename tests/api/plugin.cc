// SPDX-License-Identifier: MIT
// A plug-in in C++ for a host in C, which has no operator new.
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

namespace {

int handled;

void handler() {
  handled++;
  std::set_new_handler(nullptr);
}

struct alignas(64) Aligned {
  char bytes[64];
};

struct Node {
  Node *next;
};

Node *nodes;

template <typename T>
T *volatile kept;

// Who asks for too much has its handler called, and is told.
bool asks_too_much() {
  handled = 0;
  std::set_new_handler(handler);
  try {
    kept<char> = new char[SIZE_MAX / 4];
  } catch (const std::bad_alloc &) {
    return handled == 1 && !(kept<char> = new (std::nothrow) char[SIZE_MAX / 4]);
  }
  return false;
}

}  // namespace

// Leaks one block, and does the rest of what C++ does; 0 if all of it is well.
extern "C" __attribute__((visibility("default"))) int turn() {
  Node *node = new Node;
  node->next = nodes;
  nodes = node;
  kept<Aligned> = new Aligned[2];
  bool aligned = reinterpret_cast<uintptr_t>(kept<Aligned>) % 64 == 0;
  delete[] kept<Aligned>;
  kept<std::string> = new std::string(100, 'x');
  delete kept<std::string>;
  ::operator delete(::operator new(0));
  return !aligned || !asks_too_much();
}
