# SPDX-License-Identifier: MIT
"""What a run says, word for word, against golden/: Check's text and ours, JUnit
and the page.  Only times are not compared.  With GOLDEN_UPDATE=1 in the
environment the files are written anew: look at what `git diff` says then."""
import difflib
import os
import re
import subprocess

import gate
from gate import check, equal
from test_report import report

GOLDEN = os.path.join(gate.HERE, "golden")
ROOT = os.path.join(gate.HERE, "..", "..")


def without_times(text):
    # Where the sources are, for a run that is started there.
    text = text.replace(os.path.realpath(ROOT), "/sources")
    text = re.sub(r'time="\d+\.\d+"', 'time="TIME"', text)
    return re.sub(r'<td class="r">[\d.]+ m?s</td>', '<td class="r">TIME</td>',
                  text)


def visible(text):
    """Check prints names as they are."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f]",
                  lambda match: "\\x%02x" % ord(match.group()), text)


def compare(name, text):
    text = visible(without_times(text))
    path = os.path.join(GOLDEN, name)
    if os.environ.get("GOLDEN_UPDATE"):
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    with open(path, encoding="utf-8", newline="\n") as file:
        golden = file.read()
    difference = difflib.unified_diff(golden.splitlines(), text.splitlines(),
                                      "golden/" + name, "this run", n=1,
                                      lineterm="")
    equal(text == golden, True, "\n".join(difference))


def transcript(name, **env):
    """A run from the sources' folder, by a name that has no folder of a build
    in it."""
    folder = os.path.join(gate.TMP, "reports", "")
    env = gate.environment(CK_LEAK_ITERATIONS=20, CK_LEAK_TOTAL_BUDGET=600,
                           CK_JUNIT_LOG_FILE_NAME=folder,
                           CK_LEAK_JSON_FILE_NAME=folder,
                           CK_LEAK_HTML_FILE_NAME=folder, LC_ALL="C", **env)
    child = subprocess.run(["./" + name], executable=gate.program(name[:-6]),
                           cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           timeout=60)
    err = child.stderr.decode("utf-8", "backslashreplace")
    out = child.stdout.decode("utf-8", "backslashreplace")
    return "%s--- stderr\n%s--- exit status %d\n" % (out, err,
                                                      child.returncode)


def test_transcript():
    for fork in ("yes", "no"):
        compare("parts.%s.txt" % ("fork" if fork == "yes" else "nofork"),
                transcript("parts_gated", CK_FORK=fork))


def test_reports():
    transcript("parts_gated")
    stored = os.path.join("reports", "TEST-parts_gated.")
    for kind in ("xml", "html"):
        compare("parts." + kind, gate.stored(stored + kind))
    compare("parts.report.txt", report(stored + "json").out)


def test_github():
    path = os.path.join(gate.TMP, "summary.md")
    said = transcript("parts_gated", GITHUB_ACTIONS="true",
                      GITHUB_STEP_SUMMARY=path)
    lines = [line for line in said.splitlines(True) if line.startswith("::")]
    check(lines, said)
    compare("parts.github.txt", "".join(lines))
    compare("parts.summary.md", gate.stored("summary.md"))
