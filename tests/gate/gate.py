# SPDX-License-Identifier: MIT
"""Runs one function of a driver: gate.py BIN_DIR test_<topic>.py FUNCTION.

A driver imports this module: run() runs a program as it is or gated, with an
environment that has nothing of Check's or leakslope's in it but what is asked
for; the rest are assertions that show what the program said.
"""
import ast
import functools
import importlib.util
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
XSD = os.path.join(HERE, "..", "unit", "report", "junit.xsd")
BIN = None  # where the programs are
TMP = None  # of this test, removed at its end


# What LeakSanitizer itself finds is another matter.
QUIET = {"ASAN_OPTIONS": "detect_leaks=0", "LSAN_OPTIONS": "detect_leaks=0"}
# Which of them is taken hangs on the speed of the machine.
FIRST_RUNGS = (61, 251, 1021)


class Skipped(Exception):
    """The machine lacks what the test needs."""


class Case:
    """A testcase element of a JUnit file."""

    def __init__(self, element):
        self.name = element.get("name")
        self.classname = element.get("classname")
        self.file = element.get("file")
        self.line = element.get("line")
        self.time = float(element.get("time"))
        self.properties = {p.get("name"): p.get("value")
                           for p in element.iter("property")}
        self.verdict = self.properties["leak.verdict"]
        self.iterations = int(self.properties["leak.iterations"])
        self.state = element.findtext("system-out")
        self.problems = element.findall("failure") + element.findall("error")
        self.problem = self.problems[0] if self.problems else None

    @property
    def type(self):
        return self.problem.get("type") if self.problems else None

    @property
    def message(self):
        return self.problem.get("message") if self.problems else None

    @property
    def text(self):
        return self.problem.text if self.problems else None


class Result:
    def __init__(self, argv, status, out, err, junit):
        self.argv, self.status, self.out, self.err = argv, status, out, err
        self.junit = junit

    def __str__(self):
        return "%s\nexit status %s\n--- stdout\n%s--- stderr\n%s" % (
            " ".join(self.argv), self.status, self.out, self.err)

    @property
    def cases(self):
        check(os.path.exists(self.junit), "there is a JUnit file", self)
        root = ElementTree.parse(self.junit).getroot()
        return [Case(e) for e in root.iter("testcase")]

    def case(self, name):
        found = [c for c in self.cases if c.name == name]
        check(len(found) == 1, "one test case is named " + name, self)
        return found[0]

    def own_err(self):
        """stderr without the lines that are leakslope's."""
        return "".join(line for line in self.err.splitlines(True)
                       if not line.startswith("leakslope: "))


def check(condition, what, result=None):
    if not condition:
        raise AssertionError("not so: %s\n%s" % (what, result or ""))


def equal(got, expected, what, result=None):
    check(got == expected, "%s\n  expected: %r\n  got:      %r" % (
        what, expected, got), result)


def program(name, flavour="gated"):
    path = os.path.join(BIN, "%s_%s" % (name, flavour))
    if not os.path.exists(path) and (name == "coverage" or
                                     flavour not in ("plain", "gated")):
        raise Skipped(path + " cannot be built here")
    check(os.path.exists(path), path + " was built")
    return path


def environment(**more):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("CK_", "LEAKSLOPE", "GITHUB_", "GITLAB_",
                                "LD_PRELOAD", "ASAN_", "LSAN_", "TSAN_", "UBSAN_", "GCOV_"))}
    env.update({k: str(v) for k, v in more.items() if v is not None})
    return env


def limited(limits):
    def set_limits():
        for which, value in limits.items():
            number = getattr(resource, which)
            resource.setrlimit(number, (value, resource.getrlimit(number)[1]))
    return set_limits


_runs = 0

# For a driver whose expectations have numbers of iterations in them: a test's
# speed on this machine, and CK_LEAK_FIRST_RUNG, do not choose them then.
FIRST_RUNG = None


def run(name, flavour="gated", args=(), limits=None, timeout=60, junit=True,
        prefix=(), cwd=None, **env):
    """Runs a program; `env` is added to its environment."""
    global _runs
    _runs += 1
    # Waiting for a child on a busy machine must not make a verdict "too slow".
    env.setdefault("CK_LEAK_BUDGET", "4")
    env.setdefault("CK_LEAK_TOTAL_BUDGET", "300")
    # The whole suite as another machine would run it:
    #   CK_LEAK_FIRST_RUNG=1021 ctest -R gate
    env.setdefault("CK_LEAK_FIRST_RUNG",
                   FIRST_RUNG or os.environ.get("CK_LEAK_FIRST_RUNG"))
    report = os.path.join(TMP, "junit%d.xml" % _runs)
    if junit and flavour != "plain":
        env.setdefault("CK_JUNIT_LOG_FILE_NAME", report)
        report = env["CK_JUNIT_LOG_FILE_NAME"]
    argv = list(prefix) + [program(name, flavour)] + list(args)
    child = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment(**env), cwd=cwd or TMP,
        # A signal to its group must not meet us.
        start_new_session=True,
        preexec_fn=limited(limits) if limits else None)
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        raise AssertionError("no end: " + " ".join(argv))
    return Result(argv, child.returncode, out.decode("utf-8", "replace"),
                  err.decode("utf-8", "replace"), report)


def passes(result, what="exit status 0"):
    equal(result.status, 0, what, result)


def leaks(result, name):
    """The test failed, by a leak, and the suite with it."""
    case = result.case(name)
    equal(case.type, "leak", name + " fails by a leak", result)
    equal(case.verdict, "leak", "verdict on " + name, result)
    check(":F:" in result.out, "Check reports the failure", result)
    check(result.status != 0, "the suite fails", result)
    return case


