/* SPDX-License-Identifier: MIT */
/* Finds the module in which an address of this process lies, and the offset in
   it. */
#include "symbolize/modules.h"

#include <errno.h>
#include <string.h>

#include "platform/unloaded.h"
#include "symbolize/image.h"
#include "symbolize/sys.h"

/* A file as it is mapped at one place; its module is made on first use. */
struct file {
  const char *name; /* as in maps: not terminated, escaped */
  size_t length;
  uint64_t base; /* where its first byte is mapped */
  uint64_t size; /* of the mapping there; 0 when that byte is not mapped */
  int examined;
  struct ls_module *module; /* NULL for what is not ELF */
  struct ls_elf elf;
};

struct ls_mapping {
  uint64_t start;
  uint64_t end;
  uint64_t position; /* in the file */
  struct file *file;
};

/* A line of maps, taken apart. */
struct line {
  uint64_t start;
  uint64_t end;
  uint64_t position;
  int executable;
  const char *name;
  size_t length;
};

/* ---- reading maps -------------------------------------------------------- */

/* The main thread may have ended, whose files in /proc are then empty. */
static int proc_open(const char *own, const char *leader) {
  int fd = ls_sys_open(own);
  return fd >= 0 ? fd : ls_sys_open(leader);
}

static int read_all(struct ls_arena *arena, int fd, char **data, size_t *size) {
  size_t capacity = 128 * 1024;
  size_t used = 0;
  char *buffer = ls_arena_alloc(arena, capacity);
  while (buffer) {
    long n = LS_SYS(SYS_read, fd, buffer + used, capacity - used);
    if (n == -EINTR) continue;
    if (n < 0) return (int)n;
    used += (size_t)n;
    if (n == 0) break;
    if (used < capacity) continue;
    char *larger = ls_arena_alloc(arena, 2 * capacity);
    if (larger) memcpy(larger, buffer, used);
    buffer = larger;
    capacity *= 2;
  }
  *data = buffer;
  *size = used;
  return buffer ? 0 : -ENOMEM;
}

static const char *number_take(const char *at, const char *end,
                               uint64_t *value) {
  *value = 0;
  for (; at < end; at++) {
    unsigned digit;
    if (*at >= '0' && *at <= '9')
      digit = (unsigned)(*at - '0');
    else if (*at >= 'a' && *at <= 'f')
      digit = (unsigned)(*at - 'a') + 10;
    else
      break;
    *value = *value * 16 + digit;
  }
  return at < end ? at + 1 : end;
}

static const char *word_skip(const char *at, const char *end) {
  while (at < end && *at != ' ') at++;
  while (at < end && *at == ' ') at++;
  return at;
}

static void line_take(const char *at, const char *end, struct line *line) {
  at = number_take(at, end, &line->start);
  at = number_take(at, end, &line->end);
  line->executable = end - at > 2 && at[2] == 'x';
  at = word_skip(at, end);
  at = number_take(at, end, &line->position);
  at = word_skip(at, end); /* device */
  at = word_skip(at, end); /* inode */
  line->name = at;
  line->length = (size_t)(end - at);
}

/* The file of a line: that of the line before where the name goes on. */
static struct file *file_of(struct ls_arena *arena, struct file *before,
                            const struct line *line) {
  if (line->length == 0) return NULL;
  int same = before && before->length == line->length &&
             memcmp(before->name, line->name, line->length) == 0;
  if (same && line->position != 0) return before;
  struct file *file = ls_arena_alloc(arena, sizeof *file);
  if (!file) return NULL;
  file->name = line->name;
  file->length = line->length;
  if (line->position == 0) {
    file->base = line->start;
    file->size = line->end - line->start;
  }
  return file;
}

static size_t lines_count(const char *at, const char *end) {
  size_t n = 0;
  while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
    at++;
    n++;
  }
  return n;
}

static int maps_take(struct ls_modules *modules, const char *at,
                     const char *end) {
  size_t n = lines_count(at, end);
  modules->mappings =
      ls_arena_alloc(modules->scratch, (n + 1) * sizeof *modules->mappings);
  if (!modules->mappings) return -ENOMEM;
  struct file *file = NULL;
  for (size_t i = 0; i < n; i++) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    struct line line;
    line_take(at, stop, &line);
    file = file_of(modules->scratch, file, &line);
    if (file && line.executable)
      modules->mappings[modules->n++] =
          (struct ls_mapping){line.start, line.end, line.position, file};
    at = stop + 1;
  }
  return 0;
}

