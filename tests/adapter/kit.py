# SPDX-License-Identifier: MIT
"""Each adapter of the gate judges one list of test bodies alike.

usage: kit.py [--without BODY]... [--one-process] PROGRAM [VARIABLE=VALUE]...

Runs a program that has the bodies of bodies.h as its tests, with a session
scope, and compares outcome and result of each with the table below; --without
what a framework has no words for, a time limit for instance.  Where all tests
are in one process, threads that one has left keep the session from being
repeated.
"""
import json
import os
import subprocess
import sys
import tempfile

PASSED, FAILED, ERROR = "passed", "failed", "error"
RIGHT = {
    "test_clean": ("clean", PASSED),
    "test_once": ("clean", PASSED),
    "test_ring": ("clean", PASSED),
    "test_grows": ("leak", FAILED),
    "test_one_in_nine": ("leak", FAILED),
    "test_descriptor": ("leak", FAILED),
    "test_fails": ("not gated", FAILED),
    "test_fails_late": ("not repeatable", PASSED),
    "test_crashes_late": ("not repeatable", PASSED),
    "test_hangs_late": ("not repeatable", PASSED),
    "test_exits_late": ("not repeatable", PASSED),
    "test_leaves_late": ("not repeatable", PASSED),
    "test_thread": ("clean", PASSED),
    "test_thread_grows": ("leak", FAILED),
    "test_too_long": ("not gated", ERROR),
    "test_prints": ("clean", PASSED),
    "test_refused": ("not gated", PASSED),
    "session scope": ("clean", PASSED),
}
PRINTED = "the test has printed this"


def main(program, *variables):
    drop = ("CK_", "LEAKSLOPE", "LD_PRELOAD", "GITHUB_")
    env = {k: v for k, v in os.environ.items() if not k.startswith(drop)}
    env.update(v.split("=", 1) for v in variables)
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "report.json")
        env.update(CK_LEAK_JSON_FILE_NAME=file, CK_LEAK_SCOPE="test,session")
        ran = subprocess.run([program], env=env, text=True, timeout=500,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        with open(file, encoding="utf-8") as f:
            tests = json.load(f)["tests"]
    wrong = []
    if ran.returncode != 1:
        wrong.append(f"exit status {ran.returncode}, not 1")
    if ran.stdout.count(PRINTED) != 1:
        wrong.append(f"printed {ran.stdout.count(PRINTED)} times, not once")
    found = {t["test"]: t for t in tests}
    for name, right in RIGHT.items():
        test = found.pop(name, None)
        said = test and (test["outcome"], test["result"])
        if said != right:
            wrong.append(f"{name}: {said}, not {right}")
        print(f"{name:20} {' '.join(said or ('missing',)):24}",
              test and (test["verdict"] or test["reason"]))
    wrong += [f"{name}: not in the list" for name in found]
    for line in wrong:
        print("wrong:", line)
    if wrong:
        sys.exit(ran.stdout + ran.stderr)


given = sys.argv[1:]
while given[0] == "--without":
    del RIGHT["test_" + given[1]]
    del given[:2]
if given[0] == "--one-process":
    RIGHT["session scope"] = ("not gated", PASSED)
    del given[0]
main(*given)
