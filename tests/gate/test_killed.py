# SPDX-License-Identifier: MIT
"""A run that is ended from outside reports what it has judged so far, and ends
as it would have without us."""
import json
import os
import signal
import subprocess
import time

import gate
from gate import check, equal, strays, stored, validate

FORKS = ("yes", "no")


def ended(at, fork, flavour="gated", by=signal.SIGTERM, before=None, **env):
    """Ends a run when it has come to a place, after what is done `before`."""
    there = os.path.join(gate.TMP, "there")
    if os.path.exists(there):
        os.unlink(there)
    if flavour == "gated":
        env.update(CK_JUNIT_LOG_FILE_NAME="killed.xml",
                   CK_LEAK_JSON_FILE_NAME="killed.json",
                   CK_LEAK_HTML_FILE_NAME="html/")
    argv = [gate.program("killed", flavour)]
    child = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, cwd=gate.TMP, start_new_session=True,
        env=gate.environment(AT=at, CK_FORK=fork, **env))
    deadline = time.monotonic() + 60
    while not os.path.exists(there) and time.monotonic() < deadline:
        check(child.poll() is None, "it comes to its place")
        time.sleep(0.01)
    if before:
        before()
    child.send_signal(by)
    out, err = child.communicate(timeout=60)
    return gate.Result(argv, child.returncode, out.decode(), err.decode(),
                       os.path.join(gate.TMP, "killed.xml"))


def name(case):
    return case.name.replace("[0]", "").replace("[1]", "")


def judged_so_far(result, at, by="SIGTERM"):
    """All tests are there: those before the one, it, and those behind it."""
    tests = ["test_clean", "test_leaks", "test_fails", "test_body",
             "test_repeated", "test_in_place", "test_last", "test_last"]
    cases = result.cases
    equal([name(case) for case in cases], tests, "the tests", result)
    last = tests.index(at)
    verdicts = ["clean", "leak", "not gated", "clean", "clean", "clean"]
    equal([case.verdict for case in cases[:last]], verdicts[:last],
          "what was judged", result)
    check("said by the test" in cases[2].message, "Check's results", result)
    for i, case in enumerate(cases[last:]):
        why = "ended by %s before it %s" % (by, "ran" if i else "was judged")
        equal((case.verdict, case.type, case.message),
              ("not gated", "error", why), case.name, result)
    n = len(cases) - last
    check("leakslope: ended by %s: %d tests were not judged\n" % (by, n)
          in result.err, "it is said", result)
    check("leakslope: 8 tests: %d judged, 1 leak" % (last - 1) in result.err,
          "the summary", result)
    validate(result)
    report = json.loads(stored("killed.json"))
    equal(len(report["tests"]), 8, "tests in the JSON", result)
    page = os.listdir(os.path.join(gate.TMP, "html"))
    equal(len(page), 1, "a page, and no part of one", result)
    check("before it ran" in stored(os.path.join("html", page[0])),
          "the page", result)
    equal(strays(), [], "nothing is left behind", result)


def like_plain(at, test, fork, by=signal.SIGTERM):
    result = ended(at, fork, by=by)
    judged_so_far(result, test, by.name)
    return result


def test_in_the_body():
    """Which may have a lock of the allocator's just then."""
    for fork in FORKS:
        plain = ended("waiting", fork, "plain")
        equal(plain.status, -signal.SIGTERM, "how it ends", plain)
        for at in ("waiting",) + 2 * ("allocating",):
            result = like_plain(at, "test_body", fork)
            equal(result.status, plain.status, "how it ends", result)


def test_in_a_copy():
    """With what a repetition forked."""
    for fork in FORKS:
        result = like_plain("repeated", "test_repeated", fork)
        equal(result.status, -signal.SIGTERM, "how it ends", result)


def test_in_place():
    for fork in FORKS:
        result = like_plain("in place", "test_in_place", fork)
        equal(result.status, -signal.SIGTERM, "how it ends", result)


def test_by_the_keyboard():
    """Check ends by SIGKILL where it does not fork."""
    for fork in FORKS:
        plain = ended("waiting", fork, "plain", by=signal.SIGINT)
        for at, test in (("waiting", "test_body"),
                         ("repeated", "test_repeated")):
            result = like_plain(at, test, fork, by=signal.SIGINT)
            equal(result.status, plain.status, "how it ends", result)


def test_one_report_that_cannot_be_written():
    """The others are written."""
    junit = os.path.join(gate.TMP, "killed.xml")

    def in_the_way():
        os.unlink(junit)
        os.mkdir(junit)

    for fork in FORKS:
        result = ended("waiting", fork, before=in_the_way)
        os.rmdir(junit)
        equal(result.status, -signal.SIGTERM, "how it ends", result)
        check("CK_JUNIT_LOG_FILE_NAME" in result.err and
              "cannot be written" in result.err, "it is said", result)
        report = json.loads(stored("killed.json"))
        equal(len(report["tests"]), 8, "tests in the JSON", result)
        page = os.listdir(os.path.join(gate.TMP, "html"))
        check("before it ran" in stored(os.path.join("html", page[0])),
              "the page", result)
        equal(strays(), [], "nothing is left behind", result)


def test_while_check_is_in_another_thread():
    """Where the body is in this process it does not go on meanwhile."""
    result = ended("written", "no", APART="1")
    judged_so_far(result, "test_body")
    equal(result.status, -signal.SIGTERM, "how it ends", result)
    check(not os.path.exists(os.path.join(gate.TMP, "went on")),
          "Check waits", result)


def test_own_handler():
    """A program that handles the signal goes on, as without us."""
    for fork in FORKS:
        plain, result = (ended("waiting", fork, flavour, HANDLES="1")
                         for flavour in ("plain", "gated"))
        said = "handled %d\n" % signal.SIGTERM
        check(plain.out.endswith(said), "its handler", plain)
        check(result.out.endswith(said), "its handler", result)
        equal((plain.status, result.status), (1, 1), "it goes on", result)
        cases = result.cases
        equal((cases[-1].verdict, len(cases)), ("clean", 8), "the last test",
              result)
        check("ended by" not in result.err, "nothing is said", result)


def test_runner_is_gone():
    """Ended by force it writes nothing, but its test is judged no longer."""
    result = ended("repeated", "yes", by=signal.SIGKILL)
    equal(result.status, -signal.SIGKILL, "how it ends", result)
    equal(strays(), [], "nothing is left behind", result)
