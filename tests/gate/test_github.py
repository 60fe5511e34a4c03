# SPDX-License-Identifier: MIT
"""Annotations and the summary of a job under GitHub Actions."""
import copy
import json
import os
import re
import subprocess

import gate
from gate import check, equal, run
from test_report import report


def actions(name="parts", **env):
    env.setdefault("CK_LEAK_ITERATIONS", "20")
    env.setdefault("GITHUB_STEP_SUMMARY", os.path.join(gate.TMP, "summary.md"))
    return run(name, GITHUB_ACTIONS="true", **env)


def unescape(text):
    for code, char in (("0A", "\n"), ("0D", "\r"), ("3A", ":"), ("2C", ","),
                       ("25", "%")):
        text = text.replace("%" + code, char)
    return text


def annotations(text):
    """As the runner reads them: level, properties, message."""
    found = []
    for line in text.splitlines():
        match = re.match(r"::(\w+)(?: ([^:]*))?::(.*)$", line)
        if match:
            level, properties, message = match.groups()
            pairs = [p.split("=", 1) for p in (properties or "").split(",")]
            found.append((level, {k: unescape(v) for k, v in pairs},
                          unescape(message)))
    return found


def test_annotations():
    for fork in ("yes", "no"):
        result = actions(CK_FORK=fork)
        found = annotations(result.out)
        # The third has the first one's cause.
        equal([a[0] for a in found], ["error"] * 2, "levels", result)
        level, properties, message = found[0]
        case = result.case("test_loop[2]")
        equal(properties["file"], "tests/gate/programs/suite.h", "", result)
        check("suite.h:%s in leak" % properties["line"] in message, "", result)
        equal(properties["title"],
              "leak in Cache/core/test_paths and 1 more test", "", result)
        lines = message.split("\n")
        check(lines[0].startswith("leak: +3 blocks/iteration"), lines, result)
        check(any(line.startswith("# #1 keep_two") for line in lines) and
              lines[-1].startswith("repeat: CK_RUN_SUITE='Cache' "), lines,
              result)
        equal(found[1][2].split("\n")[0], case.message, "message", result)
        # Behind what Check prints.
        check(result.out.index("Checks: 14") < result.out.index("::error"),
              "order", result)


def test_leaks_that_do_not_fail_are_warnings():
    result = actions(CK_LEAK="report", CK_RUN_SUITE="Cache")
    equal([a[0] for a in annotations(result.out)], ["warning"] * 2, "", result)


def test_not_armed_is_an_error():
    result = actions("leak", LD_PRELOAD=os.path.join(gate.BIN,
                                                     "other_malloc.so"))
    found = annotations(result.out)
    equal([a[0] for a in found], ["error"], "levels", result)
    check(found[0][1]["title"].startswith("not armed in "), found, result)


def test_strict():
    result = actions(CK_LEAK_STRICT="yes", CK_RUN_CASE="core")
    titles = [a[1]["title"] for a in annotations(result.out)]
    equal(titles, ["leak in Cache/core/test_paths",
                   "not repeatable in Queue/core/test_once"], "", result)


def test_names_in_properties():
    """Colons and commas end a property."""
    result = actions("names", CK_RUN_CASE="bad")
    line = [l for l in result.out.splitlines() if l.startswith("::")][0]
    properties = line[len("::error "):line.index("::", 2)]
    equal(properties.count(","), 2, properties, result)
    check(":" not in properties, properties, result)


def test_workspace_is_cut_off():
    result = actions("leak", GITHUB_WORKSPACE="tests/gate/")
    equal(annotations(result.out)[0][1]["file"], "programs/suite.h", "file",
          result)


def test_stdout_of_machines_is_left_alone():
    for env in ({"CK_TAP_LOG_FILE_NAME": "-", "CK_VERBOSITY": "silent"},
                {"CK_XML_LOG_FILE_NAME": "-", "CK_VERBOSITY": "silent"},
                {"CK_JUNIT_LOG_FILE_NAME": "-"},
                {"CK_LEAK_JSON_FILE_NAME": "/dev/stdout"}):
        result = actions(CK_RUN_SUITE="Cache", **env)
        equal(annotations(result.out), [], "stdout of %s" % env, result)
        equal(len(annotations(result.err)), 2, "stderr of %s" % env, result)
        if "CK_TAP_LOG_FILE_NAME" in env:
            tap = result.out.splitlines()
            check(all(re.match("ok |not ok |#|1\\.\\.", l) for l in tap), "TAP",
                  result)


def test_summary():
    result = actions()
    text = gate.stored("summary.md")
    for words in ("### leakslope: parts&#95;gated\n",
                  "\n14 tests: 10 judged, 3 leaks, 1 not repeatable, ",
                  "\n| leak | Cache / core / test&#95;paths | leak: +3 blocks",
                  "| failed | Queue / core / test&#95;fails | Assertion ",
                  "| not gated | Queue / off / test&#95;clean | not gated: ",
                  "&#60;script&#62;alert('1')&#60;/script&#62;",
                  "# #1 keep_two        tests/gate/programs/parts.c"):
        check(words in text, words + "\n" + text, result)
    rows = [l for l in text.splitlines() if l.startswith("|")]
    check(all(row.count("|") == 4 for row in rows), rows, result)
    check("<script" not in text and "test_clean |" not in text, text, result)
    equal(text.count("<details>"), 2, "tracebacks: one for each place", result)
    check("3 tests leak, from 2 places:\n\n- 2 tests: +3 blocks" in text, text,
          result)


