/* SPDX-License-Identifier: MIT */
/*
 * leakslope sites --gcovr FILE [OPTION]... FILE...
 *
 * Says which allocating calls of a program no test made.
 */
#include "cli/sites/sites.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/report/read_report.h"

enum { TEXT, JSON, HTML, FORMATS, GCOVR = FORMATS, ROOT, WRAPPER, UNDER, ALL };

/* Options with a value, in the order above. */
static const char *const names[ALL] = {"--text",      "--json", "--html",
                                       "--gcovr",     "--root", "--wrapper",
                                       "--fail-under"};

static cli_sites_write *const writers[FORMATS] = {
    cli_sites_text, cli_sites_json, cli_sites_html};

struct request {
  struct cli_sites_input input;
  const char *to[FORMATS]; /* file, "-" for standard output, NULL: not wanted */
  const char *gcovr, *root;
  unsigned under; /* tenths of a per cent; 0: whatever it is */
};

static const char usage[] =
    "usage: leakslope sites --gcovr FILE [--root FOLDER] [--wrapper NAME]..."
    " [--text FILE] [--json FILE] [--html FILE] [--all]"
    " [--fail-under PERCENT] REPORT|FOLDER|PROGRAM|LIBRARY|OBJECT...";

/* ---- files ----------------------------------------------------------------
 */

/* One more at the end; the list has no capacity, files are few. */
static int add(struct ls_arena *arena, const char ***list, size_t *n,
               const char *one) {
  const char **longer = ls_arena_alloc(arena, (*n + 1) * sizeof *longer);
  const char *copy = ls_arena_string(arena, one);
  if (!longer || !copy) return cli_wrong("there is not enough memory");
  if (*n) memcpy(longer, *list, *n * sizeof *longer);
  longer[(*n)++] = copy;
  *list = longer;
  return CLI_OK;
}

/* A report is told from the rest by how it begins. */
static int take_file(struct cli_sites_input *input, const char *path) {
  struct stat st;
  /* What a pipe has is read once: as a report. */
  if (!stat(path, &st) && !S_ISREG(st.st_mode))
    return add(input->arena, &input->report_names, &input->nreports, path);
  char first[4] = "";
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return cli_wrong("%s: %s", path, strerror(errno));
  ssize_t n = read(fd, first, sizeof first);
  close(fd);
  if (n > 0 && (first[0] == '{' || first[0] == ' ' || first[0] == '\n'))
    return add(input->arena, &input->report_names, &input->nreports, path);
  if (n == sizeof first && !memcmp(first, "!<ar", sizeof first))
    return cli_wrong("%s is an archive: name its object files", path);
  return add(input->arena, &input->objects, &input->nobjects, path);
}

static int is_json(const struct dirent *entry) {
  const char *dot = strrchr(entry->d_name, '.');
  return dot && !strcmp(dot, ".json");
}

/* The reports in it. */
static int take_folder(struct cli_sites_input *input, const char *path) {
  struct dirent **entries;
  int status = CLI_OK;
  int n = scandir(path, &entries, is_json, alphasort);
  if (n < 0) return cli_wrong("%s: %s", path, strerror(errno));
  for (int i = 0; i < n; i++) {
    struct ls_text name = {.arena = input->arena};
    ls_text_addf(&name, "%s/%s", path, entries[i]->d_name);
    if (!status) status = take_file(input, ls_text_string(&name));
    free(entries[i]);
  }
  free(entries);
  return status;
}

static int take_path(struct cli_sites_input *input, const char *path) {
  struct stat st;
  if (stat(path, &st)) return cli_wrong("%s: %s", path, strerror(errno));
  return S_ISDIR(st.st_mode) ? take_folder(input, path)
                             : take_file(input, path);
}

/* ---- arguments ------------------------------------------------------------
 */

/* "80" or "80.5" per cent. */
static int take_under(struct request *request, const char *value) {
  size_t n = strspn(value, "0123456789");
  const char *rest = value + n;
  unsigned long tenths = n && n <= 3 ? strtoul(value, NULL, 10) * 10 : 1001;
  if (rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9') {
    tenths += (unsigned long)(rest[1] - '0');
    rest += 2;
  }
  if (*rest || tenths > 1000)
    return cli_wrong(
        "--fail-under='%s' is not valid; allowed: 0..100, with at "
        "most one decimal",
        value);
  request->under = (unsigned)tenths;
  return CLI_OK;
}

