/* SPDX-License-Identifier: MIT */
/* Counts the descriptors that calls opened and closed. */
#include "interpose/sink.h"
#include "tracker/count.h"
#include "tracker/fd_table.h"

void ls_sink_fd_open(int fd, const uintptr_t *frame) {
  uint32_t site = ls_count_site(LS_DOMAIN_FD, frame);
  uint32_t old;
  if (site && ls_fd_table_set(fd, site, ls_count_birth(), &old) < 0) {
    ls_count_drop();
  } else if (site) {
    if (old) ls_count(old, -1, 0); /* dup2 over it, or a close we did not see */
    ls_count(site, 1, 0);
  }
}

void ls_sink_fd_close(int fd) {
  uint32_t old = 0;
  if (ls_fd_table_set(fd, 0, 0, &old) == 0 && old) ls_count(old, -1, 0);
}

void ls_sink_fds_close(unsigned first, unsigned last) {
  ls_fd_table_each(first, last, ls_sink_fd_close);
}
