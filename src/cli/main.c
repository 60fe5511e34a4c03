/* SPDX-License-Identifier: MIT */
/* The entry point of the command: its help, and the table of subcommands. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/run/flags.h"

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
} commands[] = {{"run", cli_run},           {"report", cli_report},
                {"baseline", cli_baseline}, {"compare", cli_compare},
                {"top", cli_top},           {"shim", cli_shim},
                {"doctor", cli_doctor},     {"sites", cli_sites}};

static const char usage[] =
    "usage: leakslope run [--OPTION VALUE]... -- PROGRAM [ARGUMENT]...\n"
    "           runs a Check program with these options, gated: relinked, or\n"
    "           as it is where its libcheck is a shared library\n"
    "       leakslope run --snapshot-signal SIGNAL [--snapshot-dir FOLDER] "
    "-- SERVER\n"
    "           any program: writes FOLDER/leakslope.<pid>.<n>.snap at each of "
    "them\n"
    "       leakslope compare BASELINE AFTER [--key "
    "lineno|filename|traceback]\n"
    "           what is alive in one snapshot and was not in the other, by "
    "place\n"
    "       leakslope top SNAPSHOT\n"
    "           what is alive, by place\n"
    "       leakslope report FILE.json... [--junit FILE] [--html FILE]\n"
    "                        [--markdown FILE] [--annotations] [--text]\n"
    "                        [--check] [--judged N|P%] [--sources FOLDER]\n"
    "                        [--junit-schema all|junit-10]\n"
    "           joins what programs reported (CK_LEAK_JSON_FILE_NAME)\n"
    "       leakslope baseline [--update] [--baseline FILE] FILE.json...\n"
    "           compares what leaks with the leaks that are known, and brings\n"
    "           their file up to date (else of CK_LEAK_BASELINE)\n"
    "       leakslope sites --gcovr FILE [--root FOLDER] [--wrapper NAME]...\n"
    "                       [--text FILE] [--json FILE] [--html FILE] [--all]\n"
    "                       [--fail-under PERCENT]\n"
    "                       REPORT|FOLDER|PROGRAM|LIBRARY|OBJECT...\n"
    "           in a build for coverage: which calls of malloc and the like "
    "no\n"
    "           gated test exercised\n"
    "       leakslope shim FOLDER\n"
    "           writes FOLDER with Check in it, leakslope in front, and "
    "prints\n"
    "           what to eval: whatever links Check is built gated then\n"
    "       leakslope doctor PROGRAM\n"
    "           says how a program is linked, whether it can be gated, and "
    "how\n"
    "       leakslope --options | --help | --version\n";

static const char snapshot_help[] =
    "\noptions of compare and top:\n"
    "  --key KEY      what is added up: lineno (default), filename, traceback\n"
    "  --cumulative   for every frame of a traceback, not the innermost alone\n"
    "  --limit N      rows (default: 10; all with --json); 0: all\n"
    "  --domain D     only malloc, fd, mmap, thread, timer, tracked\n"
    "  --include P    only what has a frame in a file like P (as fnmatch)\n"
    "  --exclude P    not what has a frame in a file like P\n"
    "  --symbols DIR  looks for programs and libraries there, by build id\n"
    "  --json         for programs\n"
    "  --folded[=size|=count]  stacks for flame graphs, of what grew or is "
    "alive\n";

static int help(void) {
  fputs(usage, stdout);
  fputs("\noptions of run, each also an environment variable:\n", stdout);
  cli_flags_help();
  fputs(snapshot_help, stdout);
  fputs(
      "\nexit status: the program's own (run); 0 is gated, 1 is not as it\n"
      "is (doctor), a leak (report --check), a leak that is new or gone\n"
      "(baseline), fewer sites in gated tests than --fail-under (sites);\n"
      "2 usage or bad input; else 0\n",
      stdout);
  return CLI_OK;
}

/* ---- a word that is no command ------------------------------------------- */

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

/* How many letters are to be changed, added or left out (Levenshtein). */
static unsigned distance(const char *a, const char *b) {
  enum { LONGEST = 32 };
  unsigned row[LONGEST + 1];
  const size_t n = strlen(b);
  if (strlen(a) > LONGEST || n > LONGEST) return LONGEST;
  for (size_t k = 0; k <= n; k++) row[k] = (unsigned)k;
  for (; *a; a++) {
    unsigned before = row[0]++;
    for (size_t k = 1; k <= n; k++) {
      unsigned changed = before + (*a != b[k - 1]);
      before = row[k];
      row[k] = least(changed, 1 + least(row[k], row[k - 1]));
    }
  }
  return row[n];
}

static int unknown(const char *word) {
  enum { NEAR = 2 };
  const char *nearest = NULL;
  unsigned best = NEAR + 1;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    unsigned far = distance(word, commands[i].name);
    if (far >= best || far >= strlen(commands[i].name)) continue;
    best = far;
    nearest = commands[i].name;
  }
  if (nearest)
    return cli_wrong("'%s' is not a command; did you mean '%s'?", word,
                     nearest);
  return cli_wrong("'%s' is not a command; see leakslope --help", word);
}

static int dispatch(int argc, char **argv) {
  const char *word = argc > 1 ? argv[1] : "";
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (!strcmp(word, commands[i].name)) {
      if (argc > 2 && !strcmp(argv[2], "--help")) return help();
      return commands[i].run(argc - 2, argv + 2);
    }
  if (!strcmp(word, "--help") || !strcmp(word, "-h")) return help();
  if (!strcmp(word, "--version")) {
    puts("leakslope " LS_VERSION);
    return CLI_OK;
  }
  if (!strcmp(word, "--options")) {
    cli_flags_list();
    return CLI_OK;
  }
  if (*word) return unknown(word);
  fputs(usage, stderr);
  return CLI_WRONG;
}

int main(int argc, char **argv) {
  int status = dispatch(argc, argv);
  if (fflush(stdout) || ferror(stdout))
    return cli_wrong("standard output cannot be written");
  return status;
}
