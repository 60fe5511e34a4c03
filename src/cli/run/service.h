/* SPDX-License-Identifier: MIT */
/* leakslope run --snapshot-signal SIGNAL [--snapshot-dir FOLDER] */
#ifndef LS_CLI_SERVICE_H
#define LS_CLI_SERVICE_H

#include "cli/doctor/inspect.h"

/* Takes such a flag of `run`, with its name up to `n` characters: 1, with the
   environment set; 0: it is another flag; -1: wrong, and said. */
int cli_service_flag(const char *flag, size_t n, const char *value);

/* Whether the program is run for snapshots; makes the folder ready then.
   1, 0, or -1: wrong, and said. */
int cli_service_wanted(void);

/* Whether a program's allocations can be seen, gated or not. */
enum cli_way cli_judge_service(const struct cli_program *program,
                               const char **why);

#endif
