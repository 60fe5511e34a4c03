/* SPDX-License-Identifier: MIT */
/* Gives each distinct traceback a number, in a trie of call sites. */
#include "traceback/intern.h"

#include <string.h>

#include "platform/arena.h"
#include "platform/lock.h"
#include "platform/together.h"
#include "traceback/young.h"

/*
 * A jump out of a signal handler may end an insertion anywhere: what is linked
 * is whole by then, so at worst an id is used by nobody.
 *
 * Nodes and sites live in blocks that never move, so that a reader may follow
 * them while a writer adds.  128 KiB each: what a small program touches stays
 * small.
 */
enum {
  NODE_BLOCK_BITS = 13,
  NODE_BLOCK = 1 << NODE_BLOCK_BITS,
  NODE_BLOCKS = 1 << (24 - NODE_BLOCK_BITS),
  SITE_BLOCK_BITS = 15,
  SITE_BLOCK = 1 << SITE_BLOCK_BITS,
  SITE_BLOCKS = 1 << (24 - SITE_BLOCK_BITS),
  FIRST_TABLE = 1 << 9, /* slots of the first hash table */
  MEMO = 1 << 12        /* paths remembered whole */
};

struct node {
  uintptr_t pc;
  uint32_t parent; /* 0 is the root */
  uint32_t site;   /* 0 while nothing was allocated here */
};

/* Open addressing over node ids; grown by making a new one.  The old one stays
   mapped: a reader may still be in it. */
struct table {
  uint32_t mask;
  uint32_t slots[];
};

/* What an insertion writes. */
static struct {
  struct ls_lock lock;
  _Atomic(struct table *) table;
  uint32_t node_count; /* ids 1 to this */
  _Atomic uint32_t site_count;
} trie LS_TOGETHER;

/*
 * The first of all: a small program, and a process that it forks, writes to few
 * pages.
 */
enum { FIRST_SITES = 128 };
struct first {
  uint32_t sites[FIRST_SITES];
  struct table table;
  uint32_t slots[FIRST_TABLE]; /* of the table */
  struct node nodes[NODE_BLOCK];
};

static struct {
  _Atomic(struct first *) first;
  _Atomic(struct node *) nodes[NODE_BLOCKS];
  _Atomic(uint32_t *) sites[SITE_BLOCKS]; /* site -> its innermost node */
  /* (hash << 24 | site) of whole paths; a guess that is then verified */
  _Atomic uint64_t memo[MEMO];
} blocks;

/*
 * The latest nodes and sites of a young process that was forked, in a page that
 * it writes in any case: each page of the blocks would be copied first.  They
 * are in no table, and move to their blocks as soon as there is no room, or
 * others are made elsewhere; until then they are the last ones.
 */
enum { EARLY_NODES = 40, EARLY_SITES = 12 };
static struct {
  uint32_t nodes_before, sites_before; /* the last ones in the blocks */
  _Atomic uint32_t nnodes, nsites;
  struct node nodes[EARLY_NODES];
  uint32_t sites[EARLY_SITES];
} early LS_TOGETHER;

static struct node *node_in_block(uint32_t id) {
  struct node *block = atomic_load_explicit(
      &blocks.nodes[id >> NODE_BLOCK_BITS], memory_order_acquire);
  return &block[id & (NODE_BLOCK - 1)];
}

static struct node *node_at(uint32_t id) {
  uint32_t at = id - early.nodes_before - 1;
  uint32_t n = atomic_load_explicit(&early.nnodes, memory_order_acquire);
  return __builtin_expect(at < n, 0) ? &early.nodes[at] : node_in_block(id);
}

/* The innermost node of a site, and above it the site's tag. */
enum { NODE_BITS = 24, NODE_MASK = (1 << NODE_BITS) - 1 };

static uint32_t *site_in_block(uint32_t site) {
  if (site < FIRST_SITES)
    return &atomic_load_explicit(&blocks.first, memory_order_acquire)
                ->sites[site];
  uint32_t *block = atomic_load_explicit(&blocks.sites[site >> SITE_BLOCK_BITS],
                                         memory_order_acquire);
  return &block[site & (SITE_BLOCK - 1)];
}

