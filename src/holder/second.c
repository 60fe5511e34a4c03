/* SPDX-License-Identifier: MIT */
/* Looks a second time for what seems lost: byte by byte, for pointers that are
   not aligned, have a tag in their upper bits, or point behind a block. */
#include <string.h>

#include "holder/lost.h"

enum { SAMPLE = LS_SAMPLE, WORD = sizeof(uintptr_t), ADDRESS_BITS = 48 };

struct look {
  const struct ls_graph *graph;
  size_t n;
  uint32_t nodes[SAMPLE]; /* ascending */
  uint8_t found[SAMPLE][LS_BY_END + 1];
  uintptr_t low, span;
};

/* The block of the sample that an address lies in, or that it is the end of;
   SAMPLE for none. */
static size_t sampled(const struct look *look, uintptr_t address) {
  size_t low = 0, high = look->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    uint32_t node = look->nodes[middle];
    if (look->graph->begin[node] + look->graph->size[node] < address)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == look->n || look->graph->begin[look->nodes[low]] > address)
    return SAMPLE;
  return low;
}

static void look_at(struct look *look, uintptr_t at) {
  uintptr_t word;
  /* NOLINTNEXTLINE(performance-no-int-to-ptr): any memory */
  memcpy(&word, (const void *)at, sizeof word);
  uintptr_t address = word & (((uintptr_t)1 << ADDRESS_BITS) - 1);
  if (address - look->low > look->span) return;
  size_t i = sampled(look, address);
  if (i == SAMPLE) return;
  uint32_t node = look->nodes[i];
  int is_end = address == look->graph->begin[node] + look->graph->size[node];
  enum ls_holder_by by = LS_BY_TAGGED;
  if (address == word)
    by = is_end ? LS_BY_END : at % WORD ? LS_BY_UNALIGNED : LS_BY_POINTER;
  if (is_end && (address != word || at % WORD)) return;
  if (by == LS_BY_TAGGED && at % WORD) return;
  look->found[i][by] = 1;
}

static void look_at_part(void *arg, uintptr_t from, uintptr_t to) {
  for (; from + WORD <= to; from++) look_at(arg, from);
}

static void look_everywhere(struct ls_search *search, struct look *look) {
  const struct ls_graph *graph = search->graph;
  for (size_t i = 0; i < search->roots->n; i++)
    if (search->roots->at[i].kind != LS_ROOT_EPOLL &&
        search->roots->at[i].kind != LS_ROOT_TIMER)
      ls_memory_parts(search->memory, search->roots->at[i].begin,
                      search->roots->at[i].end, look_at_part, look);
  /* In what is lost too: of a list, only the first is pointed at from outside.
   */
  for (size_t node = 0; node < graph->n; node++) {
    uintptr_t end = graph->begin[node] + graph->size[node];
    if (node % 1024 == 0 && ls_search_is_late(search)) return;
    if (ls_memory_is_plain(search->memory, graph->begin[node], end))
      ls_memory_guarded(look_at_part, look, graph->begin[node], end);
    else
      ls_memory_parts(search->memory, graph->begin[node], end, look_at_part,
                      look);
  }
}

/* Of one group of the sample: in which form it was found, and how often. */
static enum ls_holder_by form_of(const struct look *look, const uint8_t *groups,
                                 uint8_t group, size_t *n, size_t *found) {
  size_t counts[LS_BY_END + 1] = {0};
  *n = 0;
  for (size_t i = 0; i < look->n; i++) {
    if (groups[i] != group) continue;
    ++*n;
    for (unsigned by = LS_BY_UNALIGNED; by <= LS_BY_END; by++)
      counts[by] += look->found[i][by];
  }
  enum ls_holder_by best = LS_BY_UNALIGNED;
  for (unsigned by = LS_BY_TAGGED; by <= LS_BY_END; by++)
    if (counts[by] > counts[best]) best = (enum ls_holder_by)by;
  *found = counts[best];
  return best;
}

enum ls_holder_by ls_second_look(struct ls_search *search,
                                 const struct ls_sample *sample,
                                 uint32_t *unsure) {
  enum { FEW = 16 };
  static struct look look; /* more than a stack should hold */
  enum ls_holder_by by = LS_BY_POINTER;
  size_t most = 0;
  memset(&look, 0, sizeof look);
  look.graph = search->graph;
  look.n = sample->n;
  *unsure = 0;
  if (!look.n) return by;
  memcpy(look.nodes, sample->nodes, look.n * sizeof *look.nodes);
  uint32_t last = look.nodes[look.n - 1];
  look.low = search->graph->begin[look.nodes[0]];
  look.span = search->graph->begin[last] + search->graph->size[last] - look.low;
  look_everywhere(search, &look);
  for (uint8_t group = 0; group < LS_HOLDER_SITES; group++) {
    size_t n, found;
    enum ls_holder_by form = form_of(&look, sample->groups, group, &n, &found);
    if (found * FEW >= n && found) *unsure |= 1u << group;
    if (2 * found >= n && found > most) {
      most = found;
      by = form;
    }
  }
  /* The next search finds what is of the same form. */
  for (uint8_t group = 0; most && group < LS_HOLDER_SITES; group++) {
    size_t n, found;
    if (form_of(&look, sample->groups, group, &n, &found) == by)
      *unsure &= ~(1u << group);
  }
  return by;
}
