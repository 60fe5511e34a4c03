/* SPDX-License-Identifier: MIT */
/* What libc hands out: to be given back by a call of its own, or kept by it. */
#include <dirent.h>
#include <fnmatch.h>
#include <fts.h>
#include <glob.h>
#include <grp.h>
#include <iconv.h>
#include <locale.h>
#include <netdb.h>
#include <obstack.h>
#include <pwd.h>
#include <regex.h>
#include <search.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include <wordexp.h>

#include "scenario.h"

#define obstack_chunk_alloc malloc
#define obstack_chunk_free free

/* ---- to be given back --------------------------------------------------- */

START_TEST(glob_leak) {
  glob_t found;
  ck_assert(!glob("/*", 0, NULL, &found)); /* leaks */
  KEEP(found.gl_pathv);
}
END_TEST

START_TEST(glob_clean) {
  glob_t found;
  ck_assert(!glob("/*", 0, NULL, &found));
  globfree(&found);
}
END_TEST

START_TEST(iconv_leak) {
  iconv_t converter = iconv_open("UTF-8", "ISO-8859-1"); /* leaks */
  ck_assert(converter != (iconv_t)-1);
}
END_TEST

START_TEST(iconv_clean) {
  iconv_t converter = iconv_open("UTF-8", "ISO-8859-1");
  ck_assert(converter != (iconv_t)-1);
  iconv_close(converter);
}
END_TEST

/* A converter for each of four encodings is kept open. */
START_TEST(iconv_cache) {
  static const char *const names[] = {"ISO-8859-1", "UTF-16", "UTF-32",
                                      "ISO-8859-15"};
  static iconv_t cache[LENGTH(names)];
  static unsigned n;
  unsigned i = n++ % LENGTH(names);
  if (!cache[i]) cache[i] = iconv_open("UTF-8", names[i]);
  ck_assert(cache[i] != (iconv_t)-1);
}
END_TEST

static struct addrinfo *resolve(void) {
  const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                 .ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  ck_assert(!getaddrinfo("127.0.0.1", "80", &hints, &found)); /* leaks */
  return found;
}

START_TEST(getaddrinfo_leak) {
  struct addrinfo *found = resolve();
  KEEP(found);
}
END_TEST

START_TEST(getaddrinfo_clean) { freeaddrinfo(resolve()); }
END_TEST

START_TEST(scandir_leak) {
  struct dirent **names;
  int n = scandir("/", &names, NULL, alphasort); /* leaks */
  ck_assert_int_gt(n, 0);
  free(names);
}
END_TEST

START_TEST(scandir_clean) {
  struct dirent **names;
  int n = scandir("/", &names, NULL, alphasort);
  while (n > 0) free(names[--n]);
  free(names);
}
END_TEST

START_TEST(realpath_leak) {
  char *path = realpath("/", NULL); /* leaks */
  KEEP(path);
}
END_TEST

START_TEST(getcwd_leak) {
  char *path = getcwd(NULL, 0); /* leaks */
  KEEP(path);
}
END_TEST

START_TEST(wordexp_leak) {
  wordexp_t words;
  ck_assert(!wordexp("one two 'three four'", &words, WRDE_NOCMD)); /* leaks */
  KEEP(words.we_wordv);
}
END_TEST

START_TEST(wordexp_clean) {
  wordexp_t words;
  ck_assert(!wordexp("one two 'three four'", &words, WRDE_NOCMD));
  wordfree(&words);
}
END_TEST

START_TEST(strndup_leak) {
  char *text = strndup("a long name", 6); /* leaks */
  KEEP(text);
}
END_TEST

START_TEST(wcsdup_leak) {
  wchar_t *text = wcsdup(L"a name"); /* leaks */
  KEEP(text);
}
END_TEST

START_TEST(getdelim_leak) {
  static char text[] = "one;two;";
  char *item = NULL;
  size_t size = 0;
  FILE *file = fmemopen(text, sizeof text - 1, "r");
  ck_assert_int_eq(getdelim(&item, &size, ';', file), 4); /* leaks */
  fclose(file);
}
END_TEST

START_TEST(scanf_leak) {
  char *word = NULL;
  ck_assert_int_eq(sscanf("word 7", "%ms", &word), 1); /* leaks */
  KEEP(word);
}
END_TEST

START_TEST(fmemopen_leak) {
  static char text[] = "text";
  FILE *file = fmemopen(text, sizeof text - 1, "r"); /* leaks */
  KEEP(file);
}
END_TEST

START_TEST(fts_leak) {
  char path[] = "/dev/null", *const paths[] = {path, NULL};
  FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL); /* leaks */
  KEEP(walk);
}
END_TEST

START_TEST(hcreate_leak) {
  struct hsearch_data table;
  memset(&table, 0, sizeof table);
  ck_assert(hcreate_r(30, &table)); /* leaks */
}
END_TEST

/* putenv keeps the text that it is given: the new one replaces the old. */
START_TEST(putenv_leak) {
  static unsigned n;
  char *text;
  ck_assert_int_gt(asprintf(&text, "SCENARIO_PUT=%u", n++), 0); /* leaks */
  ck_assert(!putenv(text));
}
END_TEST

START_TEST(putenv_static) {
  static char text[] = "SCENARIO_PUT=1";
  ck_assert(!putenv(text));
}
END_TEST

