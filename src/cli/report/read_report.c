/* SPDX-License-Identifier: MIT */
/* Reads a report from the JSON that src/report/writers/json.c writes. */
#include "cli/report/read_report.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report/json_reader.h"

enum { FORMAT_VERSION = 1 };

struct reader {
  struct cli_json json;
  struct ls_arena arena; /* of what is copied into the report */
};

typedef void read_one(struct reader *r, const json_t *from, void *to);

/* The elements of an array, each of `size` bytes; their number in *n. */
static void *read_array(struct reader *r, const json_t *of, const char *key,
                        size_t size, read_one *read, size_t *n) {
  json_t *array = cli_json_array(&r->json, of, key);
  size_t before = cli_json_enter(&r->json, key, 0);
  char *into = ls_arena_alloc(&r->arena, json_array_size(array) * size + 1);
  if (!into) cli_json_fail(&r->json, "", "takes more memory than there is");
  for (size_t i = 0; into && i < json_array_size(array); i++) {
    size_t inside = cli_json_enter(&r->json, NULL, i);
    read(r, json_array_get(array, i), into + i * size);
    cli_json_leave(&r->json, inside);
  }
  cli_json_leave(&r->json, before);
  *n = r->json.wrong[0] ? 0 : json_array_size(array);
  return into;
}

/* ---- a call site --------------------------------------------------------- */

static uint64_t offset_of(struct reader *r, const json_t *from) {
  const char *text = cli_json_text(&r->json, from, "offset");
  char *end = NULL;
  if (!text) return 0;
  uint64_t offset = strncmp(text, "0x", 2) ? 0 : strtoull(text + 2, &end, 16);
  if (!end || end == text + 2 || *end)
    cli_json_fail(&r->json, "offset", "'%.40s' is not hexadecimal", text);
  return offset;
}

static void read_frame(struct reader *r, const json_t *from, void *to) {
  struct leakslope_frame *frame = to;
  frame->function = cli_json_text(&r->json, from, "function");
  frame->filename = cli_json_text(&r->json, from, "file");
  frame->lineno =
      (unsigned)cli_json_whole(&r->json, from, "line", 0, UINT32_MAX);
  frame->module = cli_json_text(&r->json, from, "module");
  frame->offset = offset_of(r, from);
  frame->inlined = cli_json_boolean(&r->json, from, "inlined");
}

static const struct leakslope_frame *read_frames(struct reader *r,
                                                 const json_t *from,
                                                 size_t *n) {
  return read_array(r, from, "frames", sizeof(struct leakslope_frame),
                    read_frame, n);
}

static int64_t part_of(struct reader *r, const json_t *point, size_t i) {
  const json_t *value = json_array_get(point, i);
  if (!json_is_integer(value) || json_array_size(point) != 3)
    cli_json_fail(&r->json, "", "is not [iteration, count, bytes]");
  return json_integer_value(value);
}

static void read_point(struct reader *r, const json_t *from, void *to) {
  struct ls_checkpoint *point = to;
  int64_t iteration = part_of(r, from, 0);
  if (iteration < 0 || iteration > UINT32_MAX)
    cli_json_fail(&r->json, "", "its iteration is out of range");
  point->iteration = (uint32_t)iteration;
  point->count = part_of(r, from, 1);
  point->bytes = part_of(r, from, 2);
}

static struct ls_law read_law(struct reader *r, const json_t *of) {
  struct cli_json *json = &r->json;
  const json_t *from = cli_json_object(json, of, "law");
  size_t before = cli_json_enter(json, "law", 0);
  struct ls_law law = {
      .form =
          (enum ls_law_form)cli_json_name(json, from, "form", LS_NAMES_FORM),
      .blocks_per_iteration = cli_json_real(json, from, "blocks_per_iteration"),
      .bytes_per_iteration = cli_json_real(json, from, "bytes_per_iteration"),
      .first_count =
          cli_json_whole(json, from, "first_count", INT64_MIN, INT64_MAX),
      .last_count =
          cli_json_whole(json, from, "last_count", INT64_MIN, INT64_MAX),
      .first_bytes =
          cli_json_whole(json, from, "first_bytes", INT64_MIN, INT64_MAX),
      .last_bytes =
          cli_json_whole(json, from, "last_bytes", INT64_MIN, INT64_MAX),
  };
  cli_json_leave(json, before);
  return law;
}

static void read_path(struct reader *r, const json_t *from, void *to) {
  struct ls_report_path *path = to;
  path->law = read_law(r, from);
  path->frames = read_frames(r, from, &path->nframes);
  path->truncated = json_is_true(json_object_get(from, "truncated"));
}

