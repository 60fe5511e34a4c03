/* SPDX-License-Identifier: MIT */
/* The code under test of the demo: two caches and a table of messages. */
#ifndef DEMO_CACHE_H
#define DEMO_CACHE_H

/* Answers a request; keeps the answer in case it is asked for again. */
const char *handle_request(int id);

/* The same with room for 16 answers. */
const char *handle_request_bounded(int id);

/* The text of a message, from a table that is loaded when first needed. */
const char *message_text(int number);

#endif
