# SPDX-License-Identifier: MIT
"""What is left to other threads is waited for, and who merely is there hides
and invents nothing."""
from gate import check, leaks, passes, run


def gated(case):
    return [run("late", CK_FORK=fork, CK_RUN_CASE=case)
            for fork in ("yes", "no")]


def no_leak(result):
    """Of chance, so what is undecided is left so."""
    passes(result)
    for case in result.cases:
        check(case.verdict in ("clean", "inconclusive", "saturating"),
              case.name + " is no leak", result)


def test_a_population_beside_an_idle_thread():
    for result in gated("population"):
        no_leak(result)


def test_a_reaper_that_is_late():
    for result in gated("reaper"):
        no_leak(result)


def test_a_leak_in_a_worker_that_is_behind():
    for result in gated("worker_leaks"):
        case = leaks(result, "test_worker_leaks")
        check("+1 block/iteration" in case.message, "how much", result)


def test_a_worker_that_is_behind():
    for result in gated("worker_is_behind"):
        no_leak(result)


def test_threads_that_are_about_to_end():
    for result in gated("ends"):
        no_leak(result)
