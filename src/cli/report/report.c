/* SPDX-License-Identifier: MIT */
/*
 * leakslope report FILE.json... [--junit FILE] [--html FILE] [--text] ...
 *
 * Merges JSON reports and writes the result in the formats that are asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/report/merge.h"
#include "cli/report/read_report.h"
#include "platform/options.h"

enum { JUNIT, HTML, MARKDOWN, ANNOTATIONS, TEXT, FORMATS };

struct request {
  const char *to[FORMATS]; /* file, "-" for standard output, NULL: not wanted */
  enum ls_junit_schema schema;
  const char *sources; /* the folder of source files */
  int check;
  size_t n;
  const char **files;
};

static const char usage[] =
    "usage: leakslope report FILE.json... [--junit FILE] [--html FILE]"
    " [--text] [--check [--judged N|P%]]";

/* ---- arguments ----------------------------------------------------------- */

static int take_schema(struct request *request, const char *value) {
  if (!strcmp(value, "all"))
    request->schema = LS_JUNIT_ALL;
  else if (!strcmp(value, "junit-10"))
    request->schema = LS_JUNIT_10;
  else
    return cli_wrong("--junit-schema='%s' is not valid; allowed: all|junit-10",
                     value);
  return CLI_OK;
}

static const char judged_option[] = "CK_LEAK_JUDGED";

/* By the flag, or as the test programs have it. */
static int take_judged(const char *value) {
  return setenv(judged_option, value, 1)
             ? cli_wrong("there is not enough memory")
             : CLI_OK;
}

/* An option with a value: CLI_OK, CLI_WRONG, or -1 where it is none. */
static int take_value(struct request *request, const char *name, size_t n,
                      const char *value) {
  enum { SOURCES = MARKDOWN + 1, SCHEMA, JUDGED, VALUES };
  static const char *const names[VALUES] = {"--junit",        "--html",
                                            "--markdown",     "--sources",
                                            "--junit-schema", "--judged"};
  size_t i = 0;
  while (i < VALUES && (strlen(names[i]) != n || memcmp(names[i], name, n)))
    i++;
  if (i == VALUES) return -1;
  if (!value || !*value) return cli_wrong("%s needs a value", names[i]);
  if (i == SCHEMA) return take_schema(request, value);
  if (i == JUDGED) return take_judged(value);
  if (i == SOURCES)
    request->sources = value;
  else
    request->to[i] = value;
  return CLI_OK;
}

/* 1 where it is an option without a value. */
static int take_flag(struct request *request, const char *word) {
  if (!strcmp(word, "--check"))
    request->check = 1;
  else if (!strcmp(word, "--text"))
    request->to[TEXT] = "-";
  else if (!strcmp(word, "--annotations"))
    request->to[ANNOTATIONS] = "-";
  else
    return 0;
  return 1;
}

/* How many arguments it took, or -1. */
static int take(struct request *request, char **argv) {
  const char *word = argv[0];
  size_t n = strcspn(word, "=");
  if (word[0] != '-' || !word[1]) {
    request->files[request->n++] = word;
    return 1;
  }
  if (take_flag(request, word)) return 1;
  int status = take_value(request, word, n, word[n] ? word + n + 1 : argv[1]);
  if (status < 0) cli_wrong("%s is not an option; see leakslope --help", word);
  return status ? -1 : word[n] ? 1 : 2;
}

/* A file's form would be spoiled by another behind it; words would not. */
static int are_mixed(const struct request *request) {
  int n = 0, is_file = 0;
  for (int i = 0; i < FORMATS; i++) {
    int here = request->to[i] && !strcmp(request->to[i], "-");
    n += here;
    is_file |= here && (i == JUNIT || i == HTML);
  }
  return is_file && n > 1;
}

static const char *value_of_judged(void) {
  const char *value = ls_options_value(judged_option);
  return value ? value : "";
}

static int take_all(struct request *request, int argc, char **argv) {
  char message[256];
  for (int i = 0; i < argc;) {
    int taken = take(request, argv + i);
    if (taken < 0) return CLI_WRONG;
    i += taken;
  }
  if (!request->n) return cli_wrong("no file is named; %s", usage);
  if (ls_options_check_value(judged_option, value_of_judged(), message,
                             sizeof message))
    return cli_wrong("%s", message + sizeof "leakslope: " - 1);
  if (are_mixed(request))
    return cli_wrong("only one report can go to standard output");
  for (int i = 0; i < FORMATS; i++)
    if (request->to[i]) return CLI_OK;
  if (!request->check) request->to[TEXT] = "-";
  return CLI_OK;
}

