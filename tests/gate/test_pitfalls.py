# SPDX-License-Identifier: MIT
"""What went wrong, or could, in gates of this kind."""
import glob
import json
import os
import subprocess

import gate
from gate import check, equal, leaks, passes, run, stored, strays, tool, verdict


def failure_lines(result):
    """Check's own lines about failures, without continuation lines."""
    return [line for line in result.out.splitlines()
            if ":F:" in line or ":S:" in line or ":E:" in line]


def real_teardown_failure(fork):
    """Those of the plain program, with context and line, and only leaks
    beside them."""
    plain = run("teardown", "plain", CK_FORK=fork)
    gated = run("teardown", CK_FORK=fork)
    expected = failure_lines(plain)
    check(any("the tear-down fails" in line for line in expected),
          "the plain program fails in a tear-down", plain)
    check(any("the set-up fails" in line for line in expected),
          "and in a set-up", plain)
    got = failure_lines(gated)
    equal([line for line in got if ": leak: " not in line], expected,
          "failures that are no leaks", gated)
    equal([line.split(":")[3] for line in got if ": leak: " in line],
          ["after"], "test cases with a leak", gated)
    equal(len([c for c in gated.cases if c.problems]), len(got),
          "failures in the JUnit file", gated)


def test_p1_teardown_failure_fork():
    real_teardown_failure("yes")


def test_p1_teardown_failure_nofork():
    real_teardown_failure("no")


def test_p1_names_where_set_up_failed():
    result = run("teardown", CK_FORK="no", CK_RUN_CASE="setup")
    equal([c.name for c in result.cases],
          ["test_body", "test_leaks[0]", "test_leaks[1]"],
          "what a failed set-up kept from running", result)


def same_address(fork):
    result = run("registry", args=["again"], CK_FORK=fork)
    check("the same address: yes" in result.out, "addresses are used again",
          result)
    equal(result.status, 1, "only the second runner fails", result)
    equal([c.classname for c in result.cases], ["First.Core", "Second.Core"],
          "test cases", result)
    leaks(result, "test_leaks")


def test_p2_same_address_fork():
    same_address("yes")


def test_p2_same_address_nofork():
    same_address("no")


def test_p3_nested_runner():
    result = run("registry", args=["nested"])
    for name in ("test_runs_fork", "test_clean"):
        verdict(result, name, "clean")
    verdict(result, "test_runs_nofork", "clean")
    leaks(result, "test_keeps_inner")
    later = verdict(result, "test_fails_later", "not repeatable")
    check("registry.c:" in later.state and "outer failure" in later.state,
          later.state, result)
    equal(len(result.cases), 5, "only the outer tests are gated", result)


def test_p4_huge_user_message():
    """Check cuts its text at 8 KB and then finds it too long."""
    plain = run("leak", "plain", ["talk"])
    gated = run("leak", args=["talk"])
    check("Early exit with return value 2" in plain.out, "as known", plain)
    for line in plain.out.splitlines():
        if ":E:" in line:
            check(line in gated.out, "the same line: " + line, gated)
    check("Message string too long" in gated.err, "Check's words", gated)


def test_p4_huge_user_message_with_room():
    plain = run("leak", "plain", ["talk"], CK_MAX_MSG_SIZE=100000)
    gated = run("leak", args=["talk"], CK_MAX_MSG_SIZE=100000)
    line = [l for l in plain.out.splitlines() if "test_talks" in l]
    check(len(line) == 1 and len(line[0]) > 8000, "a long line", None)
    check(line[0] in gated.out, "it is there in full")


def test_p5_tap_continuation():
    run("leak", CK_TAP_LOG_FILE_NAME="out.tap")
    lines = stored("out.tap").splitlines()
    check(any(l.startswith("not ok ") and ": leak: " in l for l in lines),
          "a leak is a line of TAP: %s" % lines)
    for line in lines:
        check(line.startswith(("ok ", "not ok ", "# ", "1..")),
              "a line of TAP: " + line)
    check(sum(l.startswith("# #") for l in lines) >= 2,
          "the traceback is there as a comment: %s" % lines)


def counts(flavour):
    """Line -> count of coverage.c as gcov sees it after a run."""
    folder = os.path.join(gate.TMP, flavour)
    os.mkdir(folder)
    result = run("coverage", flavour, GCOV_PREFIX=folder,
                 CK_LEAK_ITERATIONS=50)
    data = glob.glob(folder + "/**/*.gcda", recursive=True)
    equal(len(data), 1, "files of counts", result)
    notes = data[0][len(folder):-len("gcda")] + "gcno"
    os.symlink(notes, data[0][:-len("gcda")] + "gcno")
    text = subprocess.run([tool("gcov"), "--json-format", "--stdout", data[0]],
                          stdout=subprocess.PIPE, cwd=folder).stdout
    files = json.loads(text.decode())["files"]
    return result, {(f["file"].rsplit("/")[-1], line["line_number"]):
                    line["count"] for f in files for line in f["lines"]}


def test_p6_coverage_is_kept():
    plain, expected = counts("plain")
    gated, got = counts("gated")
    check(": leak: " in gated.out, "the test fails its gate", gated)
    check(any(expected.values()), "something is counted", plain)
    equal(got, expected, "counts of lines")


