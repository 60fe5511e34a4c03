# SPDX-License-Identifier: MIT
"""consumers.py BIN COMMAND FOLDER NODE_MODULES

Runs gated programs, and lets each reader of JUnit XML that is installed read
what they reported.  What must be read is said here; what a reader sees is said
by its read_* script.  A reader that is absent is named.
"""
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
XSD = os.path.join(HERE, "..", "unit", "report", "junit%s.xsd")
BIN, COMMAND, FOLDER, NODE_MODULES = map(os.path.abspath, sys.argv[1:5])


# ---- the reports ------------------------------------------------------------

def run(name, *args, **env):
    environment = {k: v for k, v in os.environ.items()
                   if not k.startswith(("CK_", "LEAKSLOPE", "GITHUB_",
                                        "GITLAB_"))}
    environment.update(CK_LEAK_ITERATIONS="20", **env)
    return subprocess.run([name] + list(args), env=environment, cwd=FOLDER,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)


def program(name, **env):
    """Its report is <name>.xml, and TEST-<name>_gated.json."""
    run(os.path.join(BIN, name + "_gated"), CK_LEAK_JSON_FILE_NAME="./",
        CK_JUNIT_LOG_FILE_NAME=name + ".xml", **env)
    return name


def joined(name, files, *more, **env):
    done = run(COMMAND, "report", *files, "--junit", name + ".xml", *more,
               **env)
    assert done.returncode == 0, done.stdout.decode()
    return name


def hundreds():
    """Of one report with every state, 400 tests."""
    with open(os.path.join(FOLDER, "TEST-parts_gated.json")) as file:
        document = json.load(file)
    tests = document["tests"]
    document["tests"] = [
        dict(tests[i % len(tests)], position=i,
             test="%s_%d" % (tests[i % len(tests)]["test"], i))
        for i in range(400)]
    with open(os.path.join(FOLDER, "hundreds.json"), "w") as file:
        json.dump(document, file)


def make_reports():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    names = [program(name) for name in ("leak", "parts", "names", "endings")]
    all_of = ["TEST-%s_gated.json" % name for name in names]
    hundreds()
    return names + [
        joined("merged", all_of),
        joined("attached", all_of, "--html", "attached.html",
               GITLAB_CI="true", CI_PROJECT_DIR=FOLDER),
        joined("hundreds", ["hundreds.json"])]


# ---- what must be read ------------------------------------------------------

def case(element):
    seen = dict(element.attrib, time=float(element.get("time")), problem=None,
                out=element.findtext("system-out"))
    for kind in ("failure", "error"):
        for found in element.findall(kind):
            seen["problem"] = dict(found.attrib, kind=kind, text=found.text)
    seen["properties"] = {p.get("name"): p.get("value")
                          for p in element.iter("property")}
    return seen


def parse(path):
    """By Python's own parser."""
    return [dict(name=suite.get("name"), tests=int(suite.get("tests")),
                 failures=int(suite.get("failures")),
                 errors=int(suite.get("errors")),
                 cases=[case(e) for e in suite.iter("testcase")])
            for suite in ElementTree.parse(path).getroot()]


def is_leak(test):
    return test["problem"] and test["problem"].get("type") == "leak"


def check_facts(name, suites):
    """What is known of the programs, whoever reads."""
    tests = [test for suite in suites for test in suite["cases"]]
    failing = [test for test in tests if test["problem"]]
    for suite in suites:
        assert suite["tests"] == len(suite["cases"]), suite["name"]
        for kind, key in (("failure", "failures"), ("error", "errors")):
            assert suite[key] == sum(
                1 for test in suite["cases"]
                if test["problem"] and test["problem"]["kind"] == kind), kind
    counts = {"leak": (2, 1, 0), "parts": (14, 5, 0),
              "hundreds": (400, None, None)}
    if name in counts:
        all_of, failures, errors = counts[name]
        assert len(tests) == all_of, len(tests)
        assert failures in (None, sum(s["failures"] for s in suites)), name
        assert errors in (None, sum(s["errors"] for s in suites)), name
    for test in filter(is_leak, tests):
        text, message = test["problem"]["text"], test["problem"]["message"]
        place, _, rest = text.partition(": ")
        path, line = place.rsplit(":", 1)
        assert path.endswith((".c", ".h")) and int(line) > 0, text
        assert rest.startswith(message), text
        assert "#0 " in text or "the same cause as in " in text, text
        assert float(test["properties"]["leak.blocks_per_iteration"]) > 0
        assert test["properties"]["leak.verdict"] == "leak"
        assert int(test["line"]) > 0 and test["file"].endswith((".c", ".h"))
    if name == "parts":
        names = [(test["classname"], test["name"]) for test in tests]
        assert ("Cache.loop", "test_loop[2]") in names, names
        assert any("<script>alert('1')</script>.a/b \"c\" & \\x1b[31m\\xff "
                   "../.." == classname for classname, _ in names), names
        assert any("not gated: tagged leakslope:off" == test["out"]
                   for test in tests)
    for test in tests:
        attached = "[[ATTACHMENT|attached.html]]" in test["out"]
        assert attached == (name == "attached" and test in failing), test


