/* SPDX-License-Identifier: MIT */
/*
 * The names of what a report holds, one table for those who write them and
 * those who read them.  They are part of the file format: a name stays.
 */
#ifndef LS_REPORT_NAMES_H
#define LS_REPORT_NAMES_H

enum ls_names {
  LS_NAMES_OUTCOME, /* enum ls_outcome */
  LS_NAMES_REASON,  /* enum ls_reason */
  LS_NAMES_STATE,   /* enum ls_site_state */
  LS_NAMES_FORM,    /* enum ls_law_form */
  LS_NAMES_DOMAIN,  /* enum leakslope_domain */
  LS_NAMES_RESULT,  /* enum leakslope_result */
  LS_NAMES_ACCEPTANCE,
  LS_NAMES_HOLDER,
  LS_NAMES_POINTER /* enum ls_acceptance */
};

/* The name of a value; "unknown" for one that the table does not have. */
const char *ls_name(enum ls_names table, unsigned value);

/* The value of a name, or -1. */
int ls_name_value(enum ls_names table, const char *name);

#endif
