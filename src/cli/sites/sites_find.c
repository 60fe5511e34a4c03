/* SPDX-License-Identifier: MIT */
/* Finds the allocating calls in the files of a program, and which of them a
   test exercised. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/sites/calls.h"
#include "cli/sites/sites.h"
#include "symbolize/client.h"
#include "symbolize/symbolize.h"

enum { PATIENCE_MS = 10 * 60 * 1000, BUILD_ID = 2 * 64 + 1 };

/* A file whose calls are looked at. */
struct module {
  struct ls_module of; /* its whole path, and build id */
  size_t first, end;   /* its calls */
};

struct finder {
  struct cli_sites_input *input;
  struct ls_arena *arena;
  struct cli_sites *sites;
  size_t nevidence;
  struct ls_calls *evidence; /* of all reports */
  size_t nmodules;
  struct module *modules;
  struct cli_calls calls;
  struct ls_frames *frames; /* of each call */
  size_t capacity;          /* of sites */
};

static int no_memory(void) {
  cli_wrong("there is not enough memory");
  return 0;
}

/* ---- what reports say -----------------------------------------------------
 */

static int add_wrapper(struct finder *f, const char *name) {
  struct cli_wrappers *known = &f->input->wrappers;
  struct cli_allocator found;
  if (!name || cli_allocator_find(known, name, 1, &found)) return 1;
  const char **names = ls_arena_alloc(f->arena, (known->n + 1) * sizeof *names);
  if (!names) return no_memory();
  if (known->n) memcpy(names, known->names, known->n * sizeof *names);
  names[known->n++] = name;
  known->names = names;
  return 1;
}

/* Functions that a run showed to be wrappers. */
static int add_wrappers(struct finder *f, const struct ls_measured *m) {
  for (size_t i = 0; i < m->nsites; i++) {
    const struct ls_report_site *site = &m->sites[i];
    for (size_t k = site->named - site->beyond; k < site->named; k++)
      if (!add_wrapper(f, site->frames[k].function)) return 0;
  }
  return 1;
}

static int take_report(struct finder *f, size_t i) {
  const struct leakslope_report *report = f->input->reports[i];
  const struct ls_calls *calls;
  size_t n;
  int knows;
  for (size_t k = 0; k < report->ncases; k++) {
    if (!add_wrappers(f, &report->cases[k].measured)) return 0;
    f->sites->judged += (size_t)ls_case_is_judged(&report->cases[k]);
  }
  f->sites->tests += report->ncases;
  if (ls_calls_of_report(report, f->arena, &knows, &n, &calls))
    return no_memory();
  f->sites->reports += (size_t)knows;
  struct ls_calls *all =
      ls_arena_alloc(f->arena, (f->nevidence + n) * sizeof *all + 1);
  if (!all) return no_memory();
  if (f->nevidence) memcpy(all, f->evidence, f->nevidence * sizeof *all);
  for (size_t k = 0; k < n; k++) all[f->nevidence++] = calls[k];
  f->evidence = all;
  if (!knows)
    cli_wrong(
        "%s does not say which calls were made: its program is not built "
        "for coverage",
        f->input->report_names[i]);
  return 1;
}

/* ---- the files ------------------------------------------------------------
 */

static int is_known(const struct finder *f, const char *path) {
  for (size_t i = 0; i < f->nmodules; i++)
    if (!strcmp(f->modules[i].of.path, path)) return 1;
  return 0;
}

static int add_module(struct finder *f, const char *path,
                      const struct cli_elf *elf) {
  char build_id[BUILD_ID];
  struct module module = {.of.path = path, .first = f->calls.n};
  cli_elf_build_id(elf, build_id, sizeof build_id);
  module.of.build_id = ls_arena_string(f->arena, build_id);
  int rc = cli_calls_find(f->arena, elf, &f->input->wrappers, &f->calls);
  if (rc == -ENOTSUP)
    cli_wrong("%s: calls in this machine's code are not known", path);
  else if (rc)
    return no_memory();
  module.end = f->calls.n;
  struct module *modules =
      ls_arena_alloc(f->arena, (f->nmodules + 1) * sizeof *modules);
  if (!modules || !module.of.build_id) return no_memory();
  if (f->nmodules) memcpy(modules, f->modules, f->nmodules * sizeof *modules);
  modules[f->nmodules++] = module;
  f->modules = modules;
  return 1;
}

