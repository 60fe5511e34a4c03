/* SPDX-License-Identifier: MIT */
/* Writes what `leakslope sites` found as text and as JSON. */
#include <string.h>

#include "cli/sites/sites.h"
#include "report/model/names.h"
#include "report/words/json_text.h"
#include "report/words/number.h"
#include "report/words/utf8.h"

const char *cli_site_state_name(enum cli_site_state state) {
  static const char *const names[] = {[CLI_SITE_GATED] = "gated",
                                      [CLI_SITE_RUN] = "not gated",
                                      [CLI_SITE_NEVER] = "never run"};
  return names[state];
}

unsigned cli_sites_share(size_t part, size_t of) {
  return of ? (unsigned)(part * 1000 / of) : 1000;
}

void cli_sites_sum(struct ls_text *out, const struct cli_sites *sites) {
  unsigned share = cli_sites_share(sites->counts[CLI_SITE_GATED], sites->n);
  if (!sites->n) {
    ls_text_add(out, "no allocation sites");
    return;
  }
  ls_text_addf(out, "%zu of ", sites->counts[CLI_SITE_GATED]);
  ls_number_add_count(out, sites->n, "allocation site");
  ls_text_addf(out, " exercised by gated tests (%u.%u%%)", share / 10,
               share % 10);
  if (sites->counts[CLI_SITE_RUN])
    ls_text_addf(out, ", %zu run but not gated", sites->counts[CLI_SITE_RUN]);
  if (sites->counts[CLI_SITE_NEVER])
    ls_text_addf(out, ", %zu never run", sites->counts[CLI_SITE_NEVER]);
}

void cli_sites_notes(struct ls_text *out, const struct cli_sites *sites) {
  if (!sites->reports)
    ls_text_add(out,
                "No report says what gated tests exercised: run them with "
                "CK_LEAK_JSON_FILE_NAME=<folder>/. ");
  else if (sites->judged < sites->tests) {
    ls_text_addf(out, "%zu of ", sites->judged);
    ls_number_add_count(out, sites->tests, "test");
    ls_text_add(out, " judged. ");
  }
  if (sites->left_out) {
    ls_number_add_count(out, sites->left_out, "more site");
    ls_text_add(out, " on lines that gcovr does not count. ");
  }
}

/* ---- text -----------------------------------------------------------------
 */

static size_t add_place(struct ls_text *out, const struct cli_site *site) {
  size_t before = out->length;
  ls_utf8_add(out, site->file->name, LS_UTF8_LINE);
  ls_text_addf(out, ":%u", site->line);
  return out->length - before;
}

static void add_spaces(struct ls_text *out, size_t n) {
  while (n--) ls_text_add(out, " ");
}

static void add_row(struct ls_text *out, const struct cli_site *site,
                    size_t place, size_t callee) {
  ls_text_addf(out, "  %-9s  ", cli_site_state_name(site->state));
  size_t n = add_place(out, site);
  add_spaces(out, place > n ? place - n : 0);
  size_t before = out->length;
  ls_text_add(out, "  ");
  ls_utf8_add(out, site->callee.name, LS_UTF8_LINE);
  n = out->length - before - 2;
  add_spaces(out, callee > n ? callee - n : 0);
  ls_text_add(out, "  in ");
  ls_utf8_add(out, site->function ? site->function : "?", LS_UTF8_LINE);
  if (site->is_jump && site->state != CLI_SITE_GATED)
    ls_text_add(out, " (a tail call: -fno-optimize-sibling-calls shows it)");
  ls_text_add(out, "\n");
}

/* The width of a column. */
static void widen(size_t *width, size_t n) {
  enum { WIDEST = 60 };
  if (n > *width && n <= WIDEST) *width = n;
}

static int is_shown(const struct cli_sites_input *input,
                    const struct cli_site *site) {
  return input->all || site->state != CLI_SITE_GATED;
}

void cli_sites_text(struct ls_text *out, const struct cli_sites_input *input,
                    const struct cli_sites *sites) {
  struct ls_arena arena = {0};
  struct ls_text scratch = {.arena = &arena};
  size_t place = 0, callee = 0;
  for (size_t i = 0; i < sites->n; i++) {
    if (!is_shown(input, &sites->of[i])) continue;
    widen(&place, add_place(&scratch, &sites->of[i]));
    widen(&callee, strlen(sites->of[i].callee.name));
  }
  cli_sites_sum(out, sites);
  ls_text_add(out, "\n");
  for (size_t i = 0; i < sites->n; i++)
    if (is_shown(input, &sites->of[i]))
      add_row(out, &sites->of[i], place, callee);
  cli_sites_notes(out, sites);
  if (out->length && out->data[out->length - 1] == ' ')
    out->data[out->length - 1] = '\n';
  ls_arena_release(&arena);
}

/* ---- JSON -----------------------------------------------------------------
 */

static const char *const keys[] = {[CLI_SITE_GATED] = "gated",
                                   [CLI_SITE_RUN] = "run",
                                   [CLI_SITE_NEVER] = "never"};

static void add_counts(struct ls_json *json, const size_t *counts, size_t n) {
  unsigned share = cli_sites_share(counts[CLI_SITE_GATED], n);
  ls_json_whole(json, "sites", (int64_t)n);
  for (int i = 0; i < CLI_SITE_STATES; i++)
    ls_json_whole(json, keys[i], (int64_t)counts[i]);
  ls_json_real(json, "percent", share / 10.0);
}

static void add_files(struct ls_json *json, const struct cli_sites *sites) {
  ls_json_open(json, "files", '[');
  for (size_t i = 0, end; i < sites->n; i = end) {
    size_t counts[CLI_SITE_STATES] = {0};
    for (end = i; end < sites->n && sites->of[end].file == sites->of[i].file;
         end++)
      counts[sites->of[end].state]++;
    ls_json_open_line(json, NULL, '{');
    ls_json_string(json, "file", sites->of[i].file->name);
    add_counts(json, counts, end - i);
    ls_json_close(json, '}');
  }
  ls_json_close(json, ']');
}

static void add_site(struct ls_json *json, const struct cli_site *site) {
  ls_json_open_line(json, NULL, '{');
  ls_json_string(json, "file", site->file->name);
  ls_json_whole(json, "line", site->line);
  ls_json_string(json, "function", site->function);
  ls_json_string(json, "callee", site->callee.name);
  ls_json_string(json, "domain", ls_name(LS_NAMES_DOMAIN, site->callee.domain));
  ls_json_string(json, "state", keys[site->state]);
  ls_json_boolean(json, "tail_call", site->is_jump);
  ls_json_close(json, '}');
}

void cli_sites_json(struct ls_text *out, const struct cli_sites_input *input,
                    const struct cli_sites *sites) {
  struct ls_json json = {.out = out};
  (void)input;
  ls_json_open(&json, NULL, '{');
  ls_json_string(&json, "format", "leakslope-sites");
  ls_json_whole(&json, "version", 1);
  ls_json_open_line(&json, "total", '{');
  add_counts(&json, sites->counts, sites->n);
  ls_json_close(&json, '}');
  ls_json_whole(&json, "left_out", (int64_t)sites->left_out);
  ls_json_whole(&json, "tests", (int64_t)sites->tests);
  ls_json_whole(&json, "judged", (int64_t)sites->judged);
  add_files(&json, sites);
  ls_json_open(&json, "sites", '[');
  for (size_t i = 0; i < sites->n; i++) add_site(&json, &sites->of[i]);
  ls_json_close(&json, ']');
  ls_json_close(&json, '}');
  ls_text_add(out, "\n");
}