static const char *fingerprint_of(struct reader *r, const json_t *from) {
  const char *text = cli_json_text(&r->json, from, "fingerprint");
  if (!text || strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
    cli_json_fail(&r->json, "fingerprint", "is not 16 hexadecimal digits");
  return text;
}

static void read_born(struct reader *r, const json_t *from, void *to) {
  if (!json_is_integer(from) || json_integer_value(from) < 1 ||
      json_integer_value(from) > UINT32_MAX)
    cli_json_fail(&r->json, "", "is not an iteration");
  *(uint32_t *)to = (uint32_t)json_integer_value(from);
}

static void read_births(struct reader *r, const json_t *from,
                        struct ls_report_site *site) {
  size_t n;
  const uint32_t *born =
      read_array(r, from, "born", sizeof *born, read_born, &n);
  if (n > LS_BORN) cli_json_fail(&r->json, "born", "has more than %d", LS_BORN);
  for (size_t i = 0; i < n && i < LS_BORN; i++) site->born[i] = born[i];
  site->every =
      (uint32_t)cli_json_whole(&r->json, from, "every", 0, UINT32_MAX);
}

/* Fingerprints with blanks between, as they are shown. */
static const char *others_of(struct reader *r, const json_t *from) {
  const char *text = cli_json_text(&r->json, from, "other_fingerprints");
  for (const char *at = text; at; at += 17) {
    if (strspn(at, "0123456789abcdef") != 16 || (at[16] && at[16] != ' ')) {
      cli_json_fail(&r->json, "other_fingerprints",
                    "is not 16 hexadecimal digits each");
      return NULL;
    }
    if (!at[16]) break;
  }
  return text;
}

static void read_place(struct reader *r, const json_t *from,
                       struct ls_report_site *site) {
  struct cli_json *json = &r->json;
  site->label = cli_json_text(json, from, "label");
  site->by = cli_json_text(json, from, "by_caller");
  site->frames = read_frames(r, from, &site->nframes);
  site->truncated = json_is_true(json_object_get(from, "truncated"));
  int64_t last = site->nframes ? (int64_t)site->nframes - 1 : 0;
  site->named = (size_t)cli_json_whole(json, from, "blamed_frame", 0, last);
  site->beyond = (size_t)cli_json_whole(json, from, "wrapper_frames", 0,
                                        (int64_t)site->named);
}

static struct leakslope_frame read_one_frame(struct reader *r, const json_t *of,
                                             const char *key) {
  struct leakslope_frame frame = {0};
  size_t before = cli_json_enter(&r->json, key, 0);
  read_frame(r, cli_json_object(&r->json, of, key), &frame);
  cli_json_leave(&r->json, before);
  return frame;
}

static void read_step(struct reader *r, const json_t *from, void *to) {
  struct ls_report_step *step = to;
  step->frame = read_one_frame(r, from, "place");
  step->offsets = cli_json_text(&r->json, from, "offsets");
  step->repeats = (uint32_t)cli_json_boolean(&r->json, from, "repeats");
}

static void read_holder(struct reader *r, const json_t *from, void *to) {
  struct ls_report_holder *one = to;
  struct cli_json *json = &r->json;
  one->kind =
      (enum ls_holder_kind)cli_json_name(json, from, "kind", LS_NAMES_HOLDER);
  one->by =
      (enum ls_pointer_kind)cli_json_name(json, from, "by", LS_NAMES_POINTER);
  one->blocks = (uint64_t)cli_json_whole(json, from, "blocks", 0, INT64_MAX);
  one->of = (uint64_t)cli_json_whole(json, from, "of", 0, INT64_MAX);
  one->in_use = (uint32_t)cli_json_boolean(json, from, "in_use");
  one->path = cli_json_text(json, from, "path");
  one->root = cli_json_text(json, from, "root");
  one->place = read_one_frame(r, from, "place");
  one->from = read_one_frame(r, from, "from");
  one->steps =
      read_array(r, from, "steps", sizeof *one->steps, read_step, &one->nsteps);
}

static void read_site(struct reader *r, const json_t *from, void *to) {
  struct ls_report_site *site = to;
  struct cli_json *json = &r->json;
  const size_t point = sizeof(struct ls_checkpoint);
  site->domain = (enum leakslope_domain)cli_json_name(json, from, "domain",
                                                      LS_NAMES_DOMAIN);
  site->state =
      (enum ls_site_state)cli_json_name(json, from, "state", LS_NAMES_STATE);
  site->law = read_law(r, from);
  site->fingerprint = fingerprint_of(r, from);
  site->also = others_of(r, from);
  site->checkpoints = read_array(r, from, "checkpoints", point, read_point,
                                 &site->ncheckpoints);
  site->curve = read_array(r, from, "curve", point, read_point, &site->ncurve);
  site->callers =
      (uint32_t)cli_json_whole(json, from, "callers", 0, UINT32_MAX);
  read_place(r, from, site);
  read_births(r, from, site);
  site->paths = read_array(r, from, "paths", sizeof *site->paths, read_path,
                           &site->npaths);
  if (json_object_get(from, "holders")) /* older ones have none */
    site->holders = read_array(r, from, "holders", sizeof *site->holders,
                               read_holder, &site->nholders);
}

/* ---- a test -------------------------------------------------------------- */

static uint32_t count_of(struct reader *r, const json_t *from,
                         const char *key) {
  return (uint32_t)cli_json_whole(&r->json, from, key, 0, UINT32_MAX);
}

static void read_accepted(struct reader *r, const json_t *from, void *to) {
  struct ls_accepted *one = to;
  struct cli_json *json = &r->json;
  one->by =
      (enum ls_acceptance)cli_json_name(json, from, "by", LS_NAMES_ACCEPTANCE);
  one->rule = cli_json_text(json, from, "rule");
  if (!one->rule) cli_json_fail(json, "rule", "is not a text");
  one->limit = (uint64_t)cli_json_whole(json, from, "limit", 0, INT64_MAX);
  const json_t *site = cli_json_object(json, from, "site");
  size_t before = cli_json_enter(json, "site", 0);
  read_site(r, site, &one->site);
  cli_json_leave(json, before);
}

static struct ls_measured read_measured(struct reader *r, const json_t *of) {
  struct cli_json *json = &r->json;
  const json_t *from = cli_json_object(json, of, "measured");
  size_t before = cli_json_enter(json, "measured", 0);
  struct ls_measured m = {
      .outcome = (enum ls_outcome)cli_json_name(json, from, "outcome",
                                                LS_NAMES_OUTCOME),
      .reason =
          (enum ls_reason)cli_json_name(json, from, "reason", LS_NAMES_REASON),
      .note = cli_json_text(json, from, "note"),
      .iterations = count_of(r, from, "iterations"),
      .planned = count_of(r, from, "planned"),
      .warmup = count_of(r, from, "warmup"),
      .ruled_out = count_of(r, from, "rules_out"),
      .first_rung = count_of(r, from, "first_rung"),
      .step = count_of(r, from, "step"),
      .drops = (uint64_t)cli_json_whole(json, from, "drops", 0, INT64_MAX),
      .untraced_bytes = cli_json_real(json, from, "untraced_bytes"),
      .advice = json_object_get(from, "suppression") /* older ones have none */
                    ? cli_json_text(json, from, "suppression")
                    : NULL,
      .name = cli_json_text(json, from, "baseline_name"),
      .has_baseline = cli_json_boolean(json, from, "has_baseline"),
  };
  m.sites = read_array(r, from, "sites", sizeof *m.sites, read_site, &m.nsites);
  m.accepted = read_array(r, from, "accepted", sizeof *m.accepted,
                          read_accepted, &m.naccepted);
  cli_json_leave(json, before);
  return m;
}

static struct leakslope_case read_case(struct reader *r, const json_t *from) {
  struct cli_json *json = &r->json;
  return (struct leakslope_case){
      .suite = cli_json_text(json, from, "suite"),
      .tcase = cli_json_text(json, from, "tcase"),
      .name = cli_json_text(json, from, "test"),
      .index = cli_json_is_null(from, "index")
                   ? -1
                   : (int)cli_json_whole(json, from, "index", 0, INT_MAX),
      .position = count_of(r, from, "position"),
      .file = cli_json_text(json, from, "file"),
      .line = (int)cli_json_whole(json, from, "line", INT_MIN, INT_MAX),
      .seconds = cli_json_real(json, from, "seconds"),
      .result = (enum leakslope_result)cli_json_name(json, from, "result",
                                                     LS_NAMES_RESULT),
      .message = cli_json_text(json, from, "message"),
      .message_file = cli_json_text(json, from, "message_file"),
      .message_line =
          (int)cli_json_whole(json, from, "message_line", INT_MIN, INT_MAX),
      .failure_type = cli_json_text(json, from, "failure_type"),
      .repeat = cli_json_text(json, from, "repeat"),
  };
}

static void read_test(struct reader *r, const json_t *from, void *to) {
  struct leakslope_report *report = *(struct leakslope_report **)to;
  struct cli_json *json = &r->json;
  struct leakslope_case test = read_case(r, from);
  const char *reason = cli_json_text(json, from, "reason");
  /* "lost" is none: the failure's type says it */
  int outcome = test.failure_type && !strcmp(test.failure_type, LS_LOST)
                    ? LS_CLEAN
                    : cli_json_name(json, from, "outcome", LS_NAMES_OUTCOME);
  int measured = !cli_json_is_null(from, "measured");
  struct ls_measured m = {0};
  if (measured) m = read_measured(r, from);
  if (json->wrong[0]) return;
  struct ls_case *c = ls_report_add_case(report, &test);
  if (!c) {
    cli_json_fail(json, "", "takes more memory than there is");
    return;
  }
  c->is_measured = measured;
  /* A test that was lost is not among the outcomes. */
  if (!measured && outcome != LS_CLEAN)
    c->unmeasured = (enum ls_outcome)outcome;
  c->reason = ls_arena_string(&report->arena, reason);
  if (measured && ls_report_copy_measured(report, &c->measured, &m))
    cli_json_fail(json, "", "takes more memory than there is");
}

/* ---- the report ---------------------------------------------------------- */

static void read_tests(struct reader *r, const json_t *root,
                       struct leakslope_report *report) {
  json_t *tests = cli_json_array(&r->json, root, "tests");
  size_t before = cli_json_enter(&r->json, "tests", 0);
  for (size_t i = 0; i < json_array_size(tests) && !r->json.wrong[0]; i++) {
    size_t inside = cli_json_enter(&r->json, NULL, i);
    read_test(r, json_array_get(tests, i), &report);
    cli_json_leave(&r->json, inside);
    ls_arena_release(&r->arena);
  }
  cli_json_leave(&r->json, before);
}

static void read_offset(struct reader *r, const json_t *from, void *to) {
  if (!json_is_integer(from) || json_integer_value(from) < 0)
    cli_json_fail(&r->json, "", "is not an offset");
  *(uint64_t *)to = (uint64_t)json_integer_value(from);
}

static void read_module(struct reader *r, const json_t *from, void *to) {
  struct ls_calls *calls = to;
  calls->module = cli_json_text(&r->json, from, "module");
  calls->build_id = cli_json_text(&r->json, from, "build_id");
  if (!calls->module || !calls->build_id)
    cli_json_fail(&r->json, "module", "has no name or no build id");
  calls->offsets = read_array(r, from, "offsets", sizeof *calls->offsets,
                              read_offset, &calls->n);
}

/* Not in every report. */
static void read_calls(struct reader *r, const json_t *root,
                       struct leakslope_report *report) {
  if (!json_object_get(root, "calls")) return;
  report->knows_calls = 1;
  report->calls = read_array(r, root, "calls", sizeof *report->calls,
                             read_module, &report->ncalls);
  if (!r->json.wrong[0] &&
      ls_calls_copy(&report->arena, &report->ncalls, &report->calls))
    cli_json_fail(&r->json, "calls", "takes more memory than there is");
}

static void read_settings(struct reader *r, const json_t *root,
                          struct leakslope_report *report) {
  json_t *settings = cli_json_object(&r->json, root, "settings");
  const char *name;
  json_t *value;
  json_object_foreach(settings, name, value) {
    if (!json_is_string(value))
      cli_json_fail(&r->json, "settings", "'%.40s' is not a text", name);
    else
      (void)ls_report_add_setting(report, name, json_string_value(value));
  }
}

/* Anything may be JSON; only what we wrote is read on. */
static void check_format(struct reader *r, const json_t *root) {
  const char *format = json_string_value(json_object_get(root, "format"));
  if (!format || strcmp(format, "leakslope-report")) {
    cli_json_fail(&r->json, "format", "this is not a report of leakslope's");
    return;
  }
  int64_t version =
      cli_json_whole(&r->json, root, "version", INT64_MIN, INT64_MAX);
  if (version != FORMAT_VERSION)
    cli_json_fail(&r->json, "version",
                  "the format is of version %lld, this leakslope reads %d",
                  (long long)version, FORMAT_VERSION);
}

static struct leakslope_report *read_root(struct reader *r,
                                          const json_t *root) {
  check_format(r, root);
  const char *program = cli_json_text(&r->json, root, "program");
  if (!program) cli_json_fail(&r->json, "program", "has no name");
  if (r->json.wrong[0]) return NULL;
  struct leakslope_report *report = ls_report_new(program);
  if (!report || !ls_report_add_program(report, program)) {
    cli_json_fail(&r->json, "", "takes more memory than there is");
    return report;
  }
  read_settings(r, root, report);
  read_tests(r, root, report);
  read_calls(r, root, report);
  return report;
}

struct leakslope_report *cli_read_report(const char *path) {
  struct reader r = {0};
  struct leakslope_report *report = NULL;
  struct ls_arena arena = {0};
  json_t *root = cli_json_read(path, &arena);
  if (root) report = read_root(&r, root);
  json_decref(root);
  if (r.json.wrong[0]) {
    cli_json_say(path, r.json.wrong);
    ls_report_free(report);
    report = NULL;
  }
  ls_arena_release(&r.arena);
  ls_arena_release(&arena);
  return report;
}
