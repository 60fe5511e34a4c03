/* SPDX-License-Identifier: MIT */
/* Built twice, with frames of different size at the same addresses. */
void plugin_enter(void (*allocate)(void));

#ifndef ROOM
#define ROOM 64
#endif

static __attribute__((noinline)) int inner(void (*allocate)(void)) {
  volatile char room[ROOM];
  room[0] = 1;
  allocate();
  return room[0];
}

void plugin_enter(void (*allocate)(void)) {
  volatile int sum = inner(allocate);
  sum += inner(allocate);
}
