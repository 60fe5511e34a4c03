/* SPDX-License-Identifier: MIT */
/*
 * The table of options as flags of `leakslope run`: nothing here knows an
 * option by name.
 */
#ifndef LS_CLI_FLAGS_H
#define LS_CLI_FLAGS_H

#include <stddef.h>

#include "platform/options.h"

enum { CLI_FLAG_SIZE = 64 };

/* The flag without its dashes: CK_LEAK_TOTAL_BUDGET is total-budget,
   CK_JUNIT_LOG_FILE_NAME junit. */
void cli_flag_name(const struct ls_option *option, char name[CLI_FLAG_SIZE]);

/* The option whose flag is the n characters at `flag`; NULL for none. */
const struct ls_option *cli_flag_option(const char *flag, size_t n);

/* For people. */
void cli_flags_help(void);

/* One line an option: name, flag, default, allowed, meaning; tabs between. */
void cli_flags_list(void);

#endif