static int take_object(struct finder *f, const char *name) {
  struct cli_elf elf;
  const char *path = cli_whole_path(f->arena, name);
  if (!path) return no_memory();
  if (is_known(f, path)) return 1;
  int rc = cli_elf_open(&elf, path);
  int good = !rc && add_module(f, path, &elf);
  if (rc == -ENOEXEC)
    cli_wrong("%s: is no program, library or object file, and no report", name);
  else if (rc == -ENOTSUP)
    cli_wrong("%s: is built for another architecture", name);
  else if (rc)
    cli_wrong("%s: %s", name, strerror(-rc));
  cli_elf_close(&elf);
  return good;
}

/* What ran and is counted by gcov; nothing else can have a line that is asked
   for. */
static int take_evidence(struct finder *f, const struct ls_calls *calls) {
  struct cli_elf elf;
  char build_id[BUILD_ID];
  int good = 1;
  if (*calls->module != '/') return 1;
  const char *path = cli_whole_path(f->arena, calls->module);
  if (!path) return no_memory();
  int rc = cli_elf_open(&elf, path);
  if (rc) {
    cli_wrong("%s, which a report names: %s", path, strerror(-rc));
  } else if (cli_elf_mentions(&elf, ".gcda")) {
    cli_elf_build_id(&elf, build_id, sizeof build_id);
    if (strcmp(build_id, calls->build_id))
      cli_wrong("%s was rebuilt after the tests ran: run the tests again",
                path);
    else if (!is_known(f, path))
      good = add_module(f, path, &elf);
  }
  cli_elf_close(&elf);
  return good;
}

/* ---- lines ----------------------------------------------------------------
 */

static int resolve(struct finder *f) {
  size_t n = f->calls.n;
  struct ls_place *places = ls_arena_alloc(f->arena, n * sizeof *places + 1);
  f->frames = ls_arena_alloc(f->arena, n * sizeof *f->frames + 1);
  if (!places || !f->frames) return no_memory();
  for (size_t m = 0; m < f->nmodules; m++)
    for (size_t i = f->modules[m].first; i < f->modules[m].end; i++)
      places[i] = (struct ls_place){&f->modules[m].of, f->calls.of[i].place};
  ls_symbolize_timeout_ms = PATIENCE_MS;
  int rc = ls_symbolize_whole(f->arena, places, n, f->frames);
  if (rc) cli_wrong("lines cannot be looked up: %s", strerror(-rc));
  return !rc;
}

static void say_no_lines(const struct finder *f, const struct module *module) {
  for (size_t i = module->first; i < module->end; i++)
    if (f->frames[i].frames[0].filename) return;
  if (module->first < module->end)
    cli_wrong("%s has no line numbers: build with -g", module->of.path);
}

/* ---- sites ----------------------------------------------------------------
 */

