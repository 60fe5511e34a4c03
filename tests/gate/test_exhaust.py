# SPDX-License-Identifier: MIT
"""A leak that runs into a limit is a leak, not "not repeatable"."""
from gate import check, leaks, run


def exhausts(case, where, **more):
    for fork in ("yes", "no"):
        result = run("exhaust", CK_FORK=fork, CK_RUN_CASE=case, **more)
        seen = leaks(result, "test_" + case)
        check(where in seen.message, "the place is named: " + where, result)


def test_descriptors():
    exhausts("fd", "exhaust.c", limits={"RLIMIT_NOFILE": 64})


def test_descriptors_default_limit():
    exhausts("fd", "exhaust.c")


def test_table():
    exhausts("table", "exhaust.c")


def test_memory_limit():
    exhausts("memory", "exhaust.c", limits={"RLIMIT_AS": 1 << 30})


def test_small_memory_limit():
    exhausts("memory", "exhaust.c", limits={"RLIMIT_AS": 256 << 20})


def test_large_blocks():
    exhausts("large", "exhaust.c")
