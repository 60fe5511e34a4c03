/* SPDX-License-Identifier: MIT */
/* Grows a string in an arena. */
#include "platform/text.h"

#include <stdio.h>
#include <string.h>

/* Room for `more` bytes and the NUL; 0 when there is none to be had. */
static int reserve(struct ls_text *text, size_t more) {
  size_t need = text->length + more + 1;
  if (need <= text->capacity) return 1;
  size_t capacity = text->capacity ? text->capacity : 256;
  while (capacity < need) capacity *= 2;
  char *data = ls_arena_alloc(text->arena, capacity);
  if (!data) {
    text->truncated = 1;
    return 0;
  }
  if (text->length) memcpy(data, text->data, text->length);
  text->data = data;
  text->capacity = capacity;
  return 1;
}

void ls_text_add_bytes(struct ls_text *text, const char *bytes, size_t n) {
  if (!reserve(text, n)) return;
  memcpy(text->data + text->length, bytes, n);
  text->length += n;
  text->data[text->length] = '\0';
}

void ls_text_add(struct ls_text *text, const char *string) {
  ls_text_add_bytes(text, string, strlen(string));
}

void ls_text_vaddf(struct ls_text *text, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  if (n >= 0 && reserve(text, (size_t)n)) {
    vsnprintf(text->data + text->length, (size_t)n + 1, format, again);
    text->length += (size_t)n;
  }
  va_end(again);
}

void ls_text_addf(struct ls_text *text, const char *format, ...) {
  va_list args;
  va_start(args, format);
  ls_text_vaddf(text, format, args);
  va_end(args);
}

const char *ls_text_string(const struct ls_text *text) {
  return text->data ? text->data : "";
}

static double magnitude(double value) { return value < 0 ? -value : value; }

void ls_text_add_size(struct ls_text *text, double bytes, int sign) {
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  const unsigned last = sizeof units / sizeof *units - 1;
  unsigned unit = 0;
  double value = bytes;
  /* tracemalloc keeps a unit until 100 would lose its digit: 10 KiB and up */
  while (unit < last && magnitude(value) >= (unit ? 10.0 * 1024 : 1024)) {
    value /= 1024;
    unit++;
  }
  const char *plus = sign && bytes >= 0 ? "+" : "";
  if (unit == 0 && value == (double)(long)value)
    ls_text_addf(text, "%s%.0f B", plus, value);
  else
    ls_text_addf(text, "%s%.1f %s", plus, value, units[unit]);
}
