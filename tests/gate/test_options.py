# SPDX-License-Identifier: MIT
"""Options do what the table says; what is not in it is refused by name."""
import json
import os

import gate
from gate import check, equal, leaks, passes, run, stored, verdict


def test_report_never_fails():
    for fork in ("yes", "no"):
        result = run("leak", CK_LEAK="report", CK_FORK=fork)
        passes(result)
        equal(result.case("test_leaks").verdict, "leak", "verdict", result)
        check("Leak:leaks:test_leaks: leak: +1 block/iteration" in result.err,
              "it is said", result)
        check("2 tests: 2 judged, 1 leak" in result.err, "the sum", result)


def test_report_with_strict():
    result = run("endings", CK_RUN_CASE="one_shot", CK_LEAK="report",
                 CK_LEAK_STRICT="yes")
    passes(result)


def test_strict():
    for fork in ("yes", "no"):
        result = run("endings", CK_RUN_CASE="one_shot", CK_LEAK_STRICT="yes",
                     CK_FORK=fork)
        equal(result.status, 1, "exit status", result)
        case = result.case("test_one_shot")
        equal((case.verdict, case.type), ("not repeatable",) * 2, "", result)
        check(":F:one_shot:test_one_shot:0: not repeatable: ended in warm-up "
              "pass 1: " in result.out, "Check's line", result)


def test_strict_passes_what_is_clean_or_not_gated():
    passes(run("once", CK_RUN_CASE="Ends", CK_LEAK_STRICT="yes"))


def test_iterations_exactly():
    for fork in ("yes", "no"):
        result = run("leak", CK_LEAK_ITERATIONS=50, CK_FORK=fork)
        equal([c.iterations for c in result.cases], [50, 50], "", result)
        leaks(result, "test_leaks")
        check("# 50 of 50 iterations after 3 warm-ups" in result.out,
              "it is said", result)


def test_iterations_have_no_budget():
    result = run("bounded", CK_RUN_CASE="sleeps", CK_LEAK_ITERATIONS=30,
                 CK_LEAK_BUDGET=0.05, CK_LEAK_TOTAL_BUDGET=0.05)
    equal(result.case("test_sleeps").iterations, 30, "iterations", result)


def test_total_budget_holds():
    """When it is used up, nothing is repeated, and that is said."""
    result = run("names", CK_LEAK_TOTAL_BUDGET=0.001)
    check("CK_LEAK_TOTAL_BUDGET (0.001 s) was too little for " in result.err,
          "it is said", result)
    check(max(c.iterations for c in result.cases) < 8, "no iterations", result)
    check(all(c.verdict in ("inconclusive", "not gated")
              for c in result.cases), "nothing passes for clean", result)


def test_warmup():
    result = run("leak", CK_LEAK_ITERATIONS=50, CK_LEAK_WARMUP=1)
    check("# 50 of 50 iterations after 1 warm-up:" in result.out, "", result)


def test_nframe():
    """What was left out is said, in words and in the JSON."""
    for frames in (2, None):
        result = run("leak", CK_LEAK_NFRAME=frames,
                     CK_LEAK_JSON_FILE_NAME="frames.json")
        text = result.case("test_leaks").text
        check("#1 keep" in text, "two frames", result)
        equal("#2 " in text, not frames, "a third", result)
        equal("\n... truncated" in text and "# ... truncated" in result.out,
              bool(frames), "it is said", result)
        test = [t for t in json.loads(stored("frames.json"))["tests"]
                if t["test"] == "test_leaks"][0]
        site = test["measured"]["sites"][0]
        equal(site.get("truncated"), True if frames else None,
              "the JSON says so", result)


def test_output_is_dropped():
    result = run("bounded", CK_RUN_CASE="prints", CK_LEAK_ITERATIONS=20)
    equal(result.out.count("a line that is printed"), 1, "lines", result)


def test_output_is_kept():
    """That of the proper pass once, that of each repetition."""
    for fork in ("yes", "no"):
        result = run("bounded", CK_RUN_CASE="prints", CK_LEAK_ITERATIONS=20,
                     CK_LEAK_OUTPUT="yes", CK_FORK=fork)
        passes(result)
        equal(result.out.count("a line that is printed"), 1 + 3 + 20, "lines",
              result)


def refused(needles, **env):
    for fork in ("yes", "no"):
        result = run("transparency", CK_FORK=fork, junit=False, **env)
        equal(result.status, 2, "exit status", result)
        for needle in needles:
            check(needle in result.err, "stderr has " + needle, result)
        check("Running suite" not in result.out and
              "set-up" not in result.out, "no test ran", result)


