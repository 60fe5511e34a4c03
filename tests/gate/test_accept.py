# SPDX-License-Identifier: MIT
"""Bounds, suppressions and the baseline: what may grow, and that it is said."""
import os
import re

import gate
from gate import check, equal, leaks, passes, run, validate, verdict

gate.FIRST_RUNG = 1021

HERE = "tests/gate/programs/accept.c:"


def file(name, text):
    path = os.path.join(gate.TMP, name)
    with open(path, "w") as out:
        out.write(text)
    return path


def accept(case, *args, flavour="gated", **env):
    return run("accept", flavour, args=args, CK_RUN_CASE=case, **env)


# ---- names ------------------------------------------------------------------

def test_symbolizer_out_of_time():
    """It answers at the second time only: what is accepted is not new."""
    real = os.path.realpath(os.path.join(
        gate.BIN, "..", "..", "..", "libexec", "leakslope-symbolize"))
    asked = os.path.join(gate.TMP, "asked")
    slow = file("slow", f"#!/bin/sh\n"
                f"test -e '{asked}' || {{ : >'{asked}'; exec sleep 1000; }}\n"
                f"exec '{real}' \"$@\"\n")
    os.chmod(slow, 0o755)
    for fork in ("yes", "no"):
        result = accept("here", CK_FORK=fork, LEAKSLOPE_SYMBOLIZER=slow,
                        CK_LEAK_SUPPRESSIONS=file("accepted", "leak:here\n"))
        passes(result)
        case = verdict(result, "test_here", "clean")
        check("suppressed" in case.state, "accepted", result)
        os.remove(asked)


# ---- bounds -----------------------------------------------------------------

def within(result):
    passes(result)
    case = verdict(result, "test_cache", "clean")
    equal(case.iterations, 4093, "iterations", result)
    said = "within its bound of 10000: +1 block/iteration (+8.0 B) at " + HERE
    check(said in case.state and said in result.err, said, result)
    check(case.properties["leak.within_bound"].startswith(said), said, result)
    check("1 judged, 1 within its bound" in result.err, "summary", result)
    validate(result)


def test_within_bound_of_the_test_case():
    for fork in ("yes", "no"):
        within(accept("cache", "tcase", "10000", CK_FORK=fork))


def test_within_bound_of_the_program():
    within(accept("cache", "program", "10000"))


def test_beyond_its_bound():
    for mode in ("tcase", "program"):
        for count in ("1000", "3900"):
            leaks(accept("cache", mode, count), "test_cache")


def test_bound_of_others():
    leaks(accept("here", "program", "10000"), "test_here")


def test_bound_without_pattern():
    result = accept("cache", "empty", "1", junit=False)
    equal(result.status, 2, "exit status", result)
    check("without a pattern is not valid; allowed: " in result.err, "", result)


# ---- suppressions -----------------------------------------------------------

def test_suppressed():
    path = file("known.supp", "# known\n\nleak:leak_here\n")
    for fork in ("yes", "no"):
        result = accept("here", CK_LEAK_SUPPRESSIONS=path, CK_FORK=fork)
        passes(result)
        case = verdict(result, "test_here", "clean")
        said = "suppressed by leak:leak_here: +1 block/iteration (+8.0 B) at "
        check(said + HERE in case.state and said in result.err, said, result)
        check(said in case.properties["leak.suppressed"], said, result)
        check("leakslope: suppressed: 1 call site by leak:leak_here (" + path +
              ":3)\n" in result.err, "what matched", result)
        check("1 judged, 1 suppressed;" in result.err, "summary", result)
        check("warning" not in result.err, "no warning: a filter", result)
        validate(result)


def test_suppressed_by_file_and_module():
    for pattern in ("programs/accept.c$", "accept_gated$", "^*/accept_g*ted"):
        path = file("known.supp", "leak:%s\n" % pattern)
        passes(accept("here", CK_LEAK_SUPPRESSIONS=path))


