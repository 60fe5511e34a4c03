/* SPDX-License-Identifier: MIT */
#ifndef LS_SNAPSHOT_FNMATCH_H
#define LS_SNAPSHOT_FNMATCH_H

/*
 * Whether `text` matches `pattern` as a whole, by the rules of Python's
 * fnmatch.fnmatchcase(): * any characters (also '/' and a leading '.'), ? one
 * character, [seq] one of, [!seq] none of; nothing quotes.  Both are UTF-8;
 * what is not counts byte by byte.
 */
int ls_fnmatch(const char *pattern, const char *text);

#endif
