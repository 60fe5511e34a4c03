/* SPDX-License-Identifier: MIT */
/* Holds the table of domains, by number. */
#include "platform/domains.h"

#include <sys/resource.h>

#define ROW(is_chosen, name, word, noun, live, has_size, resource, files, \
            enough, is_inherited)                                         \
  [LS_DOMAIN_##name] = {word,  noun,   live,         has_size, resource,  \
                        files, enough, is_inherited, is_chosen},
#define CHOSEN(name, number, ...) ROW(1, name, __VA_ARGS__)
#define TOLD(name, number, ...) ROW(0, name, __VA_ARGS__)

const struct ls_domain_row ls_domains[LS_DOMAINS] = {
    LS_DOMAINS_TABLE(CHOSEN, CHOSEN, TOLD)};
