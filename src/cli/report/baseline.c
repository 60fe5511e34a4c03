/* SPDX-License-Identifier: MIT */
/*
 * leakslope baseline [--update] [--baseline FILE] FILE.json...
 *
 * Writes the leaks of reports as a file of known leaks, or compares the two.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accept/accept.h"
#include "cli/cli.h"
#include "cli/report/merge.h"
#include "cli/report/read_report.h"
#include "platform/file.h"
#include "platform/options.h"
#include "report/words/words.h"

enum { DIGITS = 16, MOST_ITERATIONS = 1000000 };

struct request {
  const char *path; /* of the baseline */
  int update;
  size_t n;
  const char **files;
};

/* What a comparison found. */
struct found {
  struct ls_arena arena;
  struct ls_text more; /* lines for leaks that are not known */
  struct ls_text said; /* of each difference, a line */
  unsigned char *gone; /* of each entry */
  size_t fresh, stale, worse, nameless;
  size_t rated; /* known, but not yet how much they grow */
};

static const char usage[] =
    "usage: leakslope baseline [--update] [--baseline FILE] FILE.json...";

/* ---- arguments ----------------------------------------------------------- */

/* How many arguments it took, or -1. */
static int take(struct request *request, char **argv) {
  static const char name[] = "--baseline";
  const size_t n = sizeof name - 1;
  const char *word = argv[0];
  if (word[0] != '-' || !word[1]) {
    request->files[request->n++] = word;
    return 1;
  }
  if (!strcmp(word, "--update")) return request->update = 1;
  int joined = !strncmp(word, name, n) && word[n] == '=';
  if (!joined && strcmp(word, name)) {
    cli_wrong("%s is not an option; see leakslope --help", word);
    return -1;
  }
  request->path = joined ? word + n + 1 : argv[1];
  if (request->path && *request->path) return joined ? 1 : 2;
  cli_wrong("%s needs a value", name);
  return -1;
}

static int take_all(struct request *request, int argc, char **argv) {
  for (int i = 0; i < argc;) {
    int taken = take(request, argv + i);
    if (taken < 0) return CLI_WRONG;
    i += taken;
  }
  if (!request->n) return cli_wrong("no report is named; %s", usage);
  if (!request->path) request->path = ls_options_value("CK_LEAK_BASELINE");
  if (!request->path)
    return cli_wrong(
        "no baseline is named: --baseline FILE, or "
        "CK_LEAK_BASELINE");
  return CLI_OK;
}

/* ---- what was found ------------------------------------------------------ */

static int is_one_of(const char *fingerprint, const char *all) {
  for (; all && *all; all += *all == ' ') {
    if (!strncmp(all, fingerprint, DIGITS)) return 1;
    all += strcspn(all, " ");
  }
  return 0;
}

static int is_of(const struct ls_report_site *site, const char *fingerprint) {
  char own[DIGITS + 1];
  ls_fingerprint(site, own);
  return !strcmp(own, fingerprint) || is_one_of(fingerprint, site->also);
}

/* Whether it grows in this test, accepted or not: then it is not gone. */
static int grows(const struct ls_measured *m, const char *fingerprint) {
  for (size_t i = 0; i < m->nsites; i++)
    if (is_of(&m->sites[i], fingerprint)) return 1;
  for (size_t i = 0; i < m->naccepted; i++)
    if (is_of(&m->accepted[i].site, fingerprint) ||
        !strcmp(m->accepted[i].rule, fingerprint))
      return 1;
  return 0;
}

/* As the gate has it: the test was clean for as long as the entry says.  A test
   of several programs must be so in all that have it. */
static int is_stale(const struct leakslope_report *report,
                    const struct ls_baseline_entry *entry) {
  int clean = 0;
  for (size_t i = 0; i < report->ncases; i++) {
    const struct ls_measured *m = &report->cases[i].measured;
    if (!report->cases[i].is_measured || !m->name ||
        strcmp(m->name, entry->name))
      continue;
    if (m->outcome != LS_CLEAN || grows(m, entry->fingerprint)) return 0;
    clean |= m->iterations >= entry->iterations;
  }
  return clean;
}

static void find_stale(const struct leakslope_report *report, const char *path,
                       struct found *found) {
  const struct ls_baseline_entry *all;
  size_t n = ls_baseline(&all);
  for (size_t i = 0; i < n && found->gone; i++) {
    if (found->gone[i] || !is_stale(report, &all[i])) continue;
    found->gone[i] = 1;
    found->stale++;
    ls_text_addf(&found->said, "gone: %s:%u: %s %s\n", path, all[i].line,
                 all[i].fingerprint, all[i].name);
  }
}

