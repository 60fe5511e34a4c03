# SPDX-License-Identifier: MIT
"""Timers that are never deleted are found where they were created."""
from gate import leaks_at, passes, run, verdict


def leaking(case, growth):
    for fork in ("yes", "no"):
        result = run("timers", CK_FORK=fork, CK_RUN_CASE=case)
        leaks_at(result, "timers.c", "test_" + case, growth)


def clean(case):
    for fork in ("yes", "no"):
        result = run("timers", CK_FORK=fork, CK_RUN_CASE=case)
        passes(result)
        verdict(result, "test_" + case, "clean")


def test_each():
    leaking("each", "+1 timer/iteration")


def test_one_in_four():
    leaking("one_in_four", "+1 timer / 4 iterations")


def test_with_a_descriptor():
    leaking("descriptor", "+1 fd/iteration")


def test_balanced():
    clean("balanced")


def test_eight_are_kept():
    clean("eight_are_kept")


def test_created_before():
    clean("created_before")
