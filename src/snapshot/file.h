/* SPDX-License-Identifier: MIT */
/*
 * A snapshot as bytes.  All numbers are little-endian and of fixed width,
 * whatever the machine; a text is its length (4 bytes) and its bytes, which
 * are not NUL.
 *
 *   head     8  "LSSNAP\r\n": a transfer that changes line ends shows
 *            4  version, LS_SNAPSHOT_VERSION
 *            4  CRC-32 of the body (that of zlib, PNG and Ethernet)
 *            8  length of the body, which is the rest of the file
 *   body     8  time, nanoseconds since 1970       4  process id
 *            4  traceback limit                    8  events not recorded
 *            4  number of modules, and for each
 *                 text  path      text  build id, hexadecimal, or empty
 *                 1  the file was gone when the snapshot was taken
 *            4  number of places, and for each
 *                 4  1 + index of its module, or 0: the offset is an address
 *                 8  offset: the link-time address of the call
 *                 4  number of frames known (0: to be asked for), and for each,
 *                    those inlined into the next first
 *                      text  function   text  file name   4  line
 *            4  number of traces, and for each
 *                 4  domain    8  blocks    8  bytes    4  number of places
 *                 4 each  index of the place, innermost first
 *
 * A reader takes nothing on trust: every count is held against the bytes that
 * are there before memory is taken for it.
 */
#ifndef LS_SNAPSHOT_FILE_H
#define LS_SNAPSHOT_FILE_H

#include "snapshot/snapshot.h"

#define LS_SNAPSHOT_MAGIC "LSSNAP\r\n"
enum { LS_SNAPSHOT_VERSION = 1, LS_SNAPSHOT_HEAD = 24 };

/* Adds the snapshot to `out`, placing it if need be; 0 or -ENOMEM. */
int ls_snapshot_encode(struct ls_text *out,
                       struct leakslope_snapshot *snapshot);

/* 0; -EINVAL: no snapshot; -ENOTSUP: of a version that is not known here;
   -EBADMSG: damaged; -ENOMEM. */
int ls_snapshot_decode(const void *bytes, size_t size,
                       struct leakslope_snapshot **out);

/* The body alone, whose checksum is right. */
int ls_snapshot_decode_body(const void *bytes, size_t size,
                            struct leakslope_snapshot **out);

/* A snapshot of its own with the same places and traces; 0 or -ENOMEM. */
int ls_snapshot_copy(struct leakslope_snapshot *snapshot,
                     struct leakslope_snapshot **out);

/* See leakslope_snapshot_dump and _load. */
int ls_snapshot_dump(struct leakslope_snapshot *snapshot, const char *path);
int ls_snapshot_load(const char *path, struct leakslope_snapshot **out);

/* zlib's crc32(0, bytes, size). */
uint32_t ls_crc32(const void *bytes, size_t size);

#endif
