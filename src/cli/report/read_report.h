/* SPDX-License-Identifier: MIT */
/*
 * A report from the JSON file that a gated program wrote.
 */
#ifndef LS_CLI_READ_REPORT_H
#define LS_CLI_READ_REPORT_H

#include "report/model/model.h"

/*
 * The report in a file, to be freed with ls_report_free().  A file that cannot
 * be read, is cut off, or is no report of this version gives NULL; what is
 * wrong, and where in the file, is then said on stderr.
 */
struct leakslope_report *cli_read_report(const char *path);

#endif
