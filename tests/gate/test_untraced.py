# SPDX-License-Identifier: MIT
"""Memory that grows with no traced call behind it is inconclusive, with the
rate; what comes to rest is clean."""
import os
import re

import gate
from gate import check, equal, passes, run, verdict


def grows(case, rate):
    text = f"memory grows ({rate}/iteration), and no traced call explains it"
    for fork in ("yes", "no"):
        result = run("untraced", CK_FORK=fork, CK_RUN_CASE=case,
                     CK_LEAK_FIRST_RUNG=1021)
        passes(result)
        seen = verdict(result, "test_" + case, "inconclusive")
        check(text in seen.state, text, result)
        check(text in result.err, "it is said: " + text, result)


def clean(case):
    for fork in ("yes", "no"):
        result = run("untraced", CK_FORK=fork, CK_RUN_CASE=case)
        passes(result)
        verdict(result, "test_" + case, "clean")


def test_mapped_by_hand():
    grows("raw_mmap", "+4.0 KiB")


def test_mapped_and_not_touched():
    grows("raw_untouched", "+12.0 KiB")


def test_a_pool():
    grows("pool", "+2.0 KiB")


def test_pieces_of_one_mapping():
    grows("one_mapping", "+8.0 KiB")


def test_the_break():
    grows("break", "+4.0 KiB")


def test_a_heap_in_pieces():
    text = r"memory grows \(\+[\d.]+ KiB/iteration\), and no traced call"
    for fork in ("yes", "no"):
        result = run("untraced", CK_FORK=fork, CK_RUN_CASE="fragments",
                     CK_LEAK_FIRST_RUNG=1021)
        passes(result)
        seen = verdict(result, "test_fragments", "inconclusive")
        check(re.search(text, seen.state), text, result)


def test_in_few_iterations():
    result = run("untraced", CK_RUN_CASE="raw_mmap", CK_LEAK_ITERATIONS=61)
    verdict(result, "test_raw_mmap", "inconclusive")


def test_strict():
    result = run("untraced", CK_RUN_CASE="raw_mmap", CK_LEAK_STRICT="yes")
    equal(result.status, 1, "it fails", result)


def test_memory_is_not_asked_for():
    result = run("untraced", CK_RUN_CASE="raw_mmap", CK_LEAK_DOMAINS="fd")
    verdict(result, "test_raw_mmap", "clean")


def test_balanced():
    clean("balanced")


def test_a_table_that_fills():
    clean("table")


def test_a_cache_that_fills():
    clean("cache")


def test_static_memory():
    """However long it takes to touch all of it."""
    clean("static")


def test_what_small_blocks_take():
    """What a suppression accepts is not untraced for what libc adds to it."""
    accepted = os.path.join(gate.TMP, "accepted")
    with open(accepted, "w") as file:
        file.write("leak:remember\n")
    for fork in ("yes", "no"):
        result = run("untraced", CK_FORK=fork, CK_RUN_CASE="tiny",
                     CK_LEAK_SUPPRESSIONS=accepted)
        passes(result)
        verdict(result, "test_tiny", "clean")


def test_what_libc_keeps():
    for fork in ("yes", "no"):
        result = run("untraced", CK_FORK=fork, CK_RUN_CASE="thread_cache",
                     CK_LEAK_ITERATIONS=1021)
        passes(result)
        verdict(result, "test_thread_cache", "clean")


def test_a_quarantine():
    for fork in ("yes", "no"):
        result = run("quarantine", "static_asan", CK_FORK=fork,
                     CK_LEAK_ITERATIONS=1021)
        passes(result)
        verdict(result, "test_churn", "clean")


def test_the_words():
    result = run("untraced", CK_RUN_CASE="fragments",
                 CK_LEAK_FIRST_RUNG=1021)
    check("fragmented heap" in result.err, "the cause", result)


def test_a_deep_stack():
    clean("stack")


def test_threads():
    clean("threads")


def test_sizes_at_random():
    for fork in ("yes", "no"):
        result = run("untraced", CK_FORK=fork, CK_RUN_CASE="sizes")
        passes(result)
        check("no traced call" not in result.err, "not untraced", result)


def test_own_tables():
    """For stacks that were not seen before, the tracer's own memory grows."""
    for fork in ("yes", "no"):
        for n in (120, 250, 1021):
            result = run("untraced", CK_FORK=fork, CK_RUN_CASE="shifts",
                         CK_LEAK_ITERATIONS=n)
            passes(result)
            verdict(result, "test_shifts", "clean")