static int take_value(struct request *request, size_t option,
                      const char *value) {
  struct cli_wrappers *more = &request->input.wrappers;
  if (!value || !*value) return cli_wrong("%s needs a value", names[option]);
  if (option == UNDER) return take_under(request, value);
  if (option == WRAPPER)
    return add(request->input.arena, &more->names, &more->n, value);
  if (option == GCOVR)
    request->gcovr = value;
  else if (option == ROOT)
    request->root = value;
  else
    request->to[option] = value;
  return CLI_OK;
}

/* How many arguments it took, or -1. */
static int take(struct request *request, char **argv) {
  const char *word = argv[0];
  size_t n = strcspn(word, "="), i = 0;
  if (word[0] != '-') return take_path(&request->input, word) ? -1 : 1;
  if (!strcmp(word, "--all")) return request->input.all = 1;
  while (i < ALL && (strlen(names[i]) != n || memcmp(names[i], word, n))) i++;
  if (i == ALL) {
    cli_wrong("%s is not an option; see leakslope --help", word);
    return -1;
  }
  if (take_value(request, i, word[n] ? word + n + 1 : argv[1])) return -1;
  return word[n] ? 1 : 2;
}

static int take_all(struct request *request, int argc, char **argv) {
  for (int i = 0; i < argc;) {
    int taken = take(request, argv + i);
    if (taken < 0) return CLI_WRONG;
    i += taken;
  }
  if (!request->gcovr) return cli_wrong("--gcovr is missing; %s", usage);
  if (!request->input.nreports && !request->input.nobjects)
    return cli_wrong("no file is named; %s", usage);
  if (!request->to[JSON] && !request->to[HTML] && !request->to[TEXT])
    request->to[TEXT] = "-";
  int here = 0;
  for (int i = 0; i < FORMATS; i++)
    here += request->to[i] && !strcmp(request->to[i], "-");
  return here > 1 ? cli_wrong("only one list can go to standard output")
                  : CLI_OK;
}

/* ---- the command ----------------------------------------------------------
 */

static int write_all(const struct request *request,
                     const struct cli_sites *sites) {
  struct ls_text texts[FORMATS];
  int status = CLI_OK;
  for (int i = 0; i < FORMATS; i++) {
    texts[i] = (struct ls_text){.arena = request->input.arena};
    if (request->to[i]) writers[i](&texts[i], &request->input, sites);
    if (texts[i].truncated) status = cli_wrong("there is not enough memory");
  }
  for (int i = 0; i < FORMATS && !status; i++)
    if (request->to[i]) status = cli_write(request->to[i], &texts[i]);
  return status;
}

static int is_under(const struct request *request,
                    const struct cli_sites *sites) {
  return cli_sites_share(sites->counts[CLI_SITE_GATED], sites->n) <
         request->under;
}

static int find_and_write(struct request *request) {
  struct cli_sites_input *input = &request->input;
  struct cli_sites sites = {0};
  const char *root = request->root ? request->root : ".";
  if (!cli_lines_read(input->arena, request->gcovr, root, &input->lines) ||
      !cli_sites_find(input, &sites))
    return CLI_WRONG;
  int status = write_all(request, &sites);
  return !status && is_under(request, &sites) ? CLI_NO : status;
}

static int read_and_find(struct request *request) {
  struct cli_sites_input *input = &request->input;
  size_t n = 0;
  input->reports = calloc(input->nreports + 1, sizeof *input->reports);
  if (!input->reports) return cli_wrong("there is not enough memory");
  while (n < input->nreports &&
         (input->reports[n] = cli_read_report(input->report_names[n])))
    n++;
  int status = n == input->nreports ? find_and_write(request) : CLI_WRONG;
  for (size_t i = 0; i < n; i++) ls_report_free(input->reports[i]);
  free(input->reports);
  return status;
}

int cli_sites(int argc, char **argv) {
  struct ls_arena arena = {0};
  struct request request = {.input.arena = &arena};
  int status = take_all(&request, argc, argv);
  if (!status) status = read_and_find(&request);
  ls_arena_release(&arena);
  return status;
}
