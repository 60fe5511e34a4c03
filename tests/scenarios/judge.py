#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs gated scenario programs and compares each verdict with expected.txt.

usage: judge.py [--seeds N] PROGRAM...

Without --seeds each program runs once; exit status 1 if a verdict, a named
function or a named line is wrong, or if a scenario was not judged at all.
With --seeds each runs once per seed; prints recall and false alarms of those
scenarios in which chance plays a part.
"""
import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from pathlib import Path

HERE = Path(__file__).resolve().parent
JUDGED = ["clean", "leak", "saturating", "inconclusive"]
RIGHT = {
    "leak": ["leak"],
    "leak?": JUDGED,
    "clean": ["clean"],
    "healthy": ["clean", "saturating", "inconclusive"],
    "open": JUDGED,
    "once": ["not repeatable"],
}
MARK = "/* leaks */"
RULED_OUT = re.compile(r"rules out >= 1 block per (\d*)")
TOO_SLOW = re.compile(r"^inconclusive: too slow")
RANDOM = re.compile(r'\.name = "(\w+)"')
RATE_ERROR = 0.05
DESCRIPTORS = 1024  # as most systems allow, so that all see the same
PLACE = re.compile(r" at (\S+):(\d+) in (\S+)")
FUNCTION = re.compile(r" in (\S+)")


class Expected:
    def __init__(self, fields):
        self.program, self.name, self.label, function, rate = fields[:5]
        self.rate = None if rate == "-" else float(rate)
        self.pending = " ".join(fields[5:])
        self.has_line = not function.endswith("?")
        self.function = function.rstrip("?")
        if self.function == "body":
            self.function = self.name + "_fn"


def read_expected():
    table = {}
    for line in (HERE / "expected.txt").read_text().splitlines():
        fields = line.split()
        if fields and not line.startswith("#"):
            row = Expected(fields)
            table.setdefault(row.program, {})[row.name] = row
    return table


def by_chance(program, rows):
    """The names of a program's scenarios in which chance plays a part."""
    source = (HERE / f"{program}.c").read_text()
    return set(RANDOM.findall(source)) | \
        {row.name for row in rows.values() if row.label == "healthy"}


class Judgement:
    def __init__(self, testcase):
        values = {p.get("name"): p.get("value")
                  for p in testcase.iter("property")}
        problem = testcase.find("failure")
        if problem is None:
            problem = testcase.find("error")
        self.name = testcase.get("name")
        self.verdict = values.get("leak.verdict", "none")
        self.iterations = values.get("leak.iterations", "-")
        self.rate = float(values.get("leak.blocks_per_iteration", 0))
        self.message = testcase.findtext("system-out") or ""
        self.problem = problem.get("message") if problem is not None else ""


def limit_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft > DESCRIPTORS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))


