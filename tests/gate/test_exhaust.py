# SPDX-License-Identifier: MIT
"""A leak that runs into a limit is a leak, not "not repeatable"."""
from gate import check, leaks, run


def exhausts(case, where, most=None, **more):
    for fork in ("yes", "no"):
        result = run("exhaust", CK_FORK=fork, CK_RUN_CASE=case, **more)
        seen = leaks(result, "test_" + case)
        check(where in seen.message, "the place is named: " + where, result)
        check(not most or seen.iterations <= most, "the run ends early", result)


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


def test_timers():
    exhausts("timer", "+1 timer/iteration at", 256)


def test_timers_with_a_limit():
    exhausts("timer", "+1 timer/iteration at", 25,
             limits={"RLIMIT_SIGPENDING": 100})


def test_threads():
    exhausts("thread", "+1 thread/iteration at", 256)


def test_threads_without_room():
    exhausts("thread", "+1 thread/iteration at",
             limits={"RLIMIT_AS": 600 << 20})


def test_mappings():
    exhausts("mapping", "+1 mapping/iteration (+4096.0 KiB) at")


def test_mappings_without_room():
    exhausts("mapping", "+1 mapping/iteration (+4096.0 KiB) at", 100,
             limits={"RLIMIT_AS": 600 << 20})


def test_mappings_that_are_touched():
    exhausts("touched", "+1 mapping/iteration (+4096.0 KiB) at", 40)