/* Whether a line for it is there already: of another program's test that is
   named alike, or of another place with the same callers. */
static int is_added(const struct found *found, const char *fingerprint,
                    const char *name) {
  const char *at = ls_text_string(&found->more);
  for (; *at; at = strchr(at, '\n') + 1) {
    const char *rate = strchr(at + DIGITS + 1, ' ') + 1;
    const char *words = strchr(rate, ' ') + 1;
    if (!strncmp(at, fingerprint, DIGITS) &&
        !strncmp(words, name, strlen(name)) &&
        !strncmp(words + strlen(name), " # ", 3))
      return 1;
  }
  return 0;
}

/* A line for the file. */
static void add_line(struct found *found, const struct ls_measured *m,
                     const struct ls_report_site *site, const char *fingerprint,
                     const char *what) {
  size_t start = found->more.length;
  ls_words_entry(&found->more, m, site, fingerprint);
  ls_text_add(&found->more, "\n");
  if (found->more.truncated) return;
  ls_text_addf(&found->said, "%s: %s", what, found->more.data + start);
}

/* One that has grown worse gets a line in the place of its own; so does one of
   which no rate is known, which is no difference. */
static void add_known(struct found *found, const struct ls_measured *m,
                      const struct ls_report_site *site, const char *own,
                      const struct ls_baseline_entry *entry) {
  const struct ls_baseline_entry *all;
  size_t n = ls_baseline(&all), at = (size_t)(entry - all);
  const struct ls_rate rate = ls_fingerprint_rate(site, own);
  int is_worse =
      ls_baseline_is_worse(entry, rate.blocks, rate.bytes, m->iterations);
  if (at >= n || !found->gone || found->gone[at]) return;
  if (!is_worse && (entry->has_rate || !strcmp(entry->name, "*"))) return;
  found->gone[at] = 1;
  add_line(found, m, site, own, is_worse ? "worse" : "its rate");
  found->worse += (size_t)is_worse;
  found->rated += (size_t)!is_worse;
}

static void add_fresh(struct found *found, const struct ls_measured *m,
                      const struct ls_report_site *site,
                      const char *fingerprint) {
  char own[DIGITS + 1];
  snprintf(own, sizeof own, "%s", fingerprint);
  const struct ls_baseline_entry *entry = ls_baseline_find(m->name, own);
  if (is_added(found, own, m->name)) return;
  if (entry) {
    add_known(found, m, site, own, entry);
    return;
  }
  add_line(found, m, site, own, "new");
  found->fresh++;
}

static void find_fresh_of_site(struct found *found, const struct ls_measured *m,
                               const struct ls_report_site *site) {
  char fingerprint[DIGITS + 1];
  ls_fingerprint(site, fingerprint);
  add_fresh(found, m, site, fingerprint);
  for (const char *at = site->also; at && *at; at += *at == ' ') {
    add_fresh(found, m, site, at);
    at += strcspn(at, " ");
  }
}

/* Whether a line of a baseline can say it, and is read as it was written. */
static int has_entry(const struct ls_measured *m) {
  const char *name = m->name;
  if (!name || !*name || !m->first_rung || m->first_rung > MOST_ITERATIONS)
    return 0;
  return !strchr(" \t#", *name) && !strstr(name, " #");
}

/* A leak in which no call site was found, or of what has no name for a
   baseline. */
static void add_nameless(struct found *found, const struct ls_case *c) {
  found->nameless++;
  ls_text_add(&found->said, "cannot be in a baseline: ");
  ls_words_case(&found->said, c);
  ls_text_add(&found->said, "\n");
}

/* What another baseline accepted is a leak to this one. */
static void find_fresh(struct found *found, const struct ls_case *c) {
  const struct ls_measured *m = &c->measured;
  if (!c->is_measured) return;
  int leaks = m->outcome == LS_LEAK;
  if (leaks && (!has_entry(m) || !m->nsites)) {
    add_nameless(found, c);
    return;
  }
  for (size_t i = 0; leaks && i < m->nsites; i++)
    find_fresh_of_site(found, m, &m->sites[i]);
  for (size_t i = 0; has_entry(m) && i < m->naccepted; i++)
    if (m->accepted[i].by == LS_IN_BASELINE)
      add_fresh(found, m, &m->accepted[i].site, m->accepted[i].rule);
}

