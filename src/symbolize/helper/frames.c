/* SPDX-License-Identifier: MIT */
/* Finds the frames of an address: its function, and those it was inlined into.
 */
#include "symbolize/helper/frames.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <string.h>

#include "symbolize/helper/filename.h"
#include "symbolize/helper/name.h"
#include "symbolize/helper/shapes.h"

/* ---- the compilation unit ------------------------------------------------ */

/* The unit at a module's address, with the bias of its debug file. */
static Dwarf_Die *unit_find(const struct module *module, Dwarf_Addr address,
                            Dwarf_Addr *bias) {
  Dwarf_Die *unit = dwfl_module_addrdie(module->handle, address, bias);
  if (unit && dwarf_haspc(unit, address - *bias) > 0) return unit;
  /* clang writes no .debug_aranges: then there is nothing, or, in a file that
     gcc had a part in, the unit that happens to be before the address. */
  unit = NULL;
  while ((unit = dwfl_module_nextcu(module->handle, unit, bias)))
    if (dwarf_haspc(unit, address - *bias) > 0) return unit;
  return NULL;
}

/* Where the unit's functions are described: with -gsplit-dwarf, elsewhere. */
static Dwarf_Die *unit_of_functions(Dwarf_Die *unit, Dwarf_Die *split) {
  uint8_t type;
  memset(split, 0, sizeof *split);
  if (dwarf_cu_info(unit->cu, NULL, &type, NULL, split, NULL, NULL, NULL) ==
          0 &&
      type == DW_UT_skeleton && split->addr)
    return split;
  return unit;
}

/* ---- names and numbers of an entry --------------------------------------- */

static const char *die_string(Dwarf_Die *die, unsigned name) {
  Dwarf_Attribute attribute;
  return dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));
}

/* With the scope that it is in, where C++ gave it a name for the linker. */
static const char *die_name(Dwarf_Die *die) {
  const char *linked = die_string(die, DW_AT_linkage_name);
  if (!linked) linked = die_string(die, DW_AT_MIPS_linkage_name);
  const char *readable = linked ? name_readable(linked) : NULL;
  return readable ? readable : die_string(die, DW_AT_name);
}

static int die_number(Dwarf_Die *die, unsigned name, Dwarf_Word *value) {
  Dwarf_Attribute attribute;
  return dwarf_formudata(dwarf_attr(die, name, &attribute), value) == 0;
}

/* Where an inlined function was called. */
static void call_site(Dwarf_Die *inlined, Dwarf_Die *lines_of,
                      struct frame *caller) {
  Dwarf_Word index, line;
  Dwarf_Files *files;
  size_t nfiles;
  Dwarf_Die unit;
  if (die_number(inlined, DW_AT_call_line, &line) && line <= INT32_MAX)
    caller->line = (int)line;
  /* dwz moves entries to other units; the number is of their file table. */
  if (!dwarf_diecu(inlined, &unit, NULL, NULL) ||
      !die_number(inlined, DW_AT_call_file, &index) ||
      dwarf_getsrcfiles(&unit, &files, &nfiles) != 0 || index >= nfiles)
    return;
  const char *file = dwarf_filesrc(files, index, NULL, NULL);
  caller->file = filename_as_given(file, lines_of, files);
}

static void line_find(Dwarf_Die *unit, Dwarf_Addr address,
                      struct frame *frame) {
  Dwarf_Line *line = dwarf_getsrc_die(unit, address);
  if (!line) return;
  Dwarf_Files *files = NULL;
  size_t nfiles;
  if (dwarf_getsrcfiles(unit, &files, &nfiles) != 0) files = NULL;
  const char *file = dwarf_linesrc(line, NULL, NULL);
  frame->file = filename_as_given(file, unit, files);
  if (dwarf_lineno(line, &frame->line) != 0 || frame->line < 0) frame->line = 0;
}

/* ---- scopes -------------------------------------------------------------- */

/* The entries around an address as they are nested in the machine code,
   outermost first.  dwarf_getscopes() would not do: it follows an inlined
   function to its source text, and fails where link-time optimization took
   that from another unit. */
