/* SPDX-License-Identifier: MIT */
/* Takes what may hold something (live blocks, mappings, what was allocated
   before tracing began) as nodes by address, and makes the index. */
#include "holder/graph.h"

#include <string.h>

#include "holder/memory.h"
#include "platform/arena.h"
#include "tracker/blocks.h"
#include "tracker/range_table.h"

enum {
  NODES_MOST = 4 << 20,
  NODE_BYTES = 70, /* with its part of the index and of the search's queues */
  CELL_BITS = 8,
  LEAF_BITS = 24,
  LEAF_CELLS = 1 << (LEAF_BITS - CELL_BITS)
};

/* ---- arrays -------------------------------------------------------------- */

static int room(void **array, size_t n, size_t size) {
  *array = ls_pages_map(n * size, 0);
  return *array != NULL;
}

#define ROOM(array, n) room((void **)&(array), (n), sizeof *(array))

int ls_graph_room(struct ls_graph *graph, size_t capacity) {
  memset(graph, 0, sizeof *graph);
  graph->capacity = capacity;
  size_t n = capacity + 1; /* none of them is empty */
  return ROOM(graph->begin, n) && ROOM(graph->size, n) &&
         ROOM(graph->site, n) && ROOM(graph->birth, n) &&
         ROOM(graph->parent, n) && ROOM(graph->where, n) &&
         ROOM(graph->into, n) && ROOM(graph->flags, n) && ROOM(graph->order, n);
}

static void put(struct ls_graph *graph, size_t at, uintptr_t begin,
                uint64_t size, uint32_t site, uint32_t birth) {
  graph->begin[at] = begin;
  graph->size[at] = size;
  graph->site[at] = site;
  graph->birth[at] = birth;
}

void ls_graph_add(struct ls_graph *graph, uintptr_t begin, uint64_t size,
                  uint32_t site, uint32_t birth) {
  if (graph->n == graph->capacity) return;
  size_t at = graph->n++;
  while (at && graph->begin[at - 1] > begin) {
    put(graph, at, graph->begin[at - 1], graph->size[at - 1],
        graph->site[at - 1], graph->birth[at - 1]);
    at--;
  }
  put(graph, at, begin, size, site, birth);
}

/* ---- the index ----------------------------------------------------------- */

static int index_node(struct ls_graph *graph, uint32_t i, uintptr_t base) {
  uintptr_t last = graph->begin[i];
  if (graph->size[i]) last += graph->size[i] - 1;
  for (uintptr_t cell = graph->begin[i] >> CELL_BITS; cell <= last >> CELL_BITS;
       cell++) {
    uint32_t **leaf = &graph->leaves[(cell >> (LEAF_BITS - CELL_BITS)) - base];
    if (!*leaf) *leaf = ls_pages_map(LEAF_CELLS * sizeof **leaf, 0);
    if (!*leaf) return 0;
    (*leaf)[cell & (LEAF_CELLS - 1)] = i + 1;
  }
  return 1;
}

int ls_graph_index(struct ls_graph *graph) {
  if (!graph->n) return 1;
  uintptr_t high = 0;
  for (size_t i = 0; i < graph->n; i++) {
    uintptr_t end = graph->begin[i] + graph->size[i] + 1;
    if (end > high) high = end;
  }
  graph->low = graph->begin[0];
  graph->span = high - graph->low;
  uintptr_t base = graph->low >> LEAF_BITS;
  size_t leaves = (high >> LEAF_BITS) - base + 1;
  if (!ROOM(graph->leaves, leaves)) return 0;
  for (size_t i = 0; i < graph->n; i++)
    if (!index_node(graph, (uint32_t)i, base)) return 0;
  return 1;
}

/* ---- nodes beside the blocks --------------------------------------------- */

struct other {
  uintptr_t begin;
  uint64_t size;
  uint32_t site, birth;
};

struct others {
  struct other *at;
  size_t n, capacity;
  int failed;
};

static void add_other(struct others *others, struct other one) {
  if (others->n == others->capacity) {
    size_t more = others->capacity ? 2 * others->capacity : 4096;
    struct other *at = ls_pages_map(more * sizeof *at, 0);
    others->failed |= !at;
    if (!at) return;
    if (others->n) memcpy(at, others->at, others->n * sizeof *at);
    ls_pages_unmap(others->at, others->capacity * sizeof *at);
    others->at = at;
    others->capacity = more;
  }
  size_t at = others->n++;
  /* Both kinds come in ascending order: few are moved. */
  for (; at && others->at[at - 1].begin > one.begin; at--)
    others->at[at] = others->at[at - 1];
  others->at[at] = one;
}