static int by_offset(const void *a, const void *b) {
  const uint64_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static int is_exercised(const struct finder *f, const struct ls_module *module,
                        uint64_t place) {
  for (size_t i = 0; i < f->nevidence; i++) {
    const struct ls_calls *calls = &f->evidence[i];
    if (strcmp(calls->build_id, module->build_id) || !calls->n) continue;
    if (!*calls->build_id && strcmp(calls->module, module->path)) continue;
    if (bsearch(&place, calls->offsets, calls->n, sizeof place, by_offset))
      return 1;
  }
  return 0;
}

static int add_site(struct finder *f, struct cli_site site, int exercised) {
  struct cli_sites *sites = f->sites;
  const struct cli_line *line = cli_lines_line(site.file, site.line);
  site.left_out = !line || line->left_out;
  site.state = exercised             ? CLI_SITE_GATED
               : line && line->count ? CLI_SITE_RUN
                                     : CLI_SITE_NEVER;
  if (sites->n == f->capacity) {
    f->capacity = f->capacity ? 2 * f->capacity : 256;
    struct cli_site *of = ls_arena_alloc(f->arena, f->capacity * sizeof *of);
    if (!of) return no_memory();
    if (sites->n) memcpy(of, sites->of, sites->n * sizeof *of);
    sites->of = of;
  }
  sites->of[sites->n++] = site;
  return 1;
}

static int is_systems(const struct leakslope_frame *frame) {
  return frame->filename && !strncmp(frame->filename, "/usr/include/", 13);
}

static const struct cli_file *file_of(struct finder *f,
                                      const struct leakslope_frame *frame) {
  static const char *latest;
  static const struct cli_file *its;
  if (!frame->filename) return NULL;
  if (latest && !strcmp(latest, frame->filename)) return its;
  const char *path = cli_whole_path(f->arena, frame->filename);
  latest = frame->filename;
  its = path ? cli_lines_file(&f->input->lines, path) : NULL;
  return its;
}

/* One call is that of a line, and where it was inlined from a wrapper that of
   the wrapper's caller too. */
static int add_sites(struct finder *f, const struct cli_call *call,
                     const struct ls_frames *frames, int exercised) {
  struct cli_allocator callee = call->callee;
  for (size_t i = 0; i < frames->n; i++) {
    const struct leakslope_frame *frame = &frames->frames[i];
    const struct cli_file *file = file_of(f, frame);
    struct cli_site site = {.file = file,
                            .line = frame->lineno,
                            .function = frame->function,
                            .callee = callee,
                            .is_jump = call->is_jump};
    if (file && !add_site(f, site, exercised)) return 0;
    if (!frame->inlined || !frame->function) break;
    if (!cli_allocator_find(&f->input->wrappers, frame->function,
                            !is_systems(frame), &callee) &&
        file)
      break;
  }
  return 1;
}

static int add_all(struct finder *f) {
  for (size_t m = 0; m < f->nmodules; m++) {
    const struct module *module = &f->modules[m];
    say_no_lines(f, module);
    for (size_t i = module->first; i < module->end; i++) {
      const struct cli_call *call = &f->calls.of[i];
      if (!add_sites(f, call, &f->frames[i],
                     is_exercised(f, &module->of, call->place)))
        return 0;
    }
  }
  return 1;
}

static int compare_texts(const char *a, const char *b) {
  return strcmp(a ? a : "", b ? b : "");
}

static int by_place(const void *a, const void *b) {
  const struct cli_site *x = a, *y = b;
  int order = strcmp(x->file->path, y->file->path);
  if (!order) order = (x->line > y->line) - (x->line < y->line);
  if (!order) order = compare_texts(x->function, y->function);
  return order ? order : strcmp(x->callee.name, y->callee.name);
}

/* Calls of one line are one site. */
static void join_sites(struct cli_sites *sites) {
  size_t n = 0;
  if (sites->n) qsort(sites->of, sites->n, sizeof *sites->of, by_place);
  for (size_t i = 0; i < sites->n; i++) {
    struct cli_site *last = n ? &sites->of[n - 1] : NULL;
    const struct cli_site *site = &sites->of[i];
    if (!last || by_place(last, site)) {
      sites->of[n++] = *site;
      continue;
    }
    if (site->state < last->state) last->state = site->state;
    last->is_jump &= site->is_jump;
  }
  sites->n = 0;
  for (size_t i = 0; i < n; i++) {
    if (sites->of[i].left_out) {
      sites->left_out++;
      continue;
    }
    sites->of[sites->n++] = sites->of[i];
    sites->counts[sites->of[i].state]++;
  }
}

int cli_sites_find(struct cli_sites_input *input, struct cli_sites *sites) {
  struct finder f = {.input = input, .arena = input->arena, .sites = sites};
  for (size_t i = 0; i < input->nreports; i++)
    if (!take_report(&f, i)) return 0;
  for (size_t i = 0; i < input->nobjects; i++)
    if (!take_object(&f, input->objects[i])) return 0;
  for (size_t i = 0; i < f.nevidence; i++)
    if (!take_evidence(&f, &f.evidence[i])) return 0;
  if (!resolve(&f) || !add_all(&f)) return 0;
  join_sites(sites);
  return 1;
}
