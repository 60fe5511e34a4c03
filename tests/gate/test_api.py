# SPDX-License-Identifier: MIT
"""What a program says in check_leak.h, and what it is told."""
import os

import gate
from gate import check, equal, leaks, passes, run, verdict


def api(*args, **env):
    return run("api", args=args, **env)


def both(*args, **env):
    return [api(*args, CK_FORK=fork, **env) for fork in ("yes", "no")]


def test_options_of_a_test():
    """They go before those of its test case and of the environment."""
    for result in both("test", CK_LEAK_ITERATIONS=100):
        equal(leaks(result, "test_leaks").iterations, 77, "", result)
        check("after 2 warm-ups" in result.out, "warm-up", result)
        equal(result.case("test_other").iterations, 100, "", result)


def test_options_of_a_test_case():
    for result in both("tcase", CK_LEAK_ITERATIONS=100, CK_LEAK_WARMUP=9):
        equal(leaks(result, "test_leaks").iterations, 66, "", result)
        check("after 5 warm-ups" in result.out, "warm-up", result)


def test_budget():
    leaks(api("budget", CK_LEAK_BUDGET="0.001"), "test_leaks")


def ungated(result, why):
    passes(result)
    case = verdict(result, "test_leaks", "not gated")
    equal(case.state, "not gated: " + why, "the reason", result)


def test_ungated_test():
    for result in both("reason"):
        ungated(result, "appends to a file")
        verdict(result, "test_other", "clean")


def test_gate_off():
    for result in both("gate-off"):
        ungated(result, "switched off for its test case")
        verdict(result, "test_other", "clean")


def test_suite_gate_off():
    for result in both("suite-off"):
        ungated(result, "switched off for its suite")
        verdict(result, "test_other", "not gated")


def test_test_case_before_suite():
    for result in both("gate-on"):
        leaks(result, "test_leaks")
        verdict(result, "test_other", "not gated")


def test_test_case_before_tag():
    leaks(api("tag-on"), "test_leaks")


def test_no_beats_all():
    for mode in ("test", "tcase", "gate-on", "settle", "bad-budget"):
        result = api(mode, CK_LEAK="no", junit=False)
        passes(result)
        equal(result.err, "", "stderr", result)
        check("leaked 0 inconclusive 0" in result.out, "no results", result)


def test_settle():
    for result in both("settle"):
        passes(result)
        verdict(result, "test_defers", "clean")


def test_settle_is_tried_again():
    for result in both("settle-slowly"):
        passes(result)
        verdict(result, "test_defers", "clean")


def children_are_clean(mode):
    """So many are left between two judgements that the run would end, at times
    when none of them looks like growth: on each machine's ladder."""
    for rung, fork in zip(gate.FIRST_RUNGS, ("yes", "no", "yes")):
        result = api(mode, CK_FORK=fork, CK_LEAK_FIRST_RUNG=rung,
                     CK_LEAK_BUDGET=40)
        passes(result)
        case = verdict(result, "test_starts_child", "clean")
        check(case.iterations >= rung, "ended before it", result)


def test_settle_of_children():
    children_are_clean("settled-children")


def test_settle_by_a_handler():
    children_are_clean("reaped-children")


def test_without_settle_it_leaks():
    for result in both("unsettled"):
        leaks(result, "test_defers")


def test_settle_hides_no_leak():
    for result in both("settled-leak"):
        leaks(result, "test_defers_and_leaks")


def test_refused():
    for mode, words in (("bad-iterations", "7 iterations"),
                        ("bad-warmup", "0 warm-up passes"),
                        ("bad-budget", "a budget of -1 seconds"),
                        ("scope 8", "leak scope 8"),
                        ("scope 0", "leak scope 0")):
        result = api(*mode.split(), junit=False)
        equal(result.status, 2, "exit status", result)
        check(words in result.err and "allowed: " in result.err, mode, result)
        check("Running suite" not in result.out, "no test ran", result)


def test_results():
    for result in both():
        check("result Api case test_leaks[0] 1\n"
              "result Api other test_other[0] 0\n" in result.out, "", result)
        check("leak test_leaks at tests/gate/programs/suite.h:" in result.out,
              "the place", result)
        check("leaked 1 inconclusive 0" in result.out, "counts", result)


def test_junit():
    """The runner's own file goes before the environment's."""
    for fork in ("yes", "no"):
        result = api("junit", "own/", CK_FORK=fork)
        check(not os.path.exists(result.junit), "only one file", result)
        result.junit = os.path.join(gate.TMP, "own", "TEST-api_gated.xml")
        leaks(result, "test_leaks")


def test_junit_unwritable():
    result = api("junit", "/nonexistent/a.xml", junit=False)
    equal(result.status, 2, "exit status", result)
    check("srunner_set_junit='/nonexistent/a.xml' cannot be written" in
          result.err and "Running" not in result.out, "it is said", result)


def test_scope():
    """That of the runner goes before the environment's."""
    for result in both("scope", "3", CK_LEAK_SCOPE="session"):
        leaks(result, "test_leaks")
        names = [c.name for c in result.cases]
        check("suite scope" in names and "session scope" not in names,
              names, result)


def test_header_in_cxx():
    path = os.path.join(gate.BIN, "header_gated")
    if not os.path.exists(path):
        raise gate.Skipped("there is no C++ compiler")
    for fork in ("yes", "no"):
        result = run("header", CK_FORK=fork)
        passes(result)
        equal(verdict(result, "test_plus", "clean").iterations, 40, "", result)
