# SPDX-License-Identifier: MIT
"""Verdicts meet the tests that they are of."""
import time

from gate import check, equal, leaks, passes, run, verdict


def by_class(result, classname):
    return [c for c in result.cases if c.classname == "Names." + classname]


def same_name(fork):
    """One test in two test cases: only one of them leaks."""
    result = run("names", CK_FORK=fork)
    (bad,), (good,) = by_class(result, "bad"), by_class(result, "good")
    equal((bad.name, bad.type), ("test_same", "leak"), "the bad one", result)
    equal((good.name, good.verdict), ("test_same", "clean"), "the good one",
          result)
    check(":F:bad:test_same:0: leak: " in result.out, "Check's line", result)


def test_same_name_fork():
    same_name("yes")


def test_same_name_nofork():
    same_name("no")


def loop(fork):
    result = run("names", CK_FORK=fork, CK_RUN_CASE="loop")
    equal([(c.name, c.type) for c in result.cases],
          [("test_loop[0]", None), ("test_loop[1]", "leak"),
           ("test_loop[2]", None), ("test_loop[3]", "leak")], "", result)
    check(":F:loop:test_loop:1: leak: " in result.out and
          ":F:loop:test_loop:3: leak: " in result.out, "indices", result)


def test_loop_fork():
    loop("yes")


def test_loop_nofork():
    loop("no")


def fixtures(fork):
    """Set-ups and tear-downs belong to each repetition."""
    result = run("names", CK_FORK=fork, CK_RUN_CASE="fixture")
    passes(result)
    verdict(result, "test_uses_fixture", "clean")
    for name, function in (("setup", "keeps_setup"),
                           ("teardown", "keeps_teardown")):
        result = run("names", CK_FORK=fork, CK_RUN_CASE=name)
        case = leaks(result, "test_nothing")
        check(function in case.text, "the fixture is named", result)


def test_fixtures_fork():
    fixtures("yes")


def test_fixtures_nofork():
    fixtures("no")


def filtered(expected, args=(), name="names", **env):
    plain = run(name, "plain", args, **env)
    gated = run(name, "gated", args, **env)
    equal(sorted({c.classname.split(".")[1] for c in gated.cases}),
          sorted(expected), "test cases", gated)
    total = [l.split(",")[0].split(": ")[1:] for l in plain.out.splitlines()
             if "Checks:" in l]
    check(("Checks: %s" % total[0][-1]) in gated.out, "checks", gated)


def test_filter_suite():
    filtered([], CK_RUN_SUITE="Another")


def test_filter_case():
    filtered(["good"], CK_RUN_CASE="good")


def test_filter_include_tags():
    filtered(["counts", "last"], CK_INCLUDE_TAGS="quick")


def test_filter_exclude_tags():
    filtered(["bad", "good", "loop", "fixture", "setup", "teardown",
              "unchecked"], CK_EXCLUDE_TAGS="quick")


def unchecked(fork):
    """A set-up that failed has no test of its own; Check's count has it."""
    result = run("names", CK_FORK=fork)
    (case,) = by_class(result, "unchecked")
    equal((case.name, case.type), ("unchecked_setup", "assertion"), "", result)
    check("the gate sees" not in result.err,
          "it is no test that escaped", result)
    check("unchecked set-up fails" in result.out, "Check's line", result)


def test_unchecked_setup_fails_fork():
    unchecked("yes")


def test_unchecked_setup_fails_nofork():
    unchecked("no")


def test_name_inside_a_body():
    """tcase_name() gives the text that it always gave (asserted in C)."""
    result = run("names", CK_RUN_CASE="good")
    passes(result)
    verdict(result, "test_same", "clean")


def test_several_runners():
    result = run("registry", args=["two"])
    equal([(c.classname, c.type) for c in result.cases],
          [("One.Core", "leak"), ("Two.Core", None), ("Three.Core", "leak")],
          "one file has them all", result)
    check("failed: 2\n" in result.out, "each counts its own", result)


def test_run_twice():
    """The names given to srunner_run() choose, and results add up."""
    plain = run("registry", "plain", ["twice"])
    result = run("registry", args=["twice"])
    check("run: 2, failed: 0" in plain.out, "as known", plain)
    check("run: 2, failed: 1" in result.out, "both runs", result)
    equal([(c.classname, c.type) for c in result.cases],
          [("A.Core", "leak"), ("B.Core", None)], "test cases", result)


def test_many_test_cases():
    """More than the pool of set-up functions has: all are gated, and the last
    one has its time limit like the first."""
    result = run("many", CK_LEAK_ITERATIONS=20)
    equal(len(result.cases), 302, "tests", result)
    equal([(c.classname, c.name, c.type) for c in result.cases if c.problems],
          [("Many.c298", "test_leaks", "leak"),
           ("Many.c299", "test_hangs", "error")], "failures", result)
    check("Test timeout expired" in result.out, "at its limit", result)
    begin = time.monotonic()
    run("many", CK_RUN_CASE="c299", CK_LEAK_ITERATIONS=20)
    # Ours is more than a day, where the iterations are given.
    check(time.monotonic() - begin < 300, "not at ours", result)


def test_many_test_cases_nofork():
    """Tear-downs run once for each test, as without the gate."""
    env = {"CK_FORK": "no", "CK_RUN_CASE": "c297"}
    plain = run("many", "plain", **env)
    gated = run("many", CK_LEAK_ITERATIONS=20, **env)
    check("torn down: 1\n" in plain.out, "as known", plain)
    equal(gated.out, plain.out, "stdout", gated)
