# SPDX-License-Identifier: MIT
"""A repetition that does not come to its end is a note, not a failure."""
from gate import check, equal, leaks, passes, run, verdict


def ends(case, note):
    for fork in ("yes", "no"):
        result = run("endings", CK_FORK=fork, CK_RUN_CASE=case,
                     CK_DEFAULT_TIMEOUT=1)
        passes(result)
        seen = verdict(result, "test_" + case, "not repeatable")
        for text in (result.err, seen.state):
            check("not repeatable: " in text and note in text,
                  "the note is: " + note, result)
        check("Endings:%s:test_%s: " % (case, case) in result.err,
              "the test is named", result)


def test_one_shot():
    ends("one_shot", "ended in warm-up pass 1: tests/gate/programs/endings.c:")


def test_assert():
    """The proper pass was the first: the twelfth is iteration 8."""
    ends("asserts", "ended in iteration 8: tests/gate/programs/endings.c:")


def test_assert_text():
    ends("asserts", "not the twelfth")


def test_segv():
    ends("segv", "ended in iteration 8: received signal 11 (SEGV) after "
         "tests/gate/programs/endings.c:")


def test_abort():
    ends("abort", "received signal 6 (ABRT)")


def test_exit():
    ends("exit", "ended in iteration 8: the test called exit(0)")


def test_underscore_exit():
    ends("underscore_exit", "ended in iteration 8: the test called _exit(3)")


def test_kill():
    ends("kill", "ended in iteration 8: killed by signal 9 (KILL)")


def test_overflow():
    ends("overflow", "received signal 11 (SEGV)")


def test_hang():
    ends("hang", "ended in iteration 8: hung")


def test_spin():
    ends("spin", "ended in iteration 8: hung")


def grows(case, note):
    for fork in ("yes", "no"):
        result = run("endings", CK_FORK=fork, CK_RUN_CASE=case)
        seen = leaks(result, "test_" + case)
        check("ended in iteration 56: " + note in seen.text, "the end is told",
              result)
        check(":leak: " in seen.text or "suite.h:" in seen.message,
              "and the place", result)


def test_growth_before_an_assertion():
    grows("grows_then_asserts", "tests/gate/programs/endings.c:")


def test_growth_before_a_crash():
    grows("grows_then_segv", "received signal 11 (SEGV)")


def test_growth_before_a_kill():
    grows("grows_then_kill", "killed by signal 9 (KILL)")


def test_the_suite_goes_on():
    """All of them in one run, and the last test is judged like the first."""
    for fork in ("yes", "no"):
        result = run("endings", CK_FORK=fork, CK_DEFAULT_TIMEOUT=1,
                     CK_LEAK_BUDGET=0.5)
        verdict(result, "test_last", "clean")
        equal(len(result.cases), 16, "tests", result)
        equal([c.name for c in result.cases if c.problems],
              ["test_grows_then_asserts", "test_grows_then_segv",
               "test_grows_then_kill"], "failures", result)
        check("16 tests: 4 judged, 3 leaks, 12 not repeatable" in result.err,
              "the sum", result)