# ---- the readers ------------------------------------------------------------

def works(argv):
    try:
        return subprocess.run(argv, stdout=subprocess.DEVNULL, env=with_node(),
                              stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def with_node():
    return dict(os.environ, LC_ALL="C.UTF-8", NODE_PATH=NODE_MODULES)


def python():
    for interpreter in (sys.executable, "/usr/bin/python3"):
        if works([interpreter, "-c", "import junitparser"]):
            return interpreter
    return None


def readers():
    """Name and command, or None."""
    def script(name, ask, argv):
        there = ask and works(ask)
        return argv + [os.path.join(HERE, name)] if there else None
    ruby = "require 'active_support/core_ext/hash/conversions'"
    found = python()
    node = [("xml2js", "read_xml2js.js"), ("xml-js", "read_xml-js.js")]
    return [
        ("Jenkins' way",
         [sys.executable, os.path.join(HERE, "read_jenkins.py")]),
        ("junitparser",
         script("read_junitparser.py", found and [found, "-V"], [found])),
        ("Hash.from_xml, GitLab's way",
         script("read_gitlab.rb", ["ruby", "-ractive_support", "-e", ruby],
                ["ruby"]))] + [
        (name, script(file, ["node", "-e", "require('%s')" % name], ["node"]))
        for name, file in node]


def differences(seen, expected, path=""):
    """Where what was seen is something else.  Not all readers see all."""
    if isinstance(seen, dict):
        for key, value in seen.items():
            if key in ("package", "class", "attachment"):
                continue
            if not isinstance(expected, dict) or key not in expected:
                if value is not None:
                    yield "%s/%s: %r is not there" % (path, key, value)
                continue
            yield from differences(value, expected[key], path + "/" + key)
    elif isinstance(seen, list):
        if len(seen) != len(expected):
            yield "%s: %d, not %d" % (path, len(seen), len(expected))
        for i, (one, other) in enumerate(zip(seen, expected)):
            yield from differences(one, other, "%s/%d" % (path, i))
    elif seen != expected:
        yield "%s: %r, not %r" % (path, seen, expected)


def read(argv, path):
    child = subprocess.run(argv + [path], stdout=subprocess.PIPE,
                           env=with_node(), stderr=subprocess.PIPE)
    if child.returncode:
        return None, child.stderr.decode("utf-8", "replace")
    return json.loads(child.stdout.decode("utf-8")), None


def attachments(name, suites):
    """GitLab finds the page with each test that failed."""
    for suite in suites:
        for test in suite["cases"]:
            if name == "attached" and test["problem"]:
                yield test["attachment"] == "attached.html"
            else:
                yield not test.get("attachment")


def consume(reader, argv, names):
    failed = 0
    for name in names:
        path = os.path.join(FOLDER, name + ".xml")
        seen, error = read(argv, path)
        wrong = [error] if error else list(differences(seen, parse(path)))
        if not error and "GitLab" in reader:
            if not all(attachments(name, seen)):
                wrong.append("the attachments")
        for line in wrong[:5]:
            print("FAILED: %s: %s.xml: %s" % (reader, name, line))
        failed += bool(wrong)
    if not failed:
        print("%s: %d reports, as they were written" % (reader, len(names)))
    return failed


def validate(names):
    if not works(["xmllint", "--version"]):
        print("absent: xmllint")
        return 0
    failed = 0
    for name in names:
        argv = ["xmllint", "--noout", "--schema", XSD % "",
                os.path.join(FOLDER, name + ".xml")]
        done = subprocess.run(argv, stderr=subprocess.DEVNULL)
        failed += done.returncode != 0
    joined("strict", ["hundreds.json"], "--junit-schema", "junit-10")
    strict = [os.environ.get("JUNIT_10_XSD"), XSD % "_strict"]
    for schema in filter(None, strict):
        argv = ["xmllint", "--noout", "--schema", schema,
                os.path.join(FOLDER, "strict.xml")]
        failed += subprocess.run(argv).returncode != 0
    print("xmllint: %s" % ("FAILED" if failed else "valid"))
    return failed


def main():
    names = make_reports()
    for name in names:
        check_facts(name, parse(os.path.join(FOLDER, name + ".xml")))
    failed = validate(names)
    for reader, argv in readers():
        if argv:
            failed += consume(reader, argv, names)
        else:
            print("absent: " + reader)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