static int compare(const struct leakslope_report *report, const char *path,
                   struct found *found) {
  const struct ls_baseline_entry *all;
  found->more.arena = found->said.arena = &found->arena;
  found->gone = ls_arena_alloc(&found->arena, ls_baseline(&all) + 1);
  if (!found->gone) found->said.truncated = 1;
  for (size_t i = 0; i < report->ncases; i++)
    find_fresh(found, &report->cases[i]);
  find_stale(report, path, found);
  if (found->more.truncated || found->said.truncated)
    return cli_wrong("there is not enough memory");
  return CLI_OK;
}

/* ---- the file ------------------------------------------------------------ */

/* The file as it is, without the lines of what is gone, and what is new behind:
   comments and all other entries stay as they are. */
static void rewrite(struct ls_text *to, const char *from,
                    const struct found *found) {
  const struct ls_baseline_entry *all;
  size_t n = ls_baseline(&all), next = 0;
  for (unsigned line = 1; *from; line++) {
    size_t length = strcspn(from, "\n");
    while (next < n && all[next].line < line) next++;
    if (next == n || all[next].line != line || !found->gone[next]) {
      ls_text_add_bytes(to, from, length);
      ls_text_add(to, "\n");
    }
    from += length + (from[length] == '\n');
  }
  ls_text_add(to, ls_text_string(&found->more));
}

static size_t changes(const struct found *found) {
  return found->fresh + found->stale + found->worse;
}

static int update(const char *path, struct found *found) {
  struct ls_text from = {.arena = &found->arena}, to = {.arena = &found->arena};
  if (!changes(found) && !found->rated) return CLI_OK;
  int rc = cli_read(path, &from);
  if (rc == -ENOENT) rc = 0;
  if (!rc) rewrite(&to, ls_text_string(&from), found);
  if (!rc && to.truncated) rc = -ENOMEM;
  if (!rc) rc = ls_file_replace(path, ls_text_string(&to), to.length);
  if (rc) return cli_wrong("%s cannot be written: %s", path, strerror(-rc));
  return CLI_OK;
}

/* With --update a file that is not there is one without an entry. */
static int read_baseline(const struct request *request) {
  static const char prefix[] = "leakslope: ";
  struct ls_arena arena = {0};
  struct ls_text text = {.arena = &arena};
  char message[1024];
  int missing = request->update && cli_read(request->path, &text) == -ENOENT;
  ls_arena_release(&arena);
  snprintf(message, sizeof message, "%sthere is not enough memory", prefix);
  if (!ls_baseline_read("--baseline", missing ? NULL : request->path, message,
                        sizeof message))
    return CLI_OK;
  return cli_wrong("%s", message + sizeof prefix - 1);
}

/* ---- the command --------------------------------------------------------- */

static int say(const struct request *request, const struct found *found) {
  const struct ls_baseline_entry *all;
  size_t known = ls_baseline(&all);
  fputs(ls_text_string(&found->said), stdout);
  printf("%s: %zu known, %zu new, %zu gone", request->path, known, found->fresh,
         found->stale);
  if (found->worse) printf(", %zu worse", found->worse);
  puts(request->update && changes(found) + found->rated ? ": updated" : "");
  if (found->nameless) return CLI_NO;
  return !request->update && changes(found) ? CLI_NO : CLI_OK;
}

static int compare_with(const struct request *request,
                        struct leakslope_report *const *reports) {
  struct leakslope_report *merged = cli_merge(reports, request->n);
  struct found found = {0};
  if (!merged) return cli_wrong("there is not enough memory");
  int status = compare(merged, request->path, &found);
  if (!status && request->update) status = update(request->path, &found);
  if (!status) status = say(request, &found);
  ls_arena_release(&found.arena);
  ls_report_free(merged);
  return status;
}

static int read_and_compare(const struct request *request) {
  struct leakslope_report **reports = calloc(request->n + 1, sizeof *reports);
  if (!reports) return cli_wrong("there is not enough memory");
  size_t n = 0;
  while (n < request->n && (reports[n] = cli_read_report(request->files[n])))
    n++;
  int status = n == request->n ? compare_with(request, reports) : CLI_WRONG;
  for (size_t i = 0; i < n; i++) ls_report_free(reports[i]);
  free(reports);
  return status;
}

int cli_baseline(int argc, char **argv) {
  struct request request = {0};
  request.files = calloc((size_t)argc + 1, sizeof *request.files);
  if (!request.files) return cli_wrong("there is not enough memory");
  int status = take_all(&request, argc, argv);
  if (!status) status = read_baseline(&request);
  if (!status) status = read_and_compare(&request);
  free(request.files);
  return status;
}
