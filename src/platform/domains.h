/* SPDX-License-Identifier: MIT */
/*
 * The one table of domains: what is counted, in which words, how many there may
 * be, and when a measurement has seen enough of them.
 *
 * A new domain is a row here, its number in leakslope/trace.h, its functions in
 * the list of interpose/hooks.h, and a file of hooks.  Where an object has a
 * number or an address and nothing else, the hooks tell ls_sink_object_made()
 * and _gone() of it (tracker/kernel_objects.c), and no table is needed.
 */
#ifndef LS_PLATFORM_DOMAINS_H
#define LS_PLATFORM_DOMAINS_H

#include <stddef.h>

/* When the growth of one site is enough. */
enum ls_enough {
  LS_ENOUGH_MEMORY, /* by what all of them take: see measure/limits.c */
  LS_ENOUGH_SHARE,  /* a share of what is allowed: the process's own business */
  LS_ENOUGH_EARLY   /* others need some as well */
};

/*
 * The rows: name, number, word, one of them, those that are there, whether
 * their size is worth a word; the resource of getrlimit() that bounds them
 * (-1: none), the files that do (joined by ' '), when it is enough; and whether
 * a forked child has its parent's.
 *
 * FIRST and NEXT are those that CK_LEAK_DOMAINS names, in its order; TOLD is
 * what the program itself tells of, which is always judged.
 */
#define LS_DOMAINS_TABLE(FIRST, NEXT, TOLD)                                  \
  FIRST(MALLOC, 0, "malloc", "block", "live blocks", 1, -1, "",              \
        LS_ENOUGH_MEMORY, 1)                                                 \
  NEXT(MMAP, 2, "mmap", "mapping", "live mappings", 1, -1,                   \
       "/proc/sys/vm/max_map_count", LS_ENOUGH_SHARE, 1)                     \
  NEXT(FD, 1, "fd", "fd", "live fds", 0, RLIMIT_NOFILE, "", LS_ENOUGH_EARLY, \
       1)                                                                    \
  NEXT(THREAD, 3, "thread", "thread", "live threads", 0, RLIMIT_NPROC,       \
       "/proc/sys/kernel/threads-max /sys/fs/cgroup/pids.max",               \
       LS_ENOUGH_EARLY, 0)                                                   \
  NEXT(TIMER, 4, "timer", "timer", "live timers", 0, RLIMIT_SIGPENDING, "",  \
       LS_ENOUGH_EARLY, 0)                                                   \
  NEXT(SHM, 7, "shm", "attached segment", "attached segments", 1, -1,        \
       "/proc/sys/kernel/shmmni", LS_ENOUGH_EARLY, 1)                        \
  TOLD(TRACKED, 5, "tracked", "object", "live objects", 1, -1, "",           \
       LS_ENOUGH_MEMORY, 1)                                                  \
  TOLD(GAUGE, 6, "gauge", "", "value", 0, -1, "", LS_ENOUGH_MEMORY, 1)

#define LS_DOMAIN_NUMBER(name, number, ...) LS_DOMAIN_##name = (number),
enum ls_domain {
  LS_DOMAINS_TABLE(LS_DOMAIN_NUMBER, LS_DOMAIN_NUMBER, LS_DOMAIN_NUMBER)
  /* A gauge has no sites, only series. */
  LS_DOMAINS = 8
};
#undef LS_DOMAIN_NUMBER

struct ls_domain_row {
  const char *word; /* in options and reports */
  const char *noun; /* nothing: it is a number itself */
  const char *live;
  int has_size;
  int resource;      /* of getrlimit(); -1: none */
  const char *files; /* each has a number, or "max" */
  enum ls_enough enough;
  int is_inherited; /* 1: a forked child has its parent's */
  int is_chosen;    /* 1: judged where CK_LEAK_DOMAINS names it; 0: always */
};

/* By number. */
extern const struct ls_domain_row ls_domains[LS_DOMAINS];

/* The words that CK_LEAK_DOMAINS takes, as one constant text. */
#define LS_DOMAIN_FIRST_WORD(name, number, word, ...) word
#define LS_DOMAIN_NEXT_COMMA(name, number, word, ...) "," word
#define LS_DOMAIN_NEXT_BAR(name, number, word, ...) "|" word
#define LS_DOMAIN_NO_WORD(...)
#define LS_DOMAIN_WORDS_COMMA                                  \
  LS_DOMAINS_TABLE(LS_DOMAIN_FIRST_WORD, LS_DOMAIN_NEXT_COMMA, \
                   LS_DOMAIN_NO_WORD)
#define LS_DOMAIN_WORDS_BAR \
  LS_DOMAINS_TABLE(LS_DOMAIN_FIRST_WORD, LS_DOMAIN_NEXT_BAR, LS_DOMAIN_NO_WORD)

#endif