def marked_lines(source, name):
    """The lines of a test of a program's that are marked as leaking."""
    path = os.path.join(HERE, "programs", source)
    found, inside = [], False
    for number, line in enumerate(open(path), 1):
        if line.startswith("START_TEST("):
            inside = line.startswith("START_TEST(%s)" % name)
        if inside and "/* leaks */" in line:
            found.append(number)
    check(found, "a line of %s is marked" % name)
    return found


def leaks_at(result, source, name, growth):
    """The test leaks so much, and the message names the line that is marked
    in the source as does the traceback."""
    case = leaks(result, name)
    places = ["%s:%d in %s_fn" % (source, line, name)
              for line in marked_lines(source, name)]
    check("leak: %s at " % growth in case.message, growth, result)
    check(any(place in case.message for place in places),
          "the place: " + " or ".join(places), result)
    frames = ["%s_fn (tests/gate/programs/%s:%d)" % (name, source, line)
              for line in marked_lines(source, name)]
    check(any(frame in case.text for frame in frames), "the traceback", result)
    validate(result)
    return case


def verdict(result, name, expected):
    """The test was judged so and did not fail."""
    case = result.case(name)
    equal(case.verdict, expected, "verdict on " + name, result)
    equal(case.type, None, name + " does not fail", result)
    return case


def said(result):
    """Verdicts, messages and tracebacks, without what names the program and
    without frames of libc and of ours."""
    cases = {}
    for case in result.cases:
        text = re.sub(r"# repeat: .*", "", case.text or "")
        frames = re.findall(r"#\d+ (\S+) +\(?(tests/\S+?:\d+)", text)
        cases[case.classname, case.name] = (case.verdict, case.message,
                                            case.iterations, frames)
    return cases


def iterations_of(name):
    """Few where each forks: what is judged is the same."""
    return "251" if name == "allocates" else "61"


def kept_ordinary(name, options):
    """Where what is said of an ordinary build is kept for other tests."""
    words = "".join(" %s=%s" % option for option in sorted(options.items()))
    return os.path.join(BIN, "ordinary", name + words)


def keep_ordinary(name, fork):
    """Runs it once for all that compare themselves with it."""
    options = {"CK_FORK": fork, "CK_LEAK_ITERATIONS": iterations_of(name)}
    result = run(name, **options)
    path = kept_ordinary(name, options)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as file:
        file.write(repr((said(result), result.status)))
    os.replace(path + ".new", path)


@functools.lru_cache(maxsize=None)
def ordinary(name, options):
    """(What is said, exit status) of the ordinary build; not as it was kept
    where a newer one was built since."""
    path = kept_ordinary(name, dict(options))
    parts = program(name), library("libleakslope")
    if os.path.exists(path) and all(
            os.path.getmtime(part) < os.path.getmtime(path) for part in parts):
        with open(path) as file:
            return ast.literal_eval(file.read())
    result = run(name, **dict(options))
    return said(result), result.status


def like_the_ordinary_build(name, flavour, forks=("yes", "no"), **env):
    """What is said of a program does not depend on its malloc."""
    for fork in forks:
        options = {"CK_FORK": fork, "CK_LEAK_ITERATIONS": iterations_of(name)}
        options.update({k: v for k, v in env.items()
                        if k not in ("LD_PRELOAD",) + tuple(QUIET)})
        expected, status = ordinary(name, tuple(sorted(options.items())))
        options.update(env)
        result = run(name, flavour, **options)
        check("not armed" not in result.err + result.out, "armed", result)
        got = said(result)
        equal(sorted(got), sorted(expected), "tests", result)
        for test in expected:
            equal(got[test], expected[test], "%s, CK_FORK=%s" % (test, fork),
                  result)
        equal(result.status, status, "exit status", result)


def stored(name, path=None):
    with open(os.path.join(path or TMP, name), errors="replace") as file:
        return file.read()


def library(name):
    """The path of libleakslope or of another allocator's library."""
    known = dict(line.split(" ", 1) for line in
                 stored("allocators", BIN).splitlines())
    if name not in known:
        raise Skipped("there is no " + name)
    return known[name]


def strays():
    """Processes that stay in the folder of this test; a killed one needs a
    moment to be gone."""
    deadline = time.monotonic() + 120
    while in_folder() and time.monotonic() < deadline:
        time.sleep(0.01)
    return in_folder()


def in_folder():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink("/proc/%s/cwd" % pid).startswith(TMP):
                found.append(pid)
        except OSError:
            pass
    return found


def tool(name):
    path = shutil.which(name)
    if not path:
        raise Skipped("there is no " + name)
    return path


def validate(result):
    xmllint = subprocess.run(
        [tool("xmllint"), "--noout", "--schema", XSD, result.junit],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    equal(xmllint.returncode, 0, xmllint.stdout.decode(), result)


def main():
    global BIN, TMP
    # What drivers import is this module and not another copy of it.
    sys.modules["gate"] = sys.modules["__main__"]
    BIN, path, function = sys.argv[1:]
    spec = importlib.util.spec_from_file_location("driver", path)
    driver = importlib.util.module_from_spec(spec)
    TMP = tempfile.mkdtemp(prefix="gate.")
    try:
        spec.loader.exec_module(driver)
        getattr(driver, function)()
    except Skipped as why:
        print("skipped:", why)
        return 77
    except AssertionError as failure:
        print(failure)
        return 1
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