/* A variable more each time: the table grows too. */
START_TEST(setenv_names) {
  static unsigned n;
  char name[32];
  snprintf(name, sizeof name, "SCENARIO_%u", n++);
  ck_assert(!setenv(name, "1", 1)); /* leaks */
}
END_TEST

/* ---- kept by libc ------------------------------------------------------- */

START_TEST(setlocale_switch) {
  static unsigned n;
  ck_assert_ptr_nonnull(setlocale(LC_ALL, n++ % 2 ? "C" : "C.UTF-8"));
}
END_TEST

/* Loaded when first needed, to the end of the program. */
START_TEST(locale_once) {
  static locale_t locale;
  if (!locale) locale = newlocale(LC_ALL_MASK, "C.UTF-8", NULL);
  uselocale(locale);
  ck_assert_int_eq(fnmatch("a*", "abc", 0), 0);
  uselocale(LC_GLOBAL_LOCALE);
}
END_TEST

START_TEST(regex_cache) {
  static regex_t cache[8];
  static unsigned n;
  char pattern[16];
  unsigned slot = n++ % LENGTH(cache);
  if (n > LENGTH(cache)) regfree(&cache[slot]);
  snprintf(pattern, sizeof pattern, "a%u(b|c)*", n % 50);
  ck_assert(!regcomp(&cache[slot], pattern, REG_EXTENDED));
}
END_TEST

START_TEST(passwd_lookup) {
  ck_assert_ptr_nonnull(getpwuid(0));
  ck_assert_ptr_nonnull(getgrgid(0));
}
END_TEST

START_TEST(time_zone) {
  static unsigned n;
  char text[64];
  time_t when = 86400 * (time_t)(n++ % 700);
  ck_assert(!setenv("TZ", n % 2 ? "UTC" : "CET-1CEST,M3.5.0,M10.5.0/3", 1));
  tzset();
  ck_assert(strftime(text, sizeof text, "%c %Z", localtime(&when)));
}
END_TEST

/* Its buffer is taken at the first use and freed by fclose. */
START_TEST(stdio_buffers) {
  FILE *file = fopen("/dev/null", "w");
  ck_assert_ptr_nonnull(file);
  for (int i = 0; i < 3; i++) fprintf(file, "%*d%.900f", 5000, i, 0.1);
  fclose(file);
}
END_TEST

START_TEST(stdio_kept_open) {
  static FILE *file;
  if (!file) file = fopen("/dev/null", "w");
  ck_assert_int_gt(fprintf(file, "%d", 1), 0);
}
END_TEST

/* What a library asks the environment for once, and copies. */
START_TEST(getenv_once) {
  static char *path;
  if (!path) path = strdup(getenv("PATH") ? getenv("PATH") : "/bin");
  ck_assert_uint_gt(strlen(path), 0);
}
END_TEST

START_TEST(strerror_numbers) {
  static int n;
  ck_assert_ptr_nonnull(strerror(1000 + n++));
  ck_assert_ptr_nonnull(strsignal(100 + n % 50));
}
END_TEST

/* ---- obstacks ----------------------------------------------------------- */

static void fill(struct obstack *stack, unsigned objects) {
  for (unsigned i = 0; i < objects; i++) KEEP(obstack_alloc(stack, 100));
}

START_TEST(obstack_clean) {
  static struct sequence random = {.name = "obstack_clean"};
  struct obstack stack;
  obstack_init(&stack);
  fill(&stack, sequence_below(&random, 200));
  obstack_free(&stack, NULL);
}
END_TEST

/* Emptied, not freed: it keeps its first chunk. */
START_TEST(obstack_reused) {
  static struct sequence random = {.name = "obstack_reused"};
  static struct obstack stack;
  static void *bottom;
  if (!bottom) {
    obstack_init(&stack);
    bottom = obstack_alloc(&stack, 1);
  }
  fill(&stack, sequence_below(&random, 200));
  obstack_free(&stack, bottom);
  bottom = obstack_alloc(&stack, 1);
}
END_TEST

/* Only ever added to. */
START_TEST(obstack_leak) {
  static struct obstack stack;
  static int is_begun;
  if (!is_begun++) obstack_init(&stack);
  for (int i = 0; i < 50; i++) KEEP(obstack_alloc(&stack, 100)); /* leaks */
}
END_TEST

int main(void) {
  const TTest *const leaking[] = {
      glob_leak,     iconv_leak,    getaddrinfo_leak, scandir_leak,
      realpath_leak, getcwd_leak,   wordexp_leak,     strndup_leak,
      wcsdup_leak,   getdelim_leak, scanf_leak,       fmemopen_leak,
      fts_leak,      hcreate_leak,  putenv_leak,      setenv_names,
      obstack_leak};
  const TTest *const healthy[] = {
      glob_clean,    iconv_clean,     iconv_cache,   getaddrinfo_clean,
      scandir_clean, wordexp_clean,   putenv_static, setlocale_switch,
      locale_once,   regex_cache,     passwd_lookup, time_zone,
      stdio_buffers, stdio_kept_open, getenv_once,   strerror_numbers,
      obstack_clean, obstack_reused};
  return scenario_run("libc", leaking, LENGTH(leaking), healthy,
                      LENGTH(healthy));
}
