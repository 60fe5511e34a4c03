/* SPDX-License-Identifier: MIT */
/*
 * What the debug information of a function says of its result and parameters,
 * as far as that tells who owns a block that the function allocates: a number,
 * one of the first group and any of the second.
 */
#ifndef LS_SYMBOLIZE_SHAPE_H
#define LS_SYMBOLIZE_SHAPE_H

enum ls_shape {
  /* what it returns */
  LS_SHAPE_UNKNOWN = 0,
  LS_SHAPE_NOTHING = 1,
  LS_SHAPE_NUMBER = 2,
  LS_SHAPE_BLOCK = 3,  /* void * */
  LS_SHAPE_TEXT = 4,   /* char * */
  LS_SHAPE_OBJECT = 5, /* any other pointer, reference or structure */
  LS_SHAPE_RESULT = 7, /* the bits of the above */
  /* what it takes */
  LS_SHAPE_TAKES_NUMBER = 8,
  LS_SHAPE_TAKES_SIZE = 16,   /* a size_t, or what is as large */
  LS_SHAPE_TAKES_OBJECT = 32, /* something that it may write to */
  LS_SHAPE_ALL = 63
};

#endif
