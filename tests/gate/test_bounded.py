# SPDX-License-Identifier: MIT
"""Healthy tests that are awkward to repeat."""
from gate import check, equal, passes, run, stored, verdict


def test_fifo_filled_before():
    for fork in ("yes", "no"):
        result = run("bounded", CK_FORK=fork, CK_RUN_CASE="fifo")
        passes(result)
        verdict(result, "test_fifo", "clean")


def test_prints():
    for fork in ("yes", "no"):
        result = run("bounded", CK_FORK=fork, CK_RUN_CASE="prints")
        passes(result)
        verdict(result, "test_prints", "clean")
        equal(result.out.count("a line that is printed"), 1, "lines", result)


def test_sleeps():
    """Bounded by the budget, and judged by what fits into it."""
    result = run("bounded", CK_RUN_CASE="sleeps", CK_LEAK_BUDGET=0.5)
    passes(result)
    case = verdict(result, "test_sleeps", "clean")
    check(8 <= case.iterations <= 60, "some iterations", result)


def test_sleeps_as_often_as_asked():
    result = run("bounded", CK_RUN_CASE="sleeps", CK_LEAK_ITERATIONS=30)
    passes(result)
    case = verdict(result, "test_sleeps", "clean")
    check("30 iterations, rules out" in case.state, case.state, result)


def test_appends():
    """What a copy shares with the test is outside of the process."""
    result = run("bounded", CK_RUN_CASE="appends")
    passes(result)
    case = verdict(result, "test_appends", "clean")
    lines = stored("appended.txt").count("a line\n")
    check(case.iterations < lines < case.iterations + 10,
          "each repetition wrote its line: %d" % lines, result)


def test_total_budget():
    """Used up: nothing is left for the tests that follow, which is said."""
    result = run("bounded", CK_LEAK_TOTAL_BUDGET=0.001)
    passes(result)
    equal(result.case("test_appends").iterations, 0, "iterations", result)
    check("Bounded:appends:test_appends: inconclusive: too slow: "
          "CK_LEAK_TOTAL_BUDGET left no time for it" in result.err,
          "it is said", result)


def test_slow_at_first():
    """As many iterations as its passes allow, not as its first ones did."""
    result = run("bounded", CK_RUN_CASE="slow_at_first",
                 CK_LEAK_FIRST_RUNG="auto")
    passes(result)
    case = verdict(result, "test_slow_at_first", "clean")
    equal(case.iterations, 1021, "iterations", result)


def test_fills():
    """A cache that is filling is told from a leak, or not judged."""
    result = run("bounded", CK_RUN_CASE="fills")
    passes(result)
    verdict(result, "test_fills", "clean")


def test_fills_without_time():
    """Time never makes a leak of it."""
    result = run("bounded", args=["slowly"], CK_RUN_CASE="fills_slowly",
                 CK_LEAK_BUDGET=0.3)
    passes(result)
    verdict(result, "test_fills_slowly", "inconclusive")
    check("Bounded:fills_slowly:test_fills_slowly: inconclusive: too slow: "
          in result.err, "it is said", result)
    check("iterations in the budget; suspect at tests/gate/programs/bounded.c:"
          in result.err, "where it is", result)
