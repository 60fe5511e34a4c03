# SPDX-License-Identifier: MIT
"""A run in which too few tests are judged fails: CK_LEAK_JUDGED."""
import gate
from gate import check, equal, passes, run, validate
from test_report import command, files

# Two of the four are judged, one is not repeatable, one cannot be gated.


def is_ours(case):
    """In full in a test case that is named as a filter says."""
    return case.name in ("judged", "leakslope:judged")


def too_few(result, words):
    equal(result.status, 1, "the run fails", result)
    text = "too few tests were judged: " + words
    check(text in result.out, "Check says: " + text, result)
    case = result.case(next(c.name for c in result.cases if is_ours(c)))
    equal(case.type, "assertion", "the report has the failure", result)
    check(text in case.message, "and its words", result)
    validate(result)


def test_a_part():
    for fork in ("yes", "no"):
        for part in ("0%", "50%", "66%"):
            result = run("judged", CK_FORK=fork, CK_LEAK_JUDGED=part)
            passes(result)
            check(not any(map(is_ours, result.cases)),
                  "a check that passes is in no report", result)
        too_few(run("judged", CK_FORK=fork, CK_LEAK_JUDGED="67%"),
                "2 of %d, and CK_LEAK_JUDGED=67%% asks for 3: "
                "1 not repeatable" % (4 if fork == "yes" else 3))


def test_a_number():
    passes(run("judged", CK_LEAK_JUDGED=2))
    too_few(run("judged", CK_LEAK_JUDGED=3),
            "2 of 4, and CK_LEAK_JUDGED=3 asks for 3: 1 not repeatable, "
            "1 not gated")


def test_nothing_is_never_enough():
    """Whether it could not be repeated, or not be gated at all."""
    for case, why in (("once", "1 not repeatable"), ("ends", "1 not gated")):
        too_few(run("judged", CK_LEAK_JUDGED="1%", CK_RUN_CASE=case),
                "0 of 1, and CK_LEAK_JUDGED=1% asks for 1: " + why)
    passes(run("judged", CK_LEAK_JUDGED="1%", CK_RUN_CASE="none"))
    passes(run("judged", CK_RUN_CASE="once"))


def test_filters_leave_fewer():
    """No more is asked for than there are."""
    for filtered in ({"CK_RUN_CASE": "flat"}, {"CK_RUN_SUITE": "Judged",
                                               "CK_RUN_CASE": "flat"},
                     {"CK_LEAK_TEST": "test_flat"}):
        passes(run("judged", CK_LEAK_JUDGED=3, **filtered))


def test_report_only():
    passes(run("judged", CK_LEAK="report", CK_LEAK_JUDGED="100%"))


def test_the_command():
    run("judged", CK_FORK="yes", CK_LEAK_JSON_FILE_NAME="json/")
    path, = files("json", "json")
    for value, status in (("66%", 0), ("67%", 1), ("2", 0), ("3", 1)):
        done = command("report", path, "--check", "--judged", value,
                       expected=status)
        check(("too few tests were judged: 2 of 4, and CK_LEAK_JUDGED=%s asks "
               "for 3" % value in done.err) == bool(status), "is said", done)
    command("report", path, "--judged=100%")  # nothing fails without --check
    done = command("report", path, "--check", "--judged", "101%", expected=2)
    check("CK_LEAK_JUDGED='101%' is not valid; allowed: number 0..1000000, or "
          "0%..100%" in done.err, "it is refused by name", done)