def test_p6_output_of_a_failing_test_is_kept():
    for fork in ("yes", "no"):
        for name in ("counted", "coverage"):
            plain = run(name, "plain", CK_FORK=fork)
            gated = run(name, CK_FORK=fork)
            check("only the leaking" in plain.out, "it prints", plain)
            equal(gated.out.count("only the leaking"),
                  plain.out.count("only the leaking"), "lines printed", gated)


# Of tests that fork: more say the same, and take longer.
FEW = {"CK_LEAK_ITERATIONS": 61}


def grandchildren(fork):
    result = run("family", CK_FORK=fork, **FEW)
    names = ["child_ends", "child_crashes", "check_fork", "child_leaks"]
    if fork == "yes":
        names += ["child_returns", "child_asserts"]
    for name in names:
        verdict(result, "test_" + name, "clean")


def test_p7_grandchild_returns_from_a_leak():
    """It is not judged itself: that would fail it before its parent."""
    leaks(run("family", CK_RUN_CASE="child_returns_leaking", **FEW),
          "test_child_returns_leaking")


def test_p7_grandchildren_fork():
    grandchildren("yes")


def test_p7_grandchildren_nofork():
    grandchildren("no")


def test_p7_signals_to_the_group():
    verdict(run("family", CK_RUN_CASE="group"), "test_signals_group", "clean")


def test_p7_children_left_behind():
    """They are a leak; their number is bounded, and they are gone after it."""
    result = run("family", CK_RUN_CASE="leaves_child")
    case = leaks(result, "test_leaves_child")
    text = "leak: +1/iteration of child processes that nobody waits for at "
    check(case.message.startswith(text + "tests/gate/programs/family.c:"),
          "the message", result)
    equal(strays(), [], "processes that are left", result)
    result = run("family", CK_RUN_CASE="leaves_child", CK_LEAK_DOMAINS="fd")
    passes(result)
    case = verdict(result, "test_leaves_child", "not repeatable")
    check("processes are left behind" in case.state, case.state, result)
    equal(strays(), [], "processes that are left", result)


def test_p7_many_children_left_behind():
    """As many as end the run are judged all the same."""
    result = run("family", CK_RUN_CASE="leaves_children")
    case = leaks(result, "test_leaves_children")
    text = "leak: +7/iteration of child processes that nobody waits for at "
    check(case.message.startswith(text + "tests/gate/programs/family.c:"),
          "the message", result)
    equal(strays(), [], "processes that are left", result)


def test_p8_exit_and_signal_run_once():
    result = run("once", CK_RUN_CASE="Ends")
    passes(result)
    equal(stored("runs.txt"), "exit\nsignal\nsegv\nzero\n", "runs", result)
    for name, why in (("test_exit", "expects exit value 3"),
                      ("test_signal", "expects signal 15"),
                      ("test_segv", "expects signal 11"),
                      ("test_exit_zero", "the test ended its process")):
        equal(verdict(result, name, "not gated").state, "not gated: " + why,
              name, result)
    verdict(result, "test_gated", "clean")
    check("5 tests: 1 judged, 4 not gated" in result.err, "the sum", result)


def test_p12_opt_out_by_tag():
    for fork in ("yes", "no"):
        result = run("names", CK_FORK=fork, CK_INCLUDE_TAGS="quick")
        passes(result)
        case = verdict(result, "test_counts", "not gated")
        equal(case.state, "not gated: tagged leakslope:off", "the state")
        verdict(result, "test_nothing", "clean")


def test_p12_opted_out_runs_once():
    result = run("once", CK_RUN_CASE="Off")
    passes(result)
    equal(stored("runs.txt"), "off\n", "runs", result)


def test_p12_failing_test_runs_once():
    for n, fork in enumerate(("yes", "no"), 1):
        result = run("once", CK_RUN_CASE="Fails", CK_FORK=fork)
        equal(stored("runs.txt"), "fails\n" * n, "runs", result)
        equal(result.case("test_fails").state, "not gated: the test failed",
              "the state", result)


def terminated(case):
    """A signal in a repetition stays in it, whatever handlers Check set."""
    result = run("endings", CK_RUN_CASE=case)
    passes(result)
    verdict(result, "test_" + case, "not repeatable")


def test_p13_sigterm_to_the_group():
    terminated("term")


def test_p13_sigalrm():
    terminated("alarm")


def own_clock(program):
    """No time passes on it: budgets hold by libc's clock all the same, and
    nobody but the tests and Check asks theirs."""
    for fork in ("yes", "no"):
        result = run(program, CK_FORK=fork, CK_LEAK_BUDGET="0.4")
        leaks(result, "test_leaks")
        case = result.case("test_works")
        # 4 ms each: by a clock that stands still there would be 251
        check(8 <= case.iterations < 200, "iterations in 0.4 s: %d" %
              case.iterations, result)
        # whose repetitions fail where somebody else asks
        verdict(result, "test_counts", "clean")


def test_a_clock_of_the_tests_own():
    own_clock("clocks")


def test_a_clock_in_a_library():
    own_clock("clocks_library")
