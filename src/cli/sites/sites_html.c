/* SPDX-License-Identifier: MIT */
/* Writes the HTML page of `leakslope sites`. */
#include <string.h>

#include "cli/sites/sites.h"
#include "report/words/number.h"
#include "report/writers/html.h"

static const char *const classes[] = {[CLI_SITE_GATED] = "good",
                                      [CLI_SITE_RUN] = "warn",
                                      [CLI_SITE_NEVER] = "bad"};

static void pill(struct ls_html *html, enum cli_site_state state) {
  ls_text_addf(html->out, "<span class=\"s %s\">%s</span>", classes[state],
               cli_site_state_name(state));
}

static void head(struct ls_html *html, const struct cli_sites *sites) {
  ls_html_begin(html, "Allocation sites");
  ls_html_add(html, "<p class=\"dim\">");
  cli_sites_sum(ls_html_fresh(html), sites);
  ls_html_words(html);
  ls_html_add(html, "</p>\n<ul class=\"sum\">");
  for (int i = CLI_SITE_STATES; i-- > 0;)
    if (sites->counts[i])
      ls_text_addf(html->out, "<li><span class=\"s %s\">%zu %s</span></li>",
                   classes[i], sites->counts[i],
                   cli_site_state_name((enum cli_site_state)i));
  ls_html_add(html, "</ul>\n");
  cli_sites_notes(ls_html_fresh(html), sites);
  if (html->scratch.length) {
    ls_html_add(html, "<p>");
    ls_html_words(html);
    ls_html_add(html, "</p>\n");
  }
  ls_html_add(html, "</header>\n<main>\n");
}

/* The line itself, where its file is there to be read. */
static void source(struct ls_html *html, const struct cli_site *site) {
  struct ls_line line;
  if (!ls_source_lines(&html->sources, site->file->path, site->line, site->line,
                       &line))
    return;
  while (line.length && (*line.text == ' ' || *line.text == '\t'))
    line.text++, line.length--;
  ls_text_add_bytes(ls_html_fresh(html), line.text, line.length);
  ls_html_add(html, "<pre>");
  ls_html_words(html);
  ls_html_add(html, "</pre>");
}

static void row(struct ls_html *html, const struct cli_site *site) {
  ls_html_add(html, "<tr><td class=\"st\">");
  pill(html, site->state);
  ls_text_addf(html->out, "</td><td><b>%u</b> ", site->line);
  ls_html_add(html, "<bdi class=\"n\">");
  ls_html_text(html, site->callee.name);
  ls_html_add(html, "</bdi> in <bdi class=\"n\">");
  ls_html_text(html, site->function ? site->function : "?");
  ls_html_add(html, "</bdi>");
  if (site->is_jump && site->state != CLI_SITE_GATED)
    ls_html_add(html,
                " <span class=\"dim\">a tail call, which no traceback "
                "has: build with -fno-optimize-sibling-calls</span>");
  source(html, site);
  ls_html_add(html, "</td></tr>\n");
}

/* Those of one file, from `first` on; what is to be looked at comes first. */
static size_t file(struct ls_html *html, const struct cli_sites *sites,
                   size_t first) {
  const struct cli_file *of = sites->of[first].file;
  size_t end = first, gated = 0;
  for (; end < sites->n && sites->of[end].file == of; end++)
    gated += sites->of[end].state == CLI_SITE_GATED;
  int all = gated == end - first;
  ls_text_addf(html->out,
               "<details%s class=\"suite\"><summary><bdi class=\"n\">",
               all ? "" : " open");
  ls_html_text(html, of->name);
  ls_text_addf(html->out,
               "</bdi> <span class=\"s %s\">%zu of %zu gated</span></summary>\n"
               "<table class=\"all\"><thead><tr><th class=\"st\">state</th>"
               "<th>call</th></tr></thead><tbody>\n",
               all ? "good" : "warn", gated, end - first);
  for (size_t i = first; i < end; i++)
    if (sites->of[i].state != CLI_SITE_GATED) row(html, &sites->of[i]);
  for (size_t i = first; i < end; i++)
    if (sites->of[i].state == CLI_SITE_GATED) row(html, &sites->of[i]);
  ls_html_add(html, "</tbody></table></details>\n");
  return end;
}

static void legend(struct ls_html *html) {
  static const char *const meanings[] = {
      [CLI_SITE_GATED] =
          "a test that was judged (clean, leak or saturating) "
          "allocated here",
      [CLI_SITE_RUN] =
          "the line ran, but no test that was judged allocated "
          "here: a leak would not be found",
      [CLI_SITE_NEVER] = "no test ran the line"};
  ls_html_add(html, "</main>\n<footer><dl>\n");
  for (int i = 0; i < CLI_SITE_STATES; i++)
    ls_text_addf(html->out, "<dt>%s</dt><dd>%s</dd>\n",
                 cli_site_state_name((enum cli_site_state)i), meanings[i]);
  ls_html_add(html, "</dl></footer>\n</body></html>\n");
}

void cli_sites_html(struct ls_text *out, const struct cli_sites_input *input,
                    const struct cli_sites *sites) {
  struct ls_html html = {.out = out};
  (void)input;
  html.scratch.arena = &html.arena;
  html.sources = (struct ls_sources){.arena = &html.arena};
  head(&html, sites);
  for (size_t i = 0; i < sites->n;) i = file(&html, sites, i);
  legend(&html);
  if (html.scratch.truncated) out->truncated = 1;
  ls_arena_release(&html.arena);
}
