/* SPDX-License-Identifier: MIT */
/* Reads the options of `leakslope compare` and `leakslope top`, and the
   snapshots that they name. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/snapshots/snapshots.h"
#include "cli/snapshots/symbols.h"
#include "platform/domains.h"
#include "snapshot/file.h"

static const char *const keys[] = {[LEAKSLOPE_FILENAME] = "filename",
                                   [LEAKSLOPE_LINENO] = "lineno",
                                   [LEAKSLOPE_TRACEBACK] = "traceback"};

enum { KEYS = 3 };

const char *cli_key_name(enum leakslope_key key) { return keys[key]; }

void cli_domain_name(int domain, char *name, size_t size) {
  if (domain >= 0 && domain < LS_DOMAINS)
    snprintf(name, size, "%s", ls_domains[domain].word);
  else
    snprintf(name, size, "domain %d", domain);
}

/* ---- values --------------------------------------------------------------
 */

static int take_key(struct cli_view *view, const char *value) {
  for (int i = 0; i < KEYS; i++)
    if (!strcmp(keys[i], value)) {
      view->key = (enum leakslope_key)i;
      return CLI_OK;
    }
  return cli_wrong(
      "--key: '%s' is not valid; allowed: lineno, filename, "
      "traceback",
      value);
}

static int number(const char *text, long most, long *value) {
  char *end;
  errno = 0;
  *value = strtol(text, &end, 10);
  return *text >= '0' && *text <= '9' && !*end && !errno && *value <= most;
}

static int take_limit(struct cli_view *view, const char *value) {
  if (number(value, 1000000000, &view->limit)) return CLI_OK;
  return cli_wrong("--limit: '%s' is not valid; allowed: a number, 0 for all",
                   value);
}

/* Of several forms none is the one that is meant. */
static int take_form(struct cli_view *view, enum cli_form form) {
  if (view->form != CLI_TABLE && view->form != form)
    return cli_wrong("--json and --folded cannot go together");
  view->form = form;
  return CLI_OK;
}

static int take_folded(struct cli_view *view, const char *value) {
  if (take_form(view, CLI_FOLDED)) return CLI_WRONG;
  if (!strcmp(value, "count")) {
    view->weight = LEAKSLOPE_WEIGHT_COUNT;
    return CLI_OK;
  }
  if (!strcmp(value, "size")) return CLI_OK;
  return cli_wrong("--folded: '%s' is not valid; allowed: size, count", value);
}

/* ---- filters -------------------------------------------------------------
 */

static int add_filter(struct cli_view *view,
                      const struct leakslope_filter *filter) {
  if (view->nfilters == CLI_FILTERS)
    return cli_wrong("more than %d filters", CLI_FILTERS);
  view->filters[view->nfilters++] = *filter;
  return CLI_OK;
}

static int add_pattern(struct cli_view *view, const char *pattern,
                       int inclusive) {
  const struct leakslope_filter filter = {.inclusive = inclusive,
                                          .filename_pattern = pattern,
                                          .all_frames = 1,
                                          .domain = LEAKSLOPE_DOMAIN_ANY};
  return add_filter(view, &filter);
}

static int take_domain(struct cli_view *view, const char *value) {
  long wanted = -1;
  for (int i = 0; i < LS_DOMAINS; i++)
    if (!strcmp(ls_domains[i].word, value)) wanted = i;
  if (wanted < 0 && !number(value, INT32_MAX, &wanted))
    return cli_wrong(
        "--domain: '%s' is not valid; allowed: " LS_DOMAIN_WORDS_BAR
        "|tracked, or a number",
        value);
  view->domain =
      (struct leakslope_filter){.inclusive = 1, .domain = (int)wanted};
  return CLI_OK;
}

/* ---- arguments -----------------------------------------------------------
 */

static int take_value(struct cli_view *view, const char *flag, size_t n,
                      const char *value) {
  static const char *const names[] = {"--key",     "--limit",   "--domain",
                                      "--symbols", "--include", "--exclude"};
  enum { NAMES = sizeof names / sizeof *names };
  size_t i = 0;
  while (i < NAMES && (strlen(names[i]) != n || strncmp(names[i], flag, n)))
    i++;
  if (i == NAMES) return -1;
  if (!value || !*value) return cli_wrong("%s needs a value", names[i]);
  switch (i) {
    case 0:
      return take_key(view, value);
    case 1:
      return take_limit(view, value);
    case 2:
      return take_domain(view, value);
    case 3:
      view->symbols = value;
      return CLI_OK;
    default:
      return add_pattern(view, value, i == 4);
  }
}

