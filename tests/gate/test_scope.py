# SPDX-License-Identifier: MIT
"""Scopes: suites repeated as one iteration."""
import os
import time

import gate
from gate import check, equal, leaks, passes, run, validate, verdict

BOTH = ("yes", "no")
SUITE, SESSION = "suite scope", "session scope"


def scopes(*args, scope="test,suite", **env):
    return run("scopes", args=[str(a) for a in args], CK_LEAK_SCOPE=scope,
               **env)


def test_fixture_that_retains():
    for fork in BOTH:
        result = scopes("fixture", CK_FORK=fork)
        verdict(result, "test_clean", "clean")
        case = leaks(result, SUITE)
        equal(case.classname, "First.leakslope", "classname", result)
        check("keep_in_fixture" in case.text, "the place", result)
        check("# repeat: CK_LEAK_SCOPE=test,suite " in result.out, "", result)
        validate(result)


def test_fixture_without_scope():
    """What the scope is there for: no single test shows it."""
    for fork in BOTH:
        passes(scopes("fixture", scope="test", CK_FORK=fork))


def test_fixture_that_does_not_retain():
    """The fixture is around the tests, which need it."""
    for fork in BOTH:
        result = scopes("balanced", CK_FORK=fork)
        passes(result)
        verdict(result, SUITE, "clean")


def test_growth_that_needs_two_tests():
    for fork in BOTH:
        result = scopes("two", CK_FORK=fork)
        verdict(result, "test_uses", "clean")
        leaks(result, SUITE)


def test_growth_that_needs_two_suites():
    for fork in BOTH:
        result = scopes("apart", scope="test,suite,session", CK_FORK=fork)
        verdict(result, "test_uses", "clean")
        equal([c.verdict for c in result.cases if c.name == SUITE],
              ["clean", "clean"], "the suites", result)
        equal(leaks(result, SESSION).classname, "leakslope.leakslope", "",
              result)


def grows_in(result, name, where, line_of):
    """The test is named, and the failure is at its place."""
    case = leaks(result, name)
    check("grows in " + where in case.text, where, result)
    check("# grows in " + where in result.out, where, result)
    source = os.path.join(os.path.dirname(gate.__file__), "programs",
                          "scopes.c")
    lines = open(source).read().splitlines()
    line = 1 + lines.index("START_TEST(%s) {" % line_of)
    equal(os.path.basename(case.file), "scopes.c", "file", result)
    check(abs(int(case.line) - line) <= 1, "line of " + line_of, result)
    check("scopes.c:%s:F:" % case.line in result.out, "Check's place", result)


def test_session_names_the_test():
    for fork in BOTH:
        for how, test in (("block", "test_uses"), ("buffer", "test_appends"),
                          ("thread", "test_uses_in_thread")):
            result = scopes("apart", 3, how, scope="session", CK_FORK=fork)
            grows_in(result, SESSION, test + " of Second:uses", test)


def test_suite_names_the_test():
    for fork in BOTH:
        grows_in(scopes("two", CK_FORK=fork), SUITE,
                 "test_uses of First:uses", "test_uses")
        result = scopes("fixture", CK_FORK=fork)
        check("grows in the unchecked fixtures of First:around" in
              leaks(result, SUITE).text, "the fixture", result)


def test_blamed_once():
    """A suite's leak is not the session's as well."""
    for fork in BOTH:
        result = scopes("two", scope="test,suite,session", CK_FORK=fork)
        leaks(result, SUITE)
        case = verdict(result, SESSION, "clean")
        check("what is blamed elsewhere is left out" in case.state, "", result)


def test_blamed_on_a_test():
    for fork in BOTH:
        result = scopes("leaks", CK_FORK=fork)
        leaks(result, "test_leaks")
        case = leaks(result, SUITE)
        check("keep_in_fixture" in case.text, "another caller", result)
        check("test_leaks (" not in case.text, "only that", result)
        check("2 of 3 tests; left out: 1 leak" in result.err, "said", result)


def test_one_helper_of_many():
    """Two suites' fixtures lose blocks through one helper: a leak of each,
    and what both are blamed for is not the session's as well."""
    for fork in BOTH:
        result = scopes("helper", scope="test,suite,session", CK_FORK=fork)
        suites = [c for c in result.cases if c.name == SUITE]
        equal([c.verdict for c in suites], ["leak", "leak"], "each", result)
        check("keep_in_fixture" in suites[0].text, "the first", result)
        check("keep_in_other" in suites[1].text, "the second", result)
        check("keep_in_fixture" not in suites[1].text, "only it", result)
        case = verdict(result, SESSION, "clean")
        check("what is blamed elsewhere is left out" in case.state, "", result)


