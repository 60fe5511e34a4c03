# SPDX-License-Identifier: MIT
"""The JUnit file of a run."""
import os
import re

from gate import check, equal, leaks, run, validate


def test_valid():
    for name, args in (("leak", []), ("names", []), ("transparency", []),
                       ("once", []), ("registry", ["two"]),
                       ("teardown", [])):
        for fork in ("yes", "no"):
            if name == "once" and fork == "no":
                continue
            result = run(name, args=args, CK_FORK=fork, CK_LEAK_BUDGET=0.5)
            validate(result)
            for case in result.cases:
                check(len(case.problems) <= 1, "one failure", result)
                check(case.time >= 0, "a time", result)


def line_of(path, text):
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, path)) as file:
        return 1 + [text in line for line in file].index(True)


def test_leak():
    result = run("leak")
    case = leaks(result, "test_leaks")
    equal(case.classname, "Leak.leaks", "classname")
    equal(case.file, "tests/gate/programs/leak.c", "file")
    test = line_of("programs/leak.c", "START_TEST(test_leaks)")
    equal(int(case.line), test, "line")
    place = "tests/gate/programs/suite.h:%d" % line_of("programs/suite.h",
                                                       "malloc(sizeof *one)")
    check(place in case.message and "\n" not in case.message, case.message)
    check(case.text.startswith("%s:%d: leak: " % (case.file, test)) or
          case.text.startswith(place + ": "), case.text)
    for frame in (r"#0 leak \(%s\)" % re.escape(place), r"#1 keep \(",
                  r"#2 test_leaks_fn \(tests/gate/programs/leak.c:\d+\)"):
        check(re.search(frame, case.text), "%s in %s" % (frame, case.text))
    for name, value in (("leak.sites", "1"),
                        ("leak.blocks_per_iteration", "1.000000"),
                        ("leak.bytes_per_iteration", "8.000000")):
        equal(float(case.properties[name]), float(value), name, result)


def test_numbers_agree_with_check():
    result = run("transparency")
    failures = [c for c in result.cases if c.problems and
                c.problem.tag == "failure"]
    errors = [c for c in result.cases if c.problems and
              c.problem.tag == "error"]
    check("Checks: %d, Failures: %d, Errors: %d" % (
        len(result.cases), len(failures), len(errors)) in result.out,
        "Check counts the same", result)


def test_failed_test_has_its_time():
    result = run("timed", CK_RUN_CASE="fails")
    case = result.case("test_fails")
    check(0.02 <= case.time < 0.5, "time: %f" % case.time, result)
