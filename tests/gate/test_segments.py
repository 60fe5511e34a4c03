# SPDX-License-Identifier: MIT
"""Attached segments that are never detached are found where they were."""
from gate import leaks_at, passes, run, verdict


def leaking(case, growth):
    for fork in ("yes", "no"):
        result = run("segments", CK_FORK=fork, CK_RUN_CASE=case)
        leaks_at(result, "segments.c", "test_" + case, growth)


def clean(case):
    for fork in ("yes", "no"):
        result = run("segments", CK_FORK=fork, CK_RUN_CASE=case)
        passes(result)
        verdict(result, "test_" + case, "clean")


def test_each():
    leaking("each", "+1 attached segment/iteration (+8.0 KiB)")


def test_one_in_four():
    leaking("one_in_four", "+1 attached segment / 4 iterations (+8.0 KiB)")


def test_same_segment():
    leaking("same_segment", "+1 attached segment/iteration (+8.0 KiB)")


def test_balanced():
    clean("balanced")


def test_eight_are_kept():
    clean("eight_are_kept")


def test_a_child_detaches():
    clean("child_detaches")


def test_left_out():
    result = run("segments", CK_RUN_CASE="balanced",
                 CK_LEAK_DOMAINS="malloc,fd")
    passes(result)
