/* SPDX-License-Identifier: MIT */
/* Makes a C++ function's name, as the linker has it, short and readable. */
#include "symbolize/helper/name.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef char *demangler(const char *linked, char *buffer, size_t *size,
                        int *status);

/* Where there is code of C++ there is one of its libraries. */
static demangler *find_demangler(void) {
  static const char *const libraries[] = {"libstdc++.so.6", "libc++abi.so.1"};
  union {
    void *object;
    demangler *function;
  } found = {NULL};
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
    void *library = found.object ? NULL : dlopen(libraries[i], RTLD_LAZY);
    if (library) found.object = dlsym(library, "__cxa_demangle");
  }
  return found.function;
}

/* ---- short --------------------------------------------------------------- */

static const char unnamed[] = "(anonymous namespace)";
static const char keyword[] = "operator";
enum { UNNAMED = sizeof unnamed - 1, KEYWORD = sizeof keyword - 1 };

static int is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static int is_operator(const char *name, const char *at) {
  return !strncmp(at, keyword, KEYWORD) && !is_word(at[KEYWORD]) &&
         (at == name || !is_word(at[-1]));
}

/* Behind the sign of an operator: "operator()", "operator new[]". */
static const char *past_sign(const char *at) {
  at += KEYWORD;
  if (!strncmp(at, "()", 2) || !strncmp(at, "[]", 2)) return at + 2;
  return at + (*at == ' ' ? strcspn(at, "(<") : strspn(at, "<>=!+-*/%^&|~,"));
}

/* Behind the bracket that begins at `at`. */
static const char *past_brackets(const char *at) {
  const char *begin = at;
  int depth = 0;
  while (*at) {
    if (is_operator(begin, at)) {
      at = past_sign(at);
      continue;
    }
    depth += strchr("<([{", *at) != NULL;
    depth -= strchr(">)]}", *at) != NULL;
    at++;
    if (depth == 0) break;
  }
  return at;
}

struct shortening {
  char *name, *to;
  const char *whole, *from;
};

static void copy_until(struct shortening *s, const char *end) {
  size_t n = (size_t)(end - s->from);
  memmove(s->to, s->from, n);
  s->to += n;
  s->from = end;
}

/* Parameters end a name, unless they are those of a function around it. */
static int skip_parameters(struct shortening *s) {
  const char *end = past_brackets(s->from);
  if (!strncmp(end, " const", 6)) end += 6;
  if (strncmp(end, "::", 2) != 0) return 0;
  s->from = end;
  return 1;
}

/* What comes before a blank is the type of the result; before a template's
   arguments it only keeps two signs apart. */
static int skip_blank(struct shortening *s) {
  if (s->from[1] == '[') return 0;
  if (s->from[1] != '<') s->to = s->name;
  s->from++;
  return 1;
}

/* "{lambda(int)#1}" becomes "{lambda}", and "<int, char>" "<..>". */
static void shorten_brackets(struct shortening *s) {
  static const char short_form[] = "<..>";
  const char *end = past_brackets(s->from);
  size_t n = (size_t)(end - s->from);
  if (*s->from == '{') {
    copy_until(s, s->from + strcspn(s->from, "(#}"));
    *s->to++ = '}';
  } else if (n < sizeof short_form) {
    copy_until(s, end);
  } else {
    memcpy(s->to, short_form, sizeof short_form - 1);
    s->to += sizeof short_form - 1;
  }
  s->from = end;
}

/* The next part of a name; 0 at its end. */
static int take_part(struct shortening *s) {
  if (!strncmp(s->from, unnamed, UNNAMED)) {
    copy_until(s, s->from + UNNAMED);
  } else if (is_operator(s->whole, s->from)) {
    copy_until(s, past_sign(s->from));
  } else if (*s->from == '(') {
    return skip_parameters(s);
  } else if (*s->from == ' ') {
    return skip_blank(s);
  } else if (*s->from == '[') {
    s->from = past_brackets(s->from);
  } else if (*s->from == '<' || *s->from == '{') {
    shorten_brackets(s);
  } else {
    copy_until(s, s->from + 1);
  }
  return 1;
}

/* In a copy: what was written over would be looked at again. */
void name_shorten(char *name) {
  char *whole = strdup(name);
  if (!whole) return;
  struct shortening s = {name, name, whole, whole};
  while (*s.from && take_part(&s)) continue;
  *s.to = '\0';
  free(whole);
}

/* ---- the names that were made -------------------------------------------- */

struct known {
  struct known *next;
  char *name;
};

static struct known *all;

/* NULL without memory. */
static char *keep(char *name) {
  struct known *added = malloc(sizeof *added);
  if (!added) {
    free(name);
    return NULL;
  }
  *added = (struct known){all, name};
  all = added;
  return name;
}

void names_forget(void) {
  while (all) {
    struct known *next = all->next;
    free(all->name);
    free(all);
    all = next;
  }
}

const char *name_readable(const char *linked) {
  static demangler *demangle;
  static int is_looked_for;
  if (strncmp(linked, "_Z", 2) != 0) return NULL;
  if (!is_looked_for) demangle = find_demangler();
  is_looked_for = 1;
  int status = 0;
  char *name = demangle ? demangle(linked, NULL, NULL, &status) : NULL;
  if (!name) return NULL;
  name_shorten(name);
  return keep(name);
}