static uint32_t *site_at(uint32_t site) {
  uint32_t at = site - early.sites_before - 1;
  uint32_t n = atomic_load_explicit(&early.nsites, memory_order_acquire);
  return __builtin_expect(at < n, 0) ? &early.sites[at] : site_in_block(site);
}

static uint32_t early_site_of(uint32_t node) {
  uint32_t n = atomic_load_explicit(&early.nsites, memory_order_acquire);
  for (uint32_t i = 0; i < n; i++)
    if ((early.sites[i] & NODE_MASK) == node) return early.sites_before + i + 1;
  return 0;
}

/* The site of a node; 0: none yet. */
static uint32_t site_of(uint32_t node) {
  uint32_t site = __atomic_load_n(&node_at(node)->site, __ATOMIC_ACQUIRE);
  return site ? site : early_site_of(node);
}

/* Finalizer of splitmix64: every input bit reaches every output bit. */
static uint64_t mix(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

static uint32_t edge_hash(uint32_t parent, uintptr_t pc) {
  return (uint32_t)mix(pc + parent * 0x9e3779b97f4a7c15u);
}

static uint32_t early_child(uint32_t parent, uintptr_t pc) {
  uint32_t n = atomic_load_explicit(&early.nnodes, memory_order_acquire);
  for (uint32_t i = 0; i < n; i++)
    if (early.nodes[i].pc == pc && early.nodes[i].parent == parent)
      return early.nodes_before + i + 1;
  return 0;
}

static uint32_t find_child(const struct table *table, uint32_t parent,
                           uintptr_t pc) {
  uint32_t at = edge_hash(parent, pc) & table->mask;
  for (;;) {
    uint32_t id = __atomic_load_n(&table->slots[at], __ATOMIC_ACQUIRE);
    if (!id) return early_child(parent, pc);
    const struct node *node = node_in_block(id);
    if (node->pc == pc && node->parent == parent) return id;
    at = (at + 1) & table->mask;
  }
}

static void put(struct table *table, uint32_t id) {
  const struct node *node = node_in_block(id);
  uint32_t at = edge_hash(node->parent, node->pc) & table->mask;
  while (table->slots[at]) at = (at + 1) & table->mask;
  __atomic_store_n(&table->slots[at], id, __ATOMIC_RELEASE);
}

/* Under the lock, likewise. */
static struct table *first_table(void) {
  struct first *first = ls_pages_map(sizeof *first, 0);
  if (!first) return NULL;
  first->table.mask = FIRST_TABLE - 1;
  atomic_store(&blocks.first, first);
  atomic_store(&blocks.nodes[0], first->nodes);
  atomic_store(&trie.table, &first->table);
  return &first->table;
}

/* Under the lock: the block of a node, or of a site; 0 when there is no
   memory. */
static int has_node_block(uint32_t id) {
  _Atomic(struct node *) *block = &blocks.nodes[id >> NODE_BLOCK_BITS];
  if (atomic_load(block)) return 1;
  struct node *fresh = ls_pages_map(NODE_BLOCK * sizeof *fresh, 0);
  if (fresh) atomic_store(block, fresh);
  return fresh != NULL;
}

static int has_site_block(uint32_t site) {
  _Atomic(uint32_t *) *block = &blocks.sites[site >> SITE_BLOCK_BITS];
  if (site < FIRST_SITES || atomic_load(block)) return 1;
  uint32_t *fresh = ls_pages_map(SITE_BLOCK * sizeof *fresh, 0);
  if (fresh) atomic_store(block, fresh);
  return fresh != NULL;
}

/* Under the lock. */
static void move_nodes(uint32_t last) {
  for (uint32_t id = early.nodes_before + 1; id <= last; id++) {
    *node_in_block(id) = *node_at(id);
    put(atomic_load(&trie.table), id);
  }
  atomic_store(&early.nnodes, 0);
}

static void move_sites(uint32_t last) {
  for (uint32_t site = early.sites_before + 1; site <= last; site++) {
    uint32_t node = *site_at(site) & NODE_MASK;
    *site_in_block(site) = *site_at(site);
    if (node) __atomic_store_n(&node_at(node)->site, site, __ATOMIC_RELEASE);
  }
  atomic_store(&early.nsites, 0);
}

/* Under the lock: from here on none is early; 0 when there is no memory.  Where
   a jump ends it halfway, a node is in the table twice. */
static int move_early(void) {
  uint32_t nodes = atomic_load(&early.nnodes) ? trie.node_count : 0;
  uint32_t sites =
      atomic_load(&early.nsites) ? atomic_load(&trie.site_count) : 0;
  if (nodes && !has_node_block(nodes)) return 0;
  if (sites && !has_site_block(sites)) return 0;
  if (nodes) move_nodes(nodes);
  if (sites) move_sites(sites);
  return 1;
}

/* Under the lock: a table with room for one more, or NULL. */
static struct table *table_with_room(void) {
  struct table *old = atomic_load(&trie.table);
  if (!old) return first_table();
  if (trie.node_count < old->mask / 2) return old;
  if (!move_early()) return NULL;
  size_t slots = ((size_t)old->mask + 1) * 2;
  struct table *table =
      ls_pages_map(sizeof *table + slots * sizeof table->slots[0], 0);
  if (!table) return NULL;
  table->mask = (uint32_t)slots - 1;
  for (uint32_t id = 1; id <= trie.node_count; id++) put(table, id);
  atomic_store(&trie.table, table);
  return table;
}

/* Under the lock: where the node or the site `id`, the next one, is to be among
   the early ones, of which there are `n`; `most` where it is not. */
static uint32_t early_place(uint32_t id, uint32_t n, uint32_t most,
                            uint32_t *before) {
  if (!ls_is_young_child()) return most;
  if (!n) *before = id - 1;
  uint32_t at = id - *before - 1;
  return at < most ? at : most;
}

/* Both: what it says comes last, so that one that a jump leaves behind says
   nothing. */
static void early_node(uint32_t at, struct node node, uint32_t id) {
  struct node *to = &early.nodes[at];
  *to = (struct node){0};
  atomic_store(&early.nnodes, at + 1);
  trie.node_count = id;
  to->parent = node.parent;
  __atomic_store_n(&to->pc, node.pc, __ATOMIC_RELEASE);
}

static void early_site(uint32_t at, uint32_t node, uint32_t site) {
  early.sites[at] = 0;
  atomic_store(&early.nsites, at + 1);
  atomic_store(&trie.site_count, site);
  __atomic_store_n(&early.sites[at], node, __ATOMIC_RELEASE);
}

/* Under the lock. */
static uint32_t new_node(struct table *table, uint32_t parent, uintptr_t pc) {
  struct node node = {.pc = pc, .parent = parent};
  uint32_t id = trie.node_count + 1;
  if (id >= LS_SITE_LIMIT_ID) return 0;
  uint32_t at = early_place(id, atomic_load(&early.nnodes), EARLY_NODES,
                            &early.nodes_before);
  if (at < EARLY_NODES) {
    early_node(at, node, id);
    return id;
  }
  if (!move_early() || !has_node_block(id)) return 0;
  *node_in_block(id) = node;
  trie.node_count = id;
  put(table, id);
  return id;
}

/* Under the lock. */
static uint32_t new_site(uint32_t node) {
  uint32_t site = atomic_load(&trie.site_count) + 1;
  if (site >= LS_SITE_LIMIT_ID) return 0;
  uint32_t at = early_place(site, atomic_load(&early.nsites), EARLY_SITES,
                            &early.sites_before);
  if (at < EARLY_SITES) {
    early_site(at, node, site);
    return site;
  }
  if (!move_early() || !has_site_block(site)) return 0;
  *site_in_block(site) = node;
  atomic_store(&trie.site_count, site);
  __atomic_store_n(&node_at(node)->site, site, __ATOMIC_RELEASE);
  return site;
}

/* Under the lock: the path, made where it is not there yet. */
static uint32_t insert(const uintptr_t *pcs, size_t n) {
  uint32_t at = 0;
  for (size_t i = n; i-- > 0;) {
    struct table *table = table_with_room();
    if (!table) return 0;
    uint32_t child = find_child(table, at, pcs[i]);
    if (!child) child = new_node(table, at, pcs[i]);
    if (!child) return 0;
    at = child;
  }
  uint32_t site = site_of(at);
  return site ? site : new_site(at);
}

/* The site of a path that is there already, without a lock; else 0. */
static uint32_t find(const uintptr_t *pcs, size_t n) {
  const struct table *table =
      atomic_load_explicit(&trie.table, memory_order_acquire);
  if (!table) return 0;
  uint32_t at = 0;
  for (size_t i = n; i-- > 0;) {
    at = find_child(table, at, pcs[i]);
    if (!at) return 0;
  }
  return site_of(at);
}

static int is_path_of(uint32_t site, const uintptr_t *pcs, size_t n) {
  uint32_t at = *site_at(site) & NODE_MASK;
  for (size_t i = 0; i < n; i++) {
    if (!at) return 0;
    const struct node *node = node_at(at);
    if (node->pc != pcs[i]) return 0;
    at = node->parent;
  }
  return at == 0;
}

static uint32_t find_or_insert(const uintptr_t *pcs, size_t n) {
  uint32_t site = find(pcs, n);
  if (site || !ls_lock_take_quickly(&trie.lock)) return site;
  site = insert(pcs, n);
  ls_lock_release_quickly(&trie.lock);
  return site;
}

static uint64_t hash_of(const uintptr_t *pcs, size_t n) {
  uint64_t hash = n;
  for (size_t i = 0; i < n; i++) hash = (hash ^ pcs[i]) * 0x9e3779b97f4a7c15u;
  return mix(hash);
}

uint32_t ls_intern(const uintptr_t *pcs, size_t n) {
  if (ls_is_young()) return find_or_insert(pcs, n);
  uint64_t hash = hash_of(pcs, n);
  _Atomic uint64_t *memo = &blocks.memo[hash % MEMO];
  uint64_t guess = atomic_load_explicit(memo, memory_order_acquire);
  uint32_t site = guess & (LS_SITE_LIMIT_ID - 1);
  if (site && guess >> 24 == hash >> 24 && is_path_of(site, pcs, n))
    return site;
  site = find_or_insert(pcs, n);
  if (site)
    atomic_store_explicit(memo, (hash >> 24 << 24) | site,
                          memory_order_release);
  return site;
}

uint32_t ls_intern_child(uint32_t parent, uintptr_t pc) {
  struct table *table = atomic_load_explicit(&trie.table, memory_order_acquire);
  uint32_t child = table ? find_child(table, parent, pc) : 0;
  if (child) return child;
  if (!ls_lock_take_quickly(&trie.lock)) return 0;
  table = table_with_room();
  if (table) child = find_child(table, parent, pc);
  if (table && !child) child = new_node(table, parent, pc);
  ls_lock_release_quickly(&trie.lock);
  return child;
}

uint32_t ls_intern_site_at(uint32_t node) {
  uint32_t site = site_of(node);
  if (site) return site;
  if (!ls_lock_take_quickly(&trie.lock)) return 0;
  site = site_of(node);
  if (!site) site = new_site(node);
  ls_lock_release_quickly(&trie.lock);
  return site;
}

size_t ls_intern_path(uint32_t site, uintptr_t *pcs, size_t max) {
  size_t n = 0;
  uint32_t at = site ? *site_at(site) & NODE_MASK : 0;
  while (at && n < max) {
    const struct node *node = node_at(at);
    pcs[n++] = node->pc;
    at = node->parent;
  }
  return n;
}

void ls_intern_set_tag(uint32_t site, uint8_t tag) {
  if (site && ls_intern_tag(site) != tag)
    __atomic_store_n(site_at(site),
                     (*site_at(site) & NODE_MASK) | (uint32_t)tag << NODE_BITS,
                     __ATOMIC_RELAXED);
}

uint8_t ls_intern_tag(uint32_t site) {
  if (!site) return 0;
  return (uint8_t)(__atomic_load_n(site_at(site), __ATOMIC_RELAXED) >>
                   NODE_BITS);
}

uint32_t ls_intern_sites(void) { return atomic_load(&trie.site_count); }

void ls_intern_before_fork(void) { (void)ls_lock_take(&trie.lock); }

void ls_intern_after_fork(void) { ls_lock_release(&trie.lock); }
