/* SPDX-License-Identifier: MIT */
/*
 * Variables that the slow path of a hook writes, next to each other: a process
 * that was forked copies each page that it writes, and most are short-lived.
 */
#ifndef LS_PLATFORM_TOGETHER_H
#define LS_PLATFORM_TOGETHER_H

#define LS_TOGETHER __attribute__((section(".ls_together")))

/* Room whose beginning is used most: behind them, in the same page. */
#define LS_TOGETHER_ROOM __attribute__((section(".ls_together_room")))

#endif