static void add_range(void *arg, const struct ls_range *range) {
  add_other(arg, (struct other){range->begin, range->end - range->begin,
                                range->site, range->birth});
}

/* Blocks of glibc's main heap from before tracing began, by their headers: in
   use, as far as they say so.  0 where they do not lead to the end: the program
   has taken a part of the heap for itself. */
static int add_old_chunks(struct others *others,
                          const struct ls_memory *memory) {
  enum { HEADER = 16, FLAGS = 15, IN_USE = 1, LEAST = 32, TCACHE = 0x290 };
  const struct ls_mapped *heap = NULL;
  for (size_t i = 0; i < memory->n && !heap; i++)
    if (!strcmp(memory->at[i].path, "[heap]")) heap = &memory->at[i];
  uintptr_t until = ls_blocks_heap_before();
  if (!heap || !heap->is_readable || until <= heap->begin) return 1;
  if (until > heap->end) until = heap->end;
  for (uintptr_t at = heap->begin; at + HEADER < until;) {
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): a chunk's header */
    size_t size = ((const size_t *)at)[1] & ~(size_t)FLAGS;
    if (size < LEAST || size > heap->end - at) return 0;
    if (at + size + HEADER > heap->end) return 1; /* what is free at the end */
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): that of the next one */
    int in_use = (int)(((const size_t *)(at + size))[1] & IN_USE);
    /* Lists of free chunks lie in the first one: they hold nothing. */
    int is_tcache = at == heap->begin && size == TCACHE;
    if (in_use && !is_tcache)
      add_other(others, (struct other){at + HEADER, size - HEADER / 2, 0, 0});
    at += size;
  }
  return 1;
}

/* ---- all ----------------------------------------------------------------- */

static void count(void *arg, const struct ls_live_block *block) {
  (void)block;
  ++*(size_t *)arg;
}

struct filling {
  struct ls_graph *graph;
  size_t at;
};

static void fill(void *arg, const struct ls_live_block *block) {
  struct filling *filling = arg;
  if (filling->at >= filling->graph->capacity) return;
  put(filling->graph, filling->at++, block->begin, block->size, block->site,
      block->birth);
}

/* Blocks lie at the end of the arrays, in order: they move down while the
   others are put between.  A mapping with traced blocks inside is an
   allocator's, and a chunk with such is none. */
static void merge(struct ls_graph *graph, size_t from, size_t end,
                  const struct others *others) {
  size_t k = 0;
  while (from < end || k < others->n) {
    const struct other *other = k < others->n ? &others->at[k] : NULL;
    if (!other || (from < end && graph->begin[from] < other->begin)) {
      put(graph, graph->n++, graph->begin[from], graph->size[from],
          graph->site[from], graph->birth[from]);
      from++;
      continue;
    }
    k++;
    uintptr_t until = other->begin + other->size;
    if (from < end && graph->begin[from] < until) continue;
    if (k < others->n && others->at[k].begin < until) continue;
    put(graph, graph->n++, other->begin, other->size, other->site,
        other->birth);
  }
}

enum ls_holders_state ls_graph_make(struct ls_graph *graph,
                                    const struct ls_memory *memory,
                                    uint64_t most_bytes) {
  struct others others = {0};
  size_t blocks = 0;
  if (ls_blocks_each(count, &blocks)) return LS_HOLDERS_ALLOCATOR;
  ls_ranges_each(add_range, &others);
  int is_whole = add_old_chunks(&others, memory);
  size_t n = blocks + others.n;
  if (others.failed || n > NODES_MOST || n * NODE_BYTES > most_bytes)
    return LS_HOLDERS_MEMORY;
  if (!ls_graph_room(graph, n)) return LS_HOLDERS_MEMORY;
  graph->is_partial = !is_whole;
  struct filling filling = {graph, others.n};
  (void)ls_blocks_each(fill, &filling);
  merge(graph, others.n, filling.at, &others);
  return ls_graph_index(graph) ? LS_HOLDERS_DONE : LS_HOLDERS_MEMORY;
}
