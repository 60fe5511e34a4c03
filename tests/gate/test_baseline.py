# SPDX-License-Identifier: MIT
"""`leakslope baseline`: the file of known leaks, by what programs reported."""
import json
import os

import gate
from gate import check, equal, leaks, passes, run
from test_report import command

gate.FIRST_RUNG = 1021

GONE = "0123456789abcdef 1021 Accept/clean/test_clean # gone"
OTHER = "0123456789abcdef 1021 Accept/nobody/test_nobody # not run"


def known(text=None):
    """The path of the file, with a text in it or as it is not there."""
    path = os.path.join(gate.TMP, "known-leaks")
    if text is not None:
        with open(path, "w") as file:
            file.write(text)
    return path


def reported(*cases, **env):
    """The program's JSON, one file a test case."""
    for case in cases:
        run("accept", CK_RUN_CASE=case, CK_LEAK_JSON_FILE_NAME="json/", **env)
    folder = os.path.join(gate.TMP, "json")
    return ["json/" + name for name in sorted(os.listdir(folder))]


def baseline(files, *args, expected=0):
    return command("baseline", *args, *files, "--baseline", "known-leaks",
                   expected=expected)


def lines():
    return gate.stored("known-leaks").splitlines()


def test_new():
    files = reported("here")
    known("")
    result = baseline(files, expected=1)
    new, summary = result.out.splitlines()
    check(new.startswith("new: ") and
          " 1021 +1/+8 Accept/here/test_here # +1 block/iteration (+8.0 B) at "
          "tests/gate/programs/accept.c:" in new, "what is new", result)
    equal(summary, "known-leaks: 0 known, 1 new, 0 gone", "sum", result)
    equal(lines(), [], "nothing is written", result)


def test_update_is_what_the_gate_takes():
    """The file is made; the gate passes with it; and nothing is new then."""
    files = reported("here", "both", "loop", "twin", "clean")
    result = baseline(files, "--update")
    check(result.out.endswith("0 known, 5 new, 0 gone: updated\n"), "sum",
          result)
    written = lines()
    equal(len(written), 5, "one a caller", result)
    for case in ("here", "both", "loop", "twin"):
        passes(run("accept", CK_RUN_CASE=case, CK_LEAK_BASELINE=known()))
    for update in ((), ("--update",)):
        again = baseline(files, *update)
        equal(again.out, "known-leaks: 5 known, 0 new, 0 gone\n", "sum", again)
    equal(lines(), written, "as it was")


def test_accepted_by_another_baseline():
    """What a run accepted is in the report: known with that file, new with an
    empty one.  Each caller is then by itself."""
    baseline(reported("both"), "--update")
    files = reported("both", CK_LEAK_BASELINE=known())
    check('"in the baseline"' in gate.stored(files[0]), "accepted")
    before = [line.split(" # ")[0] for line in lines()]
    equal(len(before), 2, "lines")
    baseline(files)
    known("# none\n")
    baseline(files, "--update")
    equal(sorted(line.split(" # ")[0] for line in lines()),
          sorted(["# none"] + before), "the same lines")


def test_gone():
    files = reported("clean", "here")
    text = "# first\n\n%s\n  # kept\n%s" % (GONE, OTHER)
    known(text)
    result = baseline(files, expected=1)
    check("gone: known-leaks:3: 0123456789abcdef Accept/clean/test_clean\n" in
          result.out, "with its line", result)
    check(result.out.endswith(": 2 known, 1 new, 1 gone\n"), "sum", result)
    equal(gate.stored("known-leaks"), text, "nothing is written", result)
    baseline(files, "--update")
    equal(lines()[:4], ["# first", "", "  # kept", OTHER], "all else stays")
    equal(len(lines()), 5, "and what is new")
    baseline(files)