/* Options without a value of their own: CLI_OK, CLI_WRONG, or -1. */
static int take_word(struct cli_view *view, const char *flag) {
  if (!strcmp(flag, "--cumulative")) {
    view->cumulative = 1;
  } else if (!strcmp(flag, "--json")) {
    return take_form(view, CLI_JSON);
  } else if (!strcmp(flag, "--folded")) {
    return take_form(view, CLI_FOLDED);
  } else if (!strncmp(flag, "--folded=", 9)) {
    return take_folded(view, flag + 9);
  } else {
    return -1;
  }
  return CLI_OK;
}

/* How many arguments it took, or -1. */
static int take_flag(struct cli_view *view, char **argv) {
  int status = take_word(view, argv[0]);
  if (status >= 0) return status ? -1 : 1;
  size_t n = strcspn(argv[0], "=");
  int joined = argv[0][n] == '=';
  status = take_value(view, argv[0], n, joined ? argv[0] + n + 1 : argv[1]);
  if (status < 0)
    cli_wrong("%s is not an option; see leakslope --help", argv[0]);
  return status ? -1 : joined ? 1 : 2;
}

static int take_all(struct cli_view *view, int argc, char **argv,
                    size_t nfiles) {
  int only_files = 0;
  for (int i = 0; i < argc;) {
    if (!only_files && !strcmp(argv[i], "--")) {
      only_files = 1;
      i++;
    } else if (only_files || argv[i][0] != '-' || !argv[i][1]) {
      if (view->nfiles == nfiles) return 1;
      view->files[view->nfiles++] = argv[i++];
    } else {
      int taken = take_flag(view, argv + i);
      if (taken < 0) return -1;
      i += taken;
    }
  }
  return view->nfiles != nfiles;
}

int cli_view_parse(struct cli_view *view, int argc, char **argv, size_t nfiles,
                   const char *usage) {
  *view = (struct cli_view){.key = LEAKSLOPE_LINENO, .limit = -1};
  int wrong = take_all(view, argc, argv, nfiles);
  if (wrong > 0) return cli_wrong("usage: %s", usage);
  if (wrong) return CLI_WRONG;
  if (view->limit < 0) view->limit = view->form == CLI_TABLE ? 10 : 0;
  if (view->cumulative && view->key == LEAKSLOPE_TRACEBACK)
    return cli_wrong("--cumulative is for --key lineno and filename");
  if (view->form == CLI_FOLDED && view->cumulative)
    return cli_wrong("--cumulative is not for --folded");
  return CLI_OK;
}

/* ---- files ---------------------------------------------------------------
 */

static const char *reason(int rc) {
  switch (rc) {
    case -EINVAL:
      return "it is not a snapshot";
    case -ENOTSUP:
      return "it was written by another version of leakslope";
    case -EBADMSG:
      return "it is damaged: cut off, or changed since it was written";
    default:
      return strerror(-rc);
  }
}

/* In place of the snapshot, what the filters keep of it. */
static int keep(struct leakslope_snapshot **snapshot,
                const struct leakslope_filter *filters, size_t n) {
  struct leakslope_snapshot *kept;
  int rc = n ? ls_snapshot_filter(*snapshot, filters, n, &kept) : 0;
  if (rc || !n) return rc;
  ls_snapshot_free(*snapshot);
  *snapshot = kept;
  return 0;
}

int cli_view_load(const struct cli_view *view, size_t file,
                  struct leakslope_snapshot **out) {
  const char *path = view->files[file];
  int rc = ls_snapshot_load(path, out);
  int missing =
      rc || !view->symbols ? 0 : cli_symbols_find(*out, view->symbols);
  if (missing)
    return cli_wrong("--symbols: %s: %s", view->symbols, strerror(-missing));
  if (!rc) rc = ls_snapshot_resolve(*out);
  if (!rc) rc = keep(out, view->filters, view->nfilters);
  /* By itself: of the others, one that includes is enough. */
  if (!rc) rc = keep(out, &view->domain, view->domain.inclusive != 0);
  return rc ? cli_wrong("%s: %s", path, reason(rc)) : CLI_OK;
}
