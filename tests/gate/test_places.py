# SPDX-License-Identifier: MIT
"""The place that is blamed is the program's own, and the advice is its alone."""
import json
import os
import re

import gate
from gate import check, equal, run, stored

SOURCES = {"places": ("places.c", "places_plugin.c"),
           "places_cxx": ("places_cxx.cc",)}


def expected(sources):
    """Of each test, the lines that may be blamed."""
    places = {}
    for source in sources:
        path = os.path.join(gate.HERE, "programs", source)
        for number, line in enumerate(open(path), 1):
            found = re.search(r"place of (test_\w+)", line)
            if found:
                places.setdefault(found.group(1), []).append(
                    "%s:%d" % (source, number))
    return places


def measured(name, flavour, **env):
    env.setdefault("CK_LEAK_ITERATIONS", 61)
    env.setdefault("CK_LEAK_JSON_FILE_NAME", os.path.join(gate.TMP, "report.json"))
    return run(name, flavour, **env)


def blamed_line(case, result):
    found = re.search(r" at tests/gate/programs/(\S+:\d+)\b", case.message)
    check(found, "%s: its line: %s" % (case.name, case.message), result)
    return found.group(1)


def table(name, flavour, **env):
    result = measured(name, flavour, **env)
    cases = {case.name: case for case in result.cases}
    places = expected(SOURCES[name])
    equal(sorted(cases), sorted(places), "tests", result)
    for test, lines in sorted(places.items()):
        case = cases[test]
        equal(case.type, "leak", test + " leaks", result)
        line = blamed_line(case, result)
        check(line in lines, "%s: %s of %s" % (test, line, lines), result)
        check("(and" not in case.message or test in ("test_stream",
                                                     "test_container"),
              "one place: " + case.message, result)
        check("rerun.c" not in case.text and "_hooks.c" not in case.text,
              "no frame of ours", result)
    return result


def advice(result):
    """The pattern for each test, None where a baseline is to be used."""
    patterns = {}
    for case in result.cases:
        found = re.search(r"or the suppression leak:(\S+)", case.text)
        patterns[case.name] = found.group(1) if found else None
    return patterns


def silences(name, result, patterns):
    """Half of the leaks are suppressed as is said, then the other half."""
    known = sorted(test for test in patterns if patterns[test])
    for half in (known[::2], known[1::2]):
        path = os.path.join(gate.TMP, "half.supp")
        with open(path, "w") as file:
            file.writelines("leak:%s\n" % patterns[test] for test in half)
        again = measured(name, "gated", CK_LEAK_SUPPRESSIONS=path)
        for case in again.cases:
            equal(case.type, None if case.name in half else "leak",
                  "%s with %s" % (case.name, [patterns[t] for t in half]),
                  again)


def baselines(name, result):
    """Of the others the lines are put into a baseline."""
    lines = {case.name: re.findall(r"in CK_LEAK_BASELINE: (.*)", case.text)
             for case in result.cases}
    path = os.path.join(gate.TMP, "known")
    with open(path, "w") as file:
        file.writelines(line + "\n" for found in lines.values()
                        for line in found)
    again = measured(name, "gated", CK_LEAK_BASELINE=path)
    for case in again.cases:
        equal(case.type, None if lines[case.name] else "leak", case.name,
              again)


def same_everywhere(result):
    for test in json.loads(stored("report.json"))["tests"]:
        case = result.case(test["test"])
        place = re.search(r" at (\S+:\d+)\b", case.message).group(1)
        check(" at " + place in test["verdict"], "JSON: " + place, result)
        check(case.text.startswith(place + ": "), "JUnit: " + place, result)
        line = "file=%s,line=%s" % tuple(place.split(":"))
        check(line in result.out, "annotation: " + line, result)
        check(" at %s in " % place in result.out, "text: " + place, result)


def test_as_it_is():
    result = table("places", "gated", GITHUB_ACTIONS="true")
    same_everywhere(result)


def test_nofork():
    table("places", "gated", CK_FORK="no")


def test_optimized():
    result = table("places", "optimized")
    check("-fno-optimize-sibling-calls" in result.case("test_jump").text,
          "why it is the test's", result)


def test_clang():
    table("places", "clang")


def test_clang_optimized():
    table("places", "clang_optimized")


def test_cxx():
    result = table("places_cxx", "gated")
    case = result.case("test_container")
    check(" in acme::Cache<..>::find" in case.message, "a scope", result)
    check(re.search(r"#0 operator new ", case.text), "operator new", result)
    silences("places_cxx", result, advice(result))


def test_cxx_optimized():
    table("places_cxx", "optimized")


def test_advice_is_exact():
    result = measured("places", "gated")
    patterns = advice(result)
    equal(patterns["test_add"], "^add$", "anchored", result)
    equal(patterns["test_pair"], "^note_and_keep$/^note$", "a pair", result)
    for test in ("by_name", "by_shape", "by_growth", "library", "stream"):
        check(patterns["test_" + test], "advice for " + test, result)
    for test in ("object", "raw", "zombie"):
        check(not patterns["test_" + test], "none for " + test, result)
    silences("places", result, patterns)
    baselines("places", result)
