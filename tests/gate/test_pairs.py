# SPDX-License-Identifier: MIT
"""Tracebacks of one call site that change in the same iteration."""
from gate import leaks, passes, run, verdict


def gated(case):
    return [run("pairs", CK_FORK=fork, CK_RUN_CASE=case)
            for fork in ("yes", "no")]


def clean(case):
    for result in gated(case):
        passes(result)
        verdict(result, "test_" + case, "clean")


def test_comes_and_goes():
    clean("toggle")


def test_goes_at_once():
    clean("batch")


def test_in_rhythms_of_their_own():
    clean("rotates")


def test_hides_no_leak():
    for result in gated("hides"):
        leaks(result, "test_hides")