def test_not_suppressed():
    """The other leak of the test stays one."""
    path = file("known.supp", "leak:leak_here\n")
    result = accept("both", CK_LEAK_SUPPRESSIONS=path)
    case = leaks(result, "test_both")
    equal(case.properties["leak.sites"], "1", "sites", result)
    check("#1 leak_there" in case.text and "#1 leak_here" not in case.text,
          "the other one", result)
    check("# suppressed by leak:leak_here: " in result.out, "it is said",
          result)
    validate(result)


def test_suppressed_that_stops_for_memory():
    path = file("known.supp", "leak:test_large\n")
    passes(accept("large", CK_LEAK_SUPPRESSIONS=path, CK_LEAK_STRICT="yes"))


def test_pattern_that_matched_nothing():
    path = file("known.supp", "leak:accept.c\nleak:nobody_*s\n")
    result = run("accept", CK_LEAK_SUPPRESSIONS=path)
    passes(result)
    check("leakslope: warning: nothing matched leak:nobody_*s (%s:2)\n" % path
          in result.err, "it is said", result)
    check("suppressed: 6 call sites by leak:accept.c" in result.err, "count",
          result)


def test_suppressions_of_the_program():
    result = run("accept_defaults", CK_RUN_CASE="here")
    passes(result)
    check("by leak:^leak_here$ (__lsan_default_suppressions():2)" in result.err,
          "it is said", result)
    check("nobody" not in result.err, "no warning", result)


def refused(needle, **env):
    result = run("accept", junit=False, **env)
    equal(result.status, 2, "exit status", result)
    check(needle in result.err, needle, result)
    check("Running suite" not in result.out, "no test ran", result)


def test_bad_suppressions():
    path = file("bad.supp", "leak:good\nrace:bad\n")
    refused("leakslope: %s:2: 'race:bad' is not valid; allowed: leak:<pattern>"
            % path, CK_LEAK_SUPPRESSIONS=path)
    refused("leakslope: CK_LEAK_SUPPRESSIONS='/missing' cannot be read: No such"
            " file", CK_LEAK_SUPPRESSIONS="/missing")
    refused("bad.supp:1: 'leak:' is not valid",
            CK_LEAK_SUPPRESSIONS=file("bad.supp", "leak:\n"))


# ---- baseline ---------------------------------------------------------------

def entries(result):
    return re.findall(r"^# baseline: (.*)$", result.out, re.M)


def baseline(*lines):
    return file("known-leaks", "# known\n" + "".join(l + "\n" for l in lines))


def known(case):
    """The lines of a case's leaks."""
    found = entries(accept(case, CK_LEAK_BASELINE=baseline()))
    check(found, "a line to paste")
    return found


def test_in_baseline():
    lines = known("here")
    equal(len(lines), 1, "lines")
    again = accept("here", CK_LEAK_BASELINE=baseline())
    check("\nbaseline: %s\n" % lines[0] in again.case("test_here").text,
          "in the JUnit file too", again)
    check(re.fullmatch(r"[0-9a-f]{16} 1021 \+1/\+8 Accept/here/test_here # \+1 block/"
                       r"iteration \(\+8\.0 B\) at " + HERE + r"\d+ in put",
                       lines[0]), lines[0])
    for fork in ("yes", "no"):
        result = accept("here", CK_LEAK_BASELINE=baseline(*lines), CK_FORK=fork)
        passes(result)
        case = verdict(result, "test_here", "clean")
        said = "in the baseline: +1 block/iteration (+8.0 B) at " + HERE
        check(said in case.state and said in result.err, said, result)
        check(case.properties["leak.in_baseline"].startswith(said), said,
              result)
        check("1 judged, 1 in the baseline" in result.err, "summary", result)
        validate(result)


