# SPDX-License-Identifier: MIT
"""A build with a sanitizer is judged as the ordinary one is."""
import re

import gate
from gate import QUIET, check, equal, leaks, passes, run, validate, verdict


def all_of(flavour, forks=("yes", "no")):
    for name in ("allocates", "leak", "bounded", "family"):
        gate.like_the_ordinary_build(name, flavour, forks, **QUIET)


def test_address():
    all_of("asan")


def test_address_clang():
    all_of("clang_asan", ("yes",))


def test_leak():
    all_of("lsan")


def test_leak_clang():
    all_of("clang_lsan", ("yes",))


def test_undefined():
    for flavour in ("ubsan", "clang_ubsan"):
        gate.like_the_ordinary_build("allocates", flavour, **QUIET)


def test_traceback_begins_at_the_call():
    """No frame of the runtime's, nor of ours."""
    for flavour in ("asan", "clang_asan", "lsan", "clang_lsan"):
        result = run("allocates", flavour, CK_LEAK_ITERATIONS=251, **QUIET)
        for name, line in (("malloc", 28), ("calloc", 31), ("realloc", 34),
                           ("aligned", 39)):
            name = "test_keeps_" + name
            text = leaks(result, name).text
            check("#0 %s_fn (tests/gate/programs/allocates.c:%d)"
                  % (name, line) in text, "its first frame", text)
        for case in result.cases:
            frames = (case.text or "").split("\nrepeat: ")[0]
            for word in ("interceptor", "asan", "lsan", "sanitizer", "wrap"):
                check(word not in frames, "no " + word, case.text)


def test_bugs_are_the_sanitizer_s():
    """It reports what it reports without us, where it happens."""
    for flavour in ("asan", "clang_asan"):
        for which, what in (("twice", "attempting double-free"),
                            ("middle", "attempting free on address which was "
                             "not malloc()-ed"),
                            ("beyond", "heap-buffer-overflow")):
            result = run("wrong", flavour, args=[which])
            check(what in result.err, what, result)
            check(re.search(r"in test_\S+_fn \S*tests/gate/programs/wrong.c:\d",
                            result.err), "its place", result)
            check("Early exit with return value 1" in result.out,
                  "Check's line", result)


def test_off_is_off():
    for flavour in ("asan", "lsan", "clang_asan", "clang_lsan"):
        result = run("allocates", flavour, CK_LEAK="no", junit=False, **QUIET)
        passes(result)
        equal(result.err, "", "stderr")


def test_thread_is_refused():
    """It does not tell of all blocks: a gate that sees a part says so."""
    for flavour in ("tsan", "clang_tsan"):
        result = run("leak", flavour)
        equal(result.status, 1, "exit status", result)
        check("not armed: malloc is ThreadSanitizer's" in result.out,
              "a failed check says so", result)
        result = run("leak", flavour, CK_LEAK="no", junit=False)
        passes(result)


def test_runtime_without_room():
    """Others have taken all the places for hooks: nothing is judged."""
    for flavour in ("asan", "lsan", "clang_asan", "clang_lsan"):
        result = run("taken", flavour, **QUIET)
        equal(result.status, 1, "exit status", result)
        check("not armed: the sanitizer's runtime has no room" in result.out,
              "a failed check says so", result)


FLAVOURS = ("asan", "lsan", "clang_asan", "clang_lsan")


def lost(result, name, function):
    """LeakSanitizer's own words stand in the failure of the test."""
    case = result.case(name)
    equal((case.type, case.message),
          ("lost", "lost: LeakSanitizer finds blocks that this test has lost"),
          "failure of " + name, result)
    check("Direct leak of" in case.text, "its report", case.text)
    check(re.search(r"in %s \S*tests/gate/programs/lost.c:\d" % function,
                    case.text), "the place", case.text)
    check(":F:%s:%s:0: lost: " % (case.classname.split(".")[1], name)
          in result.out, "Check's line", result)
    check(case.text.count("Direct leak of") == 1, "its own only", case.text)
    equal(case.verdict, "lost", "leak.verdict", result)


def test_lost_once():
    """Not growth, but lost: the test fails, by name and place, and the test's
    process does not end by LeakSanitizer's exit code."""
    for flavour in FLAVOURS:
        for fork in ("yes", "no"):
            result = run("lost", flavour, CK_FORK=fork,
                         CK_LEAK_ITERATIONS=61)
            check("Early exit" not in result.out, "no early exit", result)
            lost(result, "test_loses_once", "lose")
            lost(result, "test_loses_by_resizing", "test_loses_by_resizing_fn")
            equal(leaks(result, "test_loses_each_time").verdict, "leak", "",
                  result)
            for name in ("test_keeps_once", "test_clean"):
                verdict(result, name, "clean")
            validate(result)


def test_lost_is_for_who_asks():
    """LeakSanitizer switched off is off, and CK_LEAK=report never fails."""
    for flavour in FLAVOURS:
        result = run("lost", flavour, CK_LEAK_ITERATIONS=61, **QUIET)
        equal([c.name for c in result.cases if c.problems],
              ["test_loses_each_time"], "failures", result)
        result = run("lost", flavour, CK_LEAK_ITERATIONS=61, CK_FORK="no",
                     CK_LEAK="report")
        equal([c.name for c in result.cases if c.problems], [], "", result)


def test_lost_before_the_tests():
    """What no test has lost is blamed on none."""
    for flavour in FLAVOURS:
        result = run("lost", flavour, args=["before"], CK_FORK="no",
                     CK_LEAK_ITERATIONS=61)
        equal([c.name for c in result.cases if c.problems],
              ["test_loses_once", "test_loses_by_resizing",
               "test_loses_each_time"], "failures", result)
        lost(result, "test_loses_once", "lose")


def test_preloaded_in_front():
    """Where we would take the place of the sanitizer's malloc we do nothing."""
    for flavour in ("asan", "lsan"):
        for fork in ("yes", "no"):
            env = {"LD_PRELOAD": gate.library("libleakslope"),
                   "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0",
                   "LSAN_OPTIONS": "detect_leaks=0", "CK_FORK": fork}
            result = run("allocates", flavour, **env)
            passes(result)
            equal(result.err, "leakslope: off: preloaded in front of a "
                  "sanitizer's malloc: link the program with leakslope "
                  "instead\n", "stderr", result)
            env["CK_LEAK_STRICT"] = "yes"
            result = run("allocates", flavour, **env)
            equal(result.status, 1, "exit status", result)
            check("not armed: preloaded in front" in result.out, "", result)
