# SPDX-License-Identifier: MIT
"""What comes once a test is over changes neither its result nor another's."""
import os

import gate
from gate import check, equal, passes, run, tool, verdict


def outlives(case, what):
    """When the thread has its turn, the machine's load decides: the repetitions
    may have come to their end by then."""
    for turn in "1", "2", "3":
        result = run("outlives", CK_FORK="yes", CK_RUN_CASE=case, TURN=turn)
        passes(result, "the test passes, turn " + turn)
        seen = result.case("test_" + case)
        check(seen.verdict == "clean" or seen.verdict == "not repeatable" and
              what in seen.state, "clean, or what the thread did", result)


def test_a_thread_that_crashes():
    outlives("touches", "signal 11 (SEGV)")


def test_a_thread_that_exits():
    outlives("exits", "called exit(7)")


def test_a_thread_that_nobody_reads():
    outlives("tells", "signal 13 (PIPE)")


def test_ends_where_plain_does():
    for fork in "yes", "no":
        plain = run("ends", "plain", CK_FORK=fork)
        gated = run("ends", CK_FORK=fork)
        equal(gated.out, plain.out, "what Check says", gated)
        equal(gated.status, plain.status, "exit status", gated)


def wild(*args):
    result = run("wild", args=args, CK_FORK="yes")
    for name in "test_before", "test_behind":
        verdict(result, name, "clean")
    gate.leaks(result, "test_leaks")
    equal(result.case("test_wild").type, None, "it passes, as plain", result)


def test_wild_writes_of_ones():
    wild("255", "0", "1000000000")


def test_wild_writes_of_zeros():
    wild("0", "0", "1000000000")


def test_wild_writes_in_between():
    wild("127", "200", "100")


def test_nothing_is_alive_under_valgrind():
    result = run("frees", CK_FORK="no", prefix=[
        tool("valgrind"), "-q", "--leak-check=full", "--show-leak-kinds=all",
        "--errors-for-leak-kinds=all", "--error-exitcode=9"])
    passes(result)
    check("leakslope: off: Valgrind runs this program" in result.err,
          "it stands down", result)


def test_a_fifo_is_no_report():
    fifo = os.path.join(gate.TMP, "fifo")
    os.mkfifo(fifo)
    result = run("once", CK_JUNIT_LOG_FILE_NAME=fifo)
    equal(result.status, 2, "exit status", result)
    check("leakslope: CK_JUNIT_LOG_FILE_NAME='%s' is a FIFO" % fifo
          in result.err, "it is said", result)
    equal(result.out, "", "before the first test", result)


def test_a_pipe_is_a_report():
    result = run("once", CK_JUNIT_LOG_FILE_NAME="/dev/stdout")
    check("<testsuites" in result.out or "<testsuite" in result.out,
          "the report is there", result)