/* ---- output -------------------------------------------------------------- */

static void write_format(struct ls_text *out, int format,
                         const struct request *request,
                         const struct leakslope_report *report) {
  if (format == JUNIT)
    ls_write_junit(out, report, request->schema);
  else if (format == HTML)
    ls_write_html(out, report, request->sources);
  else if (format == MARKDOWN)
    ls_write_markdown(out, report);
  else if (format == ANNOTATIONS)
    ls_write_annotations(out, report);
  else
    ls_write_text(out, report);
}

/* All of them are made before the first is written. */
static int write_all(const struct request *request,
                     const struct leakslope_report *report) {
  struct ls_arena arena = {0};
  struct ls_text texts[FORMATS];
  int status = CLI_OK;
  for (int i = 0; i < FORMATS; i++) {
    texts[i] = (struct ls_text){.arena = &arena};
    if (request->to[i]) write_format(&texts[i], i, request, report);
    if (texts[i].truncated) status = cli_wrong("there is not enough memory");
  }
  for (int i = 0; i < FORMATS && !status; i++)
    if (request->to[i]) status = cli_write(request->to[i], &texts[i]);
  ls_arena_release(&arena);
  return status;
}

/* What a gate that this command is stops at: what made a test fail for us, and
   leaks that were only to be reported. */
static int has_failed(const struct leakslope_report *report) {
  for (size_t i = 0; i < report->ncases; i++) {
    const struct ls_case *c = &report->cases[i];
    enum ls_outcome outcome = ls_case_outcome(c);
    if (outcome == LS_LEAK || outcome == LS_NOT_ARMED ||
        ls_case_failed_by_measure(c) || ls_case_has_lost(c))
      return 1;
  }
  return 0;
}

/* Whether too few of the tests that could be gated were judged, which is said;
   where nothing was judged at all, any part is too much. */
static int has_too_few(const struct leakslope_report *report) {
  unsigned judged = 0, could = 0;
  for (size_t i = 0; i < report->ncases; i++) {
    judged += (unsigned)ls_case_is_judged(&report->cases[i]);
    could += ls_case_outcome(&report->cases[i]) != LS_NOT_GATED;
  }
  unsigned asked = ls_options_part(judged_option, could);
  if (!asked && report->ncases && ls_options_part(judged_option, 100))
    asked = 1;
  if (judged >= asked) return 0;
  cli_wrong(
      "too few tests were judged: %u of %zu, and CK_LEAK_JUDGED=%s asks "
      "for %u",
      judged, report->ncases, ls_options_value(judged_option), asked);
  return 1;
}

/* ---- the command --------------------------------------------------------- */

static int report_on(const struct request *request,
                     struct leakslope_report *const *reports) {
  struct leakslope_report *merged = cli_merge(reports, request->n);
  if (!merged) return cli_wrong("there is not enough memory");
  const char *page = request->to[HTML];
  if (page && strcmp(page, "-")) (void)ls_report_attach(merged, page);
  int status = write_all(request, merged);
  if (!status && request->check && (has_too_few(merged) | has_failed(merged)))
    status = CLI_NO;
  ls_report_free(merged);
  return status;
}

static int read_and_report(const struct request *request) {
  struct leakslope_report **reports = calloc(request->n + 1, sizeof *reports);
  if (!reports) return cli_wrong("there is not enough memory");
  size_t n = 0;
  while (n < request->n && (reports[n] = cli_read_report(request->files[n])))
    n++;
  int status = n == request->n ? report_on(request, reports) : CLI_WRONG;
  for (size_t i = 0; i < n; i++) ls_report_free(reports[i]);
  free(reports);
  return status;
}

int cli_report(int argc, char **argv) {
  struct request request = {0};
  request.files = calloc((size_t)argc + 1, sizeof *request.files);
  if (!request.files) return cli_wrong("there is not enough memory");
  int status = take_all(&request, argc, argv);
  if (!status) status = read_and_report(&request);
  free(request.files);
  return status;
}
