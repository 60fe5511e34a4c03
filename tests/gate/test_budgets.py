# SPDX-License-Identifier: MIT
"""What repetitions may cost: budgets hold, and evidence is never thrown away.

What they cost is counted by the lines that each pass writes, not by a clock.
"""
import os

import gate
from gate import check, equal, leaks, passes, run, stored, verdict

BOTH = ("yes", "no")


def waits(case, **env):
    return run("budgets", CK_RUN_CASE=case, CK_LEAK_BUDGET=0.5, **env)


def flat(case, test):
    for fork in BOTH:
        result = waits(case, CK_FORK=fork)
        passes(result)
        found = verdict(result, test, "clean")
        check(found.iterations >= 8, "iterations", result)
        check("rules out >= 1 block per " in found.state, found.state, result)


def test_flat_waits_are_clean():
    flat("waits_3ms", "test_waits_3ms")
    flat("waits_20ms", "test_waits_20ms")


def test_few_flat_waits_are_clean():
    """The warm-up is cut, not the iterations."""
    flat("waits_50ms", "test_waits_50ms")


def test_a_leak_that_waits_is_found():
    for fork in BOTH:
        leaks(waits("leaks_20ms", CK_FORK=fork), "test_leaks_20ms")


def test_a_slow_pass_is_no_hang():
    """It takes longer than the budget and less than the test's limit: what was
    seen before it is judged."""
    flat("rarely", "test_waits_now_and_then")


def test_the_budget_that_is_needed_is_said():
    result = run("budgets", CK_RUN_CASE="waits_50ms", CK_LEAK_BUDGET=0.2,
                 CK_LEAK_FIRST_RUNG="auto")
    passes(result)
    verdict(result, "test_waits_50ms", "inconclusive")
    check("61 iterations need " in result.err, "what is needed", result)
    need = result.err.split("CK_LEAK_BUDGET=")[1].split()[0]
    check(3 <= float(need) < 8, "61 times 50 ms: " + need, result)
    result = run("budgets", CK_RUN_CASE="waits_50ms", CK_LEAK_BUDGET=need,
                 CK_LEAK_FIRST_RUNG="auto")
    equal(verdict(result, "test_waits_50ms", "clean").iterations, 61,
          "iterations", result)


def waited(result):
    """Seconds for which all passes of the program slept, but for the tests'
    own."""
    lines = [int(line) for line in stored("passes.txt").split()]
    os.remove(os.path.join(gate.TMP, "passes.txt"))
    return (sum(lines) - 20 * len(result.cases)) / 1000


def test_the_total_is_a_bound():
    for fork in BOTH:
        result = run("budgets", args=["slow"], CK_LEAK_TOTAL_BUDGET=1,
                     CK_FORK=fork)
        passes(result)
        spent = waited(result)
        check(spent <= 1 * 1.1, "%g s were slept" % spent, result)
        states = [case.verdict for case in result.cases]
        check("clean" in states and "inconclusive" in states, states, result)
        check("CK_LEAK_TOTAL_BUDGET left no time for it" in result.err,
              "what was not judged is said", result)
        check("CK_LEAK_TOTAL_BUDGET (1 s) was too little for %d tests; "
              "CK_LEAK_TOTAL_BUDGET=" % states.count("inconclusive")
              in result.err, "and how many", result)


def test_the_total_that_would_do_does():
    result = run("budgets", args=["slow"], CK_LEAK_TOTAL_BUDGET=0.4)
    total = result.err.split(" tests; CK_LEAK_TOTAL_BUDGET=")[1].split()[0]
    check(4 <= int(total) <= 25, "6 times 61 times 20 ms: " + total, result)
    result = run("budgets", args=["slow"], CK_LEAK_TOTAL_BUDGET=total)
    equal([case.verdict for case in result.cases], ["clean"] * 6, "", result)


def traced(result):
    with open(os.path.join(gate.TMP, "traced.txt")) as file:
        lines = file.read().split("\n")
    os.remove(os.path.join(gate.TMP, "traced.txt"))
    return lines[:-2], lines[-2]


def test_no_test_is_traced_when_the_total_is_used_up():
    """None is called anything but inconclusive for it, scopes neither."""
    result = run("budgets", args=["many"], CK_LEAK_TOTAL_BUDGET="0.001",
                 CK_FORK="yes", CK_LEAK_SCOPE="test,suite,session")
    passes(result)
    equal({case.verdict for case in result.cases}, {"inconclusive"}, "", result)
    tests, runner = traced(result)
    equal(len(tests), 40, "each ran once", result)
    equal(tests, sorted(tests, reverse=True), "none again", result)
    equal(tests[-1], "test 0", "the last is not traced", result)
    equal(runner, "runner 1", "afterwards", result)
    result = run("budgets", args=["many"], CK_LEAK_TOTAL_BUDGET="0.001",
                 CK_FORK="yes", CK_LEAK_ITERATIONS=8)
    equal({case.verdict for case in result.cases}, {"clean"},
          "a number that is asked for needs no budget", result)
    equal(set(traced(result)[0]), {"test 1"}, "", result)


def test_what_quick_tests_leave_goes_to_slow_ones():
    """An equal share of 41 tests would be four passes of the slow one."""
    result = run("budgets", args=["mixed"], CK_LEAK_TOTAL_BUDGET=4)
    passes(result)
    slow = [case for case in result.cases if case.name == "test_waits_20ms"]
    check(slow[0].iterations >= 20, "iterations", result)


def test_an_expensive_leak_starves_nobody():
    """What the first test cost says nothing of the quick ones behind it."""
    result = run("budgets", args=["leak first"], CK_LEAK_TOTAL_BUDGET=3)
    quick = [case.verdict for case in result.cases
             if case.name.startswith("test_quick")]
    equal(quick, ["clean"] * 5, "quick tests", result)


def test_an_exact_number_has_no_budget():
    result = run("budgets", CK_RUN_CASE="waits_20ms", CK_LEAK_ITERATIONS=30,
                 CK_LEAK_TOTAL_BUDGET=0.05)
    equal(verdict(result, "test_waits_20ms", "clean").iterations, 30, "",
          result)