struct scopes {
  Dwarf_Addr address;
  size_t n;
  Dwarf_Die entries[FRAMES_MAX];
};

/* Whether an entry may hold code that it does not cover itself: a nested
   function is no part of the range of the one around it. */
static int is_container(int tag) {
  return tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block ||
         tag == DW_TAG_namespace || tag == DW_TAG_module ||
         tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
         tag == DW_TAG_union_type;
}

static int scopes_below(struct scopes *scopes, Dwarf_Die *entry, size_t depth);

/* Looks for code inside of entries that do not cover the address. */
static int scopes_in_containers(struct scopes *scopes, Dwarf_Die *child,
                                size_t depth) {
  do {
    if (is_container(dwarf_tag(child)) &&
        scopes_below(scopes, child, depth + 1))
      return 1;
  } while (dwarf_siblingof(child, child) == 0);
  return 0;
}

/* Collects what covers the address below `entry`: 1 if anything does. */
static int scopes_below(struct scopes *scopes, Dwarf_Die *entry, size_t depth) {
  Dwarf_Die first, child;
  if (depth == FRAMES_MAX || dwarf_child(entry, &first) != 0) return 0;
  child = first;
  do {
    if (dwarf_haspc(&child, scopes->address) <= 0) continue;
    scopes->entries[scopes->n++] = child;
    (void)scopes_below(scopes, &child, depth + 1);
    return 1;
  } while (dwarf_siblingof(&child, &child) == 0);
  return scopes_in_containers(scopes, &first, depth);
}

/* ---- frames -------------------------------------------------------------- */

/* frames[0] has its file and line already.  Returns the number of frames, 0
   when no function covers the address. */
static size_t scopes_walk(struct scopes *scopes, Dwarf_Die *unit,
                          struct frame frames[FRAMES_MAX]) {
  size_t at = 0;
  for (size_t i = scopes->n; i-- > 0;) {
    Dwarf_Die *entry = &scopes->entries[i];
    int tag = dwarf_tag(entry);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
    frames[at].function = die_name(entry);
    frames[at].shape = shape_of(entry);
    if (tag == DW_TAG_subprogram) return at + 1;
    if (at + 1 == FRAMES_MAX) return FRAMES_MAX;
    frames[++at] = (struct frame){NULL, NULL, 0, 0};
    call_site(entry, unit, &frames[at]);
  }
  return 0;
}

static size_t debug_frames(const struct module *module, Dwarf_Addr address,
                           struct frame frames[FRAMES_MAX]) {
  Dwarf_Addr bias = 0;
  Dwarf_Die *unit = unit_find(module, address, &bias);
  if (!unit) return 0;
  line_find(unit, address - bias, &frames[0]);
  struct scopes scopes = {.address = address - bias};
  Dwarf_Die split;
  (void)scopes_below(&scopes, unit_of_functions(unit, &split), 0);
  return scopes_walk(&scopes, unit, frames);
}

/* The function of the symbol table that covers the address, or NULL.  One
   without a size may have ended long before. */
static const char *symbol_find(const struct module *module,
                               Dwarf_Addr address) {
  GElf_Off offset = 0;
  GElf_Sym symbol;
  const char *name = dwfl_module_addrinfo(module->handle, address, &offset,
                                          &symbol, NULL, NULL, NULL);
  if (!name || !*name || offset >= symbol.st_size) return NULL;
  const char *readable = name_readable(name);
  return readable ? readable : name;
}

size_t frames_find(const struct module *module, uint64_t offset,
                   struct frame frames[FRAMES_MAX]) {
  frames[0] = (struct frame){NULL, NULL, 0, 0};
  if (!module->handle) return 0;
  Dwarf_Addr address = module_address(module, offset);
  size_t n = debug_frames(module, address, frames);
  if (n == 0) n = 1;
  /* Assembly has lines and symbols, but no function in its debug information.
     An inlined function has no symbol. */
  if (!frames[n - 1].function)
    frames[n - 1].function = symbol_find(module, address);
  return n > 1 || frames[0].function || frames[0].file ? n : 0;
}