def test_dropped():
    for fork in BOTH:
        result = scopes("dropped", scope="test,suite,session", CK_FORK=fork)
        passes(result)
        state = verdict(result, SUITE, "clean").state
        check("2 of 5 tests; left out: 3 failing among the others "
              "(test_alone: " in state, state, result)
        verdict(result, SESSION, "clean")
        for name in ("test_alone", "test_crashes_among_others",
                     "test_exits_among_others"):
            verdict(result, name, "clean")


def test_loop_test():
    for fork in BOTH:
        result = scopes("loop", CK_FORK=fork)
        passes(result)
        verdict(result, SUITE, "clean")


def size(n):
    for fork in BOTH:
        begin = time.monotonic()
        result = scopes("many", n, scope="test,suite,session", CK_FORK=fork,
                        CK_LEAK_TOTAL_BUDGET=10 + n // 2)
        check(time.monotonic() - begin < 60, "in time", result)
        passes(result)
        for scope in (SUITE, SESSION):
            equal(verdict(result, scope, "clean").iterations, 61, scope,
                  result)
        # And it finds what one of so many does, in the session.
        result = scopes("apart", n, scope="session", CK_FORK=fork)
        grows_in(result, SESSION, "test_uses of Second:uses", "test_uses")


def test_one():
    size(1)


def test_twenty():
    size(20)


def test_two_hundred():
    size(200)


def test_what_is_needed_is_said():
    for fork in BOTH:
        result = scopes("slow", 5, scope="suite", CK_LEAK_BUDGET=0.1,
                        CK_FORK=fork)
        passes(result)
        state = verdict(result, SUITE, "inconclusive").state
        check("of 61 iterations in the budget" in state, state, result)
        need = result.err.split("CK_LEAK_BUDGET=")
        check(len(need) > 1, "what is needed is said", result)
    enough = need[1].split()[0].rstrip(";")
    result = scopes("slow", 5, scope="suite", CK_LEAK_BUDGET=enough)
    verdict(result, SUITE, "clean")


def test_only_scopes():
    """Without `test` each test runs once; what it leaks is the suite's."""
    for fork in BOTH:
        result = scopes("leaks", scope="suite", CK_FORK=fork)
        verdict(result, "test_leaks", "not gated")
        leaks(result, SUITE)


def test_filters_leave_them_out():
    for filters in ({"CK_RUN_CASE": "opens"}, {"CK_RUN_SUITE": "First"},
                    {"CK_EXCLUDE_TAGS": "slow"}):
        result = scopes("two", scope="test,suite,session", **filters)
        passes(result)
        equal([c.name for c in result.cases if "scope" in c.name], [], "",
              result)


def test_report_never_fails():
    result = scopes("two", CK_LEAK="report")
    passes(result)
    check("First:leakslope:suite scope: leak: " in result.err, "", result)


def test_off():
    plain = scopes("two", CK_LEAK="no", junit=False)
    passes(plain)
    check("Checks: 2," in plain.out and not plain.err, "untouched", plain)


def test_exact_iterations():
    result = scopes("two", CK_LEAK_ITERATIONS=40)
    equal(leaks(result, SUITE).iterations, 40, "", result)


def test_run_twice():
    """The check is there once in each run."""
    for fork in BOTH:
        result = scopes("two", -1, CK_FORK=fork)
        equal([c.verdict for c in result.cases if c.name == SUITE],
              ["leak", "leak"], "one check a run", result)


def test_threads_are_alive():
    """A copy would lose them, and in place a suite is not repeated."""
    result = scopes("threaded", CK_FORK="no")
    passes(result)
    equal(verdict(result, SUITE, "not gated").state,
          "not gated: threads are alive", "the reason", result)
    verdict(scopes("threaded"), SUITE, "clean")


def test_strict():
    for fork in BOTH:
        result = scopes("slow", 3, scope="suite", CK_LEAK_BUDGET=0.05,
                        CK_LEAK_STRICT="yes", CK_FORK=fork)
        equal(result.status, 1, "exit status", result)
        equal(result.case(SUITE).type, "inconclusive", "type", result)


def test_not_armed():
    """There is nothing to be repeated, and the run fails."""
    other = os.path.join(gate.BIN, "other_malloc.so")
    for fork in BOTH:
        result = scopes("fixture", LD_PRELOAD=other, CK_FORK=fork)
        equal(result.status, 1, "exit status", result)
        equal([c.verdict for c in result.cases], ["not gated", "not armed"],
              "verdicts", result)
        check("1 not armed" in result.err, "the sum", result)
