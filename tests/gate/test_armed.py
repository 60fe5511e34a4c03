# SPDX-License-Identifier: MIT
"""A gate that sees nothing says so and fails."""
import os

import gate
from gate import check, equal, passes, run, tool, verdict

ANOTHER = "not armed: malloc is other_malloc.so's, in front of libleakslope"


def other():
    return os.path.join(gate.BIN, "other_malloc.so")


def not_armed(result, cause, others=None):
    equal(result.status, 1, "exit status", result)
    check("leakslope:not_armed:0: " in result.out and cause in result.out,
          "a failed check says so", result)
    equal(result.out.count("leakslope:"), 1, "its name", result)
    check("leakslope: " + cause in result.err, "stderr says so", result)
    failed = [c for c in result.cases if c.problems]
    equal([c.name.split(":")[-1] for c in failed], ["not_armed"], "", result)
    for case in result.cases:
        is_it = case.name.endswith("not_armed")
        equal(case.verdict, "not armed" if is_it else "not gated", case.name,
              result)
        if is_it:
            equal(case.type, "not armed", "type", result)
    if others is not None:
        equal(len(result.cases) - 1, others, "tests that ran", result)
    equal(result.out.count("Running suite(s)"), 1, "runs", result)


def test_another_malloc():
    for fork in ("yes", "no"):
        not_armed(run("leak", LD_PRELOAD=other(), CK_FORK=fork), ANOTHER, 2)


def test_filters_do_not_hide_it():
    for count, filters in (
            (1, {"CK_RUN_CASE": "clean"}),
            (2, {"CK_RUN_SUITE": "Leak"}),
            (1, {"CK_INCLUDE_TAGS": "other leaky"}),
            (1, {"CK_EXCLUDE_TAGS": "slow"}),
            (1, {"CK_INCLUDE_TAGS": "slow leaky", "CK_EXCLUDE_TAGS": "fast",
                 "CK_RUN_SUITE": "Leak", "CK_RUN_CASE": "leaks"})):
        not_armed(run("leak", LD_PRELOAD=other(), **filters), ANOTHER, count)


def test_logs_have_it_and_the_rest():
    run("leak", LD_PRELOAD=other(), CK_TAP_LOG_FILE_NAME="out.tap")
    lines = gate.stored("out.tap").splitlines()
    equal(lines[-1], "1..3", "the plan")
    equal(sum(l.startswith("not ok") for l in lines), 1, "failures")


def test_off_is_off():
    result = run("leak", LD_PRELOAD=other(), CK_LEAK="no", junit=False)
    passes(result)
    equal(result.err, "", "stderr")


def test_canary_before_each_verdict():
    """It was armed when the program began, and a test changed that."""
    for fork, names in (("yes", ["test_stops"]),
                        ("no", ["test_stops", "test_after"])):
        result = run("stops", CK_FORK=fork)
        equal(result.status, 1, "exit status", result)
        equal([c.name for c in result.cases if c.problems], names, "", result)
        check(":F:stops:test_stops:0: not armed: tracing was stopped"
              in result.out, "Check's line", result)
    passes(run("stops", CK_LEAK="report"))


def valgrind(**env):
    return run("leak", prefix=[tool("valgrind"), "-q"], **env)


def test_valgrind():
    plain = run("leak", "plain")
    result = valgrind()
    equal((result.status, result.out), (plain.status, plain.out), "", result)
    equal(result.err, "leakslope: off: Valgrind runs this program\n", "stderr")
    equal(verdict(result, "test_leaks", "not gated").state,
          "not gated: Valgrind runs this program", "the state")


def test_valgrind_strict():
    result = valgrind(CK_LEAK_STRICT="yes")
    not_armed(result, "not armed: Valgrind runs this program", 2)