def test_worse_than_the_baseline_says():
    """Where it grows by more than one and a half times its line."""
    line, = known("here")
    for rate, says in (("+1/+8", None), ("+0.7/+5.6", None), ("", None),
                       ("+0.5/+8", "+0.5 blocks/iteration (+8.0 B)"),
                       ("+1/+4", "+1 block/iteration (+4.0 B)")):
        path = baseline(line.replace("+1/+8 ", rate + " " if rate else ""))
        for fork in ("yes", "no"):
            result = accept("here", CK_LEAK_BASELINE=path, CK_FORK=fork)
            if not says:
                passes(result)
                continue
            case = leaks(result, "test_here")
            check("worse than it was: %s:2 knows it (%s) with %s" % (
                path, line[:16], says) in case.text, "both are said", result)
            equal([found.split(" # ")[0] for found in entries(result)],
                  [line.split(" # ")[0]], "its line", result)
    passes(accept("here", CK_LEAK_BASELINE=path, CK_LEAK_WORSE=2.1))


def test_any_test():
    """The name * is that of each."""
    line, = known("here")
    passes(accept("here", CK_LEAK_BASELINE=baseline(
        line.replace("Accept/here/test_here", "*"))))


def test_new_beside_the_baseline():
    """An entry is of one leak in one test."""
    lines = known("here")
    result = accept("both", CK_LEAK_BASELINE=baseline(*lines))
    leaks(result, "test_both")
    passes(accept("both", CK_LEAK_BASELINE=baseline(*known("both"))))


def test_each_caller_is_an_entry():
    both = known("both")
    equal(len(both), 2, "lines")
    result = accept("both", CK_LEAK_BASELINE=baseline(both[0]))
    leaks(result, "test_both")
    equal([l.split(" # ")[0] for l in entries(result)],
          [both[1].split(" # ")[0]], "the other", result)


def test_stale():
    gone = "0123456789abcdef 1021 Accept/clean/test_clean # gone"
    path = baseline(gone)
    for fork in ("yes", "no"):
        result = accept("clean", CK_LEAK_BASELINE=path, CK_FORK=fork)
        check(result.status != 0, "the suite fails", result)
        case = result.case("test_clean")
        equal(case.type, "stale", "it fails", result)
        equal(case.verdict, "clean", "but is clean", result)
        check("the leak is gone, take out %s:2 (0123456789abcdef)" % path in
              case.message and path in result.out, "which entry", result)
        check("1 stale in the baseline" in result.err, "summary", result)
        validate(result)
    result = accept("clean", CK_LEAK_BASELINE=path, CK_LEAK="report")
    passes(result)
    check(path + ":2" in result.err, "it is said", result)


def test_not_stale():
    """What was not judged, or not for so long, is not known to be gone."""
    gone = "0123456789abcdef 1021 Accept/clean/test_clean"
    passes(accept("clean", CK_LEAK_BASELINE=baseline(gone),
                  CK_LEAK_ITERATIONS=1020))
    lines = known("here")
    passes(accept("here", CK_LEAK_BASELINE=baseline(gone, *lines)))
    path = file("known.supp", "leak:leak_here\n")
    passes(accept("here", CK_LEAK_BASELINE=baseline(*lines),
                  CK_LEAK_SUPPRESSIONS=path))


def test_loop():
    """Each index is a test of its own."""
    lines = known("loop")
    check(all(" Accept/loop/test_loop[1] # " in l for l in lines), lines)
    passes(accept("loop", CK_LEAK_BASELINE=baseline(*lines)))


def test_namesakes():
    """The first of the two is clean and makes no entry stale."""
    lines = known("twin")
    check(all(" Accept/twin/test_loop#2 # " in l for l in lines), lines)
    passes(accept("twin", CK_LEAK_BASELINE=baseline(*lines)))


def test_bad_baseline():
    for bad in ("0123 61 a/b/c", "0123456789abcdeF 61 a/b/c",
                "0123456789abcdef none a/b/c", "0123456789abcdef 61",
                "0123456789abcdef 0 a/b/c", "0123456789abcdef 61 # a/b/c"):
        refused("known-leaks:2: '%s' is not valid; allowed: <fingerprint" % bad,
                CK_LEAK_BASELINE=baseline(bad))
    refused("CK_LEAK_BASELINE='/' cannot be read: Is a directory",
            CK_LEAK_BASELINE="/")