def run(program, seed=None):
    """The judgements of one run, and how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        environment = dict(os.environ, CK_JUNIT_LOG_FILE_NAME=str(report))
        # A wall time, which a busy machine would use up.
        environment.setdefault("CK_LEAK_TOTAL_BUDGET", "600")
        for name in ("GITHUB_ACTIONS", "CK_VERBOSITY"):
            environment.pop(name, None)
        if seed is not None:
            environment["SCENARIO_SEED"] = str(seed)
        begin = time.monotonic()
        done = subprocess.run([program], env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              preexec_fn=limit_descriptors)
        seconds = time.monotonic() - begin
        if done.returncode not in (0, 1) or not report.exists():
            print(done.stdout)
            sys.exit(f"{program}: exit status {done.returncode}, no report")
        cases = xml.parse(report).getroot().iter("testcase")
        return [Judgement(case) for case in cases], seconds


def wrong_place(row, message):
    """What is wrong with the place a message names, or nothing."""
    if row.function == "-":
        return ""
    place = PLACE.search(message)
    if not place:
        function = FUNCTION.search(message)
        if not row.has_line and function and function[1] == row.function:
            return ""
        return f"names no place of {row.function}"
    file, line, function = place[1], int(place[2]), place[3]
    if function != row.function:
        return f"names {function}, not {row.function}"
    source = HERE / Path(file).name
    lines = source.read_text().splitlines() if source.exists() else []
    if line > len(lines) or MARK not in lines[line - 1]:
        return f"names {file}:{line}, where nothing leaks"
    return ""


def wrong_rate(row, rate):
    """What is wrong with a rate, or nothing."""
    if row.rate is None or abs(rate - row.rate) <= RATE_ERROR * row.rate:
        return ""
    return f"says {rate} per iteration, not {row.rate}"


def wrong_claim(row, message):
    """What is wrong with what a clean verdict rules out, or nothing."""
    claim = RULED_OUT.search(message)
    if not row.label.startswith("leak") or not row.rate or not claim:
        return ""
    if row.rate < 1 / int(claim[1] or 1):
        return ""
    return f"rules out a leak of {row.rate} blocks per iteration"


def wrong(row, judgement):
    """What is wrong with a judgement, or nothing."""
    if row.label == "clean" and TOO_SLOW.search(judgement.message):
        return ""  # a busy machine may leave open what it does, and no more
    if judgement.verdict not in RIGHT[row.label]:
        return f"expected {row.label}"
    if judgement.problem and judgement.verdict != "leak":
        return f"failed: {judgement.problem}"
    if judgement.verdict == "leak":
        return wrong_place(row, judgement.message) or \
            wrong_rate(row, judgement.rate)
    return wrong_claim(row, judgement.message)


def compare(name, rows, judgements):
    """Prints the table of one program; the number of scenarios gone wrong."""
    bad = 0
    seen = {j.name for j in judgements}
    for missing in [r for r in rows if r not in seen]:
        print(f"{missing:24} WRONG: was not run")
        bad += 1
    for judgement in judgements:
        row = rows.get(judgement.name)
        if not row:
            print(f"{judgement.name:24} WRONG: is not in expected.txt")
            bad += 1
            continue
        fault = wrong(row, judgement)
        state = "ok"
        if fault:
            state = f"pending ({row.pending})" if row.pending else "WRONG"
            bad += not row.pending
        print(f"{judgement.name:24} {row.label:8} {judgement.verdict:13}"
              f"{judgement.iterations:>5}  {state}{': ' * bool(fault)}{fault}")
        if fault:
            print(f"    {judgement.message}")
    print(f"{name}: {len(judgements)} scenarios, {bad} wrong")
    return bad


def once(programs, table):
    bad = 0
    for program in programs:
        name = Path(program).name.removeprefix("scenario_")
        judgements, seconds = run(program)
        bad += compare(name, table[name], judgements)
        print(f"{seconds:.1f} s")
    return bad > 0


def rate(part, whole):
    share = 100 * part / whole if whole else 0
    return f"{part} of {whole} ({share:.1f} %)"


def with_seeds(programs, table, seeds):
    """Leaks that were found and healthy ones that were blamed, over seeds."""
    found = {}
    for program in programs:
        name = Path(program).name.removeprefix("scenario_")
        random = by_chance(name, table[name])
        for seed in range(1, seeds + 1):
            for judgement in run(program, seed)[0]:
                if judgement.name not in random:
                    continue
                row = table[name][judgement.name]
                found.setdefault(row, []).append(judgement.verdict)
    totals = {"leak": [0, 0], "healthy": [0, 0]}
    undecided = 0
    for row, verdicts in found.items():
        leaks = verdicts.count("leak")
        kind = "healthy" if row.label == "clean" else row.label
        if kind in totals and not row.pending:
            totals[kind][0] += leaks
            totals[kind][1] += len(verdicts)
            if kind == "healthy":
                undecided += len(verdicts) - leaks - verdicts.count("clean")
        if len(set(verdicts)) > 1 or verdicts[0] not in RIGHT[row.label]:
            counts = ", ".join(f"{verdicts.count(v)} {v}"
                               for v in sorted(set(verdicts)))
            print(f"{row.program:11} {row.name:24} {row.label:8} {counts}")
    print(f"{len(found)} scenarios, {seeds} seeds")
    print("leaks found:           ", rate(*totals["leak"]))
    print("healthy ones blamed:   ", rate(*totals["healthy"]))
    print("healthy ones left open:", rate(undecided, totals["healthy"][1]))
    return totals["leak"][0] < 0.99 * totals["leak"][1] or \
        totals["healthy"][0] > 0.005 * totals["healthy"][1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int)
    parser.add_argument("programs", nargs="+")
    arguments = parser.parse_args()
    table = read_expected()
    if arguments.seeds:
        return with_seeds(arguments.programs, table, arguments.seeds)
    return once(arguments.programs, table)


if __name__ == "__main__":
    sys.exit(main())
