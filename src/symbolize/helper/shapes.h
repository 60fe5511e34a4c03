/* SPDX-License-Identifier: MIT */
/* What a function's entry says of its result and parameters. */
#ifndef LS_SYMBOLIZE_HELPER_SHAPES_H
#define LS_SYMBOLIZE_HELPER_SHAPES_H

#include <elfutils/libdw.h>

/* Bits of enum ls_shape, for a function or an inlined one. */
unsigned shape_of(Dwarf_Die *function);

#endif
