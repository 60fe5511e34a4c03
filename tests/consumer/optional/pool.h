/* SPDX-License-Identifier: MIT */
void *pool_get(void);
void pool_put(void *piece);
