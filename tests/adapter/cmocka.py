# SPDX-License-Identifier: MIT
"""What cmocka's own words come to under the gate, and what the user sees.

usage: cmocka.py LEAKSLOPE PROGRAM
"""
import json
import os
import subprocess
import sys
import tempfile

RIGHT = {
    "test_state": ("clean", "passed"),
    "test_grows": ("leak", "failed"),
    "test_skips": ("not gated", "passed"),
    "test_fails": ("not gated", "failed"),
    "test_queues": ("clean", "passed"),
    "test_queue_for_ever": ("clean", "passed"),
    "test_queue_left_late": ("not repeatable", "passed"),
    "test_expects_assertion": ("clean", "passed"),
    "test_own_leak_check": ("not gated", "failed"),
    "test_fixture": ("clean", "passed"),
    "test_set_up_grows": ("leak", "failed"),
}
FAILED = sum(result == "failed" for _, result in RIGHT.values())
command, program = sys.argv[1:]
drop = ("CK_", "CMOCKA_", "LEAKSLOPE", "LD_PRELOAD", "GITHUB_")
clean = {k: v for k, v in os.environ.items() if not k.startswith(drop)}


def run(*start, **variables):
    return subprocess.run([*start, program], env={**clean, **variables},
                          text=True, timeout=500, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def gated(folder, **variables):
    file = os.path.join(folder, "report.json")
    ran = run(command, "run", "--", CK_LEAK_JSON_FILE_NAME=file, **variables)
    with open(file, encoding="utf-8") as f:
        return ran, json.load(f)["tests"]


def need(condition, what, ran):
    if not condition:
        sys.exit(f"{what}\n{ran.stdout}\n{ran.stderr}")


with tempfile.TemporaryDirectory() as folder:
    ran, tests = gated(folder)
    found = {t["test"]: (t["outcome"], t["result"]) for t in tests}
    for name, right in RIGHT.items():
        need(found.get(name) == right,
             f"{name}: {found.get(name)}, not {right}", ran)
    need(ran.returncode == FAILED, f"status {ran.returncode}", ran)
    said = ran.stdout + ran.stderr
    need("[  FAILED  ] test_grows" in said, "no ordinary failure", ran)
    need("cmocka_words.c:14" in said, "no place", ran)
    need("cmocka_run" not in said and "run.c" not in said,
         "a frame of cmocka's or of ours", ran)

    # All tests of a group as one.
    ran, tests = gated(folder, CK_LEAK_SCOPE="suite,session")
    scopes = [(t["test"], t["outcome"]) for t in tests if "scope" in t["test"]]
    need(("suite scope", "leak") in scopes and ("session scope", "clean")
         in scopes, str(scopes), ran)

    # A filter, and what each format writes: one result for each test.
    ran, tests = gated(folder, CMOCKA_TEST_FILTER="test_gro*")
    need(ran.returncode == 1 and [t["test"] for t in tests
                                  if t["result"] == "failed"]
         == ["test_grows"], "filter", ran)
    for form, mark in ("TAP", "not ok"), ("SUBUNIT", "failure: "):
        ran, _ = gated(folder, CMOCKA_MESSAGE_OUTPUT=form)
        said = ran.stdout + ran.stderr
        need(said.count("test_queues") == 1 + (form == "SUBUNIT"),
             f"{form}: not one result", ran)
        need(mark in said and "cmocka_words.c:14" in said, form, ran)
    xml = os.path.join(folder, "cm-%g.xml")
    ran, _ = gated(folder, CMOCKA_MESSAGE_OUTPUT="XML", CMOCKA_XML_FILE=xml)
    files = sorted(f for f in os.listdir(folder) if f.endswith(".xml"))
    need(files == ["cm-First.xml", "cm-Second.xml"], str(files), ran)
    with open(os.path.join(folder, files[0]), encoding="utf-8") as f:
        text = f.read()
    need("cmocka_words.c:14" in text and text.count("<testcase") == 9, text,
         ran)

    # What would be left out without a word is refused by its name.
    for option, value in ("CK_LEAK_LIST", "yes"), ("CK_LEAK_TEST", "test_x"):
        ran = run(command, "run", "--", **{option: value})
        need(ran.returncode == 2 and option in ran.stderr, option, ran)

    # Off is as if it were not there.
    off, plain = run(command, "run", "--", CK_LEAK="no"), run()
    need((off.stdout, off.returncode) == (plain.stdout, plain.returncode),
         "off is not plain", off)
print("as it should be")
