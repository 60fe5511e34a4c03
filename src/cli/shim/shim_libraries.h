/* SPDX-License-Identifier: MIT */
/*
 * The library folder of a shim: by the names of Check's own libraries, what
 * makes a linker take Check with leakslope in front, without any option.
 *
 *   libcheck.a    linker script: gated/libcheck.a, our archive, libleakslope.so
 *   libcheck.so   linker script: our archive, the real libcheck.so,
 *                 libleakslope.so
 *   gated/        Check's archives, their functions that we take the place of
 *                 renamed (x is __real_x), and a libleakslope.so to link with,
 *                 by which a program finds the installed one
 */
#ifndef LS_CLI_SHIM_LIBRARIES_H
#define LS_CLI_SHIM_LIBRARIES_H

/*
 * Makes `folder`, for Check's libraries in `libdir`; which functions it is
 * about is read from the --wrap options in `flags`.
 * Returns 1, or 0 where that cannot be done, with *why.
 */
int cli_shim_libraries(const char *folder, const char *libdir,
                       const char *flags, const char **why);

#endif
