# SPDX-License-Identifier: MIT
"""Threads that nobody joins, and detached ones that never end, are found where
they were created."""
from gate import leaks_at, passes, run, verdict


def leaking(case, growth):
    for fork in ("yes", "no"):
        result = run("workers", CK_FORK=fork, CK_RUN_CASE=case)
        leaks_at(result, "workers.c", "test_" + case, growth)


def clean(case):
    for fork in ("yes", "no"):
        result = run("workers", CK_FORK=fork, CK_RUN_CASE=case)
        passes(result)
        verdict(result, "test_" + case, "clean")


def test_unjoined():
    leaking("unjoined", "+1 thread/iteration")


def test_two_of_three():
    leaking("two_of_three", "+0.67 threads/iteration")


def test_c11_unjoined():
    leaking("c11_unjoined", "+1 thread/iteration")


def test_detached_ones_that_never_end():
    leaking("never_ends", "+1 thread/iteration")


def test_joined():
    clean("joined")


def test_detached():
    clean("detached")


def test_detached_later():
    clean("detached_later")


def test_detached_by_themselves():
    clean("detaches_itself")


def test_c11_joined():
    clean("c11_joined")


def test_joined_in_time():
    clean("joined_in_time")


def test_a_pool():
    clean("pool")


def test_creation_fails():
    clean("fails")


def test_threads_are_what_they_were():
    clean("undisturbed")
