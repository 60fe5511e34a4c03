# SPDX-License-Identifier: MIT
"""The copies that a test is repeated in go unnoticed."""
import os
import subprocess

import gate
from gate import check, equal, leaks, passes, run, strays, verdict


# Of tests that fork: more say the same, and take longer.
FEW = {"CK_LEAK_ITERATIONS": 61}


def test_sigchld_is_not_seen():
    for fork in ("yes", "no"):
        for case in ("handles_sigchld", "ignores_sigchld", "blocks_sigchld"):
            result = run("family", CK_FORK=fork, CK_RUN_CASE=case, **FEW)
            leaks(result, "test_" + case)
            check(not os.path.exists(os.path.join(gate.TMP, "signals.txt")),
                  "a handler saw SIGCHLD", result)


def test_nothing_is_left_for_the_next_test():
    """In the one process of no-fork mode (asserted in C)."""
    result = run("family", CK_FORK="no", **FEW)
    equal([c.classname.split(".")[1] for c in result.cases if c.problems],
          ["handles_sigchld", "ignores_sigchld", "blocks_sigchld"],
          "failures", result)
    check("descriptors: 0, children: none" in result.out, "leftovers", result)


def test_nothing_is_left_fork():
    plain = run("family", "plain")
    result = run("family", **FEW)
    for each in (plain, result):
        check("descriptors: 0, children: none" in each.out, "leftovers", each)
    equal(strays(), [], "processes that are left", result)


def test_leak_is_confirmed():
    """A second copy that is clean takes the verdict back."""
    result = run("first", CK_LEAK_ITERATIONS=300)
    passes(result)
    case = verdict(result, "test_leaks_in_first_copy", "inconclusive")
    check("a second run of the same test was clean" in case.state + result.err,
          "it is said", result)


def test_leak_in_both_copies():
    leaks(run("first", CK_LEAK_ITERATIONS=300, CK_RUN_CASE="both"),
          "test_leaks_in_both")


def test_copy_dies_with_the_runner():
    """Killed with all that it started, however it was going."""
    import signal
    import time
    child = subprocess.Popen(
        [gate.program("timeouts"), "short", "0"], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, cwd=gate.TMP,
        env=gate.environment(CK_FORK="no", CK_LEAK_ITERATIONS=1000))
    copy = ""
    deadline = time.monotonic() + 20
    while not copy and time.monotonic() < deadline:
        with open("/proc/%d/task/%d/children" % (child.pid, child.pid)) as file:
            copy = file.read().strip()
    check(copy, "there is a copy")
    child.send_signal(signal.SIGKILL)
    child.wait()
    while os.path.exists("/proc/" + copy) and time.monotonic() < deadline:
        state = open("/proc/%s/stat" % copy).read().split(")")[1].split()[0]
        if state == "Z":
            break
    check(time.monotonic() < deadline, "the copy is gone")
