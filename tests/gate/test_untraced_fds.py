# SPDX-License-Identifier: MIT
"""Descriptors that no traced call opened are blamed by what they are, and
those that no traced call closed are gone."""
from gate import check, leaks, passes, run, validate, verdict


def leaking(case, growth, what):
    for fork in ("yes", "no"):
        result = run("untraced_fds", CK_FORK=fork, CK_RUN_CASE=case)
        seen = leaks(result, "test_" + case)
        message = "leak: %s without a traced call: %s" % (growth, what)
        check(message in seen.message, message, result)
        validate(result)


def clean(case):
    for fork in ("yes", "no"):
        result = run("untraced_fds", CK_FORK=fork, CK_RUN_CASE=case)
        passes(result)
        verdict(result, "test_" + case, "clean")


def test_received_over_a_socket():
    leaking("received", "+1 fd/iteration", "socket:[..]")


def test_opened_by_hand():
    leaking("raw", "+1 fd/iteration", "/dev/null")


def test_one_in_three():
    leaking("raw_one_in_three", "+1 fd / 3 iterations", "/dev/null")


def test_of_many_names():
    leaking("names", "+1 fd/iteration", "")


def test_received_and_closed():
    clean("received_and_closed")


def test_closed_by_hand():
    clean("closed_by_hand")


def test_closed_together():
    clean("closed_together")


def test_from_before():
    clean("before")


def test_sixteen_are_kept():
    clean("sixteen")
