/* SPDX-License-Identifier: MIT */
#ifndef STORE_H
#define STORE_H

#ifdef __cplusplus
extern "C" {
#endif

#define STORE_API __attribute__((visibility("default")))

/* Keeps a copy of the text; returns how many are kept. */
STORE_API int store_add(const char *text);

/* The length of a text, by way of a copy. */
STORE_API int store_measure(const char *text);

#ifdef __cplusplus
}
#endif

#endif