def test_summaries_are_appended():
    path = os.path.join(gate.TMP, "summary.md")
    with open(path, "w") as file:
        file.write("before\n\n")
    env = gate.environment(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=path,
                           CK_LEAK_ITERATIONS="20", CK_RUN_CASE="core")
    children = [subprocess.Popen([gate.program("parts")], env=env,
                                 stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
                for _ in range(6)]
    for child in children:
        child.wait(100)
    parts = gate.stored("summary.md").split("### leakslope: ")
    equal((parts[0], len(parts)), ("before\n\n", 7), "parts")
    equal(len(set(parts[1:])), 1, "each is whole")


def test_each_run_tells_of_itself():
    result = actions("registry", args=["two"], CK_LEAK_ITERATIONS="20")
    found = annotations(result.out)
    equal(len(found), len({(a[1]["title"], a[2]) for a in found}),
          "nothing twice", result)


def test_summary_that_cannot_be_written():
    result = actions("leak", GITHUB_STEP_SUMMARY="/nonexistent/summary.md")
    equal(result.status, 1, "the exit status is the program's", result)
    check("leakslope: GITHUB_STEP_SUMMARY='/nonexistent/summary.md' is not "
          "written: No such file" in result.err, "it is said", result)


def test_elsewhere_there_is_nothing():
    for value in (None, "false", ""):
        result = run("leak", CK_LEAK_ITERATIONS="20", GITHUB_ACTIONS=value,
                     GITHUB_STEP_SUMMARY=os.path.join(gate.TMP, "s.md"))
        equal(annotations(result.out + result.err), [], "annotations", result)
        check(not os.path.exists(os.path.join(gate.TMP, "s.md")), "", result)
    off = run("leak", CK_LEAK="no", GITHUB_ACTIONS="true", junit=False)
    equal(annotations(off.out + off.err), [], "off", off)


def test_from_json():
    """Where a test driver keeps the program's output to itself."""
    result = actions(CK_LEAK_JSON_FILE_NAME="a.json")
    told = report("a.json", "--annotations", "--check", expected=1).out
    equal(annotations(told), annotations(result.out), "annotations", result)
    report("a.json", "--markdown", "b.md")
    equal(gate.stored("b.md"), gate.stored("summary.md"), "summary", result)
    equal(report("a.json", "--markdown=-").out, gate.stored("b.md"), "stdout")


def many(n, **changes):
    """A report of n tests that leak in n places, as the command reads it."""
    run("leak", CK_LEAK_ITERATIONS="20", CK_LEAK_JSON_FILE_NAME="one.json")
    document = json.loads(gate.stored("one.json"))
    leak = [t for t in document["tests"] if t["test"] == "test_leaks"][0]
    document["tests"] = []
    for i in range(n):
        one = copy.deepcopy(leak)
        for site in one["measured"]["sites"]:
            for frame in site["frames"]:
                frame["line"] += i
        document["tests"].append(dict(one, position=i, test="test_%d" % i,
                                      **changes))
    with open(os.path.join(gate.TMP, "many.json"), "w") as file:
        json.dump(document, file)


def test_more_than_are_shown():
    for n in (10, 11):
        many(n)
        found = annotations(report("many.json", "--annotations").out)
        errors = [a for a in found if a[0] == "error"]
        equal(len(errors), n, "errors")
        notices = [a[2] for a in found if a[0] == "notice"]
        equal(notices, [] if n == 10 else [
            "11 errors: only 10 of a step are shown as annotations. The job's "
            "summary and the log have the rest"], "notices")


def test_line_ends_and_percents():
    """They end a command, or begin an escape."""
    many(1, file="a,b:c%0A\r\nd.c", suite="x::y,z=%25\r\n::error::no")
    out = report("many.json", "--annotations").out
    equal(len(out.splitlines()), 1, out)
    (level, properties, message), = annotations(out)
    equal(level, "error", out)
    check(properties["title"].startswith("leak in x::y,z=%25\\x0d ::error"),
          properties)
    check("%25250A" not in out and "\r" not in message, out)


def test_summary_has_a_limit():
    """Beyond 1 MiB for a step none of it would be shown."""
    long = "<&|`*_" * 3000
    many(500, suite=long, tcase="\u20ac" * 5000)
    report("many.json", "--markdown", "summary.md")
    text = gate.stored("summary.md")
    check(100000 < len(text.encode()) < 256 * 1024, len(text.encode()))
    rows = [l for l in text.splitlines() if l.startswith("| leak |")]
    check(rows and all(row.endswith(" |") for row in rows), rows[-1:])
    more, = re.findall("^and (\\d+) more$", text, re.M)
    equal(len(rows) + int(more), 500, "all are counted")
    equal(text.count("<details>"), text.count("</details>"), "whole")
