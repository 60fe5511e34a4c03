# SPDX-License-Identifier: MIT
"""Tests that share a process with a thread: what is repeated in place is left
to the tests behind it, so that is done only where the thread takes part, and
said."""
import os
import re

from gate import Skipped, check, equal, leaks, run, validate, verdict

ITERATIONS, WARMUP = 40, 3
IN_PLACE = "repeated in place, because threads are alive"


def beside(case, **env):
    if not os.path.exists("/proc/self/schedstat"):
        raise Skipped("the kernel does not tell whether a thread has run")
    return run("beside", CK_FORK="no", CK_RUN_CASE=case, **env)


def behind(n, of):
    return "began behind %d repetitions in its process, the last of %s" % (
        n, of)


def test_alone():
    result = beside("alone", CK_LEAK_ITERATIONS=ITERATIONS,
                    CK_LEAK_WARMUP=WARMUP)
    for name in ("alone", "still_alone", "works", "behind"):
        verdict(result, "test_" + name, "clean")
    found = dict(re.findall(r"^([a-z ]+) (\d+)$", result.out, re.M))
    repeated = int(found["behind"]) - 3
    equal({key: int(found[key]) for key in ("alone", "still alone", "works")},
          {"alone": 0, "still alone": 1, "works": 2},
          "what copies did is in no process of a test's", result)
    check(repeated >= ITERATIONS, "in place where the thread works", result)
    states = {case.name: case.state for case in result.cases}
    for name in ("test_alone", "test_still_alone"):
        check("in place" not in states[name] and "behind" not in states[name],
              name + ": nothing to be said", result)
    check(IN_PLACE in states["test_works"] and
          "began behind" not in states["test_works"], "in place", result)
    said = behind(repeated, "test_works")
    for name in ("test_behind", "test_fails"):
        check(said in states[name], name + ": " + said, result)
    check("leakslope: 2 tests, the last of which %s" % said in result.err,
          "it is said once", result)
    validate(result)


def test_sleeper():
    """A thread that wakes up later may come to what the test left it."""
    result = beside("sleeper", CK_LEAK_ITERATIONS=ITERATIONS)
    case = verdict(result, "test_beside_a_sleeper", "clean")
    check(IN_PLACE in case.state, "in place", result)


def test_leaks():
    """Whoever keeps the block: the test, or the thread for it."""
    for name in ("leaks", "thread_leaks"):
        result = beside(name)
        leaks(result, "test_" + name)
        check(IN_PLACE in result.out, "where the thread is", result)
