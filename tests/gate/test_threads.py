# SPDX-License-Identifier: MIT
"""Tests that leave a thread behind are repeated in place, which is said."""
from gate import check, equal, leaks, passes, run, verdict

IN_PLACE = "was repeated in place, because threads are alive"


def in_place(case, expected, note=None):
    for fork in ("yes", "no"):
        result = run("threads", CK_FORK=fork, CK_RUN_CASE=case)
        passes(result)
        seen = verdict(result, "test_" + case, expected)
        check("Threads:%s:test_%s: %s" % (case, case, IN_PLACE) in result.err,
              "it is said", result)
        check("; repeated in place, because threads are alive" in seen.state,
              "in the report too", result)
        check(note is None or note in seen.state, "the note: %s" % note,
              result)


def test_clean():
    in_place("clean", "clean")


def test_leak():
    for fork in ("yes", "no"):
        result = run("threads", CK_FORK=fork, CK_RUN_CASE="leaks")
        leaks(result, "test_leaks")
        check("# repeated in place, because threads are alive" in result.out,
              "it is said", result)
        case = result.case("test_leaks")
        check("\nrepeated in place, because threads are alive" in case.text,
              "in the report too: " + case.text, result)


def test_freed_late():
    """By a thread that has not come to it when the last iteration ends."""
    for _ in range(20):
        result = run("threads", CK_RUN_CASE="frees_late")
        verdict(result, "test_frees_late", "clean")


def test_kept_by_a_thread():
    """The leak is found each time; how exactly its rate is seen depends on when
    the thread comes to run."""
    exact = 0
    for _ in range(20):
        result = run("threads", CK_RUN_CASE="keeps_some")
        case = leaks(result, "test_keeps_some")
        check("leak: +" in case.message, case.message)
        exact += "leak: +1 block / 4 iterations (+8.0 B)" in case.message
    check(exact, "the rate is seen at all")


def test_assert():
    in_place("asserts", "not repeatable", "not the twelfth")


def test_crash():
    in_place("crashes", "not repeatable", "received signal 11 (SEGV)")


def test_exit():
    in_place("exits", "not repeatable", "the test called exit(0)")


def test_hang():
    in_place("hangs", "not repeatable", "hung")


def test_another_thread_crashes():
    in_place("both_crash", "not repeatable", "received signal 11 (SEGV)")


def test_another_thread_asserts():
    in_place("both_assert", "not repeatable", "in a thread")


def in_copy(case, note):
    for fork in ("yes", "no"):
        result = run("threads", CK_FORK=fork, CK_RUN_CASE=case)
        passes(result)
        seen = verdict(result, "test_" + case, "not repeatable")
        check(note in seen.state, note, result)


def test_thread_of_a_repetition_crashes():
    in_copy("thread_crashes", "received signal 11 (SEGV)")


def test_thread_of_a_repetition_asserts():
    in_copy("thread_asserts", "in a thread")


def test_the_suite_goes_on():
    for fork in ("yes", "no"):
        result = run("threads", CK_FORK=fork)
        equal([c.name for c in result.cases if c.problems],
              ["test_leaks", "test_keeps_some"], "failures", result)
        verdict(result, "test_last", "clean")
        equal(len(result.cases), 13, "tests", result)
