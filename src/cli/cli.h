/* SPDX-License-Identifier: MIT */
/*
 * The command `leakslope`: its subcommands, and what they share.
 *
 * The command is a program of its own that links no tracer: it looks at other
 * programs and starts them, reads what they wrote, and traces nothing itself.
 * Each subcommand gets its arguments without its name and returns an exit
 * status, having said on stderr what is wrong.
 */
#ifndef LS_CLI_CLI_H
#define LS_CLI_CLI_H

#include "platform/text.h"

enum {
  CLI_OK = 0,
  CLI_NO = 1,   /* doctor: it cannot be gated as it is; report: a leak;
                   baseline: it is not what was found; sites: too few */
  CLI_WRONG = 2 /* usage, bad input */
};

int cli_run(int argc, char **argv);
int cli_compare(int argc, char **argv);
int cli_top(int argc, char **argv);
int cli_shim(int argc, char **argv);
int cli_doctor(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_baseline(int argc, char **argv);
int cli_sites(int argc, char **argv);

/* Says "leakslope: ..." on stderr; returns CLI_WRONG. */
int cli_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What a command prints on stdout.  Returns its exit status (127 where it
   cannot be started, 128 and more after a signal), or a negative errno. */
int cli_capture(const char *const argv[], struct ls_text *out);

/* The whole of a file; 0 or a negative errno. */
int cli_read(const char *path, struct ls_text *out);

/* Writes it to a file, whole or not at all, or to standard output ("-").
   CLI_OK, or CLI_WRONG with a message. */
int cli_write(const char *to, const struct ls_text *text);

/* The installed file `name` of the library folder, found from where this
   command is; 0, or -ENOENT with the place that was expected in `path`. */
int cli_library_file(const char *name, char *path, size_t size);

#endif