int ls_modules_read(struct ls_modules *modules, struct ls_arena *scratch,
                    struct ls_arena *names) {
  *modules = (struct ls_modules){.scratch = scratch, .names = names};
  int fd = proc_open("/proc/thread-self/maps", "/proc/self/maps");
  if (fd < 0) return fd;
  char *data = NULL;
  size_t size = 0;
  int rc = read_all(scratch, fd, &data, &size);
  ls_sys_close(fd);
  return rc ? rc : maps_take(modules, data, data + size);
}

/* ---- the module of a mapping --------------------------------------------- */

static int ends_with(const char *text, size_t length, const char *tail) {
  size_t n = strlen(tail);
  return length > n && memcmp(text + length - n, tail, n) == 0;
}

/* The path as it was before the kernel wrote a newline as \012.  (It writes a
   backslash as itself: a name that holds these four characters is misread,
   and then has no lines.) */
static char *unescaped(struct ls_arena *arena, const char *name,
                       size_t length) {
  char *path = ls_arena_alloc(arena, length + 1);
  if (!path) return NULL;
  char *to = path;
  for (size_t i = 0; i < length; i++) {
    if (length - i >= 4 && memcmp(name + i, "\\012", 4) == 0) {
      *to++ = '\n';
      i += 3;
    } else {
      *to++ = name[i];
    }
  }
  return path;
}

/* Prefers memory to the file: that is what runs. */
static int elf_read(struct ls_arena *arena, struct file *file,
                    const struct ls_module *module) {
  struct ls_image image = {.base = file->base, .size = file->size};
  image.fd = proc_open("/proc/thread-self/mem", "/proc/self/mem");
  int rc = image.fd < 0 ? image.fd : ls_elf_read(arena, &image, &file->elf);
  ls_sys_close(image.fd);
  if (!rc || module->deleted || *module->path != '/') return rc;
  image = (struct ls_image){ls_sys_open(module->path), 0, UINT64_MAX};
  rc = image.fd < 0 ? image.fd : ls_elf_read(arena, &image, &file->elf);
  ls_sys_close(image.fd);
  return rc;
}

static void examine(struct ls_modules *modules, struct file *file) {
  static const char deleted[] = " (deleted)";
  file->examined = 1;
  struct ls_module *module = ls_arena_alloc(modules->scratch, sizeof *module);
  if (!module) return;
  module->deleted = ends_with(file->name, file->length, deleted);
  if (module->deleted) file->length -= sizeof deleted - 1;
  module->path = unescaped(modules->names, file->name, file->length);
  if (!module->path || elf_read(modules->scratch, file, module)) return;
  module->build_id = file->elf.build_id;
  file->module = module;
}

/* Nothing is there now: a library may have been. */
static struct ls_place place_unloaded(struct ls_modules *modules,
                                      uintptr_t address) {
  struct ls_place place = {.offset = address};
  const struct ls_unloaded *library = ls_unloaded_at(address);
  struct ls_module *module =
      library ? ls_arena_alloc(modules->scratch, sizeof *module) : NULL;
  if (!module) return place;
  module->path = ls_arena_string(modules->names, library->path);
  module->build_id = "";
  if (!module->path) return place;
  place.module = module;
  place.offset = address - library->bias;
  return place;
}

struct ls_place ls_modules_place(struct ls_modules *modules,
                                 uintptr_t address) {
  struct ls_place place = {.offset = address};
  for (size_t i = 0; i < modules->n; i++) {
    const struct ls_mapping *mapping = &modules->mappings[i];
    if (address < mapping->start || address >= mapping->end) continue;
    struct file *file = mapping->file;
    if (!file->examined) examine(modules, file);
    uint64_t position = mapping->position + (address - mapping->start);
    if (file->module && ls_elf_address(&file->elf, position, &place.offset))
      place.module = file->module;
    return place;
  }
  return place_unloaded(modules, address);
}