def test_not_gone():
    """What was not judged for so long is not known to be gone."""
    known(GONE + "\n")
    files = reported("clean", CK_LEAK_ITERATIONS=1020)
    equal(baseline(files).out, "known-leaks: 1 known, 0 new, 0 gone\n", "sum")
    leaks(run("accept", CK_RUN_CASE="here"), "test_here")


def test_judged_later_than_thought():
    """The line says after how many iterations it was judged, not after how
    many it was to be."""
    run("accept", args=["slow"], CK_RUN_CASE="slow",
        CK_LEAK_JSON_FILE_NAME="slow.json")
    known("")
    result = baseline(["slow.json"], expected=1)
    check(" 1021 +1/+8 Accept/slow/test_slow # " in result.out, "after 1021", result)


def test_worse():
    """Its line is replaced; a line of the first version gets its rate."""
    files = reported("here")
    baseline(files, "--update")
    now, = lines()
    before = now.replace("+1/+8", "+0.5/+4")
    known("# first\n%s\n# last\n" % before)
    result = baseline(files, expected=1)
    check(result.out.startswith("worse: " + now), "it is told", result)
    check(result.out.endswith(": 1 known, 0 new, 0 gone, 1 worse\n"), "sum",
          result)
    result = baseline(files, "--update")
    check(result.out.endswith(", 1 worse: updated\n"), "updated", result)
    equal(lines(), ["# first", "# last", now], "in its place behind")
    known(now.replace("+1/+8 ", "") + "\n")
    result = baseline(files)
    check(result.out.startswith("its rate: " + now), "how much", result)
    baseline(files, "--update")
    equal(lines(), [now], "the line has it")
    equal(baseline(files).out, "known-leaks: 1 known, 0 new, 0 gone\n", "sum")


def test_suppressed_is_neither():
    path = os.path.join(gate.TMP, "known.supp")
    baseline(reported("here"), "--update")
    with open(path, "w") as file:
        file.write("leak:leak_here\n")
    files = reported("here", CK_LEAK_SUPPRESSIONS=path)
    baseline(files)
    known("")
    baseline(files)


def test_what_no_line_can_say():
    (path,) = reported("here")
    document = json.loads(gate.stored(path))
    for change in (dict(baseline_name=None), dict(baseline_name="a #b"),
                   dict(baseline_name=""), dict(sites=[]),
                   dict(first_rung=0)):
        for test in document["tests"]:
            if test["measured"]:
                test["measured"].update(change)
        with open(os.path.join(gate.TMP, "bad.json"), "w") as file:
            json.dump(document, file)
        for update in ((), ("--update",)):
            known("# as it was\n")
            result = baseline(["bad.json"], *update, expected=1)
            check("cannot be in a baseline: leak" in result.out, change, result)
            equal(lines(), ["# as it was"], "the file", result)
        document = json.loads(gate.stored(path))


def test_bad_input():
    """The file and the reason; nothing is changed."""
    files = reported("here")
    known("# known\n0123 61 a/b/c\n")
    result = baseline(files, "--update", expected=2)
    check("leakslope: known-leaks:2: '0123 61 a/b/c' is not valid; allowed: "
          "<fingerprint" in result.err, "which line", result)
    equal(lines()[1], "0123 61 a/b/c", "as it was")
    known("")
    for args, words in (((files[0], "missing.json"),
                         "missing.json: No such file"),
                        (("known-leaks",), "known-leaks: is not whole JSON")):
        result = baseline(args, "--update", expected=2)
        check(words in result.err and not result.out, words, result)
        equal(result.err.count("\n"), 1, "one line", result)
        equal(lines(), [], "as it was", result)
    for path in ("/nonexistent/known", "."):
        result = command("baseline", "--update", "--baseline", path, files[0],
                         expected=2)
        check(path in result.err, path, result)


def test_named_by_the_environment():
    files = reported("here")
    os.environ["CK_LEAK_BASELINE"] = known()
    try:
        command("baseline", "--update", *files)
    finally:
        del os.environ["CK_LEAK_BASELINE"]
    equal(len(lines()), 1, "lines")
