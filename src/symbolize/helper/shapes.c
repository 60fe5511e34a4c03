/* SPDX-License-Identifier: MIT */
/* Reads from a function's debug information what it returns and takes. */
#include "symbolize/helper/shapes.h"

#include <dwarf.h>
#include <string.h>

#include "symbolize/shape.h"

enum { DEPTH = 32 }; /* of typedefs, or of what refers to what */

static Dwarf_Die *refers_to(Dwarf_Die *from, unsigned name, Dwarf_Die *to) {
  Dwarf_Attribute attribute;
  return dwarf_formref_die(dwarf_attr(from, name, &attribute), to);
}

/* The type of an entry without typedefs and qualifiers: its tag, 0 for none;
 *is_const where it may not be written to. */
static int peel(Dwarf_Die *of, Dwarf_Die *type, int *is_const) {
  Dwarf_Attribute attribute;
  Dwarf_Die *at =
      dwarf_formref_die(dwarf_attr_integrate(of, DW_AT_type, &attribute), type);
  *is_const = 0;
  for (int depth = 0; at && depth < DEPTH; depth++) {
    int tag = dwarf_tag(at);
    *is_const |= tag == DW_TAG_const_type;
    if (tag != DW_TAG_typedef && tag != DW_TAG_const_type &&
        tag != DW_TAG_volatile_type && tag != DW_TAG_restrict_type &&
        tag != DW_TAG_atomic_type)
      return tag;
    at = refers_to(at, DW_AT_type, type);
  }
  return 0;
}

static int is_pointer(int tag) {
  return tag == DW_TAG_pointer_type || tag == DW_TAG_reference_type ||
         tag == DW_TAG_rvalue_reference_type;
}

static int is_structure(int tag) {
  return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
         tag == DW_TAG_union_type;
}

static Dwarf_Word number_of(Dwarf_Die *type, unsigned name) {
  Dwarf_Word number = 0;
  Dwarf_Attribute attribute;
  (void)dwarf_formudata(dwarf_attr(type, name, &attribute), &number);
  return number;
}

static int is_character(Dwarf_Die *type) {
  return number_of(type, DW_AT_byte_size) == 1;
}

static int is_size(Dwarf_Die *type) {
  return number_of(type, DW_AT_byte_size) == sizeof(size_t) &&
         number_of(type, DW_AT_encoding) == DW_ATE_unsigned;
}

static unsigned result_of(Dwarf_Die *function) {
  Dwarf_Die type, pointee;
  int is_const, tag = peel(function, &type, &is_const);
  if (!tag) return LS_SHAPE_NOTHING;
  if (is_structure(tag)) return LS_SHAPE_OBJECT;
  if (!is_pointer(tag)) return LS_SHAPE_NUMBER;
  int to = peel(&type, &pointee, &is_const);
  if (!to && tag == DW_TAG_pointer_type) return LS_SHAPE_BLOCK;
  return to == DW_TAG_base_type && is_character(&pointee) ? LS_SHAPE_TEXT
                                                          : LS_SHAPE_OBJECT;
}

static unsigned parameter_of(Dwarf_Die *parameter) {
  Dwarf_Die type, pointee;
  int is_const, tag = peel(parameter, &type, &is_const);
  if (tag == DW_TAG_base_type)
    return LS_SHAPE_TAKES_NUMBER | (is_size(&type) ? LS_SHAPE_TAKES_SIZE : 0U);
  if (!is_pointer(tag)) return 0;
  int to = peel(&type, &pointee, &is_const);
  return !is_const && (is_structure(to) || is_pointer(to) || !to)
             ? LS_SHAPE_TAKES_OBJECT
             : 0;
}

/* Copies of a function may lack parameters that are constant in them. */
static Dwarf_Die *origin_of(Dwarf_Die *function, Dwarf_Die *origin) {
  Dwarf_Die next;
  *origin = *function;
  for (int depth = 0; depth < DEPTH; depth++) {
    if (!refers_to(origin, DW_AT_abstract_origin, &next)) break;
    *origin = next;
  }
  return origin;
}

unsigned shape_of(Dwarf_Die *function) {
  Dwarf_Die origin, child;
  unsigned shape = result_of(function);
  if (dwarf_child(origin_of(function, &origin), &child) != 0) return shape;
  do {
    if (dwarf_tag(&child) == DW_TAG_formal_parameter)
      shape |= parameter_of(&child);
  } while (dwarf_siblingof(&child, &child) == 0);
  return shape;
}