def test_invalid_values():
    for name, value in (
            ("CK_LEAK", "maybe"), ("CK_LEAK_ITERATIONS", "7"),
            ("CK_LEAK_ITERATIONS", "many"), ("CK_LEAK_ITERATIONS", "-9"),
            ("CK_LEAK_FIRST_RUNG", "60"), ("CK_LEAK_FIRST_RUNG", "4093"),
            ("CK_LEAK_WARMUP", "0"), ("CK_LEAK_BUDGET", "0"),
            ("CK_LEAK_BUDGET", "1s"), ("CK_LEAK_TOTAL_BUDGET", "-1"),
            ("CK_LEAK_NFRAME", "0"), ("CK_LEAK_NFRAME", "1000"),
            ("CK_LEAK_DOMAINS", "malloc,sockets"), ("CK_LEAK_STRICT", "1"),
            ("CK_LEAK_HOLDERS", "maybe"),
            ("CK_LEAK_OUTPUT", "maybe"), ("CK_LEAK_LIST", "all"),
            ("CK_LEAK_SCOPE", "world"), ("CK_LEAK_JUDGED", "101%"),
            ("CK_LEAK_JUDGED", "%"), ("CK_LEAK_WORSE", "0.9"), ("CK_LEAK_JUDGED", "9.5%"),
            ("CK_LEAK_JUDGED", "-1"), ("CK_LEAK_JUDGED", "most")):
        refused([name + "='" + value + "'", "allowed: "], **{name: value})


def test_unknown_option():
    refused(["CK_LEAK_FOO"], CK_LEAK_FOO="yes")


def test_scope_that_does_not_exist():
    for value in ("suite,world", "test,", "suit"):
        refused(["CK_LEAK_SCOPE='%s'" % value], CK_LEAK_SCOPE=value)


def test_empty_values_are_none():
    result = run("leak", CK_LEAK="", CK_LEAK_ITERATIONS="", CK_LEAK_SCOPE="")
    leaks(result, "test_leaks")


def test_junit_folder():
    os.mkdir(os.path.join(gate.TMP, "reports"))
    for path in ("reports", "reports/", "new/"):
        result = run("leak", CK_JUNIT_LOG_FILE_NAME=path)
        result.junit = os.path.join(gate.TMP, path, "TEST-leak_gated.xml")
        leaks(result, "test_leaks")


def test_junit_folder_libtool():
    """libtool runs its programs as .libs/lt-name."""
    link = os.path.join(gate.BIN, "lt-leak_gated")
    if not os.path.islink(link):
        os.symlink("leak_gated", link)
    result = run("lt-leak", CK_JUNIT_LOG_FILE_NAME="here/")
    equal(os.listdir(os.path.join(gate.TMP, "here")), ["TEST-leak_gated.xml"],
          "files", result)


def test_junit_unwritable():
    for path in ("/nonexistent/report.xml", "/proc/report.xml",
                 "nowhere/at/all/", "/dev/full"):
        refused(["CK_JUNIT_LOG_FILE_NAME='" + path + "' cannot be written"],
                CK_JUNIT_LOG_FILE_NAME=path)


def test_junit_folder_vanishes():
    """It could be written at first: not to be mistaken for a success."""
    result = run("vanish", CK_JUNIT_LOG_FILE_NAME="gone/")
    equal(result.status, 2, "exit status", result)
    check("cannot be written" in result.err, "it is said", result)


def test_junit_to_stdout():
    for path in ("-", "/dev/stdout"):
        result = run("leak", CK_JUNIT_LOG_FILE_NAME=path)
        equal(result.out.count("<testsuites"), 1, "one document", result)
        check('type="leak"' in result.out, "with the leak", result)


def test_junit_relative_to_the_start():
    """A test that changes the folder does not move the report."""
    result = run("vanish", CK_JUNIT_LOG_FILE_NAME="kept.xml", CK_FORK="no")
    result.junit = os.path.join(gate.TMP, "kept.xml")
    check(len(result.cases) == 1, "the report is there", result)


def test_junit_replaces_an_older_one():
    path = os.path.join(gate.TMP, "old.xml")
    with open(path, "w") as file:
        file.write("old")
    leaks(run("leak", CK_JUNIT_LOG_FILE_NAME=path), "test_leaks")
    equal([n for n in os.listdir(gate.TMP) if "tmp" in n], [], "leftovers")
