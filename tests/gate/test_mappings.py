# SPDX-License-Identifier: MIT
"""Leaked mappings are found where they were mapped."""
from gate import check, leaks_at, passes, run, verdict


def leaking(case, growth):
    for fork in ("yes", "no"):
        result = run("mappings", CK_FORK=fork, CK_RUN_CASE=case)
        leaks_at(result, "mappings.c", "test_" + case, growth)


def clean(case, **more):
    for fork in ("yes", "no"):
        result = run("mappings", CK_FORK=fork, CK_RUN_CASE=case, **more)
        passes(result)
        verdict(result, "test_" + case, "clean")


def test_each():
    leaking("each", "+1 mapping/iteration (+8.0 KiB)")


def test_what_a_partial_unmap_leaves():
    leaking("partly", "+1 mapping/iteration (+4.0 KiB)")


def test_both_ends_of_a_split():
    leaking("split", "+2 mappings/iteration (+8.0 KiB)")


def test_one_that_grows():
    leaking("grows", "+4.0 KiB/iteration")


def test_of_a_file():
    leaking("file", "+1 mapping/iteration (+4.0 KiB)")


def test_shared():
    leaking("shared", "+1 mapping/iteration (+4.0 KiB)")


def test_that_malloc_makes_are_blocks():
    for fork in ("yes", "no"):
        result = run("mappings", CK_FORK=fork, CK_RUN_CASE="large_blocks")
        case = leaks_at(result, "mappings.c", "test_large_blocks",
                        "+1 block/iteration (+200.0 KiB)")
        check(case.properties["leak.sites"] == "1", "once", result)
    clean("large_block")


def test_balanced():
    clean("balanced")


def test_unmapped_in_pieces():
    clean("piecewise")


def test_trimmed():
    clean("trimmed")


def test_over_an_older_one():
    clean("over")


def test_calls_that_fail():
    clean("fails")


def test_moved():
    clean("moved")


def test_sixteen_are_kept():
    clean("sixteen")


def test_not_asked_for():
    clean("each", CK_LEAK_DOMAINS="malloc,fd")
