# SPDX-License-Identifier: MIT
"""LeakSanitizer and Valgrind on the scenarios, each run 300 times in a process
of its own without leakslope."""
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import cases
import judge

PASSES = 300
LSAN_STATUS = 23
LOST = re.compile(r"(definitely|indirectly|possibly) lost: ([\d,]+) bytes")
REACHABLE = re.compile(r"still reachable: ([\d,]+) bytes")
DESCRIPTOR = re.compile(r"Open (?:file descriptor|AF_\S+ socket) .*\n(.*)")


def looped(command, seed):
    """(test, pid, status) of each test of a looped program; seconds."""
    begin = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL, check=False,
                          preexec_fn=judge.limit_descriptors,
                          env=dict(os.environ, LOOP_PASSES=str(PASSES),
                                   SCENARIO_SEED=str(seed)))
    lines = [line.rsplit(" ", 2) for line in done.stdout.splitlines()]
    tests = [(x[0], x[1], int(x[2])) for x in lines if len(x) == 3]
    return tests, time.monotonic() - begin


def verdict(leaks):
    return ("leak" if leaks else "clean", PASSES)


def lsan(build):
    found, seconds = {}, 0
    for program in cases.LOOPED:
        tests, took = looped([build / f"lsan_{program}"], 1)
        seconds += took
        for name, _, status in tests:
            found[f"{program}/1/{name}"] = verdict(status == LSAN_STATUS)
    return found, seconds


def number(text):
    return int(text.replace(",", ""))


def valgrind_says(log):
    """By the kinds it fails for, with descriptors, and by all kinds."""
    lost = any(number(m[2]) for m in LOST.finditer(log))
    kept = any(number(m) for m in REACHABLE.findall(log))
    fds = any("<inherited" not in m for m in DESCRIPTOR.findall(log))
    return lost, lost or fds, lost or fds or kept


VALGRINDS = ("Valgrind", "Valgrind --track-fds", "Valgrind, all kinds")


def valgrind(build):
    found = {name: {} for name in VALGRINDS}
    seconds = 0
    with tempfile.TemporaryDirectory() as folder:
        for program in cases.LOOPED:
            tests, took = looped(
                ["valgrind", "--leak-check=summary", "--track-fds=yes",
                 f"--log-file={folder}/%p", build / f"looped_{program}"], 1)
            seconds += took
            for name, pid, _ in tests:
                log = (Path(folder) / pid).read_text(errors="replace")
                for which, leaks in zip(VALGRINDS, valgrind_says(log)):
                    found[which][f"{program}/1/{name}"] = verdict(leaks)
    return found, seconds


def all_tools(build):
    """Verdicts and seconds by name of tool, of those that are there."""
    result = {}
    if (build / "lsan_lost").exists():
        result["LeakSanitizer"] = lsan(build)
    if shutil.which("valgrind"):
        found, seconds = valgrind(build)
        for name, verdicts in found.items():
            result[name] = (verdicts, seconds)
    return result
